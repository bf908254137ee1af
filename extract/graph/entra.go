package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
)

// EntraOptions name an application in Microsoft Entra ID and prove that we are it, in exactly one of
// three ways: by Secret, by Certificate or by Assertion.
type EntraOptions struct {
	Authority string // https://login.microsoftonline.com; empty: that
	TenantID  string
	ClientID  string
	Scope     string // https://graph.microsoft.com/.default; for other clouds their endpoint

	Secret      Secret
	Certificate *Certificate
	// Assertion gives the token of another issuer that the application trusts, as a cluster's of its
	// workloads. It is asked anew for every token of Entra's, because such tokens live shortly.
	Assertion func(ctx context.Context) (Secret, error)

	// Trusted says not to ask Microsoft whether the authority is one of its own: for a stand-in. On this machine
	// one is trusted by itself.
	Trusted     bool
	Connections http.RoundTripper // nil: those of all sign-in
}

// Entra gets tokens for an application, and keeps each until shortly before it expires. It is safe
// for concurrent use.
type Entra struct {
	options    EntraOptions
	credential confidential.Credential
	kind       credentialKind

	mu   sync.Mutex
	msal confidential.Client
}

// NewEntra checks the options. It sends nothing yet.
func NewEntra(o EntraOptions) (*Entra, error) {
	o.Authority = strings.TrimRight(cmp.Or(o.Authority, "https://login.microsoftonline.com"), "/")
	for _, v := range []struct{ name, value string }{
		{"tenant id", o.TenantID}, {"client id", o.ClientID}, {"scope", o.Scope},
	} {
		if v.value == "" {
			return nil, fmt.Errorf("entra: no %s: the application's registration shows it", v.name)
		}
	}
	e := &Entra{options: o}
	var err error
	if e.credential, err = e.newCredential(); err != nil {
		return nil, fmt.Errorf("entra: %w", err)
	}
	return e, e.reset()
}

// capabilities say to Entra that a claims challenge is answered (CP1): it may then give tokens for a day, which services refuse
// as soon as something has become of whom they are for.
var capabilities = []string{"CP1"}

// reset starts without a cached token, which is MSAL's only way to forget one.
func (e *Entra) reset() (err error) {
	e.msal, err = confidential.New(e.options.Authority+"/"+e.options.TenantID, e.options.ClientID, e.credential,
		confidential.WithInstanceDiscovery(!e.options.Trusted && !isLocalURL(e.options.Authority)),
		confidential.WithClientCapabilities(capabilities),
		confidential.WithHTTPClient(signInClient(e.options.Connections, isThisMachine)))
	if err != nil {
		return fmt.Errorf("entra: authority %s of tenant %s: %w", e.options.Authority, e.options.TenantID, err)
	}
	return nil
}

// Token returns the cached token, or a new one if there is none, it is about to expire, or it was refused.
func (e *Entra) Token(ctx context.Context, refused *Refused) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var options []confidential.AcquireByCredentialOption
	if refused != nil {
		if err := e.reset(); err != nil {
			return "", err
		}
		if refused.Claims != "" {
			options = append(options, confidential.WithClaims(refused.Claims))
		}
	}
	result, err := e.msal.AcquireTokenByCredential(ctx, []string{e.options.Scope}, options...)
	if err != nil {
		return "", e.tokenError(ctx, err)
	}
	return result.AccessToken, nil
}

// Format keeps the options, which hold the secret, out of logs.
func (e *Entra) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "application %s of tenant %s", e.options.ClientID, e.options.TenantID)
}

func (e *Entra) tokenError(ctx context.Context, err error) error {
	return issuer{
		name: entraName, method: http.MethodPost, url: e.options.Authority + "/" + e.options.TenantID,
		cure: "check client id and tenant id, and " + e.kind.cure,
	}.tokenError(ctx, err, e.options.Secret)
}

// credentialKind is a way to show Entra that we are the application.
type credentialKind struct {
	given bool
	make  func() (confidential.Credential, error)
	cure  string // of a refusal, after "check … and "
}

// newCredential makes a credential of the one kind that the options hold.
func (e *Entra) newCredential() (confidential.Credential, error) {
	o := e.options
	var given []credentialKind
	for _, k := range []credentialKind{
		{o.Secret != "", func() (confidential.Credential, error) { return confidential.NewCredFromSecret(o.Secret.Reveal()) },
			"that the client secret's value (not its id) is current"},
		{o.Certificate != nil, func() (confidential.Credential, error) { return o.Certificate.credential, nil },
			"that the application's registration lists this certificate and that it has not expired"},
		{o.Assertion != nil, e.assertionCredential,
			"that a federated credential of the application names the issuer, the subject and the audience of the token"},
	} {
		if k.given {
			given = append(given, k)
		}
	}
	if len(given) != 1 {
		return confidential.Credential{}, fmt.Errorf("want one of client secret, certificate and assertion, not %d", len(given))
	}
	e.kind = given[0]
	return e.kind.make()
}

// assertionError is the error of who was asked for an assertion.
type assertionError struct{ error }

func (e assertionError) Unwrap() error { return e.error }

// assertionCredential hands the assertion on, with what goes wrong marked as not Entra's answer.
func (e *Entra) assertionCredential() (confidential.Credential, error) {
	return confidential.NewCredFromAssertionCallback(func(ctx context.Context, _ confidential.AssertionRequestOptions) (string, error) {
		assertion, err := e.options.Assertion(ctx)
		if err == nil && assertion == "" {
			err = errors.New("it is empty")
		}
		if err != nil {
			return "", assertionError{fmt.Errorf("there is no assertion to sign in with: %w", err)}
		}
		return assertion.Reveal(), nil
	}), nil
}
