package main

import (
	"fmt"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints the version of the module, or of the revision that it was built from.
func (versionCommand) Run(c *command) error {
	version := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	if c.Output == "json" {
		return c.printJSON(map[string]string{"version": version})
	}
	_, err := fmt.Fprintln(c.stdout, "graphlake", version)
	return err
}
