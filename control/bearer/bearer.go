// Package bearer says who a caller of the control API is, by the bearer token of the request.
//
// A [Verifier] takes one kind of token and no other: access tokens of version 2 that Entra signed, for our application, in the one
// directory that gives callers theirs. Which of an application's or a person's rights is asked for is always the same, [Right]. What is
// not allowed is a [RefusedError], which says by which status; its reason is for the log and never for who asked. In no error is the token, or a
// part of it.
//
// In a lab without Entra one token that both sides know takes the place of all that: [NewStatic].
//
// The package knows who a caller is and for which tenants of the lake it may ask. It does not know what can be asked.
// Begin with [Verifier.Caller], which is the list of all that is checked, in its order; keys.go has the keys that tokens are signed with.
package bearer

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"graphlake/internal/foreign"
)

// Right is the scope, for a person, and the app role, for an application, that a caller has to have.
const Right = "application_access"

// mostToken is how many bytes of the header Authorization are read.
const mostToken = 16 << 10

// Caller is who asks.
type Caller struct {
	Name     string   // as the configuration calls it
	ClientID string   // of the application that asks; empty for a static token
	Person   string   // the id of the person for whom it asks; empty: it asks for itself
	Tenants  []string // of the lake, by name, that it may ask for; nil: all
}

// May reports whether the caller may ask for a tenant of the lake.
func (c Caller) May(tenant string) bool {
	return c.Tenants == nil || slices.Contains(c.Tenants, tenant)
}

// Allowed is an application that may ask.
type Allowed struct {
	Name     string
	ClientID string
	Tenants  []string // of the lake, by name; empty: all
	// People and Groups are the ids of those for whom it may ask where a person is signed in. With neither it may ask for itself only.
	People, Groups []string
}

// Options are what a Verifier of Entra's tokens needs.
type Options struct {
	Authority   string // as https://login.microsoftonline.com
	TenantID    string // of the directory that gives the callers their tokens
	ClientID    string // of the control API's registration: whom tokens have to be for
	Callers     []Allowed
	Connections http.RoundTripper // nil: the default
	Now         func() time.Time  // nil: time.Now
	Log         *slog.Logger      // nil: none; it hears when keys cannot be had
}

// RefusedError says that a caller gets no further.
type RefusedError struct {
	Status int    // 401: who asks is not known; 403: it is known, and may not; 503: it cannot be said, for there are no keys yet
	Reason string // for the log, without the token; the one who asked is not told
}

func (e *RefusedError) Error() string { return fmt.Sprintf("refused with %d: %s", e.Status, e.Reason) }

// Cleaned says that nothing foreign is in the reason.
func (e *RefusedError) Cleaned() {}

func unknown(format string, args ...any) error {
	return &RefusedError{http.StatusUnauthorized, fmt.Sprintf(format, args...)}
}

func forbidden(format string, args ...any) error {
	return &RefusedError{http.StatusForbidden, fmt.Sprintf(format, args...)}
}

// Verifier knows callers by their tokens. It may be used by several goroutines.
type Verifier struct {
	static   *[sha256.Size]byte // the hash of the one token; nil: they are Entra's
	keys     *keySet
	tokens   *oidc.IDTokenVerifier // checks access tokens just as well: of ID tokens it has the name only
	tenantID string
	clientID string
	callers  []Allowed
}

// New makes a Verifier of Entra's tokens. It sends nothing: keys are asked for with the first token.
func New(o Options) (*Verifier, error) {
	authority, err := url.Parse(strings.TrimRight(o.Authority, "/"))
	if err != nil || authority.Scheme != "https" || authority.Host == "" {
		return nil, errors.New("the authority is no https URL, and whoever answers for it would say who is let in: Entra's is https://login.microsoftonline.com")
	}
	if o.TenantID == "" || o.ClientID == "" {
		return nil, errors.New("tokens are checked against a tenant id and a client id: both are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	v := &Verifier{tenantID: strings.ToLower(o.TenantID), clientID: strings.ToLower(o.ClientID), callers: o.Callers}
	issuer := authority.String() + "/" + v.tenantID + "/v2.0"
	v.keys = newKeySet(issuer, o)
	v.tokens = oidc.NewVerifier(issuer, v.keys, &oidc.Config{ClientID: v.clientID, SupportedSigningAlgs: []string{oidc.RS256}, Now: o.Now})
	return v, nil
}

// NewStatic makes a Verifier that knows one token, whose holder may ask for everything. Whoever makes it listens on this machine only.
func NewStatic(token string) (*Verifier, error) {
	if len(token) < sha256.Size {
		return nil, fmt.Errorf("the token can be guessed, with %d characters: make one of 32 random bytes with openssl rand -base64 32", len(token))
	}
	sum := sha256.Sum256([]byte(token))
	return &Verifier{static: &sum}, nil
}

// ErrDirectory says that there is no such directory, or not there: the keys come with another configuration only.
var ErrDirectory = errors.New("check control.tenant_id and control.authority")

// Ready gets the keys, if there are none yet. Where it cannot, the log says so too.
func (v *Verifier) Ready(ctx context.Context) error {
	if v.static != nil {
		return nil
	}
	return v.keys.ready(ctx)
}

// Caller says whose the token of a request is, or why not, as a [RefusedError].
func (v *Verifier) Caller(ctx context.Context, header http.Header) (Caller, error) {
	token, err := tokenIn(header)
	if err != nil {
		return Caller{}, err
	}
	if v.static != nil {
		if sum := sha256.Sum256([]byte(token)); subtle.ConstantTimeCompare(sum[:], v.static[:]) != 1 {
			return Caller{}, unknown("it is another token than the one in the configuration")
		}
		return Caller{Name: "static token"}, nil
	}
	if err := wellFormed(token); err != nil { // before anything is asked of Entra for it
		return Caller{}, err
	}
	if err := v.keys.ready(ctx); err != nil {
		return Caller{}, &RefusedError{http.StatusServiceUnavailable, foreign.Printable(err.Error())}
	}
	verified, err := v.tokens.Verify(ctx, token) // key, signature, issuer, audience, expiry, not before
	if expired, ok := errors.AsType[*oidc.TokenExpiredError](err); ok {
		return Caller{}, unknown("the token has expired at %s", expired.Expiry.UTC().Format(time.RFC3339))
	}
	if err != nil {
		said, unsigned := strings.CutPrefix(foreign.Printable(err.Error()), "failed to verify signature: ")
		switch hint := v.hint(token); {
		case hint == "":
			return Caller{}, unknown("%v", foreign.New(said))
		case unsigned:
			return Caller{}, unknown("%v; %s", foreign.New(said), hint)
		default: // it says the same as the library, in the words of the configuration
			return Caller{}, unknown("%s", hint)
		}
	}
	var c claims
	if err := verified.Claims(&c); err != nil {
		return Caller{}, unknown("its claims are not as Entra writes them: %v", foreign.New(err.Error()))
	}
	switch {
	case len(verified.Audience) != 1: // ours, and no other
		return Caller{}, unknown("the token is for others too")
	case !strings.EqualFold(c.TenantID, v.tenantID):
		return Caller{}, unknown("the token is of another directory")
	case c.Version != "2.0":
		return Caller{}, unknown("the token is not of version 2.0" + ofVersion2)
	case c.Client == "":
		return Caller{}, unknown("it is no access token: no application is named that asks")
	}
	return v.allowed(c)
}

// hint says what most often is the reason why a token is not for us, by what it claims: whoever sets up an application looks for it.
func (v *Verifier) hint(token string) string {
	var c struct {
		Version  string `json:"ver"`
		Audience string `json:"aud"`
		TenantID string `json:"tid"`
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil || json.Unmarshal(text, &c) != nil {
		return ""
	}
	audience := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(c.Audience, "api://"), "https://"), "/")
	switch {
	case audience == "":
		return "the token does not say whom it is for"
	case !strings.EqualFold(audience, v.clientID):
		return fmt.Sprintf("the token claims to be for %q, and control.client_id is another", foreign.ID(audience))
	case c.Version == "1.0":
		return "the token claims to be of version 1.0" + ofVersion2
	case !strings.EqualFold(c.TenantID, v.tenantID):
		return fmt.Sprintf("the token claims to be of the directory %q, and control.tenant_id is another", foreign.ID(c.TenantID))
	}
	return ""
}

const ofVersion2 = ": set requestedAccessTokenVersion to 2 in the registration of the control API"

// claims are those of an access token that say who asks.
type claims struct {
	TenantID  string            `json:"tid"`
	Version   string            `json:"ver"`
	Client    string            `json:"azp"`
	Scopes    *string           `json:"scp"` // nil: no person is signed in
	Roles     []string          `json:"roles"`
	Kind      string            `json:"idtyp"`
	Person    string            `json:"oid"`
	Groups    []string          `json:"groups"`
	Elsewhere map[string]string `json:"_claim_names"` // what would have made the token too long
}

// allowed says whether who has signed in may ask.
func (v *Verifier) allowed(c claims) (Caller, error) {
	i := slices.IndexFunc(v.callers, func(a Allowed) bool { return strings.EqualFold(a.ClientID, c.Client) })
	if i < 0 {
		return Caller{}, forbidden("the application %v is none of control.callers", foreign.ID(c.Client))
	}
	a := v.callers[i]
	caller := Caller{Name: a.Name, ClientID: strings.ToLower(c.Client), Tenants: a.Tenants}
	if len(a.Tenants) == 0 {
		caller.Tenants = nil
	}
	if c.Scopes == nil {
		switch {
		case !slices.Contains(c.Roles, Right):
			return Caller{}, forbidden("%q has not the app role %s: assign it in Entra", a.Name, Right)
		case c.Kind != "" && c.Kind != "app":
			return Caller{}, forbidden("the token of %q has the app role and is no application's", a.Name)
		}
		return caller, nil
	}
	caller.Person = strings.ToLower(c.Person)
	in := func(ids []string) func(string) bool {
		return func(id string) bool {
			return slices.ContainsFunc(ids, func(o string) bool { return strings.EqualFold(o, id) })
		}
	}
	switch {
	case !slices.Contains(strings.Fields(*c.Scopes), Right):
		return Caller{}, forbidden("%q has not the scope %s of who is signed in", a.Name, Right)
	case c.Person == "":
		return Caller{}, forbidden("the token of %q does not say who is signed in", a.Name)
	case in(a.People)(c.Person) || slices.ContainsFunc(c.Groups, in(a.Groups)):
		return caller, nil
	case len(a.Groups) > 0 && c.Elsewhere["groups"] != "":
		return Caller{}, forbidden("who is signed in to %q is in more groups than a token has room for: name people, or let Entra give only groups that are assigned to the application", a.Name)
	}
	return Caller{}, forbidden("who is signed in to %q is neither one of its people nor in one of its groups in control.callers", a.Name)
}

// wellFormed says why a text cannot be a token. It has three parts, each written in the one way in which its bytes are: readers of base64
// pass over some characters.
func wellFormed(token string) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return unknown("it is no token: a token has three parts, and this has %d", len(parts))
	}
	for _, part := range parts {
		if _, err := base64.RawURLEncoding.Strict().DecodeString(part); err != nil || strings.ContainsAny(part, "\r\n") {
			return unknown("it is no token: it is not written as base64")
		}
	}
	if _, err := jose.ParseSignedCompact(token, signedBy); err != nil {
		return unknown("it is no token that is signed by RS256: %v", foreign.New(err.Error()))
	}
	return nil
}

// tokenIn is the one token of a request.
func tokenIn(header http.Header) (string, error) {
	all := header.Values("Authorization")
	switch {
	case len(all) == 0:
		return "", unknown("there is no header Authorization")
	case len(all) > 1:
		return "", unknown("there are %d headers Authorization", len(all))
	case len(all[0]) > mostToken:
		return "", unknown("the header Authorization has %d bytes, and %d are the most", len(all[0]), mostToken)
	}
	scheme, token, _ := strings.Cut(all[0], " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", unknown("the header Authorization is not Bearer and a token")
	}
	return token, nil
}
