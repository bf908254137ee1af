package deploycheck

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// command is the command line of the service; where the command is, and what follows its name.
var command = regexp.MustCompile(`(?m)^ExecStart=(/usr/local/bin/graphlake) (.*)$`)

// Systemd takes both units, with the command where they say that it is, and finds the service well confined: at
// most 2.0 on its scale from 0 to 10.
func TestUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("there is no systemd-analyze")
	}
	released, err := filepath.Abs("../../dist/graphlake-linux-" + runtime.GOARCH)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"graphlake.service", "graphlake.timer"} {
		text := command.ReplaceAllString(read(t, "systemd/"+name), "ExecStart="+released+" $2")
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"verify", "graphlake.service", "graphlake.timer"},
		{"security", "--offline=yes", "--threshold=20", "graphlake.service"},
	} {
		cmd := exec.CommandContext(t.Context(), "systemd-analyze", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "SYSTEMD_PAGER=")
		if out, err := cmd.CombinedOutput(); err != nil || args[0] == "verify" && len(out) > 0 {
			t.Errorf("systemd-analyze %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// The service's command takes its arguments and the configuration beside it.
func TestUnitCommand(t *testing.T) {
	found := command.FindStringSubmatch(read(t, "systemd/graphlake.service"))
	if found == nil {
		t.Fatalf("no line is %v", command)
	}
	m := newMachine(t, read(t, "systemd/graphlake.yaml"))
	plan := m.run(t, nil, append(strings.Fields(found[2]), "--dry-run", "--lake=/tmp/lake")...)
	if len(units(plan, "contoso", "users")) != 1 {
		t.Errorf("no users are planned:\n%s", plan)
	}
}

// A run that hangs is stopped: a service of one run has no deadline by default, and the timer would wait for it.
func TestUnitDeadline(t *testing.T) {
	if want := fmt.Sprintf("\nTimeoutStartSec=%dh\n", deadline/3600); !strings.Contains(read(t, "systemd/graphlake.service"), want) {
		t.Errorf("the service has no %s", strings.TrimSpace(want))
	}
}

// What the service makes is its own: the directory of the lake, and whatever has no mode of its own, as the lake's is by
// default.
func TestUnitModes(t *testing.T) {
	unit := read(t, "systemd/graphlake.service")
	for _, line := range []string{"StateDirectoryMode=0750", "UMask=0027", "PrivateTmp=yes"} {
		if !strings.Contains(unit, "\n"+line+"\n") {
			t.Errorf("the service has no %s", line)
		}
	}
}
