package cli

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// wrongInput is a command that cannot do what it is asked for. Its message names what is wrong, why, and what to do.
type wrongInput struct {
	args   string   // separated by blanks; {GRAPH} is the address of a Graph that answers as the row says
	edit   []string // of the configuration: what stands there, and what then stands in its place; "-": there is no configuration
	env    []string // NAME=VALUE, besides GRAPH_TOKEN
	disk   string   // what lies there, a thing each: "NAME=text", "NAME/" a directory; a mode before it as in "0400 NAME/"
	rights bool     // root may not do what others may not
	graph  http.HandlerFunc
	tls    bool

	status int
	want   string // parts of what is printed, separated by " … ", in this order: the thing, the reason, the cure
}

const (
	goodConfig = `lake: ./lake
graph: {endpoint: "{GRAPH}"}
tenants:
  - name: contoso
    tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30
    auth: {method: token, token_env: GRAPH_TOKEN}
jobs:
  nightly-calls: {schedule: "30 2 * * *", datasets: [call_records, users]}
`
	auth      = "auth: {method: token, token_env: GRAPH_TOKEN}"
	noSecret  = "hunter2-very-secret" // never printed
	tenantDir = "tenant_id=4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"
	stateDir  = "lake/state/4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"
)

var wrongInputs = []wrongInput{
	// The command line.
	{args: "rnu", status: 2, want: `unexpected argument rnu … did you mean "run"? … see: graphlake --help`},
	{args: "run --frm 2026-11-01", status: 2, want: `unknown flag --frm … did you mean "--from"? … see: graphlake run --help`},
	{args: "plan now", status: 2, want: `unexpected argument now … plan takes none … see: graphlake plan --help`},
	{args: "plan --job nightly-calls --dataset users", status: 2, want: `--job and --dataset … can't be used together … see: graphlake plan --help`},
	{args: "plan --job nightlycalls", status: 2, want: `there is no job "nightlycalls" in graphlake.yaml … did you mean "nightly-calls"?`},
	{args: "plan --tenant Contoso", status: 2, want: `there is no tenant "Contoso" in graphlake.yaml … did you mean "contoso"?`},
	{args: "plan --tenant=", status: 2, want: `--tenant … the value is empty, perhaps because a variable is … give one, or leave it out`},
	{args: "plan --dataset user", status: 2, want: `there is no dataset "user" … did you mean "users"?`},
	{args: "plan --dataset call_record", status: 2, want: `there is no dataset "call_record" … did you mean "call_records"?`},
	{args: "plan --dataset calls", status: 2, want: `there is no dataset "calls" … that is a table of the dataset call_records`},
	{args: "plan --dataset users,", status: 2, want: `--dataset … "users," has an empty part … want them as a,b`},
	{args: "plan --shard 3/3", status: 2, want: `--shard: "3/3" … want a share and the number of shares, from 0/3 to the last`},
	{args: "plan --from 2026-11-02", status: 2, want: `a range needs both ends … give --from and --to, or neither; --last 7d is a range too`},
	{args: "plan --from 2026-11-02 --to 2026-11-01", status: 2, want: `the range [2026-11-02 … is empty or backwards … from has to be before to`},
	{args: "plan --from 2026-11-31 --to 2026-12-01", status: 2, want: `--from: "2026-11-31" … is neither a date (2026-11-01) nor a time (2026-11-01T06:00:00Z), nor yesterday`},
	{args: "plan --last 36h", status: 2, want: `--last: "36h" … want whole days, as 7d or 2w`},
	{args: "plan --last 7d --from yesterday", status: 2, want: `--last 7d is a range, as --from and --to are … give the one or the other`},
	{args: "run --gaps --last 7d", status: 2, want: `gaps are what is not held … ask for them or for a range, not for both`},
	{args: "run --dataset users --from 2030-01-01 --to 2030-01-02 --now 2026-11-23", status: 2, want: `the range begins on 2030-01-01 … which is not there yet`},
	{args: "--output xml plan", status: 2, want: `--output … must be one of "text","json" but got "xml"`},
	{args: "cat", status: 2, want: `<table> is missing … see: graphlake cat --help`},
	{args: "cat call", status: 2, want: `there is no table "call" … did you mean "calls"?`},
	{args: "cat metric_calls", status: 2, want: `metric_calls … is a view and no table … graphlake sql prints it`},
	{args: "cat calls --columns call_typ", status: 2, want: `there is no column "call_typ" in calls … did you mean "call_type"?`},
	{args: "cat calls --columns weather", status: 2, want: `there is no column "weather" in calls … graphlake schema calls lists them`},
	{args: "cat calls --where call_type", status: 2, want: `--where "call_type" … want a column and its value, as removed=false`},
	{args: "cat calls --limit ten", status: 2, want: `--limit: "ten" … is no whole number … see: graphlake cat --help`},
	{args: "sql", status: 2, want: `missing flags: --engine … see: graphlake sql --help`},
	{args: "report --from 2026-11-01T06:00:00Z", status: 2, want: `2026-11-01T06:00:00Z … is no day: a report has whole days … as 2026-11-01`},
	{args: "audit --accept all", status: 2, want: `--accept … must be one of "lost" but got "all"`},
	{args: "schedule --grace soon", status: 2, want: `--grace: "soon" … want a duration, as 2w, 3d, 72h or 90m`},
	{args: "vacuum", disk: "lake/", status: 2, want: `the lake ./lake has no Delta tables … write delta: true in graphlake.yaml, and graphlake replay --delta makes them`},
	{args: "vacuum --older-than 8d", status: 2, want: `--older-than 192h0m0s … remember what was replaced for 168h … want 168h at most`},
	{args: "vacuum --older-than soon", status: 2, want: `--older-than: "soon" … want a duration, as 2w, 3d, 72h or 90m`},
	{args: "init", status: 2, want: `graphlake.yaml … is there already, and is left as it is … remove it, or name another with --config`},
	{args: "--config other.yaml init --tenant-id contoso", status: 2, want: `--tenant-id: "contoso" … is no GUID … Entra shows it`},

	// The configuration.
	{args: "plan", edit: []string{"-"}, status: 2, want: `there is no graphlake.yaml … write one with graphlake init, or name it with --config`},
	{args: "--config . plan", status: 2, want: `read .: is a directory … name a file that can be read with --config`},
	{args: "plan", edit: []string{"lake: ./lake", "lakes: ./lake"}, status: 2, want: `graphlake.yaml:1: unknown field "lakes" … did you mean "lake"?`},
	{args: "plan", edit: []string{"lake: ./lake\n", ""}, status: 2, want: `graphlake.yaml: lake: … nothing says where the lake is … want a directory, as ./lake, or az://CONTAINER/PREFIX`},
	{args: "plan", edit: []string{"./lake", "~/lake"}, status: 2, want: `graphlake.yaml:1: the lake ~/lake … is a directory of that name here, and not your home … write it out`},
	{args: "plan", edit: []string{"./lake", "s3://bucket/lake"}, status: 2, want: `the lake s3://bucket/lake … want a directory, or az://CONTAINER/PREFIX`},
	{args: "plan", edit: []string{"./lake", "./lake\nlake_mode: 0777"}, status: 2, want: `graphlake.yaml:2: lake_mode … others than the owner could write … want 0700, 0750 or 0755`},
	{args: "plan", edit: []string{"jobs:", "\tjobs:"}, status: 2, want: `graphlake.yaml:7: found character … a tab, and YAML is indented with blanks`},
	{args: "plan", edit: []string{"4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30", "contoso.example"}, status: 2, want: `graphlake.yaml:5: tenants[0].tenant_id: "contoso.example" … is no GUID … Entra shows it as the directory (tenant) ID`},
	{args: "plan", edit: []string{auth, "auth: {method: client_secret, client_id: x}"}, status: 2, want: `graphlake.yaml:6: tenants[0].auth.client_secret_env … needs it … write the name of the environment variable`},
	{args: "plan", edit: []string{auth, "auth: {method: client_secret, client_secret: " + noSecret + "}"}, status: 2, want: `graphlake.yaml:6: unknown field "client_secret" … did you mean "client_secret_env"?`},
	{args: "run", edit: []string{"GRAPH_TOKEN", "NOT_SET"}, status: 2, want: `tenant contoso: the environment variable NOT_SET … is not set, but the configuration names it … export it`},
	{args: "run", edit: []string{"GRAPH_TOKEN", `"` + noSecret + `"`}, status: 2, want: `the name of an environment variable … put the name there, and the secret into that variable`},
	{args: "plan", edit: []string{"users]", "mails]"}, status: 2, want: `graphlake.yaml:8: jobs.nightly-calls.datasets[1] … there is no dataset "mails" … there are: call_records`},
	{args: "plan", edit: []string{"[call_records, users]", "[]"}, status: 2, want: `graphlake.yaml:8: jobs.nightly-calls.datasets … a job needs at least one … graphlake datasets lists them`},
	{args: "plan", edit: []string{"users]", "calendar_events], lookback: 3d"}, status: 2, want: `jobs.nightly-calls.lookback … records of calendar_events change for 6d … want 6d at least, or leave it out`},
	{args: "plan", edit: []string{"users]", "users], lookback: 3 days"}, status: 2, want: `graphlake.yaml:8: jobs.nightly-calls.lookback … want a duration, as 2w, 3d, 72h or 90m`},
	{args: "plan", edit: []string{"users]", "users], expire: true"}, status: 2, want: `jobs.nightly-calls.expire … privacy.keep does not say how long … keep: {raw: 400d, tables: 800d}`},
	{args: "plan", edit: []string{"users]", "users], vacuum: true"}, status: 2, want: `jobs.nightly-calls.vacuum … the configuration has no Delta tables … write delta: true, or leave it out`},
	{args: "plan", edit: []string{"jobs:", "privacy: {keep: {raw: 1d}}\njobs:"}, status: 2, want: `graphlake.yaml:7: privacy.keep.raw … would be read back … want 5d at least`},
	{args: "plan", edit: []string{"jobs:", "privacy: {keep: {raw: }}\njobs:"}, status: 2, want: `graphlake.yaml:7: privacy.keep.raw … the value is missing, perhaps because a variable was empty … write one, or remove the key`},
	{args: "plan", edit: []string{"jobs:", "privacy: {content: some}\njobs:"}, status: 2, want: `graphlake.yaml:7: privacy.content: "some" … want none, titles, text or full`},
	{args: "plan", edit: []string{"jobs:", "privacy: {exclude: {users: [ada]}}\njobs:"}, status: 2, want: `privacy.exclude.users[0] … want the id of a user, which is a GUID, or a sign-in name`},
	{args: "plan", edit: []string{"jobs:", "delta: yes\njobs:"}, status: 2, want: `graphlake.yaml:7: delta: want true, false, or keys, as {layout: per_tenant, compact: true}`},
	{args: "plan", edit: []string{"jobs:", "delta: \njobs:"}, status: 2, want: `graphlake.yaml:7: delta … the value is missing, perhaps because a variable was empty … write one, or remove the key`},
	{args: "plan", edit: []string{"jobs:", "delta: {layout: tenant}\njobs:"}, status: 2, want: `graphlake.yaml:7: delta.layout: "tenant" … want shared, which is a table for all tenants, or per_tenant, which is one for each`},
	{args: "plan", edit: []string{"jobs:", "delta: {compacted: true}\njobs:"}, status: 2, want: `graphlake.yaml:7: unknown field "compacted" … did you mean "compact"?`},
	{args: "plan", edit: []string{"jobs:", "delta: {compact: weekly}\njobs:"}, status: 2, want: `graphlake.yaml:7: delta.compact: want true or false`},
	{args: "run", edit: []string{"jobs:", "delta: {compact: true}\njobs:"}, disk: `lake/delta.json={"format":1,"id":"0011223344556677","layout":"shared","compact":false}`, status: 2,
		want: `graphlake.yaml:7: the lake ./lake … begun with {layout: shared, compact: false} … the configuration has {layout: shared, compact: true} … configure what the lake has … or remove delta/ and delta.json … graphlake replay --delta`},
	{args: "run", disk: "lake/delta.json={", status: 2, want: `the lake ./lake … delta.json, which says how the Delta tables are laid out, is damaged … remove it, and run graphlake replay --delta`},
	{args: "run", disk: `lake/delta.json={"version":2}`, status: 2, want: `the lake ./lake … delta.json cannot be read … use the version of graphlake that wrote it`},
	{args: "replay", edit: []string{"jobs:", "privacy: {pseudonymize: true}\njobs:"}, status: 2, want: `privacy.pseudonymize needs a key … GRAPHLAKE_PSEUDONYM_KEY is not set … export it`},
	{args: "plan", edit: []string{"./lake", "az://teams/lake"}, status: 2, want: `azure … a token for Graph does not open Blob Storage … use connection_string_env`},

	// The endpoint.
	{args: "plan", edit: []string{`endpoint: "{GRAPH}"`, "endpoint: "}, status: 2, want: `graphlake.yaml:2: graph.endpoint … the value is missing, perhaps because a variable was empty … write one, or remove the key`},
	{args: "plan", edit: []string{"{GRAPH}", "graph.microsoft.com"}, status: 2, want: `graphlake.yaml:2: graph.endpoint: "graph.microsoft.com" … is no URL … Graph's is https://graph.microsoft.com`},
	{args: "plan", edit: []string{"{GRAPH}", "https://graph.microsoft.com/v1.0"}, status: 2, want: `graph.endpoint: "https://graph.microsoft.com/v1.0" … has more than a scheme and a host … Graph's is https://graph.microsoft.com`},
	{args: "plan", edit: []string{"{GRAPH}", "https://ada:" + noSecret + "@graph.microsoft.com"}, status: 2, want: `graph.endpoint: "https://ada:xxxxx@graph.microsoft.com" … has more than a scheme and a host`},
	{args: "plan", edit: []string{"{GRAPH}", "http://graph.contoso.example"}, status: 2, want: `graph.endpoint: "http://graph.contoso.example" … is not https, and tokens are sent to it … Graph's is`},
	{args: "plan", edit: []string{`"{GRAPH}"`, `"{GRAPH}", rate: 0`}, status: 2, want: `graphlake.yaml:2: graph.rate … has to be above 0 … want a number as 0.5`},
	{args: "plan", edit: []string{`"{GRAPH}"`, `"{GRAPH}", authority: login`}, status: 2, want: `graph.authority: "login" … is no URL … Entra's is https://login.microsoftonline.com`},
	{args: "check --dataset users", edit: []string{"{GRAPH}", "http://127.0.0.1:1"}, status: 75, want: `users … 127.0.0.1:1 … refused … check the address, the network and the proxy, and run again later`},
	{args: "check --dataset users", graph: answers(401, "application/json", `{"error":{"code":"InvalidAuthenticationToken","message":"no"}}`), status: 3, want: `users … 401 Unauthorized … check the tenant, the credentials, and that the token is for this endpoint and not expired`},
	{args: "check --dataset users", graph: answers(403, "application/json", `{"error":{"code":"Authorization_RequestDenied","message":"no"}}`), status: 3, want: `User.Read.All … missing … add it to the application's registration, and let an administrator grant it`},
	{args: "check --dataset users", graph: answers(200, "text/html", "<html>sign in to the hotel's network</html>"), status: 75, want: `users … the answer is no JSON object … text/html … run again later`},
	{args: "check --dataset users", tls: true, graph: answers(200, "application/json", "{}"), status: 75, want: `users … certificate signed by unknown authority … check the address; if a proxy of your own signed the certificate, name its authority in SSL_CERT_FILE`},

	// The disk.
	{args: "status", edit: []string{"./lake", "./nowhere"}, status: 2, want: `there is no lake at ./nowhere … the first run makes it … say so in graphlake.yaml or with --lake`},
	{args: "plan --lake file", disk: "file=text", status: 2, want: `the lake file … not a directory … move it away, or choose another lake`},
	{args: "status --lake file/lake", disk: "file=text", status: 2, want: `the lake file/lake … not a directory … say in graphlake.yaml or with --lake where it lies`},
	{args: "replay", disk: "lake/lake.json={", status: 2, want: `the lake ./lake … lake.json is none of this version of graphlake … use the version that wrote it`},
	{args: "plan --dataset users", disk: stateDir + "/users.json=nonsense", status: 1, want: `/users.json … is no state of this version of graphlake … use the version that wrote it, or remove the object and read the ranges again`},
	{args: "cat users", disk: "lake/tables/users/" + tenantDir + "/dt=2026-11-22/users.parquet=nonsense", status: 1, want: `dt=2026-11-22/users.parquet … is damaged … restore it from a backup, or remove it and run its day again`},
	{args: "report --html nowhere/report.html", status: 2, want: `write the page nowhere/report.html … no such file or directory … name a file in a directory that is there and can be written to`},
	{args: "plan", edit: []string{"jobs:", "datasets: [more.yaml]\njobs:"}, status: 2, want: `graphlake.yaml:7: datasets[0]: open more.yaml … no such file or directory … name a file that can be read, relative to this one`},

	// Rights.
	{args: "run --dataset users", disk: "0500 lake/", rights: true, graph: answers(401, "application/json", "{}"), status: 2, want: `the lake ./lake … permission denied … give this user write access to the directory, or choose another lake`},
	{args: "status", disk: "0000 lake/", rights: true, status: 2, want: `the lake ./lake … permission denied … give this user the right to read it, as by its group, or choose another lake`},
	{args: "plan --config secret.yaml", disk: "0000 secret.yaml=lake: ./lake", rights: true, status: 2, want: `open secret.yaml: permission denied … name a file that can be read with --config`},
	{args: "audit --against-graph", edit: []string{auth, "auth: {method: certificate, client_id: x, certificate_file: app.pem}"}, disk: "0644 app.pem=" + noSecret, status: 2, want: `certificate_file: app.pem … has the mode 0644, so that everybody on this machine can read it … chmod 600 app.pem`},
	{args: "audit --against-graph", edit: []string{auth, "auth: {method: certificate, client_id: x, certificate_file: app.pem}"}, status: 2, want: `certificate_file: open app.pem: no such file or directory … name a file that is there and can be read`},

	// Zones.
	{args: "plan", edit: []string{"users]", "users], timezone: Mars/Olympus"}, status: 2, want: `graphlake.yaml:8: jobs.nightly-calls.timezone: "Mars/Olympus" … is not known … want a name as Europe/Berlin`},
	{args: "plan", edit: []string{"users]", "users], timezone: CEST"}, status: 2, want: `jobs.nightly-calls.timezone: "CEST" … is not known … want a name as Europe/Berlin`},
	{args: "plan", edit: []string{"30 2 * * *", "30 25 * * *"}, status: 2, want: `jobs.nightly-calls.schedule: "30 25 * * *" … above maximum (23) … want minute, hour, day of the month, month, day of the week, as 30 2 * * *`},
	{args: "plan", edit: []string{"30 2 * * *", "0 0 30 2 *"}, status: 2, want: `jobs.nightly-calls.schedule: "0 0 30 2 *" … no such day comes`},
	{args: "plan --from 2026-11-01T06:00 --to 2026-11-02", status: 2, want: `--from: "2026-11-01T06:00" … is neither a date (2026-11-01) nor a time (2026-11-01T06:00:00Z)`},
	{args: "plan --now 2026-11-01T06:00:00+25:00", status: 2, want: `--now: "2026-11-01T06:00:00+25:00" … is neither a date`},
}

func answers(status int, form, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", form)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// What cannot be done is said with the thing, the reason and the cure, ends with its status, and leaves nothing behind.
func TestWrongInputs(t *testing.T) {
	if len(wrongInputs) < 60 {
		t.Errorf("there are %d rows, want sixty", len(wrongInputs))
	}
	for _, w := range wrongInputs {
		t.Run(strings.TrimSpace(w.args+" "+strings.Join(w.edit, " ")), func(t *testing.T) {
			t.Parallel()
			if runtime.GOOS == "windows" && (w.disk != "" || strings.Contains(w.want, "directory")) {
				t.Skip("Windows has words and rights of its own for what is wrong with a disk")
			}
			w.try(t)
		})
	}
}

func (w wrongInput) try(t *testing.T) {
	t.Helper()
	address := "http://127.0.0.1:1"
	if w.graph != nil {
		start := httptest.NewServer
		if w.tls {
			start = httptest.NewTLSServer
		}
		server := start(w.graph)
		defer server.Close()
		server.Config.ErrorLog = nil
		address = server.URL
	}
	dir := t.TempDir()
	w.prepare(t, dir, address)
	before := treeOf(t, dir)
	cmd := exec.CommandContext(t.Context(), "graphlake", strings.Fields(strings.ReplaceAll(w.args, "{GRAPH}", address))...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GRAPH_TOKEN="+noSecret, "TMPDIR="+filepath.Join(dir, "tmp"), "HTTPS_PROXY=", "GRAPHLAKE_PSEUDONYM_KEY=")
	cmd.Env = append(cmd.Env, w.env...)
	out, err := w.output(t, cmd)
	status := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		status = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	if status != w.status {
		t.Errorf("exit status %d, want %d", status, w.status)
	}
	rest := out
	for part := range strings.SplitSeq(w.want, " … ") {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			t.Errorf("%q is not said", part)
		}
		rest = after
	}
	if strings.Contains(out, noSecret) {
		t.Error("a secret is printed")
	}
	if after := treeOf(t, dir); after != before {
		t.Errorf("there was\n%s\nand there is\n%s", before, after)
	}
	if t.Failed() {
		t.Logf("graphlake %s:\n%s", w.args, out)
	}
}

// output runs the command, and root without what only root may do.
func (w wrongInput) output(t *testing.T, cmd *exec.Cmd) (string, error) {
	t.Helper()
	if w.rights && os.Geteuid() == 0 {
		return outputWithoutOverride(t, cmd)
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// prepare writes the configuration and what lies on the disk: an empty lake, and what the row says.
func (w wrongInput) prepare(t *testing.T, dir, address string) {
	t.Helper()
	config := goodConfig
	for i := 0; i+1 < len(w.edit); i += 2 {
		if !strings.Contains(config, w.edit[i]) {
			t.Fatalf("the configuration has no %q", w.edit[i])
		}
		config = strings.Replace(config, w.edit[i], w.edit[i+1], 1)
	}
	things := []string{"tmp/", "lake/", "0700 lake/.staging/", "0600 lake/.staging/lock="}
	if len(w.edit) != 1 {
		things = append(things, "graphlake.yaml="+strings.ReplaceAll(config, "{GRAPH}", address))
	}
	if w.disk != "" {
		things = append(things, w.disk)
	}
	for _, thing := range things {
		mode, changed := fs.FileMode(0), false
		if m, rest, ok := strings.Cut(thing, " "); ok && len(m) == 4 {
			if _, err := fmt.Sscanf(m, "%o", &mode); err != nil {
				t.Fatal(err)
			}
			changed, thing = true, rest
		}
		name, text, isFile := strings.Cut(thing, "=")
		for strings.Contains(text, ".parquet=") || strings.HasSuffix(name, "tenant_id") || strings.HasSuffix(name, "dt") { // of a partition's path
			more, rest, _ := strings.Cut(text, "=")
			name, text = name+"="+more, rest
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		var err error
		if isFile {
			err = os.WriteFile(path, []byte(text), 0o600)
		} else {
			err = os.MkdirAll(path, 0o750)
		}
		if err == nil && changed {
			err = os.Chmod(path, mode)
			t.Cleanup(func() { _ = os.Chmod(path, 0o700) }) //nolint:gosec // so that it can be removed
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// treeOf are the names, modes and contents below a directory.
func treeOf(t *testing.T, dir string) string {
	t.Helper()
	var tree strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrPermission) {
			return nil
		}
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		sum := ""
		if info.Mode().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil && !errors.Is(err, fs.ErrPermission) {
				return err
			}
			sum = fmt.Sprintf(" %x", sha256.Sum256(text))[:9]
		}
		fmt.Fprintf(&tree, "%v %s%s\n", info.Mode(), strings.TrimPrefix(path, dir), sum)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree.String()
}
