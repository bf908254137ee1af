package deploycheck

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// engine is the command of the engine beyond one machine.
const engine = "graphlake-temporal"

// lockTime is how long a worker takes after its grace, to give back what it holds.
const lockTime = 30 * time.Second

// commandOf is the command of an image, after which it is called.
func commandOf(image string) string {
	name, _, _ := strings.Cut(path.Base(image), ":")
	return name
}

// getsToTemporal runs a worker with its arguments, its configuration and a lake in the machine. It takes all of that, and finds that nobody
// is where Temporal is said to be.
func getsToTemporal(t *testing.T, config string, args []string, environment ...string) {
	t.Helper()
	m := newMachineOf(t, engine, config)
	if got := m.run(t, nil, "version"); !strings.HasPrefix(got, engine+" ") {
		t.Errorf("the version is %q", got)
	}
	environment = append(slices.Concat(identity, environment),
		"TEMPORAL_ADDRESS=127.0.0.1:1", "TEMPORAL_NAMESPACE=graphlake", "GRAPHLAKE_TEMPORAL_KEY="+newKey(), "GRAPHLAKE_PSEUDONYM_KEY="+newKey())
	const later = 75
	if out := m.runTo(t, later, environment, append([]string{"--lake=/tmp/lake"}, args...)...); !strings.Contains(out, "Temporal at 127.0.0.1:1") {
		t.Errorf("what is missing is not Temporal:\n%s", out)
	}
}

// newKey are 32 random bytes in base64.
func newKey() string {
	key := make([]byte, 32)
	rand.Read(key)
	return base64.StdEncoding.EncodeToString(key)
}

// graceOf is what units that are under way have when a worker is told to end.
func graceOf(t *testing.T, args []string) time.Duration {
	t.Helper()
	i := slices.IndexFunc(args, func(a string) bool { return strings.HasPrefix(a, "--grace=") })
	if i < 0 {
		t.Fatalf("%q do not say the grace", args)
	}
	grace, err := time.ParseDuration(strings.TrimPrefix(args[i], "--grace="))
	if err != nil {
		t.Fatal(err)
	}
	return grace
}

// Workers in a cluster may end what is under way, are not restarted because Temporal is away, and reach it and no more than that.
func TestEnginePods(t *testing.T) {
	c := manifests(t)
	deployment := c.deployments["graphlake-engine"]
	if deployment == nil {
		t.Fatal("there is no deployment of the engine")
	}
	spec := deployment.Spec
	for name, value := range spec.Selector.MatchLabels {
		if spec.Template.Labels[name] != value {
			t.Errorf("selector %s=%s, but the pods have %q", name, value, spec.Template.Labels[name])
		}
	}
	container := spec.Template.Spec.Containers[0]
	if commandOf(container.Image) != engine || container.Args[0] != "worker" || *spec.Replicas < 2 {
		t.Errorf("%d pods run %q of %s", *spec.Replicas, container.Args, container.Image)
	}
	if patience := time.Duration(*spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second; patience < graceOf(t, container.Args)+lockTime {
		t.Errorf("killed after %v, but units have %v and locks %v", patience, graceOf(t, container.Args), lockTime)
	}
	port := container.Ports[0].ContainerPort
	if probe := container.ReadinessProbe.HTTPGet; probe == nil || probe.Path != "/healthz" || !slices.Contains(container.Args, fmt.Sprintf("--listen=:%d", port)) {
		t.Errorf("ready by %+v, and the command is %q", container.ReadinessProbe.ProbeHandler, container.Args)
	}
	if probe := container.LivenessProbe; probe.HTTPGet != nil || probe.TCPSocket == nil {
		t.Errorf("alive by %+v, want a connection and no more", probe.ProbeHandler)
	}
	want := []string{"TEMPORAL_API_KEY of graphlake-temporal", "GRAPHLAKE_TEMPORAL_KEY of graphlake-temporal", "GRAPHLAKE_TEMPORAL_OLD_KEYS of graphlake-temporal", "GRAPHLAKE_PSEUDONYM_KEY of graphlake"}
	if got := secretsOf(container); !slices.Equal(got, want) {
		t.Errorf("the secrets are %q, want %q", got, want)
	}
	for _, e := range container.Env {
		if e.Value != "" && e.Name != "TEMPORAL_ADDRESS" && e.Name != "TEMPORAL_NAMESPACE" {
			t.Errorf("%s stands in the file", e.Name)
		}
		if ref := e.ValueFrom; ref != nil && e.Name == "GRAPHLAKE_TEMPORAL_KEY" && ref.SecretKeyRef.Optional != nil {
			t.Error("without its key a worker would write what everybody can read")
		}
	}

	policy := c.policies["graphlake-engine"]
	if policy == nil || len(policy.Spec.Ingress) != 0 || len(policy.Spec.Egress) != 1 {
		t.Fatalf("the policy is %+v", policy)
	}
	for name, value := range policy.Spec.PodSelector.MatchLabels {
		if spec.Template.Labels[name] != value {
			t.Errorf("the policy is for pods with %s=%s", name, value)
		}
	}
	out := policy.Spec.Egress[0]
	if to := out.To; len(to) != 1 || to[0].NamespaceSelector == nil || to[0].IPBlock != nil || len(out.Ports) != 1 || out.Ports[0].Port.IntValue() != 7233 {
		t.Errorf("workers are let out to %+v", out)
	}
	address := container.Env[slices.IndexFunc(container.Env, func(e corev1.EnvVar) bool { return e.Name == "TEMPORAL_ADDRESS" })].Value
	if namespace := out.To[0].NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"]; !strings.Contains(address, "."+namespace+".svc.") || !strings.HasSuffix(address, ":7233") {
		t.Errorf("workers ask %s, and are let out to the namespace %s", address, namespace)
	}
}

// Workers in Container Apps are there instead of the job, in a number that stays; nobody reaches them, and what is secret comes from the vault.
func TestEngineApp(t *testing.T) {
	main, parsed := parse(t, "azure/main.bicep"), parse(t, "azure/engine.bicep")
	if condition := text(t, main.Modules["engine"].Config["condition"]); !strings.Contains(condition, "temporalAddress") || main.Parameters["temporalAddress"].Default != "" {
		t.Errorf("workers are made if %s", condition)
	}
	if condition := text(t, main.Modules["nightly"].Config["condition"]); !strings.Contains(condition, "temporalAddress") {
		t.Errorf("the job is made if %s", condition)
	}
	app := parsed.Resources["app"].Config
	configuration, _ := at(t, app, "properties", "configuration").(map[string]any)
	if configuration["ingress"] != nil {
		t.Error("workers can be reached")
	}
	if least, most := at(t, app, "properties", "template", "scale", "minReplicas"), at(t, app, "properties", "template", "scale", "maxReplicas"); least != most {
		t.Errorf("from %v to %v workers: those that are taken away leave their tenants", least, most)
	}
	args := argsOf(t, app)
	if whole := at(t, app, "properties", "template", "terminationGracePeriodSeconds"); args[0] != "worker" || whole.(float64) < (graceOf(t, args)+lockTime).Seconds() {
		t.Errorf("of %v s %q gives units %v and locks %v", whole, args, graceOf(t, args), lockTime)
	}
	container := at(t, app, "properties", "template", "containers").([]any)[0].(map[string]any)
	var asked []string
	for _, p := range container["probes"].([]any) {
		if probe := p.(map[string]any); probe["httpGet"] != nil {
			asked = append(asked, fmt.Sprint(probe["type"]))
		}
	}
	if !slices.Equal(asked, []string{"Readiness"}) {
		t.Errorf("/healthz is asked by %q: to restart a worker does not bring Temporal back", asked)
	}
	if main.Parameters["usesTemporalApiKey"].Default != true || at(t, main.Modules["engine"].Config, "config", "params", "usesTemporalApiKey") != "usesTemporalApiKey" {
		t.Error("whether there is a key of the API is not asked, or not told")
	}
	for _, withKey := range []bool{true, false} {
		secrets := map[string]map[string]any{}
		for _, s := range listOf(t, parsed, configuration["secrets"], withKey) {
			secret := s.(map[string]any)
			secrets[fmt.Sprint(secret["name"])] = secret
		}
		given := map[string]string{}
		for _, e := range listOf(t, parsed, container["env"], withKey) {
			variable := e.(map[string]any)
			name := fmt.Sprint(variable["name"])
			if ref := variable["secretRef"]; ref != nil {
				given[name] = fmt.Sprint(ref)
			} else if name != "TEMPORAL_ADDRESS" && name != "TEMPORAL_NAMESPACE" {
				t.Errorf("%s is no secret", name)
			}
		}
		want := []string{"GRAPHLAKE_PSEUDONYM_KEY", "GRAPHLAKE_TEMPORAL_KEY", "GRAPH_CLIENT_SECRET"}
		if withKey {
			want = append(want, "TEMPORAL_API_KEY")
		}
		if got := slices.Sorted(maps.Keys(given)); !slices.Equal(got, want) || len(secrets) != 1+len(want) {
			t.Errorf("with a key of the API: %v: %q of %d secrets, want %q", withKey, got, len(secrets), want)
		}
		for _, name := range want {
			if secret := secrets[given[name]]; secret["keyVaultUrl"] == nil || secret["value"] != nil || secret["identity"] != "identityId" {
				t.Errorf("%s is %s", name, text(t, secret))
			}
		}
	}
	for _, name := range []string{"temporalApiKey", "payloadKey", "graphClientSecret"} {
		for file, of := range map[string]template{"main": main, "engine": parsed} {
			if !strings.Contains(text(t, of.Parameters[name].Decorators), `"secure"`) {
				t.Errorf("%s.bicep: %s is not marked as secret", file, name)
			}
		}
	}
}

// listOf is a list of the template, as the grammar has concat([…], usesTemporalApiKey ? variable : []).
func listOf(t *testing.T, of template, value any, withKey bool) []any {
	t.Helper()
	parts := at(t, value, "function", "parameters")
	further := at(t, parts, "arg_2", "operator", "operands")
	if at(t, value, "function", "type") != "concat" || at(t, further, "condition") != "usesTemporalApiKey" {
		t.Fatalf("the list is %s", text(t, value))
	}
	always, sometimes := at(t, parts, "arg_1").([]any), at(t, further, "false_value")
	if withKey {
		sometimes = of.Variables[fmt.Sprint(at(t, further, "true_value"))].Value
	}
	return slices.Concat(always, sometimes.([]any))
}

// What the template puts into the configuration of the workers is there, and a worker takes it with its arguments.
func TestEngineConfiguration(t *testing.T) {
	config, template := read(t, "azure/engine.yaml"), read(t, "azure/main.bicep")
	for _, placeholder := range []string{
		"44444444-4444-4444-4444-444444444444", "11111111-1111-1111-1111-111111111111", "00000000-0000-0000-0000-000000000000", "https://ACCOUNT.blob.core.windows.net",
	} {
		if !strings.Contains(template, "'"+placeholder+"'") || !strings.Contains(config, " "+placeholder+"\n") {
			t.Errorf("%s is not put in", placeholder)
		}
	}
	getsToTemporal(t, config, argsOf(t, parse(t, "azure/engine.bicep").Resources["app"].Config), "GRAPH_CLIENT_SECRET=none")
}
