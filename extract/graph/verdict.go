package graph

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A run asks a tenant for much at once. What is wrong with the tenant as a whole, as a token that is refused or an address that
// leads nowhere, is found out by one request:
//
//   - as long as nothing of the tenant was answered, one request at a time is sent, with its tries, and the others wait;
//   - any answer but a 401 lets all go on, and from then on nobody waits; so does a try without one that may be the request's
//     own, as of a list that is cut off, and one that takes long: who is slow holds up nobody else;
//   - a cause that is the tenant's ends it and all others, also those to come, with the same error. It is that there is no
//     token; that nobody takes the connection, or somebody who is not trusted; a 401 that speaks of the token; or the third
//     401 that does not;
//   - once something was answered, a 401 is the tenant's only if it says that the token is too old, and there is no other, or
//     if who has signed in is signed out. What may be one machine's of many, as a certificate, is tried again like any failure.
//
// What is known is known for one run. The next one asks again, and so does a unit that is read again within it.
const (
	mostRefused  = 3                // that may be somebody's own, though nobody was answered
	longestFirst = 40 * time.Second // that others wait for the first: longer than a connection takes, or to find that there is none
)

// Verdicts are what the requests of a run know of each client's tenant. It is safe for concurrent use.
type Verdicts struct {
	mu       sync.Mutex
	byClient map[*Client]*verdict
	accounts map[*Person]string // that a token was given of
}

// Anew knows nothing of what is wrong with a tenant, as for another try much later, and of the persons who are asked as the
// same ones as before.
func (all *Verdicts) Anew() *Verdicts {
	all.mu.Lock()
	defer all.mu.Unlock()
	return &Verdicts{accounts: maps.Clone(all.accounts)}
}

type verdictsKey struct{}

// WithVerdicts makes the requests under the context share what they find out of a tenant. Without it each is by itself.
func WithVerdicts(ctx context.Context, v *Verdicts) context.Context {
	return context.WithValue(ctx, verdictsKey{}, v)
}

// verdictsOf are those that the requests under the context share; nil if there are none.
func verdictsOf(ctx context.Context) *Verdicts {
	all, _ := ctx.Value(verdictsKey{}).(*Verdicts)
	return all
}

// isOf reports whether an account is the first of a person's that it was asked about.
func (all *Verdicts) isOf(p *Person, account string) bool {
	if all == nil {
		return true
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	first, ok := all.accounts[p]
	if !ok {
		if all.accounts == nil {
			all.accounts = map[*Person]string{}
		}
		all.accounts[p] = account
	}
	return !ok || account == first
}

// verdictOf is that of the client's tenant; nil if nothing is shared.
func verdictOf(ctx context.Context, c *Client) *verdict {
	all := verdictsOf(ctx)
	if all == nil {
		return nil
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	v := all.byClient[c]
	if v == nil {
		v = &verdict{turn: make(chan struct{}, 1), known: make(chan struct{})}
		if all.byClient == nil {
			all.byClient = map[*Client]*verdict{}
		}
		all.byClient[c] = v
	}
	return v
}

// verdict is what is known of a tenant; nil is nothing, for ever.
type verdict struct {
	turn  chan struct{} // filled by whoever asks while nothing is known
	known chan struct{} // closed when something is

	mu       sync.Mutex
	answered bool
	dark     bool   // a try has reached nobody, or got no token
	refused  int    // requests with a 401 that may be their own
	cause    *Error // nil: there is none
}

// enter waits until a request may be sent, whose end is told to leave; or it is the cause why none may.
func (v *verdict) enter(ctx context.Context) (leave func(), err error) {
	if v == nil {
		return func() {}, nil
	}
	select {
	case <-v.known:
		return func() {}, v.err()
	default:
	}
	for slow := time.After(longestFirst); ; {
		select {
		case <-v.known:
			return func() {}, v.err()
		case v.turn <- struct{}{}:
			select {
			case <-v.known: // since the one before has ended
				<-v.turn
				return func() {}, v.err()
			default:
			}
			return func() { <-v.turn }, nil
		case <-slow:
			v.goOn()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// goOn lets all go on who wait for one that takes long, unless that is because nobody is there.
func (v *verdict) goOn() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.dark {
		v.settle()
	}
}

// err is the cause, in a copy.
func (v *verdict) err() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.cause == nil {
		return nil
	}
	e := *v.cause
	return &e
}

// wasAnswered says whether the tenant has answered anything in this run.
func (v *verdict) wasAnswered() bool {
	if v == nil {
		return false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.answered
}

// learn takes what a try came to, nil for a good answer.
func (v *verdict) learn(e *Error) {
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case e == nil, e.Status != 0 && e.Status != http.StatusUnauthorized && !e.SignIn:
		v.answered = true
		v.settle()
	case e.SignIn, e.Status == 0 && notReached(e.Err):
		v.dark = true
	case e.Status != 0:
	default:
		v.settle()
	}
}

// end takes the error with which a request has ended, and marks it if it is the tenant's.
func (v *verdict) end(e *Error, c *call) {
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.cause != nil {
		return
	}
	switch refused := e.Status == http.StatusUnauthorized && !e.SignIn; {
	case e.Kind == SignedOut: // for all, whatever was answered before
		e.OfTenant = true
	case v.answered && refused:
		e.OfTenant = e.speaksOf("expired", "lifetime") && c.sameToken
	case v.answered:
	case refused && !e.speaksOf("token", "lifetime", "idx"):
		if v.refused++; v.refused < mostRefused {
			return
		}
		e.OfTenant = true
	default:
		e.OfTenant = e.SignIn || refused || notReached(e.Err)
	}
	if e.OfTenant {
		cause := *e
		v.cause = &cause
	}
	v.settle()
}

// settle lets all go on who wait. The caller holds the mutex.
func (v *verdict) settle() {
	select {
	case <-v.known:
	default:
		close(v.known)
	}
}

// speaksOf says whether one of some words is in what Graph said.
func (e *Error) speaksOf(words ...string) bool {
	return containsAny(strings.ToLower(e.Message.String()), words...)
}

// endedError is that of a context that ended while a request was tried again: it is of no kind, and says what the last try
// came to.
type endedError struct {
	ended error
	last  *Error
}

func (e *endedError) Error() string { return e.ended.Error() + "; the last try: " + e.last.Error() }
func (e *endedError) Unwrap() error { return e.ended }

// Cleaned implements [foreign.Cleaned].
func (e *endedError) Cleaned() {}

// ended is the error of a context that has ended, after a try that has failed or before any.
func ended(ctx context.Context, last *Error) error {
	if last == nil {
		return ctx.Err()
	}
	return &endedError{ctx.Err(), last}
}

// LastTry is what the last try of a request came to whose context ended before another; nil if there was none.
func LastTry(err error) error {
	if e, ok := errors.AsType[*endedError](err); ok {
		return e.last
	}
	return nil
}
