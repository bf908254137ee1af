package cli

import (
	"fmt"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(c *command) error {
	if c.Output == "json" {
		return c.printJSON(map[string]string{"version": Version()})
	}
	_, err := fmt.Fprintln(c.stdout, "graphlake", Version())
	return err
}

// Version is that of the module, or of the revision that it was built from.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
