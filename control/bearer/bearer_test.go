package bearer

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/internal/entrasim"
)

const (
	control  = "5d0c3a52-0b0f-4d2a-9c51-6a1e7f0b2c11"
	portal   = "8e1b7c64-3a4f-4b1e-8d7c-0f2a5b6c7d22"
	other    = "1f2e3d4c-5b6a-4978-8a9b-0c1d2e3f4a33"
	stranger = "00000000-0000-4000-8000-000000000044"
	group    = "b1c2d3e4-f5a6-4b7c-8d9e-0f1a2b3c4d55"
	adele    = "adele@contoso.com"
	alex     = "alex@contoso.com"
)

// directory is an Entra with the control API, a portal and two people, and the clock that all go by.
type directory struct {
	*entrasim.Entra
	now atomic.Pointer[time.Time]
}

func (d *directory) pass(by time.Duration) {
	now := d.now.Load().Add(by)
	d.now.Store(&now)
}

func begin(t testing.TB) *directory {
	d := &directory{}
	now := time.Now()
	d.now.Store(&now)
	d.Entra = entrasim.Start(t, entrasim.Options{
		Now: func() time.Time { return *d.now.Load() },
		Apps: []entrasim.App{
			{ClientID: control, GroupClaims: true},
			{ClientID: portal, Secret: "of the portal", Roles: map[string][]string{control: {Right}}, Consented: []string{"api://" + control + "/" + Right}},
			{ClientID: other, Secret: "of another"},
		},
		People: []entrasim.Person{{Username: adele}, {Username: alex, Groups: []string{group}}},
	})
	return d
}

func (d *directory) options(callers ...Allowed) Options {
	return Options{
		Authority: d.URL, TenantID: d.TenantID(), ClientID: control, Callers: callers,
		Connections: d.Client().Transport, Now: func() time.Time { return *d.now.Load() },
	}
}

func (d *directory) verifier(t testing.TB, callers ...Allowed) *Verifier {
	t.Helper()
	v, err := New(d.options(callers...))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (d *directory) id(t *testing.T, username string) string {
	t.Helper()
	p, ok := d.Person(username)
	if !ok {
		t.Fatal("there is no", username)
	}
	return p.ID
}

func carrying(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// status is that of the refusal; 0: none.
func status(err error) int {
	if refused, ok := errors.AsType[*RefusedError](err); ok {
		return refused.Status
	}
	if err != nil {
		return -1
	}
	return 0
}

// Of the tokens of one directory few are for us: a table of what is taken, and of what looks as if it were.
func TestTokens(t *testing.T) {
	d := begin(t)
	v := d.verifier(t,
		Allowed{Name: "portal", ClientID: strings.ToUpper(portal), Tenants: []string{"contoso"}, People: []string{strings.ToUpper(d.id(t, adele))}, Groups: []string{group}},
		Allowed{Name: "other", ClientID: other})
	now := d.now.Load().Unix()
	app := func() entrasim.Token { return d.AppToken(portal, control, Right) }
	person := func() entrasim.Token { return d.PersonToken(adele, portal, control, Right) }
	changed := func(t entrasim.Token, change func(*entrasim.Token)) entrasim.Token { change(&t); return t }
	const mallory = "d4c3b2a1-0f9e-4d8c-b7a6-958473625166"
	for _, test := range []struct {
		name   string
		token  entrasim.Token
		status int
		reason string
	}{
		{"application", app(), 0, ""},
		{"person", person(), 0, ""},
		{"person of a group", d.PersonToken(alex, portal, control, Right), 0, ""},
		{"person with more scopes", d.PersonToken(adele, portal, control, "other", Right), 0, ""},
		{"application with more roles", d.AppToken(portal, control, "other", Right), 0, ""},
		{"application without idtyp", app().With("idtyp", nil), 0, ""},

		{"wrong audience", app().With("aud", other), 401, "claims to be for \"" + other},
		{"the URI as audience", app().With("aud", "api://"+control), 401, "expected audience"},
		{"two audiences", app().With("aud", []string{control, other}), 401, "for others too"},
		{"no audience", app().With("aud", nil), 401, "does not say whom it is for"},
		{"wrong issuer", app().With("iss", d.URL+"/"+mallory+"/v2.0").With("tid", mallory), 401, "claims to be of the directory \"" + mallory},
		{"the issuer of the template", app().With("iss", d.URL+"/{tenantid}/v2.0"), 401, "issued by a different provider"},
		{"wrong directory", app().With("tid", mallory), 401, "another directory"},
		{"no directory", app().With("tid", nil), 401, "another directory"},
		{"wrong version", app().With("ver", "1.0"), 401, "not of version 2.0"},
		{"token of version 1", app().With("ver", "1.0").With("iss", "https://sts.windows.net/"+d.TenantID()+"/").With("aud", "api://"+control).With("appid", portal).With("azp", nil), 401, "set requestedAccessTokenVersion to 2"},
		{"token of Graph", app().With("ver", "1.0").With("aud", "https://graph.microsoft.com").With("iss", "https://sts.windows.net/"+d.TenantID()+"/"), 401, `claims to be for "graph.microsoft.com"`},
		{"unknown key", changed(app(), func(t *entrasim.Token) { t.Kid = "invented" }), 401, "no key of Entra"},
		{"no key", changed(app(), func(t *entrasim.Token) { t.NoKid = true }), 401, "signature"},
		{"of Graph, which nobody else can verify", changed(app().With("aud", "https://graph.microsoft.com"), func(t *entrasim.Token) { t.Stranger = true }), 401,
			`of the key that the token names; the token claims to be for "graph.microsoft.com"`},
		{"signed by somebody else", changed(app(), func(t *entrasim.Token) { t.Stranger = true }), 401, "the signature is not"},
		{"expired", app().With("exp", now-1), 401, "expired"},
		{"no expiry", app().With("exp", nil), 401, "expired"},
		{"early by little", app().With("nbf", now+120), 0, ""},
		{"early", app().With("nbf", now+600), 401, "not before"},
		{"none", changed(app(), func(t *entrasim.Token) { t.Alg = "none" }), 401, "RS256"},
		{"HS256 with the public key", changed(app(), func(t *entrasim.Token) { t.Alg = "HS256" }), 401, "RS256"},
		{"RS384", changed(app(), func(t *entrasim.Token) { t.Alg = "RS384" }), 401, "RS256"},
		{"PS256", changed(app(), func(t *entrasim.Token) { t.Alg = "PS256" }), 401, "RS256"},
		{"a key of its own in the header", changed(app(), func(t *entrasim.Token) {
			t.Stranger, t.Header = true, map[string]any{"jwk": map[string]any{"kty": "RSA", "n": "AQAB", "e": "AQAB"}, "jku": d.URL + "/keys"}
		}), 401, ""},
		{"a critical header", changed(app(), func(t *entrasim.Token) { t.Header = map[string]any{"crit": []string{"exp"}, "exp": 1} }), 401, ""},
		{"id token", d.IDToken(adele, control), 401, "no access token"},
		{"id token of the portal", d.IDToken(adele, portal), 401, `refused with 401: the token claims to be for "` + portal + `", and control.client_id is another`},
		{"claims that are none", app().With("roles", "application_access"), 401, "claims"},

		{"scope of another name", d.PersonToken(adele, portal, control, "application_access.read"), 403, "not the scope"},
		{"no scope", d.PersonToken(adele, portal, control), 403, "not the scope"},
		{"person with the role, without the scope", person().With("scp", "").With("roles", []string{Right}), 403, "not the scope"},
		{"person who may not", person().With("oid", mallory), 403, "neither one of its people"},
		{"nobody", person().With("oid", nil), 403, "who is signed in"},
		{"person of a client that is for itself", d.PersonToken(adele, other, control, Right), 403, "neither one of its people"},
		{"groups that are elsewhere", person().With("oid", mallory).With("_claim_names", map[string]string{"groups": "src1"}).
			With("_claim_sources", map[string]any{"src1": map[string]string{"endpoint": d.URL + "/groups"}}), 403, "more groups than"},
		{"application without the role", d.AppToken(portal, control), 403, `"portal" has not the app role`},
		{"role of another name", d.AppToken(portal, control, "Application_Access"), 403, `"portal" has not the app role`},
		{"role of a person without a scope", app().With("idtyp", "user"), 403, "no application's"},
		{"unknown client", d.AppToken(stranger, control, Right), 403, stranger},
		{"no client", app().With("azp", nil), 401, "no application"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := d.Sign(test.token)
			c, err := v.Caller(t.Context(), carrying(text))
			if status(err) != test.status {
				t.Fatalf("%v, %v, want %d", c, err, test.status)
			}
			if err == nil {
				_, withScope := test.token.Claims["scp"]
				if c.Name != "portal" || c.ClientID != portal || (c.Person != "") != withScope || !slices.Equal(c.Tenants, []string{"contoso"}) || !c.May("contoso") || c.May("adatum") {
					t.Errorf("the caller is %+v", c)
				}
				return
			}
			if !strings.Contains(err.Error(), test.reason) {
				t.Errorf("the reason is %q, want %q", err, test.reason)
			}
			if c.Name != "" || c.ClientID != "" || c.Tenants != nil {
				t.Errorf("with a refusal there is a caller: %+v", c)
			}
			for part := range strings.SplitSeq(text, ".") {
				if len(part) > 8 && strings.Contains(err.Error(), part) {
					t.Errorf("the reason has a part of the token: %v", err)
				}
			}
		})
	}
}

// A token comes in one header, by its scheme, and in three parts.
func TestHeader(t *testing.T) {
	d := begin(t)
	v := d.verifier(t, Allowed{Name: "portal", ClientID: portal})
	token := d.Sign(d.AppToken(portal, control, Right))
	parts := strings.Split(token, ".")
	asJSON := `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`
	for name, test := range map[string]struct {
		header http.Header
		status int
	}{
		"good":               {carrying(token), 0},
		"in lower case":      {http.Header{"Authorization": {"bearer " + token}}, 0},
		"none":               {http.Header{}, 401},
		"empty":              {http.Header{"Authorization": {""}}, 401},
		"two":                {http.Header{"Authorization": {"Bearer " + token, "Bearer " + token}}, 401},
		"two in one":         {http.Header{"Authorization": {"Bearer " + token + ", Bearer " + token}}, 401},
		"without the scheme": {http.Header{"Authorization": {token}}, 401},
		"basic":              {http.Header{"Authorization": {"Basic " + token}}, 401},
		"two spaces":         {http.Header{"Authorization": {"Bearer  " + token}}, 401},
		"a space after":      {http.Header{"Authorization": {"Bearer " + token + " "}}, 401},
		"a line after":       {http.Header{"Authorization": {"Bearer " + token + "\n"}}, 401},
		"a part more":        {carrying(token + "." + parts[2]), 401},
		"a part less":        {carrying(parts[0] + "." + parts[1]), 401},
		"no signature":       {carrying(parts[0] + "." + parts[1] + "."), 401},
		"as JSON":            {carrying(asJSON), 401},
		"five parts":         {carrying("a.b.c.d.e"), 401},
		"padded":             {carrying(token + "=="), 401},
		"too long":           {carrying(token + strings.Repeat("A", mostToken)), 401},
		"another header":     {http.Header{"Proxy-Authorization": {"Bearer " + token}}, 401},
		"payload changed":    {carrying(parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"aud":"`+control+`"}`)) + "." + parts[2]), 401},
	} {
		if c, err := v.Caller(t.Context(), test.header); status(err) != test.status {
			t.Errorf("%s: %+v, %v, want %d", name, c, err, test.status)
		}
	}
	if n := d.Count(entrasim.Keys); n != 1 {
		t.Errorf("the keys were asked for %d times", n)
	}
}

// Keys are replaced at any time: a token of a new key is taken, and one of a key that is gone is not.
func TestKeysRotate(t *testing.T) {
	d := begin(t)
	v := d.verifier(t, Allowed{Name: "portal", ClientID: portal})
	caller := func(token string) int {
		t.Helper()
		_, err := v.Caller(t.Context(), carrying(token))
		return status(err)
	}
	first := d.Sign(d.AppToken(portal, control, Right))
	if got := caller(first); got != 0 {
		t.Fatal("the first token:", got)
	}
	d.RotateKeys()
	second := d.Sign(d.AppToken(portal, control, Right))
	if got := caller(second); got != 0 {
		t.Error("a token of a new key:", got)
	}
	if got := caller(first); got != 0 {
		t.Error("a token of a key that is published still:", got)
	}
	d.RotateKeys()
	third := d.Sign(d.AppToken(portal, control, Right).With("exp", d.now.Load().Add(5*time.Hour).Unix()))
	if got := caller(third); got != 401 {
		t.Error("soon after a fetch, a token of a newer key:", got)
	}
	d.pass(betweenFetches)
	if got := caller(third); got != 0 {
		t.Error("later, a token of the newer key:", got)
	}
	if got := d.Count(entrasim.Keys); got != 3 {
		t.Errorf("the keys were asked for %d times", got)
	}

	// A key that was withdrawn is gone with the next fetch, for which nobody has to wait.
	lasting := d.Sign(d.AppToken(portal, control, Right).With("exp", d.now.Load().Add(5*time.Hour).Unix()))
	d.RotateKeys()
	d.DropOldKeys()
	d.pass(keysAge)
	if got := caller(lasting); got != 0 && got != 401 {
		t.Error("while keys are fetched:", got)
	}
	for range 500 {
		if caller(lasting) == 401 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if got := caller(lasting); got != 401 {
		t.Error("a token of a key that was withdrawn:", got)
	}
	if got := d.Count(entrasim.Keys); got != 4 {
		t.Errorf("the keys were asked for %d times", got)
	}
	if got := d.Count(entrasim.Configuration); got != 1 {
		t.Errorf("their address was asked for %d times", got)
	}
}

// Who invents ids of keys has us ask Entra twice, however many they are and however many ask at once.
func TestUnknownKeysDoNotStorm(t *testing.T) {
	d := begin(t)
	v := d.verifier(t, Allowed{Name: "portal", ClientID: portal})
	good := d.Sign(d.AppToken(portal, control, Right))
	parts := strings.Split(good, ".")
	bad := make([]string, 1000)
	for i := range bad { // no signature is looked at without its key
		bad[i] = base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"alg":"RS256","kid":"invented %d"}`, i)) + "." + parts[1] + "." + parts[2]
	}
	var asking sync.WaitGroup
	var let, refused atomic.Int32
	for i := range bad {
		asking.Go(func() {
			if _, err := v.Caller(t.Context(), carrying(bad[i])); status(err) == 401 {
				refused.Add(1)
			}
			if i%10 == 0 {
				if _, err := v.Caller(t.Context(), carrying(good)); err == nil {
					let.Add(1)
				}
			}
		})
	}
	asking.Wait()
	if refused.Load() != 1000 || let.Load() != 100 {
		t.Errorf("%d were refused, and %d let in", refused.Load(), let.Load())
	}
	if keys, all := d.Count(entrasim.Keys), d.Count(entrasim.Configuration); keys > 2 || all > 1 {
		t.Errorf("the keys were asked for %d times, and their address %d times", keys, all)
	}
	d.pass(betweenFetches - time.Second)
	if v.Caller(t.Context(), carrying(bad[0])); d.Count(entrasim.Keys) > 2 {
		t.Error("the keys were asked for again within their time")
	}
	d.pass(2 * time.Second)
	if v.Caller(t.Context(), carrying(bad[0])); d.Count(entrasim.Keys) > 3 {
		t.Error("the keys were asked for more than once after it")
	}
}

// While Entra is away, those whose key is held are let in, and others are not; before there was any key nobody is, which is said as ours.
func TestEntraIsAway(t *testing.T) {
	d := begin(t)
	var lines bytes.Buffer
	o := d.options(Allowed{Name: "portal", ClientID: portal})
	o.Log = slog.New(slog.NewTextHandler(&lines, nil))
	v, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	held := d.Sign(d.AppToken(portal, control, Right).With("exp", d.now.Load().Add(48*time.Hour).Unix()))
	caller := func(token string) int {
		t.Helper()
		_, err := v.Caller(t.Context(), carrying(token))
		return status(err)
	}
	d.Fail("", http.StatusServiceUnavailable)
	for range 50 {
		if got := caller(held); got != 503 {
			t.Fatal("without any key:", got)
		}
	}
	if err := v.Ready(t.Context()); err == nil || errors.Is(err, ErrDirectory) {
		t.Error("ready without any key:", err)
	}
	if got := caller("no token"); got != 401 {
		t.Error("what is no token, without any key:", got)
	}
	if got := d.Count(entrasim.Configuration); got != 1 {
		t.Errorf("Entra was asked %d times at once", got)
	}
	if !strings.Contains(lines.String(), "Entra's keys could not be fetched") || !strings.Contains(lines.String(), "answers 503") {
		t.Errorf("the log says %s", &lines)
	}

	d.Fail("", 0)
	d.pass(betweenTries)
	if got := caller(held); got != 0 {
		t.Fatal("when Entra is there again:", got)
	}
	if err := v.Ready(t.Context()); err != nil {
		t.Error(err)
	}

	d.Fail("", http.StatusInternalServerError)
	d.RotateKeys()
	newer := d.Sign(d.AppToken(portal, control, Right).With("exp", d.now.Load().Add(48*time.Hour).Unix()))
	if got := caller(newer); got != 401 {
		t.Error("away, a token of a key that is not held:", got)
	}
	d.pass(keysAge)
	for range 20 {
		if got := caller(held); got != 0 {
			t.Fatal("away, a token of a key that is held:", got)
		}
	}
	if got := caller(newer); got != 401 { // which waits for the fetch that those have begun
		t.Error("away, when the keys are old, a token of a key that is not held:", got)
	}
	d.Fail("", 0)
	d.pass(betweenFetches)
	if got := caller(newer); got != 0 {
		t.Error("there again, a token of the newer key:", got)
	}
}

// That a directory is not there is the fault of the configuration, and not of Entra.
func TestNoSuchDirectory(t *testing.T) {
	d := begin(t)
	o := d.options(Allowed{Name: "portal", ClientID: portal})
	o.TenantID = other
	v, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Ready(t.Context()); !errors.Is(err, ErrDirectory) || !strings.Contains(err.Error(), d.URL+" answers 400 to ") {
		t.Error(err)
	}
	if _, err := v.Caller(t.Context(), carrying(d.Sign(d.AppToken(portal, control, Right)))); status(err) != 503 || !strings.Contains(err.Error(), "check control.tenant_id and control.authority") {
		t.Error(err)
	}
}

// Who gives up waiting is answered, and the fetch goes on for the others.
func TestFetchOutlivesWhoAsked(t *testing.T) {
	d := begin(t)
	v := d.verifier(t, Allowed{Name: "portal", ClientID: portal})
	d.Slow(entrasim.Keys, 300*time.Millisecond)
	token := d.Sign(d.AppToken(portal, control, Right))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := v.Caller(ctx, carrying(token)); status(err) != 503 {
		t.Error("who gave up:", err)
	}
	if _, err := v.Caller(t.Context(), carrying(token)); err != nil {
		t.Error("who waited:", err)
	}
	if n := d.Count(entrasim.Keys); n != 1 {
		t.Errorf("the keys were asked for %d times", n)
	}
}

// elsewhere answers in the place of Entra.
type elsewhere func(*http.Request) *http.Response

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) { return e(r), nil }

// Whatever answers in Entra's place, nobody is let in by it.
func TestWrongEntra(t *testing.T) {
	d := begin(t)
	token := d.Sign(d.AppToken(portal, control, Right))
	issuer := d.URL + "/" + d.TenantID() + "/v2.0"
	good := `{"issuer":"` + issuer + `","jwks_uri":"` + d.URL + `/keys"}`
	const small = `{"keys":[{"kty":"RSA","use":"sig","kid":"k","n":"` + "wJ3fQ2" + `","e":"AQAB"}]}`
	for name, test := range map[string]struct{ directory, keys, want string }{
		"another issuer":     {strings.Replace(good, d.TenantID(), other, 1), small, "calls itself otherwise"},
		"keys over http":     {`{"issuer":"` + issuer + `","jwks_uri":"http://127.0.0.1/keys"}`, small, "no https URL"},
		"keys of a file":     {`{"issuer":"` + issuer + `","jwks_uri":"file:///etc/passwd"}`, small, "no https URL"},
		"no JSON":            {"<html>", small, "something else than the JSON"},
		"keys are no JSON":   {good, "<html>", "something else than the JSON"},
		"no keys":            {good, `{"keys":[]}`, "no key in the answer"},
		"keys that are none": {good, `{"keys":[1,null,{"kty":"oct","kid":"k","k":"AAAA"},{"kty":"EC"}]}`, "no key in the answer"},
		"a weak key":         {good, small, "no key in the answer"},
		"an endless answer":  {good, `{"keys":[` + strings.Repeat(" ", mostKeys), "something else than the JSON"},
		"elsewhere":          {"301", "", "it leads elsewhere"},
	} {
		o := d.options(Allowed{Name: "portal", ClientID: portal})
		o.Connections = elsewhere(func(r *http.Request) *http.Response {
			text, status := test.directory, http.StatusOK
			if strings.HasSuffix(r.URL.Path, "/keys") {
				text = test.keys
			}
			header := http.Header{}
			if text == "301" {
				status = http.StatusMovedPermanently
				header.Set("Location", d.URL+"/elsewhere")
			}
			rec := &http.Response{StatusCode: status, Header: header, Body: http.NoBody, Request: r}
			rec.Body = body{strings.NewReader(text)}
			return rec
		})
		v, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.Caller(t.Context(), carrying(token)); status(err) != 503 || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

type body struct{ *strings.Reader }

func (body) Close() error { return nil }

// Where Entra cannot be trusted with who is let in, there is no Verifier.
func TestNew(t *testing.T) {
	for _, o := range []Options{
		{TenantID: other, ClientID: control},
		{Authority: "http://login.microsoftonline.com", TenantID: other, ClientID: control},
		{Authority: "https://login.microsoftonline.com", ClientID: control},
		{Authority: "https://login.microsoftonline.com", TenantID: other},
		{Authority: "login.microsoftonline.com", TenantID: other, ClientID: control},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v made a Verifier", o)
		}
	}
	if _, err := New(Options{Authority: "https://login.microsoftonline.com/", TenantID: other, ClientID: control}); err != nil {
		t.Error(err)
	}
}

// A token that both sides know lets in who has it, and nobody else.
func TestStatic(t *testing.T) {
	const token = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="
	v, err := NewStatic(token)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := v.Caller(t.Context(), carrying(token)); err != nil || c.Name == "" || c.Tenants != nil || !c.May("contoso") {
		t.Errorf("%+v, %v", c, err)
	}
	for _, wrong := range []string{"", token[1:], token + "=", strings.ToLower(token), strings.Repeat("A", len(token))} {
		if c, err := v.Caller(t.Context(), carrying(wrong)); status(err) != 401 || c.Name != "" || strings.Contains(err.Error(), token[:8]) {
			t.Errorf("%q: %+v, %v", wrong, c, err)
		}
	}
	if err := v.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := NewStatic("hunter2"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Error(err)
	}
}

// Whatever stands in the header, nobody is let in but by a token that was issued for us, and nothing of the header is in the reason.
func FuzzCaller(f *testing.F) {
	d := begin(f)
	v := d.verifier(f, Allowed{Name: "portal", ClientID: portal})
	good := d.Sign(d.AppToken(portal, control, Right).With("exp", d.now.Load().Add(240*time.Hour).Unix()))
	if err := v.Ready(f.Context()); err != nil {
		f.Fatal(err)
	}
	parts := strings.Split(good, ".")
	for _, token := range []string{
		good, "", ".", "..", "...", "a.b.c", parts[0] + ".e30." + parts[2], parts[0] + "." + parts[1] + ".", "eyJhbGciOiJub25lIn0." + parts[1] + ".",
		`{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
	} {
		f.Add("Bearer " + token)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := v.Caller(t.Context(), http.Header{"Authorization": {text}})
		switch {
		case err == nil && (!strings.EqualFold(text[:7], "Bearer ") || text[7:] != good):
			t.Errorf("%q let %+v in", text, c)
		case err != nil && status(err) != 401:
			t.Errorf("%q: %v", text, err)
		case err != nil && strings.ContainsAny(err.Error(), "\n\r\x1b"):
			t.Errorf("%q: the reason has more than a line: %q", text, err)
		}
	})
}
