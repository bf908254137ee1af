package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/internal/graphsim"
)

// simulated is a lake of the real command, and the tenant that it reads.
type simulated struct {
	dir    string // of the lake and of what the command printed
	tenant *graphsim.Tenant
	answer atomic.Pointer[http.HandlerFunc] // in place of the tenant's, if there is one
	runs   int
	said   string // on stderr by the last process
}

const simulatedConfig = `lake: %s
graph: {endpoint: %q, rate: 100000}
tenants:
  - name: contoso
    tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30
    auth: {method: token, token_env: GRAPHSIM_TOKEN}
`

// simulate starts a tenant of two days. More is put at the end of the configuration.
func simulate(t *testing.T, o graphsim.Options, more string) *simulated {
	t.Helper()
	s := &simulated{dir: t.TempDir()}
	s.become(o, 18)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if answer := s.answer.Load(); answer != nil {
			(*answer)(rw, r)
			return
		}
		s.tenant.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	t.Setenv("GRAPHSIM_TOKEN", "a token")
	config := fmt.Sprintf(simulatedConfig, filepath.Join(s.dir, "lake"), server.URL) + more
	if err := os.WriteFile(s.config(), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// answers puts an answer in place of the tenant's.
func (s *simulated) answers(h http.HandlerFunc) { s.answer.Store(&h) }

func (s *simulated) config() string { return filepath.Join(s.dir, "graphlake.yaml") }

// become makes the tenant what the options say, at a midnight of November 2026.
func (s *simulated) become(o graphsim.Options, day int) {
	o.From, o.To = november(16), november(18)
	o.Now = func() time.Time { return november(day) }
	s.tenant = graphsim.New(o)
}

func november(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC) }

// command runs it, and keeps what it prints beside the lake.
func (s *simulated) command(t *testing.T, args ...string) (status int, stdout []byte) {
	t.Helper()
	var out, log bytes.Buffer
	status = run(append([]string{"--config", s.config()}, args...), &out, &log)
	s.runs++
	for name, text := range map[string][]byte{"stdout": out.Bytes(), "stderr": log.Bytes()} {
		if err := os.WriteFile(filepath.Join(s.dir, fmt.Sprintf("%s-%d", name, s.runs)), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return status, out.Bytes()
}

// asJSON runs a command that answers in JSON.
func (s *simulated) asJSON(t *testing.T, answer any, args ...string) (status int) {
	t.Helper()
	status, out := s.command(t, append([]string{"--output", "json"}, args...)...)
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return status
}

// rows are those of a table on the days [from, to) that are not marked removed.
func (s *simulated) rows(t *testing.T, table string, from, to int) (n int) {
	t.Helper()
	status, out := s.command(t, "cat", table, "--from", november(from).Format(time.DateOnly), "--to", november(to).Format(time.DateOnly))
	if status != ExitDone {
		t.Fatalf("cat %s ended with %d", table, status)
	}
	for row := range strings.Lines(string(out)) {
		if !strings.Contains(row, `"removed":true`) {
			n++
		}
	}
	return n
}
