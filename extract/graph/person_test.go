package graph

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/internal/entrasim"
)

const (
	adele  = "adele@contoso.com"
	alex   = "alex@contoso.com"
	signer = "5f3c1c0e-1111-4111-8111-000000000001" // the application that people sign in to
)

// people is a directory with an application that people sign in to.
func people() entrasim.Options {
	return entrasim.Options{
		Apps:   []entrasim.App{{ClientID: signer, Public: true, Consented: []string{"User.Read", "Presence.Read"}}},
		People: []entrasim.Person{{Username: adele, Name: "Adele Vance"}, {Username: alex}},
	}
}

// cacheFile is a token cache as several processes have it, and can be broken.
type cacheFile struct {
	lock sync.Mutex

	mu                          sync.Mutex
	text                        []byte
	writes                      int
	locked, failsRead, failsPut error
}

func (c *cacheFile) Lock(ctx context.Context) (func(), error) {
	if c.locked != nil {
		return nil, c.locked
	}
	for !c.lock.TryLock() {
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return c.lock.Unlock, nil
}

func (c *cacheFile) Read(context.Context) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.text), c.failsRead
}

func (c *cacheFile) Write(ctx context.Context, text []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := cmpErr(c.failsPut, ctx.Err()); err != nil {
		return err
	}
	c.text, c.writes = slices.Clone(text), c.writes+1
	return nil
}

func (c *cacheFile) Remove(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text = nil
	return c.failsPut
}

func cmpErr(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

// told is what a person's hooks were told.
type told struct {
	mu      sync.Mutex
	renewed int
	reasons []string
}

func (w *told) Renewed(context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.renewed++
}

func (w *told) SignedOut(_ context.Context, reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reasons = append(w.reasons, reason)
}

// personOf is a process of its own: all that it has in common with others is the cache.
func personOf(t *testing.T, e *entrasim.Entra, cache TokenCache, change ...func(*PersonOptions)) (*Person, *told) {
	t.Helper()
	w := new(told)
	o := PersonOptions{
		Authority: e.URL, TenantID: e.TenantID(), ClientID: signer, Scopes: []string{"User.Read", "Presence.Read"}, Cache: cache,
		Tenant: "contoso", Renewed: w.Renewed, SignedOut: w.SignedOut, Connections: e.Client().Transport,
	}
	for _, c := range change {
		c(&o)
	}
	p, err := NewPerson(o)
	if err != nil {
		t.Fatal(err)
	}
	return p, w
}

// signsIn signs somebody in by a code.
func signsIn(t *testing.T, e *entrasim.Entra, p *Person, username string) Account {
	t.Helper()
	a, err := p.SignInByCode(t.Context(), func(string) {
		if err := e.EnterNext(t.Context(), username); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// tells checks that what is said says no secret and no name.
func tells(t *testing.T, e *entrasim.Entra, said string) {
	t.Helper()
	for _, secret := range append(e.Secrets(), adele, alex, "Adele") {
		if strings.Contains(said, secret) {
			t.Errorf("%q is in %q", secret, said)
		}
	}
}

func TestPersonSignsInByCode(t *testing.T) {
	o := people()
	o.Message = "Enter\x1b[2J %s at https://login.microsoft.com/device"
	e := entrasim.Start(t, o)
	cache := new(cacheFile)
	p, w := personOf(t, e, cache)

	var message string
	a, err := p.SignInByCode(t.Context(), func(m string) {
		message = m
		if err := e.EnterNext(t.Context(), adele); err != nil {
			t.Error(err)
		}
	})
	if err != nil || a.Username != adele || !strings.EqualFold(a.TenantID, e.TenantID()) || a.ID == "" {
		t.Fatalf("SignInByCode = %+v, %v", a, err)
	}
	if strings.Contains(message, "\x1b") || !strings.Contains(message, "https://login.microsoft.com/device") {
		t.Errorf("shown was %q", message)
	}
	token, err := p.Token(t.Context(), nil)
	if who, bad := e.Check(token); err != nil || bad != nil || who.Username != adele || !slices.Contains(who.Scopes, "Presence.Read") {
		t.Errorf("the token is %+v's, %v, %v", who, bad, err)
	}
	if w.renewed != 1 || w.reasons != nil || cache.writes != 1 {
		t.Errorf("told renewed %d times, signed out %q, with %d writes of the cache", w.renewed, w.reasons, cache.writes)
	}

	// Another process has the token without asking for one, and knows who it is without asking anybody.
	another, w := personOf(t, e, cache)
	asked := len(e.Requests())
	if b, ok, err := another.Account(t.Context()); err != nil || !ok || b != a {
		t.Errorf("Account = %+v, %v, %v", b, ok, err)
	}
	if again, err := another.Token(t.Context(), nil); err != nil || again != token {
		t.Errorf("another process has another token, %v", err)
	}
	if len(e.Requests()) != asked || w.renewed != 0 || e.Count(entrasim.Instances) != 0 {
		t.Errorf("asked %v", e.Counts())
	}
	tells(t, e, fmt.Sprintf("%v %+v %#v %s %d", p, p, p, p, p))
}

func TestPersonSignsInByBrowser(t *testing.T) {
	e := entrasim.Start(t, people())
	cache := new(cacheFile)
	p, w := personOf(t, e, cache)
	if a, err := p.SignInByBrowser(t.Context(), e.Browser(t.Context(), adele)); err != nil || a.Username != adele || w.renewed != 1 {
		t.Fatalf("SignInByBrowser = %+v, %v, told %+v", a, err, w)
	}
	token, err := p.Token(t.Context(), nil)
	if who, bad := e.Check(token); err != nil || bad != nil || who.Username != adele {
		t.Errorf("the token is %+v's, %v, %v", who, bad, err)
	}
	if e.Count(entrasim.DeviceCode) != 0 || e.Count(entrasim.Code) != 1 {
		t.Errorf("asked %v", e.Counts())
	}

	_, err = p.SignInByBrowser(t.Context(), e.DecliningBrowser(t.Context(), alex))
	if KindOf(err) != SignedOut || !strings.Contains(err.Error(), "AADSTS65004: the person has not consented; sign in again: graphlake sign-in --tenant contoso, and consent to User.Read, Presence.Read") {
		t.Errorf("declined: %v", err)
	}
	if a, _, err := p.Account(t.Context()); err != nil || a.Username != adele {
		t.Errorf("who declined has put out who was signed in: %+v, %v", a, err)
	}
	shut := errors.New("there is no browser")
	if _, err = p.SignInByBrowser(t.Context(), func(string) error { return shut }); err == nil {
		t.Error("signed in without a browser")
	}
}

// Scopes are written in two forms, by who configures them and by Entra.
func TestScopesOfAPersonInEitherForm(t *testing.T) {
	for _, form := range []entrasim.ScopeForm{entrasim.Short, entrasim.Full, entrasim.AsAsked} {
		for _, asked := range [][]string{
			{"User.Read", "Presence.Read"},
			{"https://graph.microsoft.com/User.Read", "https://graph.microsoft.com/Presence.Read", "offline_access", "openid"},
			{"presence.read"},
		} {
			t.Run(fmt.Sprint(form, asked), func(t *testing.T) {
				o := people()
				o.Form, o.Life = form, time.Minute
				e := entrasim.Start(t, o)
				cache := new(cacheFile)
				scopes := func(o *PersonOptions) { o.Scopes = asked }
				p, _ := personOf(t, e, cache, scopes)
				signsIn(t, e, p, adele)
				p, _ = personOf(t, e, cache, scopes)
				if _, err := p.Token(t.Context(), nil); err != nil {
					t.Error(err)
				}
				if cache.writes != 3 || e.Count(entrasim.Refresh) != 1 {
					t.Errorf("%d writes, asked %v", cache.writes, e.Counts())
				}
			})
		}
	}
}

func TestHalfAConsentIsNone(t *testing.T) {
	o := people()
	o.Partial, o.Apps[0].Consented = true, []string{"User.Read"}
	e := entrasim.Start(t, o)
	cache := new(cacheFile)
	p, w := personOf(t, e, cache)
	_, err := p.SignInByCode(t.Context(), func(string) { _ = e.EnterNext(t.Context(), adele) })
	if KindOf(err) != SignedOut || !strings.Contains(err.Error(), "not granted: Presence.Read; sign in again: graphlake sign-in --tenant contoso, and consent to all of it") {
		t.Errorf("error = %v", err)
	}
	if cache.text != nil || w.renewed != 0 {
		t.Errorf("%d bytes are kept", len(cache.text))
	}
}

func TestSignInByCodeThatDoesNotCome(t *testing.T) {
	for name, c := range map[string]struct {
		options func(*entrasim.Options)
		then    func(e *entrasim.Entra, code string) error
		before  func(e *entrasim.Entra)
		kind    Kind
		want    string
	}{
		"slow": {then: func(e *entrasim.Entra, code string) error {
			return errors.Join(e.SlowDown(code, 2), e.Enter(code, adele))
		}},
		"declined": {then: (*entrasim.Entra).Decline, kind: SignedOut, want: "authorization_declined/AADSTS70017: who was asked to sign in has declined"},
		"expired":  {then: (*entrasim.Entra).Expire, kind: SignedOut, want: codeExpired},
		"at once": {options: func(o *entrasim.Options) { o.CodeLife = time.Second }, then: func(*entrasim.Entra, string) error { return nil },
			kind: SignedOut, want: codeExpired},
		"blocked": {before: func(e *entrasim.Entra) { e.ConditionalAccess(entrasim.Policy{BlockDeviceCode: true}) },
			then: func(e *entrasim.Entra, code string) error { return e.Enter(code, adele) }, kind: SignedOut,
			want: "AADSTS53003: the tenant's conditional access blocks it (message_only) (request id "},
		"blocked by a policy": {before: func(e *entrasim.Entra) { e.ConditionalAccess(entrasim.Policy{BlockDeviceCode: true}) },
			then: func(e *entrasim.Entra, code string) error { return e.Enter(code, adele) }, kind: SignedOut,
			want: "sign in again: graphlake sign-in --tenant contoso --browser, if it is the code that is blocked"},
		"not public": {options: func(o *entrasim.Options) { o.Apps[0].Public = false }, kind: Unauthorized,
			then: func(e *entrasim.Entra, code string) error { return e.Enter(code, adele) },
			want: "the application cannot be signed in to (request id "},
		"not known": {options: func(o *entrasim.Options) { o.Apps[0].ClientID = clientID }, kind: Unauthorized,
			want: "the tenant does not know the application"},
		"away":      {before: func(e *entrasim.Entra) { e.Fail("", 503) }, kind: Unavailable, want: "run again later"},
		"throttled": {before: func(e *entrasim.Entra) { e.Refuse("", entrasim.Refusals["throttled"]) }, kind: Throttled, want: "retry after 2s"},
	} {
		t.Run(name, func(t *testing.T) {
			o := people()
			if c.options != nil {
				c.options(&o)
			}
			e := entrasim.Start(t, o)
			if c.before != nil {
				c.before(e)
			}
			cache := new(cacheFile)
			p, w := personOf(t, e, cache)
			_, err := p.SignInByCode(t.Context(), func(string) {
				code, err := e.NextCode(t.Context())
				if err := errors.Join(err, c.then(e, code)); err != nil {
					t.Error(err)
				}
			})
			if c.kind == 0 {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error = %v", err)
			}
			if c.kind == SignedOut && (strings.Contains(err.Error(), "signed_out") || !strings.Contains(err.Error(), "not signed in: ")) {
				t.Errorf("a sign-in that has failed is told as one that has ended: %v", err)
			}
			tells(t, e, err.Error())
			if cache.text != nil || w.renewed != 0 || w.reasons != nil {
				t.Errorf("%d bytes are kept, told %+v", len(cache.text), w)
			}
		})
	}

	e := entrasim.Start(t, people())
	p, _ := personOf(t, e, new(cacheFile))
	ctx, stop := context.WithCancel(t.Context())
	if _, err := p.SignInByCode(ctx, func(string) { stop() }); !errors.Is(err, context.Canceled) || KindOf(err) != 0 {
		t.Errorf("who does not wait any more is told %v", err)
	}
}

// Of the one who was signed in before nothing is left.
func TestSignInReplacesWhoWasSignedIn(t *testing.T) {
	e := entrasim.Start(t, people())
	cache := new(cacheFile)
	p, _ := personOf(t, e, cache)
	signsIn(t, e, p, adele)
	first := e.Secrets()
	b := signsIn(t, e, p, alex)
	token, err := p.Token(t.Context(), nil)
	if who, bad := e.Check(token); err != nil || bad != nil || who.Username != alex {
		t.Errorf("the token is %+v's, %v, %v", who, bad, err)
	}
	if a, ok, err := p.Account(t.Context()); a != b || !ok || err != nil {
		t.Errorf("Account = %+v, %v, %v", a, ok, err)
	}
	for _, secret := range append(first, adele) {
		if strings.Contains(string(cache.text), secret) {
			t.Errorf("the cache still has %q", secret)
		}
	}

	if err := p.SignOut(t.Context()); err != nil || cache.text != nil {
		t.Errorf("signed out: %v, with %d bytes kept", err, len(cache.text))
	}
	if a, ok, err := p.Account(t.Context()); ok || err != nil {
		t.Errorf("Account = %+v, %v, %v", a, ok, err)
	}
	wantSignedOut(t, e, p)
}

// wantSignedOut is that nobody is signed in, which is found out without asking.
func wantSignedOut(t *testing.T, e *entrasim.Entra, p *Person) {
	t.Helper()
	asked := len(e.Requests())
	_, err := p.Token(t.Context(), nil)
	if KindOf(err) != SignedOut || err.Error() != "signed_out: nobody is signed in; sign in: graphlake sign-in --tenant contoso" {
		t.Errorf("error = %v", err)
	}
	if len(e.Requests()) != asked {
		t.Error("Entra was asked")
	}
}

func TestPersonOptions(t *testing.T) {
	good := PersonOptions{TenantID: tenantID, ClientID: clientID, Scopes: []string{"User.Read"}, Cache: new(cacheFile)}
	if p, err := NewPerson(good); err != nil || p.cure() != "sign in again: graphlake sign-in --tenant NAME" {
		t.Error(err)
	}
	for want, change := range map[string]func(*PersonOptions){
		"no tenant id":   func(o *PersonOptions) { o.TenantID = "" },
		"no client id":   func(o *PersonOptions) { o.ClientID = "" },
		"no token cache": func(o *PersonOptions) { o.Cache = nil },
		"no scopes":      func(o *PersonOptions) { o.Scopes = []string{"openid", "offline_access"} },
		"https":          func(o *PersonOptions) { o.Authority = "http://login.example" },
	} {
		o := good
		change(&o)
		if _, err := NewPerson(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
