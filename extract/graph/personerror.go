package graph

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	msalerrors "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"

	"graphlake/internal/foreign"
)

// Of what Entra answers are shown: error and suberror, its number, the id by which its administrators find the sign-in in their
// log, and what we say of them. Its sentences are not: they name people.
//
// What it means is decided by error and suberror, which are the protocol's. The numbers may change from one day to the next, so
// they only say it in better words; but for those of what passes by itself ([passing]), for which nobody has to sign in again.
// https://learn.microsoft.com/entra/identity-platform/reference-error-codes

// What is not said by Entra.
const (
	nobody      = "nobody is signed in"
	codeExpired = "the code has expired before somebody has used it"
)

var errCodeExpired = errors.New(codeExpired)

// refusedGrants are the errors by which Entra says that somebody has to sign in, and their meaning.
var refusedGrants = map[string]string{
	"invalid_grant":        "the sign-in is good no more",
	"interaction_required": "the sign-in has to be repeated with what the tenant's policies want",
	"login_required":       "the sign-in has to be repeated",
	"consent_required":     "there is no consent to what is asked for",
	// of a sign-in that is going on
	"authorization_declined": "who was asked to sign in has declined",
	"access_denied":          "it was declined",
	"expired_token":          codeExpired,
	"code_expired":           codeExpired,
	"bad_verification_code":  "the code is not known",
}

// suberrors say more of an error.
// https://learn.microsoft.com/entra/msal/dotnet/advanced/exceptions/msal-error-handling
var suberrors = map[string]string{
	"basic_action":                 "the tenant's policies want somebody to sign in again",
	"additional_action":            "something has to be done outside of the sign-in first",
	"message_only":                 "the tenant's policies do not allow it",
	"consent_required":             "there is no consent to what is asked for",
	"user_password_expired":        "the password has expired",
	"bad_token":                    "the refresh token is good no more",
	"token_expired":                "the refresh token has expired",
	"protection_policy_required":   "the tenant wants a device that it manages",
	"device_authentication_failed": "the device could not be told",
	"client_mismatch":              "the sign-in was for another application",
}

// help is what is needed for another sign-in to succeed.
type help uint8

const (
	helpAdministrator help = iota + 1
	helpBrowser
	helpConsent
)

// wordsOf are the words for a number of Entra's.
var wordsOf = map[int]struct {
	words string
	needs help
}{
	50020:  {"the account is not in the tenant", 0},
	50034:  {"the account is not in the tenant", 0},
	50053:  {"the account is locked, or the address is blocked", helpAdministrator},
	50055:  {"the password has expired", 0},
	50057:  {"the account is disabled", helpAdministrator},
	50072:  {"a second factor has to be set up", 0},
	50074:  {"a second factor is wanted", 0},
	50076:  {"a second factor is wanted", 0},
	50078:  {"the second factor has to be given again", 0},
	50079:  {"a second factor has to be set up", 0},
	50089:  {"the sign-in has expired or was revoked", 0},
	50097:  {"a device that the tenant knows is wanted", helpAdministrator},
	50105:  {"the person is not assigned to the application", helpAdministrator},
	50129:  {"a device that the tenant knows is wanted", helpAdministrator},
	50131:  {"the tenant's conditional access does not allow it", helpAdministrator},
	50132:  {"the password was changed, or has expired", 0},
	50133:  {"the password was changed, or has expired", 0},
	50135:  {"the password has to be changed, because the account is at risk", 0},
	50144:  {"the password has expired", 0},
	50158:  {"what the tenant wants beside the password was not given", 0},
	50173:  {"the password was changed or reset, or the sign-in was revoked", 0},
	50199:  {"the person has to confirm the application", helpBrowser},
	51004:  {"the account is not in the tenant", 0},
	53000:  {"the tenant's conditional access wants a compliant device", helpAdministrator},
	53001:  {"the tenant's conditional access wants a device of the domain", helpAdministrator},
	53002:  {"the tenant's conditional access does not allow this application", helpAdministrator},
	53003:  {"the tenant's conditional access blocks it", helpBrowser},
	53004:  {"a second factor has to be set up, which the account's risk does not allow", helpAdministrator},
	53011:  {"the account is blocked, because it is at risk", helpAdministrator},
	65001:  {"there is no consent to what is asked for", helpConsent},
	65004:  {"the person has not consented", helpConsent},
	70008:  {"the refresh token has expired", 0},
	70018:  {"the code is not known", 0},
	70019:  {codeExpired, 0},
	70043:  {"the tenant's conditional access wants a sign-in more often", 0},
	70044:  {"the tenant's conditional access wants a sign-in more often", 0},
	90094:  {"an administrator has to consent to what is asked for", helpAdministrator},
	90095:  {"an administrator has to consent to what is asked for", helpAdministrator},
	530034: {"the account is blocked, because it is at risk", helpAdministrator},
	700082: {"it was not used for too long", 0},
	700084: {"the refresh token has expired", 0},
}

// registrationCures are of refusals that are the application's, whoever signs in.
var registrationCures = map[int]string{
	7000218: "allow public client flows in the application's registration, under Authentication",
	700016:  "the tenant does not know the application: check client id and tenant id; if they are right, an administrator has to consent to it",
	90002:   "there is no such tenant: check tenant id, and in a national cloud the authority",
	50011:   "add http://localhost to the application's registration, under Authentication, as a redirect of mobile and desktop applications",
	70011:   "check the scopes in the configuration: delegated permissions of Graph, as User.Read",
	650053:  "check the scopes in the configuration: delegated permissions of Graph, as User.Read",
	70001:   "the application is disabled: an administrator enables it, or check client id",
}

// tokenError is what Entra said to a refresh token, or why it was not asked.
func (p *Person) tokenError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("entra: %w", ctx.Err())
	}
	if own, ok := errors.AsType[*Error](err); ok { // before Entra was asked
		return own
	}
	if lacking, ok := errors.AsType[*notGrantedError](err); ok {
		e := p.newError(SignedOut, lacking)
		e.cure = p.cure() + ", and consent to all of it"
		return e
	}
	if foreign.Printable(err.Error()) == "no token found" { // which MSAL has no type for
		return p.refused(&Error{}, nobody, 0)
	}
	call, ok := errors.AsType[msalerrors.CallErr](err)
	if !ok || call.Resp == nil {
		return issuer{name: entraName, method: http.MethodPost, url: p.options.Authority + "/" + p.options.TenantID}.tokenError(ctx, err)
	}
	return p.answerError(call)
}

// answerError is that of an answer without a token.
func (p *Person) answerError(call msalerrors.CallErr) error {
	answer := readTokenAnswer(call)
	number := answer.number()
	e := &Error{Status: call.Resp.StatusCode, RequestID: foreign.ID(answer.CorrelationID)}
	e.Code = protocolWord(answer.Error)
	if number != 0 {
		e.InnerCode = foreign.New("AADSTS" + strconv.Itoa(number))
	}
	e.RetryAfter = answer.wait(call.Resp.Header, serverTime(call.Resp))
	detail := ""
	if s := protocolWord(answer.Suberror).String(); s != "" {
		detail = " (" + s + ")"
	}
	meaning, refused := refusedGrants[answer.Error]
	cure, isRegistration := registrationCures[number]
	switch kind, passes := answer.passes(e.Status); {
	case passes:
		return p.complete(e, kind, "")
	case answer.Error == "":
		e.Err = errNotEntra
		return p.complete(e, Unavailable, checkNetwork)
	case refused && !isRegistration:
		said := wordsOf[number]
		if answer.Error == "consent_required" || answer.Suberror == "consent_required" {
			said.needs = helpConsent
		}
		return p.refused(e, cmp.Or(said.words, suberrors[answer.Suberror], meaning)+detail, said.needs)
	}
	e.Err = errors.New("the application cannot be signed in to" + detail)
	return p.complete(e, Unauthorized, cmp.Or(cure, "check client id and tenant id, and that the application's registration allows public client flows"))
}

// refused completes the error of a person who has to sign in.
func (p *Person) refused(e *Error, reason string, needs help) *Error {
	e.Err = errors.New(reason)
	cure := p.cure()
	if reason == nobody {
		cure = strings.Replace(cure, " again", "", 1)
	}
	switch needs {
	case helpAdministrator:
		cure = "ask an administrator of the tenant, who finds the sign-in in its log, and then " + cure
	case helpBrowser:
		cure += " --browser, if it is the code that is blocked; else an administrator of the tenant finds the sign-in in its log"
	case helpConsent:
		cure += ", and consent to " + strings.Join(p.scopes, ", ")
	}
	return p.complete(e, SignedOut, cure)
}

func (p *Person) complete(e *Error, kind Kind, cure string) *Error {
	e.Kind, e.SignIn, e.cure = kind, true, cure
	if e.Status != 0 {
		e.Method, e.URL = http.MethodPost, p.options.Authority+"/"+p.options.TenantID
	}
	return e
}

// notSignedIn is the error of a sign-in.
func notSignedIn(err error) error {
	if e, ok := errors.AsType[*Error](err); ok && e.Kind == SignedOut {
		e.signingIn = true
	}
	return err
}

// signInError is why a sign-in has not come about. Of one in a browser MSAL gives Entra's sentence alone, in which there is a number.
func (p *Person) signInError(ctx context.Context, err error) error {
	if ctx.Err() == nil && errors.Is(err, errCodeExpired) {
		return p.refused(&Error{}, codeExpired, 0)
	}
	if n := numberIn(foreign.Printable(err.Error())); n != 0 && !is[msalerrors.CallErr](err) {
		e := &Error{InnerCode: foreign.New("AADSTS" + strconv.Itoa(n))}
		if kind, ok := passing[n]; ok {
			return p.complete(e, kind, "")
		}
		if cure, ok := registrationCures[n]; ok {
			e.Err = errors.New("the application cannot be signed in to")
			return p.complete(e, Unauthorized, cure)
		}
		return p.refused(e, cmp.Or(wordsOf[n].words, "Entra has refused the sign-in"), wordsOf[n].needs)
	}
	return p.tokenError(ctx, err)
}

// signedOut is the error where there is nothing to renew with, of which somebody is told.
func (p *Person) signedOut(ctx context.Context, reason string) error {
	p.tellSignedOut(ctx, reason)
	return p.refused(&Error{}, reason, 0)
}

func (p *Person) tellSignedOut(ctx context.Context, reason string) {
	if p.options.SignedOut != nil {
		p.options.SignedOut(context.WithoutCancel(ctx), reason)
	}
}

// tellNotEnough tells that a token which was renewed is refused, unless another has been got since: somebody may have signed in.
func (p *Person) tellNotEnough(ctx context.Context, token Secret, reason string) {
	leave, err := p.enter(ctx)
	if err != nil {
		return // as does who asks
	}
	defer leave()
	_ = p.locked(ctx, func() error { // or the next who asks tells it
		if text, err := p.options.Cache.Read(ctx); err == nil && token == p.token && bytes.Equal(text, p.seen) {
			p.tellSignedOut(ctx, reason)
		}
		return nil
	})
}

// reasonOf is what is told of a refusal: the words, with Entra's number.
func reasonOf(e *Error) string {
	reason := foreign.Printable(e.Err.Error())
	if number := e.InnerCode.String(); number != "" {
		return number + ": " + reason
	}
	return reason
}

func (p *Person) cure() string {
	return "sign in again: graphlake sign-in --tenant " + cmp.Or(p.options.Tenant, "NAME")
}

// number is Entra's for what has happened; 0: it says none.
func (a tokenAnswer) number() int {
	if n := numberIn(a.Description); n != 0 || len(a.Codes) == 0 {
		return n
	}
	return entraNumber(strconv.Itoa(a.Codes[0]))
}

func numberIn(text string) int {
	return entraNumber(strings.TrimPrefix(entraCode.FindString(text), "AADSTS"))
}

// entraNumber reads a number as Entra has them, of at most eight digits; 0: it is none.
func entraNumber(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || n > 99_999_999 {
		return 0
	}
	return n
}

// protocolWord is a name of OAuth's; what is none is not shown.
func protocolWord(s string) foreign.Text {
	if len(s) > 64 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return foreign.Text{}
	}
	return foreign.New(s)
}
