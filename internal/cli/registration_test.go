package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"graphlake/internal/entrasim"
	"graphlake/schemas"
)

const (
	controlClient  = "2f1e7c62-1b7e-4a55-8f53-0f4a3c2b1d10"
	portalClient   = "3f1e7c62-1b7e-4a55-8f53-0f4a3c2b1d10"
	strangerClient = "4f1e7c62-1b7e-4a55-8f53-0f4a3c2b1d10"
)

// registrations are what permissions writes, each as Entra gets it.
func (s *site) registrations(t *testing.T, args ...string) (all struct {
	Control json.RawMessage `json:"control"`
	SignIn  json.RawMessage `json:"sign_in"`
}) {
	t.Helper()
	text := s.say(t, append([]string{"permissions", "--format", "manifest"}, args...)...)
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return all
}

// scopeNames are the names of delegated permissions by their ids.
func scopeNames() map[string]string {
	set, names := schemas.BuiltIn(), map[string]string{}
	for _, p := range append(personScopes(set), offlineAccess) {
		names[set.ScopeID(p)] = string(p)
	}
	return names
}

// Who is registered as permissions writes it, and has the role, is let in by serve, and nobody else is: not without the role, and not with
// a token of version 1, which Entra gives for a registration that does not say otherwise.
func TestRegistrationLetsIn(t *testing.T) {
	s := newSite(t, "")
	s.configure(t, fmt.Sprintf(`control:
  tenant_id: %s
  client_id: %s
  callers: [{name: portal, client_id: %s}, {name: stranger, client_id: %s}]
`, entrasim.DefaultTenant, controlClient, portalClient, strangerClient))
	control, err := entrasim.Register(controlClient, s.registrations(t).Control, nil)
	if err != nil {
		t.Fatal(err)
	}
	right := map[string][]string{control.URI: {"application_access"}}
	apps := []entrasim.App{control, {ClientID: portalClient, Secret: "s3cret", Roles: right}, {ClientID: strangerClient, Secret: "s3cret"}}
	entra := entrasim.Start(t, entrasim.Options{Apps: apps})
	s.configure(t, "  authority: "+entra.URL+"\n")
	address := s.serveWith(t, entra)
	for client, want := range map[string]int{portalClient: http.StatusOK, strangerClient: http.StatusForbidden} {
		if got := statusFor(t, address, applicationToken(t, entra, client, control.URI)); got != want {
			t.Errorf("who is %s gets %d, want %d", client, got, want)
		}
	}
	old := entra.AppToken(portalClient, control.URI, "application_access").With("ver", "1.0").
		With("iss", "https://sts.windows.net/"+entra.TenantID()+"/").With("aud", control.URI).With("azp", nil).With("appid", portalClient)
	if got := statusFor(t, address, entra.Sign(old)); got != http.StatusUnauthorized {
		t.Errorf("a token of version 1 gets %d", got)
	}
}

// Whoever signs people in by what permissions writes is asked by Entra for nothing that they are not consented to, and needs no secret.
func TestRegistrationSignsIn(t *testing.T) {
	s := newSite(t, "")
	of := s.registrations(t, "--dataset", "presence,chats,calendar_events,mailbox_settings,joined_teams,transcripts").SignIn
	app, err := entrasim.Register(signInClientID, of, scopeNames())
	if err != nil {
		t.Fatal(err)
	}
	entra := entrasim.Start(t, entrasim.Options{Apps: []entrasim.App{app}, People: []entrasim.Person{{Username: "adele@contoso.com"}}})
	scopes := append(personScopes(schemas.BuiltIn()), offlineAccess)
	var names []string
	for _, p := range scopes {
		names = append(names, string(p))
	}
	device := postForm(t, entra, "devicecode", url.Values{"client_id": {signInClientID}, "scope": {strings.Join(names, " ")}})
	if err := entra.EnterNext(t.Context(), "adele@contoso.com"); err != nil {
		t.Fatal(err)
	}
	token := postForm(t, entra, "token", url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "client_id": {signInClientID}, "device_code": {fmt.Sprint(device["device_code"])},
	})
	who, err := entra.Check(fmt.Sprint(token["access_token"]))
	if err != nil || len(who.Scopes) != len(scopes)-1 {
		t.Errorf("%+v %v, want %q", who, err, names)
	}
	if token["refresh_token"] == nil {
		t.Error("there is no refresh token")
	}
}

const signInClientID = "5f1e7c62-1b7e-4a55-8f53-0f4a3c2b1d10"

// postForm posts to Entra.
func postForm(t *testing.T, entra *entrasim.Entra, to string, values url.Values) (answer map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, entra.URL+"/"+entra.TenantID()+"/oauth2/v2.0/"+to, strings.NewReader(values.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := entra.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	if err := json.Unmarshal(text, &answer); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", response.Status, text)
	}
	return answer
}

func applicationToken(t *testing.T, entra *entrasim.Entra, client, uri string) string {
	t.Helper()
	return fmt.Sprint(postForm(t, entra, "token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {client}, "client_secret": {"s3cret"}, "scope": {uri + "/.default"},
	})["access_token"])
}

// serveWith starts the control API, which trusts Entra, and waits until it listens.
func (s *site) serveWith(t *testing.T, entra *entrasim.Entra) (address string) {
	t.Helper()
	program, err := exec.LookPath("graphlake")
	if err != nil {
		t.Fatal(err)
	}
	address = freeAddress(t)
	p := &process{cmd: exec.CommandContext(t.Context(), program, "--config", s.config, "serve", "--listen", address)}
	p.cmd.SysProcAttr = ofItsOwn
	p.cmd.Env = append(os.Environ(), "GRAPH_TOKEN=quick", "SSL_CERT_FILE="+entra.CertificateFile(t))
	p.cmd.Stderr = &p.output
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		if t.Failed() {
			t.Log(p.output.String())
		}
		for _, secret := range entra.Secrets() {
			if strings.Contains(p.output.String(), secret) {
				t.Error("a token is in the log")
			}
		}
	})
	for range 300 {
		if status, _ := healthz(t, address); status != 0 {
			return address
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("serve has not answered within 30 s")
	return ""
}

// statusFor is the HTTP status by which a token is let in.
func statusFor(t *testing.T, address, token string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/v1/status", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}
