package deploycheck

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The control API answers in the virtual network and by HTTPS only, is started again if it does not listen, and is not because the
// lake is away. It is there if somebody has registered it.
func TestControlApp(t *testing.T) {
	main, control := parse(t, "azure/main.bicep"), parse(t, "azure/control.bicep")
	if condition := text(t, main.Modules["control"].Config["condition"]); !strings.Contains(condition, "controlClientId") || main.Parameters["controlClientId"].Default != "" {
		t.Errorf("it is made if %s", condition)
	}
	app := control.Resources["app"].Config
	if insecure := at(t, app, "properties", "configuration", "ingress", "allowInsecure"); insecure != false {
		t.Errorf("HTTP in the clear is allowed: %v", insecure)
	}
	args := argsOf(t, app)
	port := fmt.Sprint(at(t, app, "properties", "configuration", "ingress", "targetPort"))
	if args[0] != "serve" || !slices.Contains(args, "--listen=0.0.0.0:"+port) {
		t.Errorf("the ingress asks port %s of %q", port, args)
	}
	probes, _ := at(t, app, "properties", "template", "containers").([]any)[0].(map[string]any)["probes"].([]any)
	for _, p := range probes {
		probe := p.(map[string]any)
		_, asks := probe["httpGet"]
		if asks != (probe["type"] == "Readiness") {
			t.Errorf("a probe is %s", text(t, probe))
		}
		for _, kind := range []string{"httpGet", "tcpSocket"} {
			if probe[kind] != nil && fmt.Sprint(at(t, probe, kind, "port")) != port {
				t.Errorf("a probe is %s", text(t, probe))
			}
		}
	}
	if len(probes) != 3 {
		t.Errorf("%d probes", len(probes))
	}
	grace := slices.IndexFunc(args, func(a string) bool { return strings.HasPrefix(a, "--grace=") })
	left, err := time.ParseDuration(strings.TrimPrefix(args[max(grace, 0)], "--grace="))
	if whole := at(t, app, "properties", "template", "terminationGracePeriodSeconds"); err != nil || whole.(float64) <= left.Seconds() {
		t.Errorf("of %v s the runs get %v; %v", whole, left, err)
	}
	zone := control.Resources["zone"].Config
	if at(t, zone, "name") != "domain" || at(t, control.Resources["everyApp"].Config, "name") != "*" {
		t.Error("the names of an internal environment are resolved by nobody")
	}
}

// The configuration that the template writes has what the control API needs, and its arguments are known.
func TestControlConfiguration(t *testing.T) {
	all, template := read(t, "azure/graphlake.yaml")+"\n"+read(t, "azure/control.yaml"), read(t, "azure/main.bicep")
	for _, placeholder := range []string{"22222222-2222-2222-2222-222222222222", "33333333-3333-3333-3333-333333333333"} {
		if !strings.Contains(template, "'"+placeholder+"'") || !strings.Contains(all, " "+placeholder+"\n") {
			t.Errorf("%s is not put in", placeholder)
		}
	}
	m := newMachine(t, all)
	m.run(t, nil, "--lake=/tmp/lake", "plan")
	m.run(t, nil, append(argsOf(t, parse(t, "azure/control.bicep").Resources["app"].Config), "--help")...)
}

// What README.md does with the registrations finds in them what it looks for.
func TestRegistrations(t *testing.T) {
	jq, err := exec.LookPath("jq")
	if err != nil {
		t.Skip("there is no jq")
	}
	m := newMachine(t, read(t, "azure/graphlake.yaml"))
	file := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(file, []byte(m.run(t, nil, "permissions", "--job=nightly", "--format=manifest")), 0o600); err != nil {
		t.Fatal(err)
	}
	readme := read(t, "README.md")
	for _, filter := range []string{".requiredResourceAccess[].resourceAccess[].id", ".control", ".control.appRoles[0].id"} {
		if !strings.Contains(readme, "'"+filter+"'") {
			t.Errorf("README.md does not ask for %s", filter)
		}
		if out, err := exec.CommandContext(t.Context(), jq, "-e", filter, file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", filter, err, out)
		}
	}
}
