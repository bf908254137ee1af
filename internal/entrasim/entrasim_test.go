package entrasim

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/cache"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	msalerrors "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

const (
	reader  = "5f3c1c0e-1111-4111-8111-000000000001"
	service = "5f3c1c0e-2222-4222-8222-000000000002"
	api     = "5f3c1c0e-3333-4333-8333-000000000003"
	adele   = "adele@contoso.com"
)

func options() Options {
	return Options{
		Apps: []App{
			{ClientID: reader, Public: true, Consented: []string{"User.Read", "Presence.Read", "api://" + api + "/application_access"}},
			{ClientID: service, Secret: "s3cret", Roles: map[string][]string{api: {"application_access"}, GraphURI: {"User.Read.All"}}},
			{ClientID: api, GroupClaims: true, AssignmentRequired: true, Assigned: []string{adele}},
		},
		People: []Person{{Username: adele, Name: "Adele", Groups: []string{"5f3c1c0e-4444-4444-8444-000000000004"}}, {Username: "alex@contoso.com"}},
	}
}

// memory is a cache of MSAL's that processes could share.
type memory struct{ text []byte }

func (m *memory) Replace(_ context.Context, c cache.Unmarshaler, _ cache.ReplaceHints) error {
	if m.text == nil {
		return nil
	}
	return c.Unmarshal(m.text)
}

func (m *memory) Export(_ context.Context, c cache.Marshaler, _ cache.ExportHints) (err error) {
	m.text, err = c.Marshal()
	return err
}

func publicClient(t *testing.T, e *Entra, m *memory) public.Client {
	t.Helper()
	c, err := public.New(reader, public.WithAuthority(e.URL+"/"+e.TenantID()), public.WithCache(m),
		public.WithClientCapabilities([]string{"CP1"}), public.WithHTTPClient(e.Client()), public.WithInstanceDiscovery(false))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func signIn(t *testing.T, e *Entra, m *memory) public.AuthResult {
	t.Helper()
	code, err := publicClient(t, e, m).AcquireTokenByDeviceCode(t.Context(), []string{"Presence.Read"})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.EnterNext(t.Context(), adele); err != nil {
		t.Fatal(err)
	}
	result, err := code.AuthenticationResult(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// silent gets a token without a person, as a new process does.
func silent(t *testing.T, e *Entra, m *memory, o ...public.AcquireSilentOption) (string, error) {
	t.Helper()
	c := publicClient(t, e, m)
	accounts, err := c.Accounts(t.Context())
	if err != nil || len(accounts) != 1 {
		t.Fatal(accounts, err)
	}
	result, err := c.AcquireTokenSilent(t.Context(), []string{"Presence.Read"}, append(o, public.WithSilentAccount(accounts[0]))...)
	return result.AccessToken, err
}

// refused reads a refusal of MSAL's.
func refused(t *testing.T, err error) (text string, code int) {
	t.Helper()
	call, ok := errors.AsType[msalerrors.CallErr](err)
	if !ok {
		t.Fatalf("no refusal: %v", err)
	}
	var body struct {
		Error string `json:"error"`
		Codes []int  `json:"error_codes"`
	}
	if err := json.NewDecoder(call.Resp.Body).Decode(&body); err != nil || len(body.Codes) != 1 {
		t.Fatal(err, body)
	}
	return body.Error, body.Codes[0]
}

func TestDeviceCode(t *testing.T) {
	e, m := Start(t, options()), &memory{}
	c := publicClient(t, e, m)
	code, err := c.AcquireTokenByDeviceCode(t.Context(), []string{"Presence.Read"})
	if err != nil {
		t.Fatal(err)
	}
	user, err := e.NextCode(t.Context())
	if err != nil || !strings.Contains(code.Result.Message, user) {
		t.Fatal(user, err, code.Result.Message)
	}
	if err := e.SlowDown(user, 1); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(300*time.Millisecond, func() {
		if err := e.Enter(user, adele); err != nil {
			t.Error(err)
		}
	})
	result, err := code.AuthenticationResult(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := e.Count(Poll); n < 3 {
		t.Errorf("%d polls", n)
	}
	who, err := e.Check(result.AccessToken)
	if err != nil || who.Username != adele || !slices.Contains(who.Scopes, "Presence.Read") || who.Resource != GraphID {
		t.Errorf("%+v %v", who, err)
	}
	if result.Account.PreferredUsername != adele || !strings.EqualFold(result.Account.Realm, e.TenantID()) {
		t.Errorf("%+v", result.Account)
	}
	if err := e.Enter(user, adele); err == nil {
		t.Error("a code was entered twice")
	}
	for _, s := range e.Secrets() {
		if s == user {
			t.Error("the code that people type counts as a secret")
		}
	}
	if !slices.Contains(e.Secrets(), result.AccessToken) {
		t.Error("the access token is not among what was issued")
	}
}

func TestDeviceCodeEnds(t *testing.T) {
	e := Start(t, options())
	for want, end := range map[string]func(string) error{"authorization_declined": e.Decline, "expired_token": e.Expire} {
		code, err := publicClient(t, e, &memory{}).AcquireTokenByDeviceCode(t.Context(), []string{"Presence.Read"})
		if err != nil {
			t.Fatal(err)
		}
		user, _ := e.NextCode(t.Context())
		if err := end(user); err != nil {
			t.Fatal(err)
		}
		_, err = code.AuthenticationResult(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) { // MSAL has read the body
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestBrowser(t *testing.T) {
	e := Start(t, options())
	c := publicClient(t, e, &memory{})
	result, err := c.AcquireTokenInteractive(t.Context(), []string{"Presence.Read"}, public.WithOpenURL(e.Browser(t.Context(), adele)))
	if err != nil {
		t.Fatal(err)
	}
	if who, err := e.Check(result.AccessToken); err != nil || who.Username != adele {
		t.Errorf("%+v %v", who, err)
	}
	if _, err := c.AcquireTokenInteractive(t.Context(), []string{"Presence.Read"}, public.WithOpenURL(e.DecliningBrowser(t.Context(), adele))); err == nil {
		t.Error("who declined has signed in")
	}
	e.ConditionalAccess(Policy{BlockDeviceCode: true})
	if _, err := c.AcquireTokenInteractive(t.Context(), []string{"Presence.Read"}, public.WithOpenURL(e.Browser(t.Context(), adele))); err != nil {
		t.Error("a browser is blocked with device codes:", err)
	}
}

func TestRefreshRotates(t *testing.T) {
	o := options()
	o.Life = time.Minute // MSAL refreshes what has less than five
	e, m := Start(t, o), &memory{}
	signIn(t, e, m)
	older := memory{slices.Clone(m.text)}
	for range 3 {
		if _, err := silent(t, e, m); err != nil {
			t.Fatal(err)
		}
	}
	if n := e.Count(Refresh); n != 3 {
		t.Errorf("%d refreshes, want 3", n)
	}
	_, err := silent(t, e, &older)
	if text, code := refused(t, err); text != "invalid_grant" || code != 70000 {
		t.Errorf("a token that was replaced: %s %d", text, code)
	}

	o.OldRefresh = 1
	e, m = Start(t, o), &memory{}
	signIn(t, e, m)
	older = memory{slices.Clone(m.text)}
	for i, of := range []*memory{m, {older.text}, {older.text}} {
		if _, err := silent(t, e, of); (err != nil) != (i == 2) {
			t.Errorf("use %d: %v", i, err)
		}
	}
}

func TestRefreshIsRefused(t *testing.T) {
	o := options()
	now := time.Now()
	o.Life, o.Now = time.Minute, func() time.Time { return now }
	e, m := Start(t, o), &memory{}
	want := func(name string, code int) {
		t.Helper()
		_, err := silent(t, e, m)
		if code == 0 {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			return
		}
		if _, got := refused(t, err); got != code {
			t.Errorf("%s: %d, want %d", name, got, code)
		}
	}
	signIn(t, e, m)
	e.ConditionalAccess(Policy{MFA: true})
	want("MFA after sign-in", 50076)
	signIn(t, e, m)
	want("signed in anew", 0)
	e.ConditionalAccess(Policy{SignInFrequency: time.Hour})
	want("young", 0)
	now = now.Add(time.Hour)
	want("an hour later", 70044)
	e.ConditionalAccess(Policy{BlockDeviceCode: true})
	want("device codes blocked", 53003)
	e.ConditionalAccess(Policy{})
	want("allowed again", 0)
	now = now.AddDate(0, 0, 90)
	want("not used for 90 days", 700082)
	signIn(t, e, m)
	e.Refuse(Refresh, Refusal{Error: "invalid_grant", Code: 4711, Of: adele, Times: 1})
	want("refused once", 4711)
	want("accepted again", 0)
	e.Revoke(adele)
	want("revoked", 50173)
	signIn(t, e, m)
	want("signed in anew", 0)
}

func TestClaimsChallenge(t *testing.T) {
	e, m := Start(t, options()), &memory{}
	token := signIn(t, e, m).AccessToken
	e.RevokeAccess(adele)
	if _, err := e.Check(token); !errors.Is(err, ErrRevoked) {
		t.Errorf("a revoked token: %v", err)
	}
	_, encoded, _ := strings.Cut(e.Challenge(), `claims="`)
	claims, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(encoded, `"`))
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := silent(t, e, m, public.WithClaims(string(claims)))
	if err != nil || fresh == token {
		t.Fatal(err)
	}
	if _, err := e.Check(fresh); err != nil {
		t.Error(err)
	}
	asked := e.Requests()
	if last := asked[len(asked)-1]; last.Kind != Refresh || !strings.Contains(last.Claims, `"nbf"`) || last.Username != adele {
		t.Errorf("%+v", last)
	}
}

func TestScopeForms(t *testing.T) {
	for form, want := range map[ScopeForm]bool{Short: false, Full: true, AsAsked: true} {
		o := options()
		o.Form = form
		e := Start(t, o)
		c := publicClient(t, e, &memory{})
		_, err := c.AcquireTokenInteractive(t.Context(), []string{GraphURI + "/Presence.Read"}, public.WithOpenURL(e.Browser(t.Context(), adele)))
		if (err == nil) != want {
			t.Errorf("form %d, asked in full: %v", form, err)
		}
	}
	e := Start(t, options())
	_, err := publicClient(t, e, &memory{}).AcquireTokenInteractive(t.Context(), []string{"Calendars.Read"}, public.WithOpenURL(e.Browser(t.Context(), adele)))
	if _, code := refused(t, err); code != 65001 {
		t.Errorf("not consented to: %d", code)
	}
}

func TestApplication(t *testing.T) {
	e := Start(t, options())
	ask := func(secret, scope string) (string, error) {
		credential, err := confidential.NewCredFromSecret(secret)
		if err != nil {
			t.Fatal(err)
		}
		c, err := confidential.New(e.URL+"/"+e.TenantID(), service, credential, confidential.WithHTTPClient(e.Client()), confidential.WithInstanceDiscovery(false))
		if err != nil {
			t.Fatal(err)
		}
		result, err := c.AcquireTokenByCredential(t.Context(), []string{scope})
		return result.AccessToken, err
	}
	token, err := ask("s3cret", "api://"+api+"/.default")
	if err != nil {
		t.Fatal(err)
	}
	claims := claimsOf(t, token)
	for name, want := range map[string]any{"aud": api, "iss": e.URL + "/" + e.TenantID() + "/v2.0", "azp": service, "ver": "2.0", "idtyp": "app", "scp": nil} {
		if claims[name] != want {
			t.Errorf("%s is %v, want %v", name, claims[name], want)
		}
	}
	if _, err := ask("wr0ng", "api://"+api+"/.default"); err == nil {
		t.Error("a wrong secret")
	}
	token, err = ask("s3cret", GraphURI+"/.default")
	if err != nil || claimsOf(t, token)["ver"] != "1.0" || claimsOf(t, token)["aud"] != GraphURI {
		t.Errorf("Graph: %v %v", claimsOf(t, token), err)
	}
}

func claimsOf(t *testing.T, token string) (claims map[string]any) {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestAssignment(t *testing.T) {
	e := Start(t, options())
	scope := []string{"api://" + api + "/application_access"}
	result, err := publicClient(t, e, &memory{}).AcquireTokenInteractive(t.Context(), scope, public.WithOpenURL(e.Browser(t.Context(), adele)))
	if err != nil {
		t.Fatal(err)
	}
	if claims := claimsOf(t, result.AccessToken); claims["scp"] != "application_access" || claims["groups"] == nil || claims["idtyp"] != nil {
		t.Errorf("%v", claims)
	}
	_, err = publicClient(t, e, &memory{}).AcquireTokenInteractive(t.Context(), scope, public.WithOpenURL(e.Browser(t.Context(), "alex@contoso.com")))
	if _, code := refused(t, err); code != 50105 {
		t.Errorf("not assigned: %d", code)
	}
}

func TestFailures(t *testing.T) {
	e := Start(t, options())
	get := func(path string) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, e.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := e.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		text, _ := io.ReadAll(response.Body)
		return response.StatusCode, string(text)
	}
	keys := "/" + e.TenantID() + "/discovery/v2.0/keys"
	e.Fail(Keys, http.StatusServiceUnavailable)
	if status, _ := get(keys); status != http.StatusServiceUnavailable {
		t.Error(status)
	}
	e.Fail(Keys, 0)
	first := e.keys[0].id
	second := e.RotateKeys()
	if _, text := get(keys); !strings.Contains(text, first) || !strings.Contains(text, second) {
		t.Error(text)
	}
	e.DropOldKeys()
	if _, text := get(keys); strings.Contains(text, first) || !strings.Contains(text, second) {
		t.Error(text)
	}
	if n := e.Count(Keys); n != 3 {
		t.Errorf("%d fetches of keys, want 3", n)
	}
	if status, text := get("/00000000-0000-0000-0000-000000000009/v2.0/.well-known/openid-configuration"); status != http.StatusBadRequest || !strings.Contains(text, "AADSTS90002") {
		t.Error(status, text)
	}
	if _, text := get("/common/v2.0/.well-known/openid-configuration"); !strings.Contains(text, "/{tenantid}/v2.0") {
		t.Error(text)
	}
}

// A code of another's browser is worth nothing without what only the one who asked knows.
func TestCodeNeedsItsVerifier(t *testing.T) {
	e := Start(t, options())
	e.granted["c0de"] = &grant{
		session: e.newSession(e.person(adele), reader, false), scopes: []string{"Presence.Read"}, challenge: "another",
		redirectURI: "http://localhost:1", expires: time.Now().Add(time.Hour),
	}
	form := url.Values{
		"grant_type": {"authorization_code"}, "client_id": {reader}, "code": {"c0de"}, "redirect_uri": {"http://localhost:1"}, "code_verifier": {"mine"},
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.URL+"/"+e.TenantID()+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := e.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if text, _ := io.ReadAll(response.Body); !strings.Contains(string(text), "AADSTS501481") {
		t.Errorf("%s", text)
	}
}

// Everything may be asked at once: people sign in, are renewed and thrown out while keys rotate.
func TestConcurrentUse(t *testing.T) {
	o := options()
	o.Life = time.Minute
	e := Start(t, o)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			m := &memory{}
			c, err := public.New(reader, public.WithAuthority(e.URL+"/"+e.TenantID()), public.WithCache(m), public.WithHTTPClient(e.Client()), public.WithInstanceDiscovery(false))
			if err != nil {
				t.Error(err)
				return
			}
			result, err := c.AcquireTokenInteractive(t.Context(), []string{"Presence.Read"}, public.WithOpenURL(e.Browser(t.Context(), adele)))
			if err != nil {
				t.Error(err)
				return
			}
			for range 3 {
				if result, err = c.AcquireTokenSilent(t.Context(), []string{"Presence.Read"}, public.WithSilentAccount(result.Account)); err != nil {
					t.Error(err)
					return
				}
			}
			if _, err := e.Check(result.AccessToken); err != nil {
				t.Error(err)
			}
		})
	}
	all.Go(func() {
		for range 3 {
			e.RotateKeys()
			e.DropOldKeys()
			e.Sign(e.AppToken(service, api, "application_access").With("exp", 1))
			e.Refuse(Keys, Refusals["away"])
			e.Accept()
			e.ConditionalAccess(Policy{SignInFrequency: time.Hour})
			e.RevokeAccess("alex@contoso.com")
			_, _, _ = e.Secrets(), e.Requests(), e.Counts()
		}
	})
	all.Wait()
	if n := e.Count(Refresh); n != 24 {
		t.Errorf("%d refreshes, want 24", n)
	}
}
