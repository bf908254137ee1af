package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	msalcache "github.com/AzureAD/microsoft-authentication-library-for-go/apps/cache"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	"graphlake/internal/foreign"
)

// A person signs in once, by a code or in a browser (personsignin.go). From then on the token cache has a refresh token, by which
// Entra gives access tokens for as long as its policies let it. What it refuses is told by a kind of its own, [SignedOut]
// (personerror.go), and nothing here ever waits for somebody.
//
// Each time that a refresh token is used Entra gives another, and the one before may be good no more. Therefore
//
//   - it is used under the cache's lock only, by the cache as it is read then: who has waited takes what the one before has got;
//   - the cache is written as it is before one is used: where that fails Entra is not asked, and the token is good still;
//   - the cache is written before the access token is given away, also if nobody waits for that any more, or if Entra gives less
//     than was asked for. What could not be written is written by the next who asks. A crash in between loses the new one; Entra
//     usually takes the old one once more, and otherwise the person signs in again.

// PersonOptions name an application in Microsoft Entra ID that people sign in to, which has no secret, and where what it gets for
// the one who has is kept.
type PersonOptions struct {
	Authority string // https://login.microsoftonline.com; empty: that
	TenantID  string
	ClientID  string
	Scopes    []string // delegated permissions of Graph: Presence.Read
	Cache     TokenCache

	// Tenant is what the configuration calls it, for the cure.
	Tenant string
	// Accept says whether somebody who signs in may take the place of who is signed in, the zero Account if nobody is; nil:
	// whoever signs in may. Its error is that of the sign-in, of which nothing is kept then.
	Accept func(a, before Account) error
	// Renewed is told that a refresh token was used, or that a person has signed in; nil: nobody wants to know.
	Renewed func(ctx context.Context)
	// SignedOut is told that Entra has refused to renew, or that nobody is signed in, and why: in words, with Entra's number
	// and without anybody's name. Both are told while the cache is locked.
	SignedOut func(ctx context.Context, reason string)

	Connections http.RoundTripper // nil: those of all sign-in
	// Trusted says not to ask Microsoft whether the authority is one of its own: for a stand-in. On this machine
	// one is trusted by itself.
	Trusted bool
}

// TokenCache keeps what Entra gives for one person in one tenant. It holds a refresh token in clear, for whoever keeps it to seal.
type TokenCache interface {
	Lock(ctx context.Context) (unlock func(), err error) // waits for who has it, in this process or another
	Read(ctx context.Context) ([]byte, error)            // nil: nobody is signed in
	Write(ctx context.Context, text []byte) error        // whole, or not at all
	Remove(ctx context.Context) error
}

// Person gets tokens for a person who has signed in, and keeps each until shortly before it expires. It is safe for
// concurrent use.
type Person struct {
	options PersonOptions
	scopes  []string

	turn   chan struct{} // filled while somebody asks for a token
	held   heldCache     // guarded by turn
	msal   public.Client // guarded by turn; its cache is held
	seen   []byte        // guarded by turn: the cache as it was read or written last
	looked time.Time     // guarded by turn: when the cache was that
	whose  string        // guarded by turn: MSAL's name for the account that the token is of
	token  Secret        // guarded by turn: that was given last
	until  time.Time     // guarded by turn: that it is given again
	ends   time.Time     // guarded by turn: that it is good at all
	bad    Secret        // guarded by turn: that was refused
	lost   lostCache     // guarded by turn
}

// lostCache is what could not be written over what the cache has.
type lostCache struct{ text, over []byte }

// How long before its end a token is renewed, how long the old one is given on where that has failed for now, and how long it is
// given without a look at the cache.
const (
	renewBefore = 5 * time.Minute
	renewAgain  = time.Minute
	lookAfter   = 5 * time.Second
)

// NewPerson checks the options. It sends nothing yet.
func NewPerson(o PersonOptions) (*Person, error) {
	o.Authority = strings.TrimRight(cmp.Or(o.Authority, "https://login.microsoftonline.com"), "/")
	for _, v := range []struct{ name, value string }{{"tenant id", o.TenantID}, {"client id", o.ClientID}} {
		if v.value == "" {
			return nil, fmt.Errorf("entra: no %s: the application's registration shows it", v.name)
		}
	}
	if o.Cache == nil {
		return nil, errors.New("entra: no token cache: give one in PersonOptions.Cache")
	}
	p := &Person{options: o, turn: make(chan struct{}, 1)}
	for _, scope := range o.Scopes {
		if scope = shortScope(scope); !slices.Contains(oidcScopes, strings.ToLower(scope)) {
			p.scopes = append(p.scopes, scope)
		}
	}
	if len(p.scopes) == 0 {
		return nil, errors.New("entra: no scopes: name the delegated permissions, as User.Read")
	}
	var err error
	p.msal, err = p.client(&p.held, p.write)
	return p, err
}

// oidcScopes are those that MSAL asks for by itself.
var oidcScopes = []string{"openid", "offline_access", "profile"}

// client is MSAL with a cache, which is written before a refresh token of it is sent.
func (p *Person) client(held *heldCache, write func(context.Context) error) (public.Client, error) {
	o := p.options
	connections := http.RoundTripper(grants{cmp.Or(o.Connections, signInConnections()), p.scopes, held, write})
	msal, err := public.New(o.ClientID,
		public.WithAuthority(o.Authority+"/"+strings.ToLower(o.TenantID)), // accounts are found by its lower case
		public.WithCache(held),
		public.WithClientCapabilities(capabilities),
		public.WithInstanceDiscovery(!o.Trusted && !isLocalURL(o.Authority)),
		public.WithHTTPClient(signInClient(connections, isThisMachine)))
	if err != nil {
		return public.Client{}, fmt.Errorf("entra: authority %s of tenant %s: %w", o.Authority, o.TenantID, err)
	}
	return msal, nil
}

// Token returns the token that is kept, or a new one if there is none, it is about to expire, it was refused, or the cache
// has changed: somebody may have signed out, or signed in in the place of whose token it is.
func (p *Person) Token(ctx context.Context, refused *Refused) (string, error) {
	leave, err := p.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	if refused == nil && time.Now().Before(p.until) && p.unchanged(ctx) {
		return p.tokenFor(ctx)
	}
	if refused != nil {
		p.bad, p.until, p.ends = p.token, time.Time{}, time.Time{}
	}
	err = p.locked(ctx, func() error { return p.renew(ctx, refused) })
	switch {
	case err == nil:
	case KindOf(err) != SignedOut && time.Now().Add(renewAgain).Before(p.ends):
		p.until, p.looked = time.Now().Add(renewAgain), time.Now()
	default:
		return "", err
	}
	return p.tokenFor(ctx)
}

// ErrAnotherPerson is that who is signed in is not who a run has begun with. The next run reads theirs.
var ErrAnotherPerson = errors.New("since this run has begun, somebody else has signed in")

// tokenFor gives the token to a run that has got no other person's, for what was read of the one would be missed at the other.
func (p *Person) tokenFor(ctx context.Context) (string, error) {
	if !verdictsOf(ctx).isOf(p, p.whose) {
		e := p.newError(SignedOut, ErrAnotherPerson)
		e.cure = "run it again, and it reads theirs"
		return "", e
	}
	return p.token.Reveal(), nil
}

// unchanged says whether the cache is as it was when the token was taken. It needs no lock for that: a cache is written in one step.
func (p *Person) unchanged(ctx context.Context) bool {
	if time.Since(p.looked) < lookAfter {
		return true
	}
	text, err := p.options.Cache.Read(ctx)
	if err != nil || !bytes.Equal(text, p.seen) {
		return false // and the lock of the cache is taken for what is to be said of it
	}
	p.looked = time.Now()
	return true
}

// forget forgets the token, and that it was refused.
func (p *Person) forget() {
	p.lost = lostCache{}
	p.whose, p.token, p.bad, p.until, p.ends = "", "", "", time.Time{}, time.Time{}
}

// renew takes a token from the cache, or by its refresh token. The caller holds the lock of the cache.
func (p *Person) renew(ctx context.Context, refused *Refused) error {
	if err := p.read(ctx); err != nil {
		return err
	}
	account, ok, err := p.account(ctx)
	switch {
	case err != nil:
		return err
	case !ok:
		p.forget()
		return p.signedOut(ctx, nobody)
	case account.HomeAccountID != p.whose:
		p.forget()
		p.whose = account.HomeAccountID
	}
	if bytes.Equal(p.lost.over, p.held.text) && p.lost.text != nil {
		p.held.text, p.held.changed = p.lost.text, true
	}
	silently := func(claims string) (public.AuthResult, error) {
		o := []public.AcquireSilentOption{public.WithSilentAccount(account)}
		if claims != "" {
			o = append(o, public.WithClaims(claims))
		}
		return p.msal.AcquireTokenSilent(ctx, p.scopes, o...)
	}
	claims := ""
	if refused != nil {
		claims = refused.Claims
	}
	result, err := silently(claims)
	if err == nil && result.AccessToken == p.bad.Reveal() {
		result, err = silently("{}") // which passes by the token in the cache
	}
	if err == nil && p.held.lacking != nil {
		if err := p.keepNoToken(ctx); err != nil {
			return err
		}
		err = &notGrantedError{p.held.lacking}
	}
	if err != nil {
		e := p.tokenError(ctx, err)
		if refusal, ok := errors.AsType[*Error](e); ok && refusal.Kind == SignedOut {
			p.tellSignedOut(ctx, reasonOf(refusal))
		} else if a := result.AccessToken; a != "" && a != p.bad.Reveal() { // MSAL wanted another ahead of time, and gives what it has
			p.take(result)
		}
		return e
	}
	if p.held.changed {
		return p.keep(ctx, result)
	}
	p.take(result)
	return nil
}

// keep writes what MSAL has got, and takes the token only then. The caller holds the lock of the cache.
func (p *Person) keep(ctx context.Context, result public.AuthResult) error {
	if err := p.write(ctx); err != nil {
		return err
	}
	p.take(result)
	if p.options.Renewed != nil {
		p.options.Renewed(context.WithoutCancel(ctx))
	}
	return nil
}

// keepNoToken writes what MSAL has got where it takes the access token for more than it is.
func (p *Person) keepNoToken(ctx context.Context) error {
	var cache map[string]json.RawMessage
	err := json.Unmarshal(p.held.text, &cache)
	if err == nil {
		cache["AccessToken"] = json.RawMessage("{}")
		p.held.text, err = json.Marshal(cache)
	}
	if err != nil { // whose text would quote the cache
		return p.cacheError("written", errors.New("it holds something else"))
	}
	return p.write(ctx)
}

// write writes what MSAL has, or keeps it for another time. The caller holds the lock of the cache.
func (p *Person) write(ctx context.Context) error {
	if err := p.options.Cache.Write(context.WithoutCancel(ctx), p.held.text); err != nil {
		p.lost = lostCache{p.held.text, p.seen}
		return p.cacheError("written", err)
	}
	p.held.changed, p.lost = false, lostCache{}
	p.saw(p.held.text)
	return nil
}

func (p *Person) take(result public.AuthResult) {
	p.whose, p.token, p.ends = result.Account.HomeAccountID, Secret(result.AccessToken), result.ExpiresOn
	p.until = p.ends.Add(-renewBefore)
	if on := result.Metadata.RefreshOn; !on.IsZero() && on.Before(p.until) {
		p.until = on
	}
}

// enter waits for this process's turn.
func (p *Person) enter(ctx context.Context) (leave func(), err error) {
	select {
	case p.turn <- struct{}{}:
		return func() { <-p.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// locked does something while no other process uses the cache.
func (p *Person) locked(ctx context.Context, do func() error) error {
	unlock, err := p.options.Cache.Lock(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("entra: %w", ctx.Err())
		}
		e := p.newError(Unavailable, nil)
		e.cure, err = cureOf(err, "run again later: another process signs in or renews")
		e.Err = fmt.Errorf("the token cache cannot be locked: %w", foreign.Error(err))
		return e
	}
	defer unlock()
	return do()
}

// read reads the cache for MSAL.
func (p *Person) read(ctx context.Context) error {
	text, err := p.options.Cache.Read(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("entra: %w", ctx.Err())
		}
		return p.cacheError("read", err)
	}
	p.held = heldCache{text: text}
	p.saw(text)
	return nil
}

// saw notes what the cache is now. If it was another, the token that is kept may be somebody else's.
func (p *Person) saw(text []byte) {
	if !bytes.Equal(text, p.seen) {
		p.until = time.Time{}
	}
	p.seen, p.looked = text, time.Now()
}

// account is who is signed in by what was read.
func (p *Person) account(ctx context.Context) (a public.Account, ok bool, err error) {
	if len(p.held.text) == 0 {
		return a, false, nil
	}
	accounts, err := p.msal.Accounts(ctx)
	switch {
	case ctx.Err() != nil:
		return a, false, fmt.Errorf("entra: %w", ctx.Err())
	case err != nil: // whose text would quote the cache
		return a, false, p.cacheError("read", errors.New("it holds something else"))
	case len(accounts) == 0:
		return a, false, nil
	}
	return accounts[0], true, nil
}

// Format keeps the tokens out of logs.
func (p *Person) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "the person signed in to application %s of tenant %s", p.options.ClientID, p.options.TenantID)
}

// heldCache is a token cache in memory, as MSAL wants it: what it reads before, and writes after each request.
type heldCache struct {
	text    []byte
	changed bool
	lacking []string // of the scopes that were asked for last, those that Entra has not granted
}

// Replace gives MSAL the text.
func (h *heldCache) Replace(_ context.Context, into msalcache.Unmarshaler, _ msalcache.ReplaceHints) error {
	if len(h.text) == 0 {
		return nil
	}
	return into.Unmarshal(h.text)
}

// Export takes MSAL's text.
func (h *heldCache) Export(_ context.Context, from msalcache.Marshaler, _ msalcache.ExportHints) error {
	text, err := from.Marshal()
	if err != nil {
		return err
	}
	h.text, h.changed = text, true
	return nil
}

// newError is an error of the sign-in that Entra has not said.
func (p *Person) newError(kind Kind, err error) *Error {
	return &Error{Kind: kind, Err: foreign.Error(err), SignIn: true}
}

// cacheError is that of a token cache which cannot be read or written.
func (p *Person) cacheError(done string, err error) *Error {
	e := p.newError(Unauthorized, nil)
	e.cure, err = cureOf(err, "see to the file of the token cache and to its key, or "+p.cure())
	e.Err = fmt.Errorf("the token cache cannot be %s: %w", done, err) // nothing of it is foreign
	return e
}

// cureOf takes the cure from an error of a token cache that has one of its own.
func cureOf(err error, usual string) (cure string, cause error) {
	type cured interface {
		error
		Cure() string
		Unwrap() error
	}
	if own, ok := errors.AsType[cured](err); ok {
		return own.Cure(), own.Unwrap()
	}
	return usual, err
}
