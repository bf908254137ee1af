package deploycheck

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A template is a file of Bicep as its grammar reads it. It knows no types of Azure.
type template struct {
	Parameters map[string]struct {
		Decorators []struct{ Type string }
		Default    any
	}
	Resources map[string]struct{ Config map[string]any }
	Modules   map[string]struct{ Config map[string]any }
}

func parse(t *testing.T, name string) template {
	t.Helper()
	const grammar = "../../.cache/pycep"
	if _, err := os.Stat(grammar + "/pycep"); err != nil {
		t.Skip("there is no parser of Bicep; make deploy-check installs it where there is Python")
	}
	script := "import json, sys, pycep; print(json.dumps(pycep.BicepParser().parse(text=sys.stdin.read())))"
	cmd := exec.CommandContext(t.Context(), "python3", "-c", script)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+grammar)
	cmd.Stdin, cmd.Stderr = strings.NewReader(read(t, name)), t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("parse %s: %v", name, err)
	}
	var parsed template
	if err := json.Unmarshal(out, &parsed); err != nil {
		t.Fatal(err)
	}
	return parsed
}

// at is the value below a path of names and, into lists, their first elements.
func at(t *testing.T, value any, path ...string) any {
	t.Helper()
	for _, name := range path {
		if list, ok := value.([]any); ok && len(list) > 0 {
			value = list[0]
		}
		object, ok := value.(map[string]any)
		if !ok || object[name] == nil {
			t.Fatalf("there is no %s in %v", strings.Join(path, "."), value)
		}
		value = object[name]
	}
	return value
}

// The account takes no keys and shows nothing to the public, and the identity may write one container.
func TestAccount(t *testing.T) {
	main := parse(t, "azure/main.bicep")
	for name, want := range map[string]any{
		"isHnsEnabled": false, "allowBlobPublicAccess": false, "allowSharedKeyAccess": false, "supportsHttpsTrafficOnly": true,
	} {
		if got := at(t, main.Resources["account"].Config, "properties", name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	writes := main.Resources["writesLake"].Config
	if scope, role := at(t, writes, "scope"), at(t, writes, "properties", "roleDefinitionId"); scope != "lake" || role != "blobDataContributor" {
		t.Errorf("the identity is %v on %v", role, scope)
	}
}

// What a template asks for is given, and what is secret is marked.
func TestParameters(t *testing.T) {
	main, job := parse(t, "azure/main.bicep"), parse(t, "azure/job.bicep")
	var file struct{ Parameters map[string]any }
	if err := json.Unmarshal([]byte(read(t, "azure/main.parameters.json")), &file); err != nil {
		t.Fatal(err)
	}
	file.Parameters["pseudonymKey"] = nil // by hand
	if got, want := required(main), slices.Sorted(maps.Keys(file.Parameters)); !slices.Equal(got, want) {
		t.Errorf("main.bicep asks for %q and gets %q", got, want)
	}
	given, _ := at(t, main.Modules["nightly"].Config, "params").(map[string]any)
	if got, want := required(job), slices.Sorted(maps.Keys(given)); !slices.Equal(got, want) {
		t.Errorf("job.bicep asks for %q and gets %q", got, want)
	}
	for where, decorators := range map[string]any{
		"main": main.Parameters["pseudonymKey"].Decorators, "job": job.Parameters["pseudonymKey"].Decorators,
	} {
		if text, _ := json.Marshal(decorators); !strings.Contains(string(text), `"secure"`) {
			t.Errorf("%s: the key of the pseudonyms is not marked as secret", where)
		}
	}
}

// required are the parameters without a default.
func required(m template) []string {
	var names []string
	for name, p := range m.Parameters {
		if p.Default == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// The job mounts a configuration and a scratch directory, and its command takes its arguments and the
// configuration beside it. What the template replaces in that is there.
func TestJob(t *testing.T) {
	text, template := read(t, "azure/graphlake.yaml"), read(t, "azure/main.bicep")
	for _, placeholder := range []string{"11111111-1111-1111-1111-111111111111", "00000000-0000-0000-0000-000000000000", "https://ACCOUNT.blob.core.windows.net"} {
		if !strings.Contains(template, "'"+placeholder+"'") || !strings.Contains(text, " "+placeholder+"\n") {
			t.Errorf("%s is not put in", placeholder)
		}
	}
	if cron := parse(t, "azure/main.bicep").Parameters["cron"].Default; !strings.Contains(text, fmt.Sprintf("schedule: %q\n", cron)) {
		t.Errorf("the job runs at %v, and graphlake.yaml says otherwise", cron)
	}
	container := at(t, parse(t, "azure/job.bicep").Resources["job"].Config, "properties", "template", "containers")
	mounts, _ := json.Marshal(at(t, container, "volumeMounts"))
	paths := regexp.MustCompile(`"mountPath": ?"([^"]*)"`).FindAllStringSubmatch(string(mounts), -1)
	if len(paths) != 2 || paths[0][1] != "/etc/graphlake" || paths[1][1] != "/tmp" {
		t.Errorf("mounted are %s", mounts)
	}
	var args []string
	list, _ := at(t, container, "args").([]any)
	for _, arg := range list {
		args = append(args, arg.(string))
	}
	plan := newMachine(t, text).run(t, nil, append(args, "--dry-run", "--lake=/tmp/lake")...)
	if len(units(plan, "contoso", "users")) != 1 {
		t.Errorf("no users are planned:\n%s", plan)
	}
}
