package graph

import (
	"context"
	"errors"
	"net/http"
	"time"

	khttp "github.com/microsoft/kiota-http-go"
)

// TokenSource gives the bearer token of a tenant. It keeps a token as long as it lasts, unless the one that it
// gave last was refused; nil: nothing was. Its errors may be an [Error], whose kind then counts.
// A client calls it from one goroutine at a time; who gives it to several clients needs one that is safe for
// concurrent use.
type TokenSource interface {
	Token(ctx context.Context, refused *Refused) (string, error)
}

// Refused is what a service has said of a token that it does not take.
type Refused struct {
	Claims string // that the next token has to have: JSON, decoded from the answer's challenge; empty: it named none
}

// StaticToken is a bearer token that somebody got elsewhere. It cannot be renewed.
type StaticToken struct{ Secret }

// Token returns the token itself, also when it was refused: there is no other.
func (t StaticToken) Token(context.Context, *Refused) (string, error) { return t.Reveal(), nil }

// authorize signs a request, after all waiting and as the last thing before it is sent.
type authorize struct {
	source TokenSource

	turn     chan struct{} // filled while somebody asks for a token
	latest   Secret        // guarded by turn
	byClaims bool          // guarded by turn: the latest was got by claims that a service wanted
	failure  error         // guarded by turn: of the last time that there was none
	failedAt time.Time     // guarded by turn
}

func newAuthorize(source TokenSource) *authorize {
	return &authorize{source: source, turn: make(chan struct{}, 1)}
}

// errSameToken is that the source has no other token than the one that was refused.
var errSameToken = errors.New("the token that was refused is the only one")

// Intercept sets the Authorization header. The client follows no redirect and no link to another
// host, so there is none that could take the header along.
func (a *authorize) Intercept(p khttp.Pipeline, next int, req *http.Request) (*http.Response, error) {
	ctx, c := req.Context(), callOf(req)
	c.token = ""
	token, err := a.token(ctx, c)
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, signIn(req, err)
	}
	if c.sameToken = c.refused != "" && token == c.refused; c.sameToken {
		return nil, errSameToken
	}
	c.token = token
	req.Header.Set("Authorization", "Bearer "+token.Reveal())
	resp, err := p.Next(req, next)
	if e, ok := errors.AsType[*Error](err); ok {
		a.ofPerson(ctx, e, c)
	}
	return resp, err
}

// ofPerson makes of an error what it means where the token is a person's: a 401 that wants claims, although the token was got by such
// claims, and a 403 that no administrator's consent mends. An application's stays as it is.
func (a *authorize) ofPerson(ctx context.Context, e *Error, c *call) {
	person, ok := a.source.(*Person)
	switch {
	case !ok:
	case e.claims != "" && c.byClaims:
		e.Kind, e.cure = SignedOut, person.cure()
		person.tellNotEnough(ctx, c.token, "the service wants more of the sign-in than a token can be renewed with")
	case e.Kind == Unauthorized && e.Status == http.StatusForbidden && e.cure == "":
		e.cure = "the person who is signed in has not consented to that, or may not have it"
	}
}

// signIn is the error of a source that gave no token. It is a copy: a source may give one error to many.
func signIn(req *http.Request, err error) *Error {
	var e *Error
	if own, ok := errors.AsType[*Error](err); ok {
		c := *own
		e = &c
	} else {
		e = newError(Unauthorized, req, err)
		e.cure = "check the tenant's credentials"
	}
	e.SignIn = true
	return e
}

// token asks for a new token only if the one that was refused is still the latest: a token expires
// for all requests in flight, and one renewal is enough. So is one refusal, for all that have waited for it.
func (a *authorize) token(ctx context.Context, c *call) (Secret, error) {
	asked := time.Now()
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if k := KindOf(a.failure); (k == SignedOut || k == Unauthorized) && a.failedAt.After(asked) {
		return "", a.failure
	}
	var refused *Refused
	if c.refused != "" && c.refused == a.latest {
		refused = &Refused{c.claims}
	}
	s, err := a.source.Token(ctx, refused)
	if err != nil {
		if !errors.Is(err, ErrAnotherPerson) { // which is for one run, and others may wait
			a.failure, a.failedAt = err, time.Now()
		}
		return "", err
	}
	if a.latest != Secret(s) {
		a.latest, a.byClaims = Secret(s), refused != nil && refused.Claims != ""
	}
	c.byClaims = a.byClaims && c.claims != "" // those of an earlier challenge are no answer to the next
	return a.latest, nil
}
