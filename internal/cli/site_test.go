package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/load/blobstore"
	"graphlake/load/dirstore"
	"graphlake/load/storetest/azurite"
)

// site is a lake with a Graph, and the processes that work on it. Whoever comes with the token "slow"
// waits at a gate, and what it is told is older than what the others are.
type site struct {
	lease   time.Duration // 0: the lake lies on a disk
	blobs   string        // connection string
	lake    string
	config  string
	arrived chan struct{} // somebody waits at the gate
	gate    chan struct{}
	other   atomic.Pointer[http.HandlerFunc] // instead of answer, if it is given
}

// everyLake runs a test on a disk and in Blob Storage.
func everyLake(t *testing.T, test func(*testing.T, *site)) {
	t.Run("disk", func(t *testing.T) {
		t.Parallel()
		test(t, newSite(t, ""))
	})
	t.Run("blob", func(t *testing.T) {
		t.Parallel()
		test(t, newSite(t, azurite.Start(t)))
	})
}

func newSite(t *testing.T, blobs string) *site {
	t.Helper()
	s := &site{blobs: blobs, arrived: make(chan struct{}, 1), gate: make(chan struct{})}
	graph := httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(graph.Close)
	s.lake = filepath.Join(t.TempDir(), "lake")
	azure := ""
	if blobs != "" {
		s.lease = 15 * time.Second
		s.lake = "az://lake/" + strings.ReplaceAll(t.Name(), "/", "-")
		if _, err := blobstore.Create(t.Context(), blobstore.Options{ConnectionString: blobs, Container: "lake"}); err != nil {
			t.Fatal(err)
		}
		azure = fmt.Sprintf("azure: {connection_string_env: BLOBS, lease: %v}\n", s.lease)
	}
	s.config = filepath.Join(t.TempDir(), "graphlake.yaml")
	text := fmt.Sprintf(`lake: %s
%sgraph: {endpoint: %q}
tenants:
  - name: contoso
    tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30
    auth: {method: token, token_env: GRAPH_TOKEN}
`, s.lake, azure, graph.URL)
	if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// addTenants gives the configuration some more, before its jobs.
func (s *site) addTenants(t *testing.T, n int) {
	t.Helper()
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "  - {name: t%d, tenant_id: %08d-93b5-4c08-8d6f-2f5a7c1e9b30, auth: {method: token, token_env: GRAPH_TOKEN}}\n", i, i)
	}
	s.configure(t, text.String())
}

// configure adds lines to the configuration.
func (s *site) configure(t *testing.T, lines string) {
	t.Helper()
	f, err := os.OpenFile(s.config, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(lines)
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// answer is Graph: one user, and no calls.
func (s *site) answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if other := s.other.Load(); other != nil {
		(*other)(w, r)
		return
	}
	department := "Sales"
	if r.Header.Get("Authorization") == "Bearer slow" {
		select {
		case s.arrived <- struct{}{}:
		case <-s.gate:
		case <-r.Context().Done(): // whoever asked was killed
			return
		}
		select {
		case <-s.gate:
		case <-r.Context().Done():
			return
		}
		department = "Support"
	}
	if !strings.Contains(r.URL.Path, "/users/") {
		fmt.Fprint(w, `{"value":[]}`)
		return
	}
	fmt.Fprintf(w, `{"value":[{"id":"0b6a1e52-7f55-4a35-9d7b-91a34d7a1c01","department":%q,"assignedLicenses":[{"skuId":"%s"}]}],`+
		`"@odata.deltaLink":"http://%s/v1.0/users/delta?$deltatoken=a1"}`, department, department, r.Host)
}

// open opens the lake as a process does that nobody holds up.
func (s *site) open(t *testing.T) (opened store) {
	t.Helper()
	var err error
	if place, ok := strings.CutPrefix(s.lake, "az://"); ok {
		o := blobstore.Options{ConnectionString: s.blobs}
		o.Container, o.Prefix, _ = strings.Cut(place, "/")
		opened, err = blobstore.New(t.Context(), o)
	} else {
		opened, err = dirstore.New(t.Context(), s.lake)
	}
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// process is a run of the command.
type process struct {
	cmd    *exec.Cmd
	output bytes.Buffer
	log    io.Reader // of a schedule
}

// start starts a run of some datasets with a token for Graph.
func (s *site) start(t *testing.T, token string, datasets ...string) *process {
	t.Helper()
	return s.startOn(t, s.blobs, token, datasets...)
}

func (s *site) startOn(t *testing.T, blobs, token string, datasets ...string) *process {
	t.Helper()
	program, err := exec.LookPath("graphlake")
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.CommandContext(t.Context(), program, "--config", s.config, "--quiet", "--output", "json", "run",
		"--dataset", strings.Join(datasets, ","), "--from", "2026-11-22", "--to", "2026-11-24", "--now", "2026-11-23T02:30:00Z")}
	p.cmd.Env = append(os.Environ(), "GRAPH_TOKEN="+token, "BLOBS="+blobs)
	p.cmd.Stdout = &p.output
	p.cmd.SysProcAttr = ofItsOwn
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	})
	return p
}

// say is what a command prints, however it ends.
func (s *site) say(t *testing.T, args ...string) string {
	t.Helper()
	program, err := exec.LookPath("graphlake")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, append([]string{"--config", s.config, "--quiet"}, args...)...)
	cmd.Env = append(os.Environ(), "GRAPH_TOKEN=quick", "BLOBS="+s.blobs)
	out, err := cmd.CombinedOutput()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	return string(out)
}

func (p *process) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := send(p.cmd.Process, s); err != nil {
		t.Fatal(err)
	}
}

// result is what a process says at its end.
type result struct {
	status int
	units  map[string]unitResult // by dataset
	all    []unitResult          // of all tenants
}

type unitResult struct {
	Dataset, Outcome string
	Written          int
	Error            struct{ Kind, Message string }
}

func (p *process) wait(t *testing.T) result {
	t.Helper()
	p.cmd.Wait()
	var report struct{ Units []unitResult }
	if err := json.Unmarshal(p.output.Bytes(), &report); err != nil {
		t.Fatalf("status %d, %v: %s", p.cmd.ProcessState.ExitCode(), err, p.output.Bytes())
	}
	r := result{status: p.cmd.ProcessState.ExitCode(), units: map[string]unitResult{}, all: report.Units}
	for _, u := range report.Units {
		r.units[u.Dataset] = u
	}
	return r
}

// hold stands in front of Blob Storage and keeps the first write of some objects back.
type hold struct {
	names   string
	once    sync.Once
	arrived chan struct{}
	gate    chan struct{}
}

// inFront puts a hold in front of Blob Storage, and gives the connection string that leads there.
func inFront(t *testing.T, blobs, names string) (*hold, string) {
	t.Helper()
	_, endpoint, _ := strings.Cut(blobs, "BlobEndpoint=")
	target, err := url.Parse(strings.TrimSuffix(endpoint, ";"))
	if err != nil {
		t.Fatal(err)
	}
	h := &hold{names: names, arrived: make(chan struct{}), gate: make(chan struct{})}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host }}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.pass(r)
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	return h, strings.Replace(blobs, "http://"+target.Host, proxy.URL, 1)
}

// pass returns when a request may go on. One that is kept back has been read whole: its sender is not
// needed any more.
func (h *hold) pass(r *http.Request) {
	if r.Method != http.MethodPut || !strings.Contains(r.URL.Path, h.names) {
		return
	}
	h.once.Do(func() {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		close(h.arrived)
		<-h.gate
	})
}
