package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/internal/entrasim"
	"graphlake/jobs"
	"graphlake/jobs/state"
)

const (
	adele        = "adele@contoso.com"
	alex         = "alex@contoso.com"
	signInClient = "9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d10"
	tokenKey     = "uN3cQm0Yh7r2VbKkq5W9Zt1xJ8fLd4sEo6iTgAPvRyM="
)

// personSite is a lake of a tenant to which a person signs in, with the Entra and the Graph of it.
type personSite struct {
	entra  *entrasim.Entra
	dir    string // of all that is written: the lake, the token cache, what processes print
	config string
	env    []string

	mu    sync.Mutex
	runs  int           // of processes
	asked []string      // guarded by mu: of Graph
	hold  chan struct{} // guarded by mu; while it is open, Graph does not answer
}

// nights is a run that reads today again, whatever was read before.
var nights = []string{"run", "--from", "today", "--to", "tomorrow"}

// newPersonSite has jobs of presence and mailbox settings.
func newPersonSite(t *testing.T, o entrasim.Options) *personSite {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Go asks Windows whom to trust, and not SSL_CERT_FILE")
	}
	if o.Apps == nil {
		o.Apps = []entrasim.App{{ClientID: signInClient, Public: true, Consented: []string{"User.Read", "Presence.Read", "MailboxSettings.Read"}}}
	}
	if o.People == nil {
		o.People = []entrasim.Person{{Username: adele, Name: "Adele"}, {Username: alex, Name: "Alex"}}
	}
	s := &personSite{entra: entrasim.Start(t, o), dir: t.TempDir()}
	graph := httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(graph.Close)
	s.config = filepath.Join(s.dir, "graphlake.yaml")
	text := fmt.Sprintf(`lake: %s
graph: {endpoint: %q, authority: %q}
tenants:
  - name: contoso
    tenant_id: %s
    auth: {method: device_code, client_id: %s, token_cache: %s}
jobs:
  nightly: {schedule: "0 2 * * *", datasets: [presence, mailbox_settings]}
`, filepath.Join(s.dir, "lake"), graph.URL, s.entra.URL, s.entra.TenantID(), signInClient, s.cache())
	if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.env = append(os.Environ(), "SSL_CERT_FILE="+s.entra.CertificateFile(t), "GRAPHLAKE_TOKEN_KEY="+tokenKey, "TMPDIR="+s.dir, "PATH=", "GRAPHLAKE_CONFIG=")
	return s
}

func (s *personSite) cache() string { return filepath.Join(s.dir, "state", "contoso.token") }

// answer is Graph, which knows whose a token is.
func (s *personSite) answer(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.URL.Path)
	hold := s.hold
	s.mu.Unlock()
	if hold != nil && r.Method != http.MethodHead { // by which its clock is asked for
		select {
		case <-hold:
		case <-r.Context().Done():
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	who, err := s.entra.Check(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if errors.Is(err, entrasim.ErrRevoked) {
		w.Header().Set("WWW-Authenticate", s.entra.Challenge())
	}
	if err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":{"code":"InvalidAuthenticationToken","message":"the token is not taken"}}`)
		return
	}
	switch of := "/v1.0/users/" + who.PersonID; r.URL.Path {
	case "/v1.0/me":
		fmt.Fprintf(w, `{"id":%q}`, who.PersonID)
	case of + "/presence", "/v1.0/me/presence":
		fmt.Fprintf(w, `{"id":%q,"availability":"Available","activity":"Available"}`, who.PersonID)
	case of + "/mailboxSettings", "/v1.0/me/mailboxSettings":
		fmt.Fprint(w, `{"timeZone":"UTC"}`)
	default:
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":{"code":"Forbidden","message":"not yours"}}`)
	}
}

// graphlake is a process of the command, whose output is kept in the site's directory.
func (s *personSite) graphlake(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	program, err := exec.LookPath("graphlake")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, append([]string{"--config", s.config}, args...)...)
	cmd.Env, cmd.Dir = s.env, s.dir
	s.mu.Lock()
	s.runs++
	n := s.runs
	s.mu.Unlock()
	stdout, err := os.Create(filepath.Join(s.dir, fmt.Sprintf("stdout-%d", n)))
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := os.Create(filepath.Join(s.dir, fmt.Sprintf("stderr-%d", n)))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	t.Cleanup(func() { stdout.Close(); stderr.Close() })
	return cmd
}

// ran is what a process has said, and how it ended.
type ran struct {
	status         int
	stdout, stderr string
}

// end waits for a process.
func end(t *testing.T, cmd *exec.Cmd) ran {
	t.Helper()
	err := cmd.Wait()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	r := ran{status: cmd.ProcessState.ExitCode()}
	for text, f := range map[*string]any{&r.stdout: cmd.Stdout, &r.stderr: cmd.Stderr} {
		all, err := os.ReadFile(f.(*os.File).Name())
		if err != nil {
			t.Fatal(err)
		}
		*text = string(all)
	}
	return r
}

// run runs the command to its end.
func (s *personSite) run(t *testing.T, args ...string) ran {
	t.Helper()
	cmd := s.graphlake(t, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return end(t, cmd)
}

// signIn lets somebody sign in by a code.
func (s *personSite) signIn(t *testing.T, username string, args ...string) ran {
	t.Helper()
	cmd := s.graphlake(t, append([]string{"sign-in"}, args...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := s.entra.EnterNext(t.Context(), username); err != nil {
		t.Fatal(err)
	}
	return end(t, cmd)
}

func (r ran) want(t *testing.T, what string, status int, texts ...string) {
	t.Helper()
	if r.status != status {
		t.Errorf("%s ends with %d, want %d\n%s\n%s", what, r.status, status, r.stdout, r.stderr)
	}
	for _, text := range texts {
		if !strings.Contains(r.stdout+r.stderr, text) {
			t.Errorf("%s does not say %q:\n%s\n%s", what, text, r.stdout, r.stderr)
		}
	}
}

// A person signs in once, runs go on by that, and say so when they no longer can.
func TestAPersonSignsIn(t *testing.T) {
	t.Parallel()
	s := newPersonSite(t, entrasim.Options{Life: time.Minute}) // so that every process renews
	again := "graphlake --config " + s.config + " sign-in --tenant contoso"
	s.run(t, "sign-in", "--status").want(t, "status of nobody", ExitForbidden, "not signed in", again)
	s.run(t, nights...).want(t, "a run of nobody", ExitForbidden, "signed_out", "nobody is signed in", again)
	s.signIn(t, adele).want(t, "sign-in", ExitDone, "signed in to contoso as "+adele+", with MailboxSettings.Read, Presence.Read, User.Read", "encrypted; what it opens: graphlake --config")
	s.run(t, "sign-in", "--status").want(t, "status", ExitDone, adele, "signed in", time.Now().UTC().Format(time.DateOnly))
	s.run(t, "check").want(t, "check", ExitDone, "tenant contoso: signed in as "+adele)
	s.run(t, "check", "--dataset", "presence,chats,users").want(t, "check of what was not consented to", ExitForbidden,
		"not for one person: users", "Chat.ReadBasic", "sign in again with graphlake --config "+s.config+" sign-in, by which it is consented to", "Presence.Read         granted")
	before := s.entra.Count(entrasim.Refresh)
	for range 2 {
		s.run(t, nights...).want(t, "a run", ExitDone)
	}
	if n := s.entra.Count(entrasim.Refresh) - before; n < 2 {
		t.Errorf("two runs have renewed %d times, though no token lasts", n)
	}
	s.run(t, "status").want(t, "status of the lake", ExitDone)

	s.entra.Revoke(adele)
	s.run(t, nights...).want(t, "a run after the sessions were revoked", ExitForbidden, "signed_out", "AADSTS50173", again)
	s.run(t, "check").want(t, "a check after that", ExitForbidden, "AADSTS50173", again)
	s.run(t, "sign-in", "--status").want(t, "status of who was signed out", ExitForbidden, "signed out since ", "AADSTS50173", again)
	s.signIn(t, adele).want(t, "signing in again", ExitDone)
	s.run(t, nights...).want(t, "a run after that", ExitDone)

	s.signIn(t, alex).want(t, "somebody else", ExitUsage, alex+" has signed in, and "+adele+" is signed in here, who stays so", "--as-another")
	if who := s.signedInAs(t); who != adele {
		t.Errorf("after that %s is signed in", who)
	}
	s.signIn(t, alex, "--as-another").want(t, "somebody else, as is wanted", ExitDone, "as "+alex)
	if who := s.signedInAs(t); who != alex {
		t.Errorf("after that %s is signed in", who)
	}

	s.run(t, "sign-out").want(t, "sign-out", ExitDone, "signed out of contoso")
	if entries, err := os.ReadDir(filepath.Dir(s.cache())); len(entries) != 1 || entries[0].Name() != "contoso.token.lock" || err != nil {
		t.Errorf("after that there are %v, %v", entries, err)
	}
	s.run(t, "sign-out").want(t, "again", ExitDone, "nobody was signed in")
	s.run(t, nights...).want(t, "a run after the sign-out", ExitForbidden, "nobody is signed in")
}

// What a sign-in is refused for is said, and nothing of it is kept.
func TestSignInIsRefused(t *testing.T) {
	t.Parallel()
	s := newPersonSite(t, entrasim.Options{})
	cmd := s.graphlake(t, "sign-in")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	code, err := s.entra.NextCode(t.Context())
	if err == nil {
		err = s.entra.Decline(code)
	}
	if err != nil {
		t.Fatal(err)
	}
	end(t, cmd).want(t, "who declines", ExitForbidden, "graphlake --config "+s.config+" sign-in --tenant contoso")
	s.entra.ConditionalAccess(entrasim.Policy{BlockDeviceCode: true})
	s.signIn(t, adele).want(t, "where codes are blocked", ExitForbidden, "AADSTS53003", "--browser")
	if _, err := os.Stat(s.cache()); err == nil {
		t.Error("there is a token cache all the same")
	}

	cmd = s.graphlake(t, "sign-in", "--browser")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := s.waitFor(t, cmd, "open there: ")
	if err := s.entra.Browser(t.Context(), adele)(address); err != nil {
		t.Fatal(err)
	}
	end(t, cmd).want(t, "in a browser", ExitDone, "signed in to contoso as "+adele)
	s.run(t, nights...).want(t, "a run after it", ExitDone)
}

// waitFor waits until a process has said something on stderr, and gives what stands behind it on the line.
func (s *personSite) waitFor(t *testing.T, cmd *exec.Cmd, text string) string {
	t.Helper()
	for range 500 {
		all, err := os.ReadFile(cmd.Stderr.(*os.File).Name())
		if err != nil {
			t.Fatal(err)
		}
		if _, rest, ok := bytes.Cut(all, []byte(text)); ok && bytes.ContainsRune(rest, '\n') {
			line, _, _ := bytes.Cut(rest, []byte("\n"))
			return strings.TrimSpace(string(line))
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("it does not say %q", text)
	return ""
}

// Without a key nothing is kept, and with another key nothing is read.
func TestKeyOfTheTokenCache(t *testing.T) {
	t.Parallel()
	s := newPersonSite(t, entrasim.Options{})
	with := s.env
	key := func(value string) { s.env = slices.Concat(with, []string{"GRAPHLAKE_TOKEN_KEY=" + value}) }
	key("")
	s.run(t, "sign-in").want(t, "sign-in without a key", ExitUsage, "the environment variable GRAPHLAKE_TOKEN_KEY has no key: make one with openssl rand -base64 32")
	s.run(t, "sign-in", "--plain-token-cache").want(t, "without a terminal", ExitUsage, "--plain-token-cache is for a first try on a terminal")
	key("dG9vIHNob3J0")
	s.run(t, "sign-in").want(t, "a short key", ExitUsage, "holds no key of at least 32 bytes")
	if n := s.entra.Count(entrasim.DeviceCode); n != 0 {
		t.Errorf("Entra was asked for %d codes all the same", n)
	}
	s.env = with
	s.signIn(t, adele).want(t, "sign-in", ExitDone)
	key("")
	s.run(t, nights...).want(t, "a run without the key", ExitUsage, "token_cache", "set the environment variable GRAPHLAKE_TOKEN_KEY")
	s.run(t, "sign-in", "--status").want(t, "status without the key", ExitUsage, "not known", "\ncontoso: ", "set the environment variable")
	key("0yX4mWv7ZqT1nK9cRb6sUe3hJp8dLf5gAo2iNtBw+Cs=")
	s.run(t, nights...).want(t, "a run with another key", ExitForbidden, "the key does not open it", "tenant_id and client_id")
	s.run(t, "sign-in", "--status").want(t, "status with another key", ExitForbidden, "the key does not open it")
	s.env = with
	if err := os.Chmod(s.cache(), 0o644); err != nil {
		t.Fatal(err)
	}
	s.run(t, nights...).want(t, "a run with a file that all can read", ExitForbidden, "chmod 600 "+s.cache())
	s.run(t, "check").want(t, "a check of it", ExitForbidden, "chmod 600 "+s.cache())
	key("")
	s.run(t, "sign-out").want(t, "sign-out without the key", ExitDone, "is gone")
}

// A token cache that cannot be read is its tenant's matter, and the others are read.
func TestTokenCacheOfOneTenantIsDamaged(t *testing.T) {
	t.Parallel()
	const fabrikam = "5a2d3b8f-04c6-4d19-9e70-306b8d2f0c41"
	s := newPersonSite(t, entrasim.Options{
		Tenants: []string{entrasim.DefaultTenant, fabrikam},
		People:  []entrasim.Person{{Username: adele}, {Username: "megan@fabrikam.com", TenantID: fabrikam}},
	})
	s.edit(t, "jobs:", fmt.Sprintf("  - name: fabrikam\n    tenant_id: %s\n    auth: {method: device_code, client_id: %s, token_cache: %s}\njobs:",
		fabrikam, signInClient, filepath.Join(s.dir, "state", "fabrikam.token")))
	s.signIn(t, adele, "--tenant", "contoso").want(t, "sign-in", ExitDone)
	s.signIn(t, "megan@fabrikam.com", "--tenant", "fabrikam").want(t, "sign-in to fabrikam", ExitDone)
	s.run(t, nights...).want(t, "a run", ExitDone)
	for _, content := range []string{"", "graphlake sealed 1\n", "graphlake sealed 1\n0123456789abcdefghij", "{}", "graphlake plain 1\n{}"} {
		if err := os.WriteFile(s.cache(), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		r := s.run(t, append(nights, "--output", "json")...)
		r.want(t, fmt.Sprintf("a run with %q", content), ExitForbidden, "the file "+s.cache()+" cannot be used")
		var report jobs.Report
		if err := json.Unmarshal([]byte(r.stdout), &report); err != nil {
			t.Fatal(err)
		}
		of := map[string]int{}
		for _, u := range report.Units {
			of[u.Tenant]++
			if want := (u.Tenant == "contoso"); (u.Outcome == state.Forbidden) != want || want == (u.Error == nil) {
				t.Errorf("with %q %s of %s is %s, %v", content, u.Dataset, u.Tenant, u.Outcome, u.Error)
			}
		}
		if of["contoso"] == 0 || of["fabrikam"] == 0 {
			t.Errorf("with %q there are %v units", content, of)
		}
		s.run(t, "sign-in", "--tenant", "contoso").want(t, "sign-in over it", ExitUsage, "cannot be used")
	}
}

// edit replaces texts of the configuration.
func (s *personSite) edit(t *testing.T, pairs ...string) {
	t.Helper()
	text, err := os.ReadFile(s.config)
	if err == nil {
		err = os.WriteFile(s.config, []byte(strings.NewReplacer(pairs...).Replace(string(text))), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// signedInAs is who a token cache is of, as sign-in --status says it.
func (s *personSite) signedInAs(t *testing.T) string {
	t.Helper()
	var said struct {
		SignIns []signInStatus `json:"sign_ins"`
	}
	r := s.run(t, "--output", "json", "sign-in", "--status")
	if err := json.Unmarshal([]byte(r.stdout), &said); err != nil || len(said.SignIns) != 1 {
		t.Fatalf("%v: %s", err, r.stdout)
	}
	return said.SignIns[0].Person
}

// Who signs out does not wait for a lake that is away.
func TestSignOutWithoutTheLake(t *testing.T) {
	s := newPersonSite(t, entrasim.Options{})
	if err := os.WriteFile(filepath.Join(s.dir, "lake"), nil, 0o600); err != nil { // no directory
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(s.cache()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.cache(), []byte("graphlake sealed 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.graphlake(t, "sign-out").Run(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.cache()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the token cache is still there: %v", err)
	}
}
