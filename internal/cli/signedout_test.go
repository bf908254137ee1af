package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"graphlake/control"
	"graphlake/internal/entrasim"
	"graphlake/jobs/clock"
)

// twoTenants is a site of two tenants: to contoso a person signs in, to adatum an application, and somebody is notified.
type twoTenants struct {
	*personSite
	mu   sync.Mutex
	told []string // guarded by mu: titles and cures
}

const adatumToken = "an application's token"

func newTwoTenants(t *testing.T) *twoTenants {
	t.Helper()
	s := &twoTenants{personSite: newPersonSite(t, entrasim.Options{
		Life: time.Minute, // so that every process renews
	})}
	graph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer "+adatumToken { // in whose tenant nobody is
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"value":[],"@odata.deltaLink":"http://`+r.Host+r.URL.Path+`?$deltatoken=a"}`)
			return
		}
		s.answer(w, r)
	}))
	t.Cleanup(graph.Close)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var m struct {
			Title  string
			Events []struct{ Text, Cure string }
		}
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(body, &m)
		}
		if err != nil || strings.Contains(string(body), "adele") {
			t.Errorf("told is %s, %v", body, err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.told = append(s.told, m.Title)
		for _, e := range m.Events {
			s.told = append(s.told, e.Text+"; "+e.Cure)
		}
	}))
	t.Cleanup(receiver.Close)
	text := fmt.Sprintf(`lake: %s
graph: {endpoint: %q, authority: %q}
tenants:
  - name: contoso
    tenant_id: %s
    auth: {method: device_code, client_id: %s, token_cache: %s}
  - name: adatum
    tenant_id: 7b6f3a52-0d1e-4c55-9a43-5b8f7f3f0c01
    auth: {method: token, token_env: ADATUM}
jobs:
  nightly: {schedule: "0 2 * * *", datasets: [presence, mailbox_settings]}
notify:
  - {name: operators, webhook_env: HOOK}
`, filepath.Join(s.dir, "lake"), graph.URL, s.entra.URL, entrasim.DefaultTenant, signInClient, s.cache())
	if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.env = append(s.env, "ADATUM="+adatumToken, "HOOK="+receiver.URL)
	return s
}

// heard is what was told since it was asked last.
func (s *twoTenants) heard(t *testing.T, when string, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.told, want) {
		t.Errorf("%s: told is %q, want %q", when, s.told, want)
	}
	s.told = nil
}

// Who is signed out is told so wherever one looks, nothing else of the tenant is asked for, other tenants go on, and nobody is
// waited for; and that somebody has signed in is told, too.
func TestSignedOutIsTold(t *testing.T) {
	t.Parallel()
	s := newTwoTenants(t)
	again := "graphlake " + forShell([]string{"--config", s.config, "sign-in", "--tenant", "contoso"})
	s.run(t, "run").want(t, "a run of nobody", ExitForbidden, "contoso: 2 units of 2 datasets were not read: ", "; sign in: "+again+"\n")
	s.heard(t, "before anybody has signed in", "graphlake: 1 signed_out", "contoso: signed_out: nothing of it is read until its person signs in; graphlake sign-in --tenant contoso")
	s.run(t, "status").want(t, "status of nobody", ExitForbidden, "sign-in to contoso: signed_out since ", ": nobody is signed in: "+again+"\n")
	s.signIn(t, adele).want(t, "sign-in", ExitDone)
	s.run(t, "run").want(t, "a run", ExitDone)
	s.heard(t, "somebody has signed in", "graphlake: 1 recovered", "contoso: recovered: somebody has signed in; ")
	if text := s.run(t, "status"); !regexp.MustCompile(`(?m)^sign-in to contoso of `+adele+`: its tokens were renewed last at 20[0-9T:-]+Z$`).MatchString(text.stdout) || text.status != ExitDone {
		t.Errorf("status ends with %d and says\n%s", text.status, text.stdout)
	}

	s.entra.Revoke(adele)
	refreshes := s.entra.Count(entrasim.Refresh)
	refused := s.run(t, "--output", "json", "run", "--from", day(-1), "--to", day(1))
	var rep struct {
		Units []struct {
			Tenant, Outcome string
			Error           struct{ Kind string }
		}
	}
	if err := json.Unmarshal([]byte(refused.stdout), &rep); err != nil || refused.status != ExitForbidden {
		t.Fatalf("the run ends with %d, %v\n%s", refused.status, err, refused.stderr)
	}
	units := map[string]int{}
	for _, u := range rep.Units {
		units[u.Tenant+" "+u.Outcome+" "+u.Error.Kind]++
	}
	if units["contoso forbidden signed_out"] == 0 || units["adatum empty "] == 0 || len(units) != 2 {
		t.Errorf("units are %v", units)
	}
	if n := s.entra.Count(entrasim.Refresh) - refreshes; n != 1 {
		t.Errorf("Entra was asked %d times to renew", n)
	}
	s.heard(t, "a second time on the day")

	var status clock.Status
	said := s.run(t, "--output", "json", "status")
	if err := json.Unmarshal([]byte(said.stdout), &status); err != nil || said.status != ExitForbidden || len(status.SignIns) != 1 {
		t.Fatalf("status ends with %d, %v\n%s", said.status, err, said.stdout)
	}
	in := status.SignIns[0]
	if in.Tenant != "contoso" || in.Person != adele || in.Renewed.IsZero() || in.SignedOut == nil || in.SignedOut.Since.Before(in.Renewed) || !strings.Contains(in.SignedOut.Reason, "AADSTS50173") {
		t.Errorf("status says %s", said.stdout)
	}
	s.served(t)

	s.signIn(t, adele).want(t, "signing in again", ExitDone)
	s.run(t, "run").want(t, "a run after that", ExitDone)
	s.heard(t, "what was told as gone on the day")
	s.run(t, "status").want(t, "status after that", ExitDone)
}

// served looks at what a schedule serves while somebody is signed out. None of it says who.
func (s *twoTenants) served(t *testing.T) {
	t.Helper()
	address := freeAddress(t)
	cmd := s.graphlake(t, "schedule", "--listen", address)
	cmd.SysProcAttr = ofItsOwn
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd}
	defer func() {
		p.signal(t, syscall.SIGTERM)
		end(t, cmd).want(t, "schedule", ExitDone)
	}()
	if rep := until(t, address, http.StatusServiceUnavailable); rep.Status != "signed_out" || len(rep.SignedOut) != 1 || rep.SignedOut[0].Tenant != "contoso" {
		t.Errorf("/healthz says %+v", rep)
	}
	for path, want := range map[string]string{
		"/healthz": `"signed_out":[{"tenant":"contoso",`, "/metrics": `graphlake_token_refreshed_seconds{graphlake_tenant="contoso"`,
		"/": "Nothing is read of these until somebody signs in",
	} {
		text := ""
		for range 100 { // metrics come with the first run
			if _, _, text = get(t, address, path); strings.Contains(text, want) {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if !strings.Contains(text, want) || strings.Contains(text, "adele") || strings.Contains(text, "Adele") {
			t.Errorf("%s says\n%s", path, text)
		}
	}
}

func day(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly) }

// A server reads nothing more for somebody who has signed out beside it, also while it holds a token that is good, and then for
// who signs in.
func TestSignOutReachesAServer(t *testing.T) {
	t.Parallel()
	ids := map[string]string{adele: "5f3c1c0e-2222-4222-8222-000000000001", alex: "5f3c1c0e-2222-4222-8222-000000000002"}
	s := newPersonSite(t, entrasim.Options{People: []entrasim.Person{{ID: ids[adele], Username: adele}, {ID: ids[alex], Username: alex}}})
	s.configure(t, "control: {token_env: CONTROL_TOKEN}\n")
	s.signIn(t, adele).want(t, "sign-in", ExitDone)
	address := freeAddress(t)
	server := s.graphlake(t, "serve", "--listen", address)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	a := &api{at: "http://" + address}
	a.waitUntilItAnswers(t)
	asksForOf := func(when string, exit int, username string) {
		t.Helper()
		s.mu.Lock()
		s.asked = nil
		s.mu.Unlock()
		var run control.Run
		status, text, err := a.call(t.Context(), http.MethodPost, "/v1/runs", "", fmt.Sprintf(`{"dataset": "mailbox_settings", "from": %q, "to": %q}`, day(0), day(1)))
		if err == nil {
			err = json.Unmarshal(text, &run)
		}
		if err != nil || status != http.StatusAccepted {
			t.Fatalf("%s it answers %d, %v: %s", when, status, err, text)
		}
		ended := a.until(t, run.Run, control.Ended)
		if ended.ExitStatus == nil || *ended.ExitStatus != exit {
			t.Errorf("%s a run does not end with %d: %+v", when, exit, ended.Report)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		var want, asked []string
		for _, path := range s.asked {
			if path != "/v1.0/" { // which is asked for its clock
				asked = append(asked, path)
			}
		}
		if username != "" {
			want = []string{"/v1.0/me", "/v1.0/users/" + ids[username] + "/mailboxSettings"}
		}
		if !slices.Equal(asked, want) {
			t.Errorf("%s Graph is asked %q, want %q", when, asked, want)
		}
	}
	asksForOf("at first", ExitDone, adele)
	s.run(t, "sign-out").want(t, "sign-out", ExitDone)
	time.Sleep(6 * time.Second) // it looks after five
	asksForOf("after the sign-out", ExitForbidden, "")
	s.signIn(t, alex).want(t, "sign-in of another", ExitDone)
	asksForOf("after the other sign-in", ExitDone, alex)
}

// configure adds lines to the configuration.
func (s *personSite) configure(t *testing.T, lines string) {
	t.Helper()
	text, err := os.ReadFile(s.config)
	if err == nil {
		err = os.WriteFile(s.config, append(text, lines...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.env = append(s.env, "CONTROL_TOKEN="+controlToken)
}

// A run whose person signs out while it is going on, and in whose place somebody else signs in, does not go on as theirs.
func TestAnotherSignsInDuringARun(t *testing.T) {
	t.Parallel()
	s := newPersonSite(t, entrasim.Options{})
	s.signIn(t, adele).want(t, "sign-in", ExitDone)
	release := make(chan struct{})
	s.mu.Lock()
	s.asked, s.hold = nil, release
	s.mu.Unlock()
	run := s.graphlake(t, nights...)
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	for begun := false; !begun; time.Sleep(10 * time.Millisecond) {
		s.mu.Lock()
		begun = slices.Contains(s.asked, "/v1.0/me")
		s.mu.Unlock()
	}
	s.run(t, "sign-out").want(t, "sign-out", ExitDone)
	s.signIn(t, alex).want(t, "sign-in of another", ExitDone)
	time.Sleep(6 * time.Second) // it looks after five
	close(release)
	s.mu.Lock()
	s.hold = nil
	s.mu.Unlock()
	end(t, run).want(t, "the run", ExitForbidden, "since this run has begun, somebody else has signed in", "run --from ")
	s.run(t, "status").want(t, "status", ExitLater, "sign-in to contoso of "+alex+": its tokens were renewed last at ")
	s.run(t, nights...).want(t, "the next run", ExitDone)
}
