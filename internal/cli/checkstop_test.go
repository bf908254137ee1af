package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

const checkedConfig = `lake: lake
graph: {endpoint: %q}
tenants:
  - {name: contoso, tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, auth: {method: token, token_env: GRAPH_TOKEN}}
  - {name: fabrikam, tenant_id: 5a2d3b8f-04c6-4d19-9e70-306b8d2f0c41, auth: {method: token, token_env: SLOW_TOKEN}}
  - {name: adatum, tenant_id: 6b3e4c90-15d7-4e2a-af81-417c9e3a1d52, auth: {method: token, token_env: GRAPH_TOKEN}}
`

// startCheck starts a check of three tenants in a directory of its own.
func startCheck(t *testing.T, graph http.HandlerFunc, args ...string) *process {
	t.Helper()
	server := httptest.NewServer(graph)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, defaultConfig), fmt.Appendf(nil, checkedConfig, server.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := exec.LookPath("graphlake")
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.CommandContext(t.Context(), program, append([]string{"check"}, args...)...)}
	p.cmd.SysProcAttr = ofItsOwn
	p.cmd.Dir, p.cmd.Env, p.cmd.Stdout = dir, append(os.Environ(), "GRAPH_TOKEN=opaque", "SLOW_TOKEN=slow"), &p.output
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	})
	return p
}

// Who stops a check is told what was found until then, and by the status that it was not all, whatever that was.
func TestStoppedCheck(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	p := startCheck(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer slow" {
			close(arrived)
			<-r.Context().Done()
			return
		}
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":{"code":"Forbidden","message":"Not allowed."}}`)
	}, "--dataset", "users")
	<-arrived
	p.signal(t, syscall.SIGINT)
	p.cmd.Wait()
	if got := p.cmd.ProcessState.ExitCode(); got != ExitLater {
		t.Errorf("exit status %d, want %d", got, ExitLater)
	}
	said := p.output.String()
	for _, want := range []string{
		"tenant contoso: signed in\n", "users    forbidden: ", "tenant fabrikam: signed in\n",
		"users    interrupted: stopped before there was an answer", "lake lake: interrupted: ", "\nstopped: ",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
	if strings.Contains(said, "adatum") {
		t.Errorf("a tenant is said that was not asked:\n%s", said)
	}
}

// A check does not wait for eight tries.
func TestCheckTriesTwice(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	p := startCheck(t, func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	}, "--dataset", "users", "--tenant", "contoso")
	p.cmd.Wait()
	if got, said := p.cmd.ProcessState.ExitCode(), p.output.String(); got != ExitLater || requests.Load() != 2 || !strings.Contains(said, "after 2 tries") {
		t.Errorf("exit status %d after %d requests, want %d and 2:\n%s", got, requests.Load(), ExitLater, said)
	}
}
