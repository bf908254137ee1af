package deploycheck

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// task is what of graphlake.xml is asked.
type task struct {
	Settings struct{ MultipleInstancesPolicy, ExecutionTimeLimit string }
	Actions  struct {
		Exec struct{ Command, Arguments string }
	}
}

func readTask(t *testing.T) (found task) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(read(t, "windows/graphlake.xml")))
	if err := decoder.Decode(&found); err != nil {
		t.Fatal(err)
	}
	return found
}

const windowsConfig = `C:\ProgramData\graphlake\graphlake.yaml`

// The task's command and the service's take their arguments and the configuration beside them.
func TestWindowsCommands(t *testing.T) {
	service := regexp.MustCompile(`(?m)^\$command = '"(.*?)" (.*) ' \+ \$Listen$`).FindStringSubmatch(read(t, "windows/register-service.ps1"))
	if service == nil {
		t.Fatal("register-service.ps1 has no $command")
	}
	exec := readTask(t).Actions.Exec
	if exec.Command != service[1] {
		t.Errorf("the task runs %s and the service %s", exec.Command, service[1])
	}
	m := newMachine(t, read(t, "windows/graphlake.yaml"))
	for _, arguments := range []string{exec.Arguments, strings.Replace(service[2], "schedule --listen", "run --job nightly", 1)} {
		before, after, found := strings.Cut(arguments, "--config "+windowsConfig+" ")
		if !found || before != "" {
			t.Fatalf("%s: no --config %s", arguments, windowsConfig)
		}
		plan := m.run(t, nil, append(strings.Fields(after), "--output=text", "--dry-run", "--lake=/tmp/lake")...)
		if len(units(plan, "contoso", "users")) != 1 {
			t.Errorf("%s: no users are planned:\n%s", arguments, plan)
		}
	}
}

// A run that hangs is ended, and no two run at a time.
func TestWindowsDeadline(t *testing.T) {
	if s := readTask(t).Settings; s.ExecutionTimeLimit != fmt.Sprintf("PT%dH", deadline/3600) || s.MultipleInstancesPolicy != "IgnoreNew" {
		t.Errorf("the task has %+v", s)
	}
}
