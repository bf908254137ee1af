//go:build unix

package cli

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"graphlake/internal/entrasim"
	"graphlake/load/blobstore"
	"graphlake/load/storetest/azurite"
)

// secretsOf are all that Entra has issued, in the forms in which it may be found, and the key of the token cache.
func (s *personSite) secretsOf(t *testing.T) []string {
	t.Helper()
	all := map[string]bool{tokenKey: true}
	for _, text := range s.entra.Secrets() {
		for _, piece := range append(strings.Split(text, ".")[1:], text) { // the header of a token is the same in all
			if len(piece) < 16 {
				continue
			}
			all[piece], all[base64.StdEncoding.EncodeToString([]byte(piece))] = true, true
			if plain, err := base64.RawURLEncoding.DecodeString(piece); err == nil && bytes.HasPrefix(plain, []byte("{")) {
				all[string(plain)] = true
			}
		}
	}
	if len(all) < 30 {
		t.Errorf("there are only %d secrets to search for", len(all))
	}
	return slices.Sorted(maps.Keys(all))
}

// Nothing that Entra gives is found in what any process leaves: the lake, the token cache, its drafts, scratch files, the log, reports, telemetry, what somebody is told,
// the stacks and the core of one that crashes. Who somebody is is not found in the lake.
func TestNoTokenAnywhere(t *testing.T) {
	t.Parallel()
	s := newPersonSite(t, entrasim.Options{Life: time.Minute, OldRefresh: -1})
	c := newCollector(t)
	s.env = append(s.env, "OTEL_EXPORTER_OTLP_ENDPOINT="+c.url, "GOTRACEBACK=crash")
	told := filepath.Join(s.dir, "told")
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	text = fmt.Appendf(text, "notify: [{name: pager, command: [/bin/sh, -c, '/bin/cat >>%s']}]\n", told)
	if err := os.WriteFile(s.config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(what string, status int) {
		t.Helper()
		s.run(t, nights...).want(t, what, status)
	}
	s.signIn(t, adele).want(t, "sign-in", ExitDone)
	run("a run", ExitDone)
	s.run(t, "--output", "json", "check").want(t, "check", ExitDone)
	s.entra.RevokeAccess(adele) // a run whose token Graph wants anew
	run("a run with a challenge", ExitDone)
	for name, refusal := range entrasim.Refusals {
		if refusal.RetryAfter > 0 || refusal.Status >= 500 { // which is waited for
			continue
		}
		refusal.Description += " {user} " + strings.Join(s.entra.Secrets()[:2], " ")
		s.entra.Refuse(entrasim.Refresh, refusal)
		if r := s.run(t, nights...); r.status != ExitForbidden {
			t.Errorf("%s: a run ends with %d\n%s", name, r.status, r.stderr)
		}
		s.entra.Accept()
	}
	holding := func(gate chan struct{}) {
		s.mu.Lock()
		s.hold = gate
		s.mu.Unlock()
	}
	s.crash(t, "while Graph is asked", func() { holding(make(chan struct{})) })
	holding(nil)
	s.crash(t, "while Entra is asked", func() { s.entra.Slow("", time.Minute) })
	s.entra.Slow("", 0)
	run("a run after both", ExitDone)
	s.run(t, "status").want(t, "status", ExitDone)
	s.run(t, "sign-out").want(t, "sign-out", ExitDone)
	s.signIn(t, adele).want(t, "signing in again", ExitDone)
	run("a run after that", ExitDone)

	c.mu.Lock()
	err = os.WriteFile(filepath.Join(s.dir, "telemetry"), c.text, 0o600)
	if len(c.text) < 1000 {
		t.Errorf("the collector was told %d bytes", len(c.text))
	}
	c.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	for file, found := range filesWith(t, s.dir, s.secretsOf(t)) {
		t.Errorf("%d secrets are in %s, as %.20s…", len(found), file, found[0])
	}
	person, _ := s.entra.Person(adele)
	for file := range filesWith(t, filepath.Join(s.dir, "lake", "state"), []string{adele, "Adele", person.ID}) {
		t.Errorf("who is signed in is in the lake's %s", file)
	}
	for _, name := range []string{s.cache(), told, filepath.Join(s.dir, "lake", "runs"), filepath.Join(s.dir, "lake", "state", s.entra.TenantID(), "sign-in.json")} {
		if info, err := os.Stat(name); err != nil || info.Size() == 0 {
			t.Errorf("%s is empty, so that the search proves nothing of it: %v", name, err)
		}
	}
}

// crash lets a run crash at some point, with a core if it would leave one.
func (s *personSite) crash(t *testing.T, when string, begin func()) {
	t.Helper()
	s.mu.Lock()
	asked := len(s.asked)
	s.mu.Unlock()
	requests := len(s.entra.Requests())
	begin()
	cmd := s.graphlake(t, nights...)
	cmd.Args = append([]string{"/bin/sh", "-c", `ulimit -c unlimited; exec "$@"`, "sh", cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 500 {
		time.Sleep(20 * time.Millisecond)
		s.mu.Lock()
		n := len(s.asked)
		s.mu.Unlock()
		if n > asked || len(s.entra.Requests()) > requests+1 {
			break
		}
	}
	time.Sleep(200 * time.Millisecond)
	if limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", cmd.Process.Pid)); err == nil {
		for line := range strings.Lines(string(limits)) {
			if f := strings.Fields(line); strings.HasPrefix(line, "Max core file size") && (f[4] != "0" || f[5] != "0") {
				t.Errorf("%s: %s", when, line)
			}
		}
	}
	if err := cmd.Process.Signal(syscall.SIGABRT); err != nil {
		t.Fatal(err)
	}
	r := end(t, cmd)
	if state := cmd.ProcessState.Sys().(syscall.WaitStatus); !state.Signaled() || state.CoreDump() || !strings.Contains(r.stderr, "SIGABRT: abort") {
		t.Errorf("%s: it ends with %v, with a core: %t\n%.500s", when, state, state.CoreDump(), r.stderr)
	}
}

// On a terminal somebody may keep tokens without a key, and they stay so until there is one.
func TestPlainTokenCache(t *testing.T) {
	t.Parallel()
	s := newPersonSite(t, entrasim.Options{Life: time.Minute})
	with := s.env
	s.env = slices.Concat(with, []string{"GRAPHLAKE_TOKEN_KEY="})
	screen, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	defer tty.Close()
	cmd := s.graphlake(t, "sign-in", "--plain-token-cache")
	log := cmd.Stderr
	cmd.Stdin, cmd.Stderr = tty, tty
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := s.entra.EnterNext(t.Context(), adele); err != nil {
		t.Fatal(err)
	}
	err = cmd.Wait()
	cmd.Stderr = log
	if text, _ := os.ReadFile(cmd.Stdout.(*os.File).Name()); err != nil || !strings.Contains(string(text), "not encrypted: whoever has the file is signed in as this person") {
		t.Fatalf("%v: %s", err, text)
	}
	s.run(t, nights...).want(t, "a run without a key", ExitDone)
	s.run(t, "sign-in", "--status").want(t, "status", ExitDone, adele, "not encrypted")
	found := filesWith(t, s.dir, s.secretsOf(t))
	if len(found) != 1 || found["state/contoso.token"] == nil {
		t.Errorf("secrets are in %v, want that they are in the token cache", slices.Sorted(maps.Keys(found)))
	}
	s.env = with
	s.run(t, nights...).want(t, "a run with a key", ExitForbidden, "it is not encrypted, although there is a key", " sign-out and graphlake ")
	s.run(t, "sign-in", "--plain-token-cache").want(t, "both", ExitUsage)
	s.run(t, "sign-out").want(t, "sign-out", ExitDone)
	s.signIn(t, adele).want(t, "signing in again", ExitDone, "encrypted")
	if found := filesWith(t, filepath.Dir(s.cache()), s.secretsOf(t)); len(found) > 0 {
		t.Errorf("secrets are in %v", found)
	}
}

// Of processes with one token cache none loses what another has got, though each refresh token is good for one use: the lake has
// the lock, wherever it lies.
func TestProcessesWithOneTokenCache(t *testing.T) {
	t.Run("disk", func(t *testing.T) {
		t.Parallel()
		newPersonSite(t, entrasim.Options{Life: time.Minute}).shareTokenCache(t)
	})
	t.Run("blob", func(t *testing.T) {
		t.Parallel()
		connection := azurite.Start(t)
		if _, err := blobstore.Create(t.Context(), blobstore.Options{ConnectionString: connection, Container: "lake"}); err != nil {
			t.Fatal(err)
		}
		s := newPersonSite(t, entrasim.Options{Life: time.Minute})
		text, err := os.ReadFile(s.config)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := bytes.Cut(text, []byte("\n"))
		text = append([]byte("lake: az://lake/contoso\nazure: {connection_string_env: BLOBS, lease: 15s}\n"), rest...)
		if err := os.WriteFile(s.config, text, 0o600); err != nil {
			t.Fatal(err)
		}
		s.env = append(s.env, "BLOBS="+connection)
		s.shareTokenCache(t)
	})
}

func (s *personSite) shareTokenCache(t *testing.T) {
	t.Helper()
	s.signIn(t, adele).want(t, "sign-in", ExitDone)
	var all []*exec.Cmd
	for range 6 {
		cmd := s.graphlake(t, "check")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		all = append(all, cmd)
	}
	for i, cmd := range all {
		end(t, cmd).want(t, fmt.Sprintf("process %d", i), ExitDone)
	}
	if n := s.entra.Count(entrasim.Refresh); n < 6 {
		t.Errorf("six processes have renewed %d times", n)
	}
	s.run(t, nights...).want(t, "a run after them", ExitDone)
	s.run(t, "sign-in", "--status").want(t, "status after them", ExitDone, adele)
}

// A process that is killed while it renews leaves a token cache that the next one reads.
func TestKilledWhileItRenews(t *testing.T) {
	t.Parallel()
	s := newPersonSite(t, entrasim.Options{Life: time.Minute, OldRefresh: -1}) // as Entra does for people
	s.signIn(t, adele).want(t, "sign-in", ExitDone)
	for i := range 12 {
		cmd := s.graphlake(t, "check")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		before := s.entra.Count(entrasim.Refresh)
		for s.entra.Count(entrasim.Refresh) == before && cmd.ProcessState == nil {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(i) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
	}
	s.run(t, nights...).want(t, "a run after them", ExitDone)
	if entries, err := os.ReadDir(filepath.Dir(s.cache())); err != nil || len(entries) != 2 {
		t.Errorf("there are %v, %v, want the file and its lock", entries, err)
	}
}

// Two lakes whose configurations name one file take turns, too: of each token to renew with there is one.
func TestLakesWithOneTokenCache(t *testing.T) {
	t.Parallel()
	s := newPersonSite(t, entrasim.Options{Life: time.Minute}) // so that every process renews
	s.signIn(t, adele).want(t, "sign-in", ExitDone)
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	one, other := s.config, filepath.Join(s.dir, "other.yaml")
	if err := os.WriteFile(other, bytes.Replace(text, []byte("/lake\n"), []byte("/lake2\n"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		var all []*exec.Cmd
		for _, s.config = range []string{one, other, one, other} {
			cmd := s.graphlake(t, "check")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			all = append(all, cmd)
		}
		for _, cmd := range all {
			end(t, cmd).want(t, "a process of one of the lakes", ExitDone)
		}
	}
}

// Where the file cannot be written, nothing is renewed, so that the sign-in lasts.
func TestTokenCacheThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := newPersonSite(t, entrasim.Options{Life: time.Minute})
	s.signIn(t, adele).want(t, "sign-in", ExitDone)
	before := s.entra.Count(entrasim.Refresh)
	// A name that is as long as names may be: what is there can be read, and no draft made beside it, by root neither.
	long := filepath.Join(filepath.Dir(s.cache()), strings.Repeat("x", 250))
	text, err := os.ReadFile(s.config)
	if err = errors.Join(err, os.Rename(s.cache(), long)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.config, bytes.ReplaceAll(text, []byte(s.cache()), []byte(long)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(t, nights...).want(t, "a run that cannot write", ExitForbidden, "the token cache cannot be written", "see to the file, its directory")
	if n := s.entra.Count(entrasim.Refresh) - before; n != 0 {
		t.Errorf("Entra was asked %d times to renew what could not be kept", n)
	}
	if err := errors.Join(os.Rename(long, s.cache()), os.WriteFile(s.config, text, 0o600)); err != nil {
		t.Fatal(err)
	}
	s.run(t, nights...).want(t, "a run that can", ExitDone)
}
