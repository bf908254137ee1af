package graph

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"graphlake/internal/entrasim"
)

// laterToken is the token that a process gets which holds one for longer than it goes without looking at the cache.
func laterToken(t *testing.T, p *Person) (string, error) {
	t.Helper()
	p.looked = p.looked.Add(-lookAfter)
	return p.Token(t.Context(), nil)
}

// A process that goes on for days gives no token of somebody who has signed out beside it, or in whose place somebody else is.
func TestSignedOutBesideIt(t *testing.T) {
	e := entrasim.Start(t, people())
	cache := new(cacheFile)
	beside, _ := personOf(t, e, cache)
	signsIn(t, e, beside, adele)
	p, w := personOf(t, e, cache)
	held, err := p.Token(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := laterToken(t, p); err != nil || again != held || w.reasons != nil {
		t.Errorf("while nothing has changed: the same token %v, %v, told %q", again == held, err, w.reasons)
	}
	if err := beside.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		token, err := laterToken(t, p)
		if KindOf(err) != SignedOut || token != "" {
			t.Errorf("after the sign-out there is a token %v, %v", token != "", err)
		}
	}
	wantSignedOut(t, e, p)

	signsIn(t, e, beside, alex)
	token, err := laterToken(t, p)
	if who, bad := e.Check(token); err != nil || bad != nil || who.Username != alex {
		t.Errorf("after somebody else has signed in the token is %q's, %v, %v", who.Username, bad, err)
	}
}

// A run goes on for nobody else than it has begun for, and the next one for who is signed in then.
func TestARunIsOfOnePerson(t *testing.T) {
	e := entrasim.Start(t, people())
	cache := new(cacheFile)
	p, w := personOf(t, e, cache)
	signsIn(t, e, p, adele)
	run := WithVerdicts(t.Context(), new(Verdicts))
	if _, err := p.Token(run, nil); err != nil {
		t.Fatal(err)
	}
	beside, _ := personOf(t, e, cache)
	signsIn(t, e, beside, alex)
	p.looked = p.looked.Add(-lookAfter)
	for _, refused := range []*Refused{nil, {}, nil} {
		token, err := p.Token(run, refused)
		if KindOf(err) != SignedOut || !errors.Is(err, ErrAnotherPerson) || token != "" {
			t.Errorf("in the run there is a token %v, %v", token != "", err)
		}
	}
	token, err := p.Token(WithVerdicts(t.Context(), new(Verdicts)), nil)
	if who, bad := e.Check(token); err != nil || bad != nil || who.Username != alex {
		t.Errorf("of the next run the token is %q's, %v, %v", who.Username, bad, err)
	}
	if w.reasons != nil {
		t.Errorf("told is %q", w.reasons)
	}
	signsIn(t, e, beside, adele)
	p.looked = p.looked.Add(-lookAfter)
	if _, err := p.Token(run, nil); err != nil {
		t.Error("when the first has signed in again: ", err)
	}
}

// A token of the one before is not given on either where nothing is got for who is signed in now.
func TestNoTokenOfTheOneBefore(t *testing.T) {
	o := people()
	o.Life = short
	e := entrasim.Start(t, o)
	cache := new(cacheFile)
	beside, _ := personOf(t, e, cache)
	signsIn(t, e, beside, adele)
	p, _ := personOf(t, e, cache)
	if _, err := p.Token(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	signsIn(t, e, beside, alex)
	e.Fail(entrasim.Refresh, 503)
	token, err := laterToken(t, p)
	if KindOf(err) != Unavailable || token != "" {
		t.Errorf("there is a token %v, %v", token != "", err)
	}
}

// What is renewed beside it is only taken, and a cache that cannot be read for now ends nothing.
func TestCacheChangesBesideIt(t *testing.T) {
	e := entrasim.Start(t, people())
	cache := new(cacheFile)
	p, w := personOf(t, e, cache)
	signsIn(t, e, p, adele)
	beside, _ := personOf(t, e, cache)
	held, err := p.Token(t.Context(), nil)
	if err == nil {
		_, err = beside.Token(t.Context(), nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	e.RevokeAccess(adele)
	renewed, err := beside.Token(t.Context(), &Refused{})
	if err != nil || renewed == held {
		t.Fatal("it was not renewed: ", err)
	}
	if token, err := laterToken(t, p); err != nil || token != renewed || e.Count(entrasim.Refresh) != 1 {
		t.Errorf("the token that was renewed beside it: %v, %v, asked %v", token == renewed, err, e.Counts())
	}
	cache.failsRead = errors.New("the share is away")
	for range 2 {
		if token, err := laterToken(t, p); err != nil || token != renewed {
			t.Errorf("while it cannot be read: the same token %v, %v", token == renewed, err)
		}
		if time.Since(p.looked) >= lookAfter {
			t.Error("the next request looks at once")
		}
	}
	cache.failsRead = nil
	if token, err := laterToken(t, p); err != nil || token != renewed || w.reasons != nil {
		t.Errorf("after that: the same token %v, %v, told %q", token == renewed, err, w.reasons)
	}
}

// What a person may not have is mended by no administrator's consent to the application.
func TestPersonMayNotHaveIt(t *testing.T) {
	e := entrasim.Start(t, people())
	server := httptest.NewServer(answer(403, `{"error":{"code":"ErrorAccessDenied","message":"Access is denied."}}`))
	t.Cleanup(server.Close)
	p, w := personOf(t, e, new(cacheFile))
	signsIn(t, e, p, adele)
	client, err := New(Options{Endpoint: server.URL, Token: p})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Get(t.Context(), Request{Version: "v1.0", Path: "/users"})
	if KindOf(err) != Unauthorized || !strings.HasSuffix(err.Error(), ": Access is denied.; the person who is signed in has not consented to that, or may not have it") {
		t.Errorf("error = %v", err)
	}
	if w.reasons != nil {
		t.Errorf("told %q", w.reasons)
	}
}
