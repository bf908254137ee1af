package deploycheck

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A template is a file of Bicep as its grammar reads it. It knows no types of Azure.
type template struct {
	Parameters map[string]struct {
		Decorators []map[string]any
		Default    any
	}
	Variables map[string]struct{ Value any }
	Resources map[string]struct{ Config map[string]any }
	Modules   map[string]struct {
		Detail struct{ Path string }
		Config map[string]any
	}
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
	lake := parse(t, "azure/lake.bicep")
	for name, want := range map[string]any{
		"isHnsEnabled": false, "allowBlobPublicAccess": false, "allowSharedKeyAccess": false, "supportsHttpsTrafficOnly": true,
		"allowCrossTenantReplication": false, "minimumTlsVersion": "TLS1_2",
	} {
		if got := at(t, lake.Resources["account"].Config, "properties", name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	writes := lake.Resources["writesLake"].Config
	if scope, role := at(t, writes, "scope"), at(t, writes, "properties", "roleDefinitionId"); scope != "lake" || role != "blobDataContributor" {
		t.Errorf("the identity is %v on %v", role, scope)
	}
}

// Unless the word public is said, lake and vault answer in the virtual network only, in which the job runs.
func TestPrivateByDefault(t *testing.T) {
	main := parse(t, "azure/main.bicep")
	network := main.Parameters["network"]
	if network.Default != "private" {
		t.Errorf("the network is %v by default", network.Default)
	}
	if said := text(t, network.Decorators); !strings.Contains(said, "public: they answer the whole internet") {
		t.Errorf("what public means is not said: %s", said)
	}
	for file, service := range map[string]string{"azure/lake.bicep": "account", "azure/vault.bicep": "vault"} {
		parsed := parse(t, file)
		properties := at(t, parsed.Resources[service].Config, "properties")
		// As the grammar has network == 'public' ? … : …
		for _, of := range []struct {
			path        []string
			open, close string
		}{{[]string{"publicNetworkAccess"}, "Enabled", "Disabled"}, {[]string{"networkAcls", "defaultAction"}, "Allow", "Deny"}} {
			want := fmt.Sprintf(`"condition":"public","false_value":%q,"true_value":%q`, of.close, of.open)
			if got := text(t, at(t, properties, of.path...)); !strings.Contains(got, want) || !strings.Contains(got, `"operand_1":"network"`) {
				t.Errorf("%s: %s is %s", file, strings.Join(of.path, "."), got)
			}
		}
		if bypass := at(t, properties, "networkAcls", "bypass"); bypass != "None" {
			t.Errorf("%s: the network is passed by %v", file, bypass)
		}
		endpoint := parsed.Modules["endpoint"].Config
		if got := text(t, endpoint["condition"]); !strings.Contains(got, `"operand_1":"network","operand_2":"private"`) {
			t.Errorf("%s: the endpoint is made if %s", file, got)
		}
		module := strings.TrimSuffix(strings.TrimPrefix(file, "azure/"), ".bicep")
		if got := at(t, main.Modules[module].Config, "params", "network"); got != "network" {
			t.Errorf("%s gets the network %v", file, got)
		}
	}
	runsIn := at(t, main.Resources["apps"].Config, "properties", "vnetConfiguration")
	if internal := at(t, runsIn, "internal"); internal != true || !strings.Contains(text(t, at(t, runsIn, "infrastructureSubnetId")), "jobsSubnetId") {
		t.Errorf("the job runs in %s", text(t, runsIn))
	}
}

// What is replaced or deleted by mistake can be had back, for a time that ends.
func TestHistory(t *testing.T) {
	lake := parse(t, "azure/lake.bicep")
	blobs := at(t, lake.Resources["blobs"].Config, "properties")
	if at(t, blobs, "isVersioningEnabled") != true {
		t.Error("what is replaced is gone")
	}
	for _, policy := range []string{"deleteRetentionPolicy", "containerDeleteRetentionPolicy"} {
		if at(t, blobs, policy, "enabled") != true || at(t, blobs, policy, "days") != "historyDays" {
			t.Errorf("%s is %s", policy, text(t, at(t, blobs, policy)))
		}
	}
	ends := at(t, lake.Resources["endsHistory"].Config, "properties", "policy", "rules")
	if at(t, ends, "enabled") != true || at(t, ends, "definition", "actions", "version", "delete", "daysAfterCreationGreaterThan") != 1.0 {
		t.Errorf("old versions end by %s", text(t, ends))
	}
	if actions, _ := at(t, ends, "definition", "actions").(map[string]any); len(actions) != 1 {
		t.Errorf("more than old versions ends by itself: %s", text(t, actions))
	}
	for file, lock := range map[string][2]string{"azure/lake.bicep": {"keepsAccount", "account"}, "azure/vault.bicep": {"keepsVault", "vault"}} {
		config := parse(t, file).Resources[lock[0]].Config
		if at(t, config, "properties", "level") != "CanNotDelete" || at(t, config, "scope") != lock[1] {
			t.Errorf("%s is locked by %s", file, text(t, config))
		}
	}
}

// Who reads the lake and the key is logged.
func TestReadsAreLogged(t *testing.T) {
	for file, want := range map[string][]string{
		"azure/lake.bicep": {"blobs", "StorageRead", "StorageWrite", "StorageDelete"}, "azure/vault.bicep": {"vault", "AuditEvent"},
	} {
		config := parse(t, file).Resources["whoReads"].Config
		got := []string{fmt.Sprint(at(t, config, "scope"))}
		list, _ := at(t, config, "properties", "logs").([]any)
		for _, l := range list {
			if at(t, l, "enabled") == true {
				got = append(got, fmt.Sprint(at(t, l, "category")))
			}
		}
		if !slices.Equal(got, want) || at(t, config, "properties", "workspaceId") != "workspaceId" {
			t.Errorf("%s logs %q, want %q", file, got, want)
		}
	}
}

// The key of the pseudonyms lies in the vault. The job reads it there as its identity, which may read secrets and no more.
func TestVault(t *testing.T) {
	vault := parse(t, "azure/vault.bicep")
	for name, want := range map[string]any{"enableRbacAuthorization": true, "enableSoftDelete": true, "enablePurgeProtection": true} {
		if got := at(t, vault.Resources["vault"].Config, "properties", name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	uses := vault.Resources["usesKey"].Config
	if scope, role := at(t, uses, "scope"), at(t, uses, "properties", "roleDefinitionId"); scope != "vault" || role != "secretsUser" {
		t.Errorf("the identity is %v on %v", role, scope)
	}
	if !strings.Contains(read(t, "azure/vault.bicep"), "'Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-874b-0445c86b69e6')") {
		t.Error("secretsUser is not Key Vault Secrets User")
	}
	secrets, _ := at(t, parse(t, "azure/job.bicep").Resources["job"].Config, "properties", "configuration", "secrets").([]any)
	i := slices.IndexFunc(secrets, func(s any) bool { return at(t, s, "name") == "pseudonym-key" })
	if i < 0 || at(t, secrets[i], "keyVaultUrl") != "keyUrl" || at(t, secrets[i], "identity") != "identityId" {
		t.Errorf("the job's secrets are %s", text(t, secrets))
	}
}

// Every module gets what it asks for.
func TestModules(t *testing.T) {
	for _, file := range []string{"main", "lake", "vault"} {
		for name, module := range parse(t, "azure/"+file+".bicep").Modules {
			config := module.Config
			if inner, ok := config["config"].(map[string]any); ok { // with a condition
				config = inner
			}
			given, _ := at(t, config, "params").(map[string]any)
			if got, want := required(parse(t, "azure/"+module.Detail.Path)), slices.Sorted(maps.Keys(given)); !slices.Equal(got, want) {
				t.Errorf("%s.bicep: %s asks for %q and gets %q", file, name, got, want)
			}
		}
	}
}

// text is what the grammar has of a value, with its keys in order.
func text(t *testing.T, value any) string {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// What a template asks for is given, and what is secret is marked.
func TestParameters(t *testing.T) {
	main := parse(t, "azure/main.bicep")
	var file struct{ Parameters map[string]any }
	if err := json.Unmarshal([]byte(read(t, "azure/main.parameters.json")), &file); err != nil {
		t.Fatal(err)
	}
	if got, want := required(main), slices.Sorted(maps.Keys(file.Parameters)); !slices.Equal(got, want) {
		t.Errorf("main.bicep asks for %q and gets %q", got, want)
	}
	for where, decorators := range map[string]any{
		"main": main.Parameters["pseudonymKey"].Decorators, "vault": parse(t, "azure/vault.bicep").Parameters["pseudonymKey"].Decorators,
		"job":     parse(t, "azure/job.bicep").Parameters["configuration"].Decorators,
		"control": parse(t, "azure/control.bicep").Parameters["configuration"].Decorators,
		"engine":  parse(t, "azure/engine.bicep").Parameters["configuration"].Decorators,
	} {
		if !strings.Contains(text(t, decorators), `"secure"`) {
			t.Errorf("%s: what is secret is not marked so", where)
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
	job := parse(t, "azure/job.bicep").Resources["job"].Config
	if most := at(t, job, "properties", "configuration", "replicaTimeout"); fmt.Sprint(most) != strconv.Itoa(deadline) {
		t.Errorf("a run may take %v s, want %d", most, deadline)
	}
	args := argsOf(t, job)
	plan := newMachine(t, text).run(t, nil, append(args, "--dry-run", "--lake=/tmp/lake")...)
	if len(units(plan, "contoso", "users")) != 1 {
		t.Errorf("no users are planned:\n%s", plan)
	}
}

// argsOf are the arguments of the one container of a job or an app, which mounts a configuration and a scratch directory.
func argsOf(t *testing.T, config map[string]any) (args []string) {
	t.Helper()
	container := at(t, config, "properties", "template", "containers")
	mounts, _ := json.Marshal(at(t, container, "volumeMounts"))
	paths := regexp.MustCompile(`"mountPath": ?"([^"]*)"`).FindAllStringSubmatch(string(mounts), -1)
	if len(paths) != 2 || paths[0][1] != "/etc/graphlake" || paths[1][1] != "/tmp" {
		t.Errorf("mounted are %s", mounts)
	}
	list, _ := at(t, container, "args").([]any)
	for _, arg := range list {
		args = append(args, arg.(string))
	}
	return args
}
