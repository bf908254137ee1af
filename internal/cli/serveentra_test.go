package cli

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/control/bearer"
	"graphlake/internal/entrasim"
	"graphlake/jobs"
)

const (
	controlApp = "5d0c3a52-0b0f-4d2a-9c51-6a1e7f0b2c11"
	portalApp  = "8e1b7c64-3a4f-4b1e-8d7c-0f2a5b6c7d22"
)

// guardedSite is a server of the command behind TLS, whose callers get their tokens from an Entra.
type guardedSite struct {
	entra   *entrasim.Entra
	address string
	client  *http.Client
	output  *bytes.Buffer // of the server; to be read when it has ended
	stop    func()
}

// guard starts a server for a portal that may ask for contoso, also for Adele.
func (s *site) guard(t *testing.T, e *entrasim.Entra) *guardedSite {
	t.Helper()
	dir := t.TempDir()
	pool := writePair(t, dir, "localhost")
	person, _ := e.Person(adele)
	s.configure(t, fmt.Sprintf(`control:
  tenant_id: %s
  client_id: %s
  authority: %s
  callers: [{name: portal, client_id: %s, tenants: [contoso], people: [%s]}]
  tls: {certificate_file: %s, key_file: %s}
`, e.TenantID(), controlApp, e.URL, portalApp, person.ID, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")))
	program, err := exec.LookPath("graphlake")
	if err != nil {
		t.Fatal(err)
	}
	g := &guardedSite{entra: e, address: freeAddress(t), output: &bytes.Buffer{}, client: clientOf(pool)}
	cmd := exec.CommandContext(t.Context(), program, "--config", s.config, "serve", "--listen", g.address)
	cmd.Env = append(os.Environ(), "GRAPH_TOKEN=quick", "BLOBS="+s.blobs, "SSL_CERT_FILE="+e.CertificateFile(t))
	cmd.Stdout, cmd.Stderr = g.output, g.output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	g.stop = sync.OnceFunc(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	t.Cleanup(g.stop)
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if status, _ := g.call(t, "/healthz", ""); status == http.StatusOK {
			return g
		}
		if time.Since(start) > 30*time.Second {
			g.stop()
			t.Fatalf("serve has not answered within 30 s:\n%s", g.output)
		}
	}
}

func clientOf(pool *x509.CertPool) *http.Client {
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 50, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
}

// call asks with a token, and gives the status and the body; 0 if there is no answer.
func (g *guardedSite) call(t *testing.T, path, token string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+g.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := g.client.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(text)
}

// A server starts while Entra is away, and then lets in those who may, however many invent keys. No token is anywhere afterwards.
func TestServeBehindEntra(t *testing.T) {
	t.Parallel()
	e := entrasim.Start(t, entrasim.Options{
		Apps: []entrasim.App{{ClientID: controlApp}, {ClientID: portalApp}}, People: []entrasim.Person{{Username: adele}, {Username: alex}},
	})
	e.Fail("", http.StatusServiceUnavailable)
	s := newSite(t, "")
	began := time.Now()
	g := s.guard(t, e)
	good := e.AppToken(portalApp, controlApp, bearer.Right)
	portal := e.Sign(good)
	if status, text := g.call(t, "/v1/status", portal); status != http.StatusServiceUnavailable {
		t.Errorf("while Entra is away: %d %s", status, text)
	}
	e.Fail("", 0)
	for start := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		status, text := g.call(t, "/v1/status", portal)
		if status == http.StatusOK {
			break
		}
		if status != http.StatusServiceUnavailable || time.Since(start) > 20*time.Second {
			t.Fatalf("when Entra is there again: %d %s", status, text)
		}
	}
	asked := e.Count(entrasim.Keys)
	for name, test := range map[string]struct {
		token  string
		status int
	}{
		"nobody":                  {"", 401},
		"adele, by the portal":    {e.Sign(e.PersonToken(adele, portalApp, controlApp, bearer.Right)), 200},
		"alex, by the portal":     {e.Sign(e.PersonToken(alex, portalApp, controlApp, bearer.Right)), 403},
		"another application":     {e.Sign(e.AppToken(controlApp, controlApp, bearer.Right)), 403},
		"without the role":        {e.Sign(e.AppToken(portalApp, controlApp)), 403},
		"a token of Graph":        {e.Sign(e.AppToken(portalApp, entrasim.GraphURI, bearer.Right)), 401},
		"expired":                 {e.Sign(good.With("exp", time.Now().Unix()-1)), 401},
		"an ID token":             {e.Sign(e.IDToken(adele, controlApp)), 401},
		"signed by somebody else": {e.Sign(entrasim.Token{Stranger: true, Claims: good.Claims}), 401},
		"none":                    {e.Sign(entrasim.Token{Alg: "none", Claims: good.Claims}), 401},
	} {
		if status, text := g.call(t, "/v1/status", test.token); status != test.status || strings.Contains(text, "contoso") != (status == 200) {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	e.RotateKeys()
	if status, text := g.call(t, "/v1/runs/none", e.Sign(good)); status != http.StatusNotFound {
		t.Errorf("a token of a new key: %d %s", status, text)
	}

	// 1,000 tokens of invented keys.
	parts := strings.Split(portal, ".")
	var asking sync.WaitGroup
	for i := range 20 {
		asking.Go(func() {
			for j := range 50 {
				head := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"alg":"RS256","kid":"invented %d"}`, 50*i+j))
				if status, text := g.call(t, "/v1/status", head+"."+parts[1]+"."+parts[2]); status != http.StatusUnauthorized {
					t.Errorf("a token of an invented key: %d %s", status, text)
				}
			}
		})
	}
	asking.Wait()
	if got := e.Count(entrasim.Keys) - asked; got > 1 {
		t.Errorf("after the first time the keys were asked for %d times", got)
	}
	time.Sleep(time.Second) // the portal may ask so often in a second
	if status, text := g.call(t, "/v1/status", portal); status != http.StatusOK {
		t.Errorf("after the storm: %d %s", status, text)
	}
	g.stop()
	took := time.Since(began)

	lines := g.output.String()
	for _, want := range []string{"Entra's keys could not be fetched", "serves the control API", `"msg":"request answered","caller":"portal","client":"` + portalApp} {
		if !strings.Contains(lines, want) {
			t.Errorf("the log does not say %q:\n%s", want, lines)
		}
	}
	if n := strings.Count(lines, "request refused"); n > 10*(int(took.Seconds())+2) {
		t.Errorf("in %v who is refused has filled %d lines", took, n)
	}
	checkSecrets(t, e, lines, s.lake)
}

// checkSecrets looks for everything that Entra has issued, and for its parts, in an output and in all files of a lake.
func checkSecrets(t *testing.T, e *entrasim.Entra, output, lake string) {
	t.Helper()
	all := map[string][]byte{"the output": []byte(output)}
	err := filepath.WalkDir(lake, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			all[name], err = os.ReadFile(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range e.Secrets() {
		parts := strings.Split(secret, ".")
		for _, part := range append(parts, secret) {
			for name, text := range all {
				if len(part) > 40 && bytes.Contains(text, []byte(part)) {
					t.Errorf("%s has %s…", name, part[:20])
				}
			}
		}
	}
}

// What a server would need is tried beforehand, and what is wrong with it is said with its line.
func TestCheckTriesControl(t *testing.T) {
	t.Parallel()
	e := entrasim.Start(t, entrasim.Options{Apps: []entrasim.App{{ClientID: controlApp}}})
	dir := t.TempDir()
	writePair(t, dir, "localhost")
	program, err := exec.LookPath("graphlake")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		tenant, certificate, key string
		fails                    int // with which status Entra does
		outcome, message         string
	}{
		"good":              {e.TenantID(), "cert.pem", "key.pem", 0, "ok", ""},
		"another directory": {"00000000-0000-4000-8000-000000000009", "cert.pem", "key.pem", 0, "misconfigured", "graphlake.yaml:8: control.tenant_id: Entra's keys are not there, so that nobody can be let in: " + e.URL + " answers 400 to /…/v2.0/.well-known/openid-configuration: check control.tenant_id and control.authority"},
		"Entra is away":     {e.TenantID(), "cert.pem", "key.pem", http.StatusServiceUnavailable, "unavailable", "answers 503"},
		"swapped":           {e.TenantID(), "key.pem", "cert.pem", 0, "misconfigured", "graphlake.yaml:12: control.tls: certificate_file holds a private key and no certificate: write the names"},
	} {
		s := newSite(t, "")
		s.configure(t, fmt.Sprintf("control:\n  tenant_id: %s\n  client_id: %s\n  authority: %s\n  callers: [{name: portal, client_id: %s}]\n  tls: {certificate_file: %s, key_file: %s}\n",
			test.tenant, controlApp, e.URL, portalApp, filepath.ToSlash(filepath.Join(dir, test.certificate)), filepath.ToSlash(filepath.Join(dir, test.key))))
		e.Fail("", test.fails)
		cmd := exec.CommandContext(t.Context(), program, "--config", s.config, "--output", "json", "check", "--dataset", "users")
		cmd.Env = append(os.Environ(), "GRAPH_TOKEN=quick", "SSL_CERT_FILE="+e.CertificateFile(t))
		text, err := cmd.Output()
		var rep checkReport
		if json.Unmarshal(text, &rep) != nil || rep.Control == nil {
			t.Errorf("%s: %v: %s", name, err, text)
			continue
		}
		got := cmp.Or(rep.Control.Error, &jobs.ErrorReport{}).Message
		if rep.Control.Outcome != test.outcome || !strings.Contains(got, test.message) {
			t.Errorf("%s: %s: %s, want %s: %s", name, rep.Control.Outcome, got, test.outcome, test.message)
		}
		if want := map[string]int{"ok": ExitDone, "misconfigured": ExitUsage, "unavailable": ExitLater}[test.outcome]; cmd.ProcessState.ExitCode() != want {
			t.Errorf("%s: the exit status is %d, want %d", name, cmd.ProcessState.ExitCode(), want)
		}
	}
}
