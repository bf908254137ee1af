package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"

	msalerrors "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
)

// EntraOptions name an application in Microsoft Entra ID and prove that we are it.
type EntraOptions struct {
	Authority string // https://login.microsoftonline.com; empty: that
	TenantID  string
	ClientID  string
	Secret    Secret
	Scope     string // https://graph.microsoft.com/.default; for other clouds their endpoint
	// Trusted says not to ask Microsoft whether the authority is one of its own: for a stand-in.
	Trusted bool
	Client  *http.Client // nil: MSAL's
}

// Entra gets tokens for an application with a client secret, and keeps each until shortly before it
// expires. It is safe for concurrent use.
type Entra struct {
	options EntraOptions

	mu   sync.Mutex
	msal confidential.Client
}

// NewEntra checks the options. It sends nothing yet.
func NewEntra(o EntraOptions) (*Entra, error) {
	o.Authority = strings.TrimRight(cmp.Or(o.Authority, "https://login.microsoftonline.com"), "/")
	for _, v := range []struct{ name, value string }{
		{"tenant id", o.TenantID}, {"client id", o.ClientID}, {"client secret", o.Secret.Reveal()}, {"scope", o.Scope},
	} {
		if v.value == "" {
			return nil, fmt.Errorf("entra: no %s: the application's registration shows it", v.name)
		}
	}
	e := &Entra{options: o}
	return e, e.reset()
}

// reset starts without a cached token, which is MSAL's only way to forget one.
func (e *Entra) reset() error {
	credential, err := confidential.NewCredFromSecret(e.options.Secret.Reveal())
	if err != nil {
		return fmt.Errorf("entra: %w", err)
	}
	options := []confidential.Option{confidential.WithInstanceDiscovery(!e.options.Trusted)}
	if e.options.Client != nil {
		options = append(options, confidential.WithHTTPClient(e.options.Client))
	}
	e.msal, err = confidential.New(e.options.Authority+"/"+e.options.TenantID, e.options.ClientID, credential, options...)
	if err != nil {
		return fmt.Errorf("entra: authority %s of tenant %s: %w", e.options.Authority, e.options.TenantID, err)
	}
	return nil
}

// Token returns the cached token, or a new one if there is none, it is about to expire, or refresh
// says that it is no good.
func (e *Entra) Token(ctx context.Context, refresh bool) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if refresh {
		if err := e.reset(); err != nil {
			return "", err
		}
	}
	result, err := e.msal.AcquireTokenByCredential(ctx, []string{e.options.Scope})
	if err != nil {
		return "", e.refused(ctx, err)
	}
	return result.AccessToken, nil
}

// Format keeps the options, which hold the secret, out of logs.
func (e *Entra) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "application %s of tenant %s", e.options.ClientID, e.options.TenantID)
}

var entraCode = regexp.MustCompile(`AADSTS\d+`)

// refused is what Entra said. MSAL's own error quotes the request and the answer.
func (e *Entra) refused(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("entra: %w", ctx.Err())
	}
	f := &Error{Kind: Unavailable, Method: http.MethodPost, URL: e.options.Authority + "/" + e.options.TenantID}
	call, ok := errors.AsType[msalerrors.CallErr](err)
	if !ok || call.Resp == nil {
		f.Err = errors.New("Entra cannot be asked for a token")
		if cause, ok := errors.AsType[*url.Error](err); ok {
			f.Err = fmt.Errorf("%w: %w", f.Err, cause.Err)
		}
		return f
	}
	var answer struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	body, _ := io.ReadAll(io.LimitReader(call.Resp.Body, 1<<20))
	_ = json.Unmarshal(body, &answer)
	description, _, _ := strings.Cut(answer.Description, " Trace ID:")
	f.Status = call.Resp.StatusCode
	f.Code, f.InnerCode = short(answer.Error), entraCode.FindString(description)
	f.Message = short(strings.ReplaceAll(description, e.options.Secret.Reveal(), redacted))
	f.cure = "check client id and tenant id, and that the client secret's value (not its id) is current"
	switch {
	case f.Status == http.StatusTooManyRequests:
		f.Kind, f.cure = Throttled, ""
	case f.Status < 500:
		f.Kind = Unauthorized
	default:
		f.cure = ""
	}
	return f
}
