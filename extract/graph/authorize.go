package graph

import (
	"context"
	"errors"
	"net/http"

	khttp "github.com/microsoft/kiota-http-go"
)

// TokenSource gives the bearer token of a tenant. It keeps a token as long as it lasts; refresh
// means that Graph has refused the one it gave last. Its errors may be an [Error], whose kind then counts.
// A client calls it from one goroutine at a time; who gives it to several clients needs one that is safe for
// concurrent use.
type TokenSource interface {
	Token(ctx context.Context, refresh bool) (string, error)
}

// StaticToken is a bearer token that somebody got elsewhere. It cannot be renewed.
type StaticToken struct{ Secret }

// Token returns the token itself, also when it was refused: there is no other.
func (t StaticToken) Token(context.Context, bool) (string, error) { return t.Reveal(), nil }

// authorize signs a request, after all waiting and as the last thing before it is sent.
type authorize struct {
	source TokenSource

	turn   chan struct{} // filled while somebody asks for a token
	latest Secret        // guarded by turn
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
	token, err := a.token(ctx, c.refused)
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
	return p.Next(req, next)
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
// for all requests in flight, and one renewal is enough.
func (a *authorize) token(ctx context.Context, refused Secret) (Secret, error) {
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	s, err := a.source.Token(ctx, refused != "" && refused == a.latest)
	if err != nil {
		return "", err
	}
	a.latest = Secret(s)
	return a.latest, nil
}
