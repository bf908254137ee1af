package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	"graphlake/internal/foreign"
)

// Account is who is signed in.
type Account struct {
	ID       string // in the directory of the tenant
	Username string // as a rule the name by which they sign in: user@contoso.com
	TenantID string
}

// SignInByCode lets a person sign in on any device: show gets what to do there, in Entra's words. It waits until they have done
// it, have declined, or the code has expired, which takes a quarter of an hour.
func (p *Person) SignInByCode(ctx context.Context, show func(message string)) (Account, error) {
	return p.signIn(ctx, func(msal public.Client) (public.AuthResult, error) {
		code, err := msal.AcquireTokenByDeviceCode(ctx, p.scopes)
		if err != nil {
			return public.AuthResult{}, err
		}
		show(foreign.Printable(code.Result.Message))
		result, err := code.AuthenticationResult(ctx)
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			err = errCodeExpired
		}
		return result, err
	})
}

// SignInByBrowser lets a person sign in in a browser on this machine: open shows it the address, and Entra sends it back to a port
// of localhost.
func (p *Person) SignInByBrowser(ctx context.Context, open func(url string) error) (Account, error) {
	return p.signIn(ctx, func(msal public.Client) (public.AuthResult, error) {
		return msal.AcquireTokenInteractive(ctx, p.scopes, public.WithOpenURL(open))
	})
}

func (p *Person) signIn(ctx context.Context, by func(public.Client) (public.AuthResult, error)) (Account, error) {
	a, err := p.signInAnew(ctx, by)
	return a, notSignedIn(err)
}

// signInAnew starts with an empty cache, so that of who was signed in before nothing is left. It is written in the end: what comes
// of somebody who may not sign in, or of half a consent, is not.
func (p *Person) signInAnew(ctx context.Context, by func(public.Client) (public.AuthResult, error)) (Account, error) {
	var held heldCache
	msal, err := p.client(&held, nil)
	if err != nil {
		return Account{}, err
	}
	result, err := by(msal)
	if err == nil && held.lacking != nil {
		err = &notGrantedError{held.lacking}
	}
	if err != nil {
		return Account{}, p.signInError(ctx, err)
	}
	a := accountOf(result.Account)
	switch tenant := result.IDToken.TenantID; {
	case !strings.EqualFold(tenant, p.options.TenantID):
		e := p.newError(SignedOut, errors.New("who has signed in is of another tenant"))
		e.cure = "sign in as somebody of the tenant"
		return Account{}, e
	case !hasRefreshToken(held.text):
		e := p.newError(SignedOut, errors.New("Entra has given nothing to renew the sign-in with"))
		e.cure = "let the application's registration have offline_access, and consent to it"
		return Account{}, e
	}
	leave, err := p.enter(ctx)
	if err != nil {
		return Account{}, err
	}
	defer leave()
	return a, p.locked(ctx, func() error {
		if err := p.accept(ctx, a); err != nil {
			return err
		}
		p.held = held
		err := p.keep(ctx, result)
		p.lost = lostCache{} // who was told that it has failed is not signed in later
		return err
	})
}

// accept says whether somebody may take the place of who is signed in. The caller holds the lock of the cache.
func (p *Person) accept(ctx context.Context, a Account) error {
	if p.options.Accept == nil {
		return nil
	}
	if err := p.read(ctx); err != nil {
		return err
	}
	before, ok, err := p.account(ctx)
	switch {
	case err != nil:
		return err
	case !ok:
		return p.options.Accept(a, Account{})
	}
	return p.options.Accept(a, accountOf(before))
}

// Account says who is signed in, by the cache alone.
func (p *Person) Account(ctx context.Context) (a Account, ok bool, err error) {
	leave, err := p.enter(ctx)
	if err != nil {
		return a, false, err
	}
	defer leave()
	if err := p.read(ctx); err != nil {
		return a, false, err
	}
	account, ok, err := p.account(ctx)
	return accountOf(account), ok, err
}

// SignOut forgets who is signed in. Entra is not told: it has nothing to take one sign-in back by.
func (p *Person) SignOut(ctx context.Context) error {
	leave, err := p.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	p.forget()
	p.held = heldCache{}
	return p.locked(ctx, func() error {
		if err := p.options.Cache.Remove(ctx); err != nil {
			return p.cacheError("removed", err)
		}
		return nil
	})
}

func accountOf(a public.Account) Account {
	return Account{ID: a.LocalAccountID, Username: foreign.Printable(a.PreferredUsername), TenantID: a.Realm}
}

// hasRefreshToken reads of a cache, in the form that all of Microsoft's libraries share, whether it can be used without a person.
func hasRefreshToken(text []byte) bool {
	var cache struct{ RefreshToken map[string]json.RawMessage }
	return json.Unmarshal(text, &cache) == nil && len(cache.RefreshToken) > 0
}

// grants looks at what Entra grants before MSAL does, which compares its scopes as text with those that were asked for, and keeps
// nothing of an answer that has fewer: they come as Presence.Read or as https://graph.microsoft.com/Presence.Read. Fewer are noted
// in the cache, and MSAL gets them all.
type grants struct {
	connections http.RoundTripper
	asked       []string
	held        *heldCache
	write       func(context.Context) error // before a refresh token of the cache is sent; nil: there is none
}

// RoundTrip sends a request on. One with a refresh token is not broken off with its context: Entra may have used the token by then, and
// what it answers has to be kept.
func (g grants) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodPost || !strings.HasSuffix(req.URL.Path, "/token") {
		return g.connections.RoundTrip(req)
	}
	if g.write != nil {
		if err := g.write(req.Context()); err != nil {
			return nil, err
		}
		ctx, end := context.WithCancel(context.WithoutCancel(req.Context()))
		defer end()
		defer context.AfterFunc(req.Context(), func() {
			select {
			case <-time.After(answerAfter):
				end()
			case <-ctx.Done():
			}
		})()
		req = req.WithContext(ctx)
	}
	resp, err := g.connections.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(&signInBody{resp.Body, mostSignIn})
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusOK {
		if body, g.held.lacking, err = g.shorten(body); err != nil {
			return nil, err
		}
		resp.ContentLength = int64(len(body))
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// answerAfter is how long the answer to a refresh token is waited for when nobody waits for an access token any more.
const answerAfter = 10 * time.Second

// shorten writes the scopes of an answer as they are asked for, with those that it lacks. What is no answer of a token is left as
// it is.
func (g grants) shorten(body []byte) (short []byte, lacking []string, err error) {
	var answer map[string]json.RawMessage
	var scope string
	_ = json.Unmarshal(body, &answer)
	_ = json.Unmarshal(answer["scope"], &scope)
	if scope == "" {
		return body, nil, nil
	}
	granted := strings.Fields(scope)
	for i, s := range granted {
		granted[i] = shortScope(s)
	}
	for _, s := range g.asked {
		if !slices.ContainsFunc(granted, func(g string) bool { return strings.EqualFold(g, s) }) {
			lacking = append(lacking, s)
		}
	}
	answer["scope"], _ = json.Marshal(strings.Join(append(granted, lacking...), " "))
	if short, err = json.Marshal(answer); err != nil {
		return nil, nil, fmt.Errorf("the answer with the token: %w", err)
	}
	return short, lacking, nil
}

// shortScope is a scope without the resource that it is of.
func shortScope(s string) string {
	if _, path, ok := strings.Cut(s, "://"); ok {
		return path[strings.LastIndexByte(path, '/')+1:]
	}
	return s
}

// notGrantedError is that a person has not consented to all that was asked for.
type notGrantedError struct{ scopes []string }

func (e *notGrantedError) Error() string { return "not granted: " + strings.Join(e.scopes, ", ") }
