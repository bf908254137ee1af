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
	"slices"
	"strings"
	"time"

	msalerrors "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"

	"graphlake/internal/foreign"
)

// issuer is who gives tokens, as its errors tell of it.
type issuer struct {
	name, method, url string
	cure              string // of a refusal
	unreachable       string // the cure where it does not answer; empty: the kind's
	unready           []int  // statuses below 500 by which it says that it will answer soon
}

var entraCode = regexp.MustCompile(`AADSTS\d+`)

// refusals are those of Entra that say by their code what alone helps.
var refusals = map[string]string{
	"AADSTS7000215": "the client secret is wrong: give its value, not its id; who has lost it makes a new one in the application's registration",
	"AADSTS7000222": "the client secret has expired: make a new one in the application's registration",
	"AADSTS700016":  "the tenant does not know the application: check client id and tenant id; if they are right, an administrator has to consent to it",
	"AADSTS7000229": "the application is not in the tenant yet: an administrator has to consent to it",
	"AADSTS90002":   "there is no such tenant: check tenant id, and in a national cloud the authority",
}

// entraName is what the issuer of all but a machine's identity is called.
const entraName = "Entra"

// errNotEntra is of an answer without an error of OAuth's: a proxy's, or a page's.
var errNotEntra = errors.New("the answer is none of Entra's")

// passing are the numbers of what passes by itself. Entra says them by other statuses and errors too: by those of a wrong request,
// and by those of somebody who has to sign in again. What is called unretryable in its list, or is missing in a request, is not among them.
// https://learn.microsoft.com/entra/identity-platform/reference-error-codes
var passing = map[int]Kind{
	40010: Unavailable, // OAuth2IdPRetryableServerError
	50033: Unavailable, // RetryableError
	50087: Unavailable, // SasRetryableError
	90006: Unavailable, // ExternalServerRetryableError
	90012: Unavailable, // RequestTimeout
	90024: Unavailable, // RequestBudgetExceededError
	90033: Unavailable, // MsodsServiceUnavailable
	90090: Unavailable, // GraphRetryableError
	90091: Unavailable, // GraphServiceUnreachable
	90055: Throttled,   // TenantThrottlingError
	loop:  Throttled,
}

// loop is LoopDetected: the same was asked for too often in too short a time, and nothing says for how long that is not answered.
const (
	loop     = 50196
	loopWait = time.Minute
)

// passes says whether an answer without a token is of what passes by itself, and which kind that is.
func (a tokenAnswer) passes(status int) (kind Kind, ok bool) {
	kind, ok = passing[a.number()]
	switch {
	case status == http.StatusTooManyRequests:
		return Throttled, true
	case ok:
	case status >= 500, a.Error == "temporarily_unavailable", a.Error == "server_error":
		return Unavailable, true
	}
	return kind, ok
}

// wait is how long it is at least until somebody asks again.
func (a tokenAnswer) wait(header http.Header, now time.Time) time.Duration {
	after, ok := parseRetryAfter(header.Get("Retry-After"), now)
	if !ok && a.number() == loop {
		return loopWait
	}
	return after
}

// unreadyWait is how long it waits at least who asks again: seven times, and a machine's endpoint is away for at most 70 seconds.
// https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#retry-guidance
const unreadyWait = 10 * time.Second

// tokenError is what the issuer said. MSAL's own error quotes the request and the answer.
func (i issuer) tokenError(ctx context.Context, err error, hidden ...Secret) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", strings.ToLower(i.name), ctx.Err())
	}
	f := &Error{Kind: Unavailable, Method: i.method, URL: i.url, cure: i.unreachable, SignIn: true}
	if own, ok := errors.AsType[assertionError](err); ok {
		f.Kind, f.Err, f.cure = Unauthorized, own.error, i.cure
		return f
	}
	if own, ok := errors.AsType[*signInError](err); ok {
		f.Kind, f.Err, f.cure = own.kind, fmt.Errorf("%s cannot be asked for a token: %w", i.name, own), own.cure
		return f
	}
	call, ok := errors.AsType[msalerrors.CallErr](err)
	if !ok || call.Resp == nil {
		f.Err = fmt.Errorf("%s cannot be asked for a token", i.name)
		if cause, ok := errors.AsType[*url.Error](err); ok {
			f.Err = fmt.Errorf("%w: %w", f.Err, foreign.Error(cause.Err))
			f.cure = cmp.Or(f.cure, connectionCure(cause))
		}
		return f
	}
	answer := readTokenAnswer(call)
	description, _, _ := strings.Cut(answer.Description, " Trace ID:")
	for _, secret := range hidden {
		if secret != "" {
			description = strings.ReplaceAll(description, secret.Reveal(), redacted)
		}
	}
	f.Status = call.Resp.StatusCode
	f.Code, f.InnerCode = foreign.New(answer.Error), foreign.New(entraCode.FindString(description))
	f.Message = foreign.New(description)
	f.RetryAfter = answer.wait(call.Resp.Header, serverTime(call.Resp))
	switch kind, passes := answer.passes(f.Status); {
	case slices.Contains(i.unready, f.Status):
		f.RetryAfter = max(f.RetryAfter, unreadyWait)
	case passes:
		f.Kind, f.cure = kind, ""
	case i.name == entraName && answer.Error == "":
		f.Err, f.cure = errNotEntra, checkNetwork
	default:
		f.Kind, f.cure = Unauthorized, cmp.Or(refusals[f.InnerCode.String()], i.cure)
	}
	return f
}

// tokenAnswer is what an issuer says where it gives no token.
type tokenAnswer struct {
	Error         string `json:"error"`
	Suberror      string `json:"suberror"`
	Description   string `json:"error_description"`
	CorrelationID string `json:"correlation_id"`
	Codes         []int  `json:"error_codes"`
}

func readTokenAnswer(call msalerrors.CallErr) (a tokenAnswer) {
	_ = json.Unmarshal(bodyOf(call), &a)
	return a
}

// bodyOf is the body of the answer. Of a managed identity MSAL has read it to the end, and left it
// on the second line of its error.
func bodyOf(call msalerrors.CallErr) []byte {
	body, _ := io.ReadAll(io.LimitReader(call.Resp.Body, 1<<20))
	_, quoted, _ := strings.Cut(call.Err.Error(), "\n")
	return []byte(cmp.Or(string(body), quoted))
}
