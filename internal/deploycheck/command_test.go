package deploycheck

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// What the cluster sets in a pod with a workload identity.
var identity = []string{
	"AZURE_AUTHORITY_HOST=https://login.microsoftonline.com/",
	"AZURE_CLIENT_ID=11111111-1111-1111-1111-111111111111",
	"AZURE_FEDERATED_TOKEN_FILE=/var/run/secrets/azure/tokens/azure-identity-token",
	"AZURE_TENANT_ID=00000000-0000-0000-0000-000000000001",
}

// machine is a root directory as a container has it: a released command, its configuration, /tmp.
type machine struct{ root, command string }

// newMachine is one with graphlake. It skips the test where the command cannot be locked into a directory.
func newMachine(t *testing.T, config string) machine { return newMachineOf(t, "graphlake", config) }

// newMachineOf is one with a command.
func newMachineOf(t *testing.T, command, config string) machine {
	t.Helper()
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("an empty root directory needs Linux and root")
	}
	m := machine{t.TempDir(), command}
	for dir, mode := range map[string]os.FileMode{"etc": 0o755, "etc/graphlake": 0o755, "tmp": 0o777} {
		if err := os.MkdirAll(filepath.Join(m.root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(m.root, dir), mode); err != nil {
			t.Fatal(err)
		}
	}
	released, err := os.Open(onThisMachine(command))
	if err != nil {
		t.Fatalf("%v; make deploy-check builds it", err)
	}
	defer released.Close()
	program, err := os.OpenFile(filepath.Join(m.root, command), os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(program, released); err != nil {
		t.Fatal(err)
	}
	if err := program.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(m.root, "etc/graphlake/graphlake.yaml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	return m
}

// run runs the command in the machine as the image's user, and wants it to end well.
func (m machine) run(t *testing.T, environment []string, args ...string) string {
	t.Helper()
	return m.runTo(t, 0, environment, args...)
}

// runTo runs the command in the machine as the image's user, and wants it to end with a status.
func (m machine) runTo(t *testing.T, status int, environment []string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/"+m.command, args...)
	cmd.Dir, cmd.Env = "/etc/graphlake", environment
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: m.root, Credential: &syscall.Credential{Uid: imageUser, Gid: imageUser}}
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != status {
		t.Errorf("%s %s: %v, want %d\n%s", m.command, strings.Join(args, " "), err, status, out)
	}
	return string(out)
}

// The command needs nothing beside it: no library, no time zones.
func TestAlone(t *testing.T) {
	m := newMachine(t, `
tenants: [{name: contoso, tenant_id: 00000000-0000-0000-0000-000000000001, auth: {method: managed_identity}}]
jobs: {calls: {schedule: "30 2 * * *", timezone: Europe/Berlin, datasets: [call_records]}}
`)
	if got := m.run(t, nil, "version"); !strings.HasPrefix(got, "graphlake ") {
		t.Errorf("the version is %q", got)
	}
	plan := m.run(t, nil, "--lake=/tmp/lake", "plan", "--job=calls", "--now=2026-11-24T02:30:00Z")
	if len(units(plan, "contoso", "call_records")) == 0 {
		t.Errorf("no call records are planned:\n%s", plan)
	}
}

// Every pod's command takes its arguments and its configuration: a run in each share says what it would
// read, into a lake in the pod, and the others are asked for help, which a wrong flag does not get.
func TestPodCommands(t *testing.T) {
	c := manifests(t)
	for name, pod := range c.pods() {
		t.Run(name, func(t *testing.T) {
			volume, _ := mounted(pod.Spec, "/etc/graphlake")
			config, args := c.configs[volume.ConfigMap.Name].Data["graphlake.yaml"], pod.Spec.Containers[0].Args
			if commandOf(pod.Spec.Containers[0].Image) == engine {
				getsToTemporal(t, config, args)
				return
			}
			m := newMachine(t, config)
			if !slices.Contains(args, "run") {
				m.run(t, identity, append(slices.Clone(args), "--help")...)
				m.run(t, identity, "--lake=/tmp/lake", "plan")
				return
			}
			completions := int32(1)
			if job := c.cronJobs[name]; job != nil && job.Spec.JobTemplate.Spec.Completions != nil {
				completions = *job.Spec.JobTemplate.Spec.Completions
			}
			all := ""
			for index := range completions {
				environment := append(slices.Clone(identity), fmt.Sprint("JOB_COMPLETION_INDEX=", index))
				all += m.run(t, environment, append(slices.Clone(args), "--dry-run", "--lake=/tmp/lake", "--now=2026-11-24T02:30:00Z")...)
			}
			for _, tenant := range []string{"contoso", "adatum"} {
				if n := len(units(all, tenant, "users")); n != 1 {
					t.Errorf("%d pods read the users of %s, want one:\n%s", n, tenant, all)
				}
			}
		})
	}
}

// units are the lines of a plan about a dataset of a tenant.
func units(plan, tenant, dataset string) []string {
	var lines []string
	for line := range strings.Lines(plan) {
		if f := strings.Fields(line); len(f) > 3 && f[0] == tenant && f[1] == dataset {
			lines = append(lines, line)
		}
	}
	return lines
}
