package cli

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
)

// allDatasets are read in tests of what concerns a tenant as a whole.
const allDatasets = "call_records,pstn_calls,direct_routing_calls,users,groups,organization,teams,presence,mailbox_settings,calendar_events,chats,chat_messages,channel_messages"

// program is the real command in a directory of its own, with a configuration for an endpoint.
func program(t *testing.T, endpoint string, args ...string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	config := fmt.Sprintf(simulatedConfig, filepath.Join(dir, "lake"), endpoint)
	if err := os.WriteFile(filepath.Join(dir, defaultConfig), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := exec.LookPath("graphlake")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), file, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GRAPHSIM_TOKEN=wrong")
	return cmd
}

// What is wrong with a tenant as a whole is found out by one request, and told in one line: what was not read, where, why, and
// the command that says more.
func TestOneCauseIsOneLine(t *testing.T) {
	t.Parallel()
	var gets atomic.Int64
	sim := graphsim.New(graphsim.Options{Users: 5, From: november(20), To: november(26), Token: "right"})
	graph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodHead { // which asks for the time, without a token
			gets.Add(1)
		}
		sim.ServeHTTP(w, r)
	}))
	defer graph.Close()
	handshakes := httptest.NewUnstartedServer(sim)
	handshakes.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	handshakes.StartTLS()
	defer handshakes.Close()
	authority := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: handshakes.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }))
	defer proxy.Close()
	for _, test := range []struct {
		name, endpoint string
		env            []string
		status         int
		want           []string // in this order
	}{
		{"wrong token", graph.URL, nil, ExitForbidden, []string{"GET /v1.0/", "401 Unauthorized: InvalidAuthenticationToken", "check the tenant, the credentials"}},
		{"certificate of another host", strings.Replace(handshakes.URL, "127.0.0.1", "localhost", 1), []string{"SSL_CERT_FILE=" + authority}, ExitLater,
			[]string{"GET /v1.0/", "unavailable", "certificate is valid for", "who answers there has no certificate for it"}},
		{"certificate of nobody's", handshakes.URL, nil, ExitLater, []string{"unavailable", "unknown authority", "SSL_CERT_FILE"}},
		{"unknown host", "https://graph..test", nil, ExitLater, []string{"unavailable", "no such host", "check the spelling of the address"}},
		{"no TLS", strings.Replace(graph.URL, "http:", "https:", 1), nil, ExitLater, []string{"unavailable", "does not speak https"}},
		{"proxy", "https://graph.test", []string{"HTTPS_PROXY=" + proxy.URL}, ExitLater, []string{"unavailable", "407 Proxy Authentication Required", "HTTPS_PROXY"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			gets.Store(0)
			cmd := program(t, test.endpoint, "run", "--dataset", allDatasets, "--now", "2026-11-26T07:00:00Z")
			cmd.Env = append(cmd.Env, test.env...)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			_ = cmd.Run()
			if got := cmd.ProcessState.ExitCode(); got != test.status {
				t.Errorf("exit status %d, want %d: %s", got, test.status, &stderr)
			}
			line := below(t, stdout.String())
			want := slices.Concat([]string{"contoso: 15 units of 13 datasets were not read: "}, test.want, []string{": graphlake check\n"})
			inOrder(t, line, want...)
			if n := gets.Load(); test.endpoint == graph.URL && n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
			check := program(t, test.endpoint, "check", "--dataset", allDatasets)
			check.Env = append(check.Env, test.env...)
			said, _ := check.Output()
			inOrder(t, string(said), slices.Concat([]string{"\nall 13   "}, test.want, []string{"\n\nlake "})...)
			if got := check.ProcessState.ExitCode(); got != test.status {
				t.Errorf("a check ends with %d, want %d", got, test.status)
			}
			if strings.Contains(line, "tries") || strings.Contains(stderr.String(), "sent again") {
				t.Errorf("it was tried again: %s%s", line, &stderr)
			}
		})
	}
}

// below is the one line below the table of a report.
func below(t *testing.T, stdout string) string {
	t.Helper()
	lines := slices.Collect(strings.Lines(stdout))
	if len(lines) != 1+13+1 {
		t.Fatalf("%d lines, want a table of 13 datasets and one below:\n%s", len(lines), stdout)
	}
	for _, line := range lines[:14] {
		if len(line) > tableWidth+1 {
			t.Errorf("of %d columns: %s", len(line)-1, line)
		}
	}
	return lines[14]
}

// inOrder looks for texts one behind the other.
func inOrder(t *testing.T, in string, want ...string) {
	t.Helper()
	rest := in
	for _, w := range want {
		_, after, found := strings.Cut(rest, w)
		if !found {
			t.Errorf("no %q, in this place, in %q", w, in)
			return
		}
		rest = after
	}
}

// Who ends a run whose requests are tried again, as by a deadline of what has started it, is told what they came to.
func TestAStoppedRunSaysWhatItMet(t *testing.T) {
	t.Parallel()
	const closed = "https://127.0.0.1:1" // a port that nobody is given
	ill := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	t.Cleanup(ill.Close) // when the parts have ended, which go on after this function
	for _, test := range []struct{ name, endpoint, want string }{
		{"closed port", closed, "unavailable: dial tcp 127.0.0.1:1: connect: connection refused"},
		{"502", ill.URL, "unavailable: 502 Bad Gateway"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cmd := program(t, test.endpoint, "run", "--dataset", allDatasets, "--now", "2026-11-26T07:00:00Z")
			var stdout bytes.Buffer
			cmd.Stdout = &stdout
			stderr, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			said, told := make([]byte, 0, 1<<16), false
			for buffer := make([]byte, 4096); ; {
				n, err := stderr.Read(buffer)
				said = append(said, buffer[:n]...)
				if !told && bytes.Contains(said, []byte("graph request is sent again")) {
					told = true
					if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
						t.Fatal(err)
					}
				}
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			_ = cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != ExitLater {
				t.Errorf("exit status %d, want %d: %s", got, ExitLater, said)
			}
			if stdout.Len() == 0 {
				t.Fatalf("nothing was printed: %s", said)
			}
			if got := bytes.Contains(said, []byte("start it again with graphsim --addr 127.0.0.1:1,")); got != (test.endpoint == closed) {
				t.Errorf("that nobody is there, was said: %v: %s", got, said)
			}
			inOrder(t, below(t, stdout.String()), "contoso: 15 units of 13 datasets were not read: the run was stopped; the same command goes on; until then: GET /v1.0/", test.want,
				": graphlake run --dataset "+allDatasets+" --now 2026-11-26T07:00:00Z\n")
		})
	}
}

// Commands that are printed can be pasted.
func TestCuresAreCommands(t *testing.T) {
	c := &command{Config: "of it/g.yaml", Lake: "az://c/p", args: []string{"run", "--job", "a b"}}
	unit := jobs.UnitReport{Tenant: "contoso", Dataset: "users", From: november(22), To: november(23)}
	other := unit
	other.Dataset = "groups"
	later := unit
	later.Dataset, later.To = "calls", november(24)
	cause := func(cure jobs.Cure, units ...jobs.UnitReport) jobs.Cause {
		all := jobs.Cause{Tenant: "contoso", Units: units, From: november(22), To: november(22), Cure: cure}
		for _, u := range units {
			all.Datasets = append(all.Datasets, u.Dataset)
			if u.To.After(all.To) {
				all.To = u.To
			}
		}
		return all
	}
	const with = "graphlake --config 'of it/g.yaml' --lake az://c/p "
	for _, test := range []struct {
		cause    jobs.Cause
		verb     string
		ofTenant bool
		want     string
	}{
		{cause(jobs.Again, unit), "run", false, with + "run --dataset users --from 2026-11-22 --to 2026-11-23"},
		{cause(jobs.Again, unit, other), "run", true, with + "run --dataset users,groups --tenant contoso --from 2026-11-22 --to 2026-11-23"},
		{cause(jobs.Again, unit, later), "run", false, "graphlake run --job 'a b'"},
		{cause(jobs.Again, unit), "replay", false, with + "replay --dataset users --from 2026-11-22 --to 2026-11-23"},
		{cause(jobs.Audit, unit), "run", false, with + "audit --dataset users --from 2026-11-22 --to 2026-11-23"},
		{cause(jobs.Consent, unit), "run", true, with + "permissions --format consent-url --dataset users --tenant contoso"},
		{cause(jobs.Check, unit), "run", true, with + "check --tenant contoso"},
		{cause(jobs.Same, unit), "run", true, "graphlake run --job 'a b'"},
		{cause(jobs.Policy, unit), "run", true, `New-CsApplicationAccessPolicy -Identity graphlake -AppIds "CLIENT_ID"; Grant-CsApplicationAccessPolicy -PolicyName graphlake -Global`},
		{cause(jobs.NoCure, unit), "run", true, ""},
	} {
		if got := c.cure(test.cause, test.verb, test.ofTenant); got != test.want {
			t.Errorf("%+v: %q, want %q", test.cause.Cure, got, test.want)
		}
	}
	c.args = []string{"schedule"}
	if got := c.sameCommand(); got != "" {
		t.Errorf("a schedule goes on by itself, and is told %q", got)
	}
}

// A token that ends in the middle of a run is one cause, also for those who met it before it was known, and one line.
func TestATokenThatEndsIsOneLine(t *testing.T) {
	t.Parallel()
	sim := graphsim.New(graphsim.Options{Users: 5, From: november(20), To: november(26)})
	var asked, refused atomic.Int64
	all := make(chan struct{})
	graph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead || asked.Add(1) == 1 {
			sim.ServeHTTP(w, r)
			return
		}
		if refused.Add(1) == 3 {
			close(all)
		}
		<-all // so that three have met it
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed, the token is expired."}}`)
	}))
	defer graph.Close()
	cmd := program(t, graph.URL, "run", "--dataset", "users,groups,teams,organization,call_records", "--now", "2026-11-26T07:00:00Z")
	out, _ := cmd.Output()
	_, below, _ := strings.Cut(string(out), "\ncontoso: ")
	if cmd.ProcessState.ExitCode() != ExitForbidden || strings.Count(below, "\n") != 1 || !strings.HasSuffix(below, ": graphlake check\n") || strings.Count(string(out), "Lifetime") != 1 {
		t.Errorf("exit status %d, %s", cmd.ProcessState.ExitCode(), out)
	}
}

// Of what Graph rejects it is not said to try it again: the command says more of it.
func TestWhatIsRejectedIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	graph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":{"code":"BadRequest","message":"no such property"}}`)
	}))
	defer graph.Close()
	cmd := program(t, graph.URL, "run", "--dataset", "organization", "--now", "2026-11-26T07:00:00Z")
	out, _ := cmd.Output()
	if cmd.ProcessState.ExitCode() != ExitFailed || !strings.HasSuffix(string(out), "trying again does not help: graphlake check\n") {
		t.Errorf("exit status %d, %s", cmd.ProcessState.ExitCode(), out)
	}
}
