package entrasim

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Refusal is an answer of Entra's that is no token.
type Refusal struct {
	Status      int    // zero: 400
	Error       string // invalid_grant
	Suberror    string
	Code        int    // 50173 of AADSTS50173
	Description string // {user} stands for the username
	Claims      string // JSON that the next sign-in has to bring along
	RetryAfter  int    // seconds

	Of    string // only requests of this username or client id; empty: all
	Times int    // how often; zero: until Accept
}

// Refusals are what Entra says, by what has happened.
// https://learn.microsoft.com/entra/identity-platform/reference-error-codes
var Refusals = map[string]Refusal{
	"revoked": {Error: "invalid_grant", Suberror: "bad_token", Code: 50173,
		Description: "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password."},
	"password": {Error: "invalid_grant", Suberror: "user_password_expired", Code: 50055,
		Description: "The password of {user} is expired."},
	"inactive": {Error: "invalid_grant", Suberror: "token_expired", Code: 700082,
		Description: "The refresh token has expired due to inactivity. The token was issued on 2026-01-05T02:30:11.1234567Z and was inactive for 90.00:00:00."},
	"frequency": {Error: "invalid_grant", Suberror: "token_expired", Code: 70044,
		Description: "The session has expired or is invalid due to sign-in frequency checks by conditional access."},
	"frequency-token": {Error: "invalid_grant", Suberror: "bad_token", Code: 70043,
		Description: "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access."},
	"disabled": {Error: "invalid_grant", Code: 50057,
		Description: "The user account {user} is disabled."},
	"deleted": {Error: "invalid_grant", Code: 50034,
		Description: "The user account {user} does not exist in the directory."},
	"mfa": {Error: "interaction_required", Suberror: "basic_action", Code: 50076,
		Description: "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'.",
		Claims:      `{"access_token":{"capolids":{"essential":true,"values":["c1b0d1f4-6f1e-4f0a-9f5b-0a4de1f6a001"]}}}`},
	"mfa-registration": {Error: "interaction_required", Suberror: "basic_action", Code: 50079,
		Description: "Due to a configuration change made by your administrator, {user} must enroll in multi-factor authentication."},
	"terms": {Error: "interaction_required", Suberror: "basic_action", Code: 50158,
		Description: "External security challenge not satisfied. User will be redirected to another page or authentication provider to satisfy additional authentication challenges.",
		Claims:      `{"access_token":{"acrs":{"essential":true,"values":["c1"]}}}`},
	"device": {Error: "interaction_required", Suberror: "message_only", Code: 53000,
		Description: "Device is not in required device state: compliant. Conditional Access policy requires a compliant device, and the device is not compliant."},
	"blocked": {Error: "access_denied", Suberror: "message_only", Code: 53003,
		Description: "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
		Claims:      `{"access_token":{"capolids":{"essential":true,"values":["d4e0a1a2-7a0e-4f16-8b0d-5b1c2d3e4f50"]}}}`},
	"risk": {Error: "invalid_grant", Suberror: "message_only", Code: 53004,
		Description: "User needs to complete Multi-factor authentication registration process before accessing this content."},
	"unassigned": {Error: "invalid_grant", Code: 50105,
		Description: "Your administrator has configured the application to block users unless they are specifically granted access. The signed in user '{user}' is blocked because they are not a direct member of a group with access."},
	"consent": {Error: "invalid_grant", Suberror: "consent_required", Code: 65001,
		Description: "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource."},
	"declined": {Error: "invalid_grant", Suberror: "consent_required", Code: 65004,
		Description: "User declined to consent to access the app."},
	"throttled": {Status: http.StatusTooManyRequests, Error: "temporarily_unavailable", Code: 50196, RetryAfter: 2,
		Description: "The server terminated an operation because it encountered a loop while processing a request."},
	"away": {Status: http.StatusServiceUnavailable, Error: "temporarily_unavailable", Code: 90033,
		Description: "A transient error has occurred. Please try again."},
	"unknown-application": {Error: "unauthorized_client", Code: 700016,
		Description: "Application with identifier '11111111-1111-1111-1111-111111111111' was not found in the directory 'Contoso'."},
	"not-public": {Status: http.StatusUnauthorized, Error: "invalid_client", Code: 7000218,
		Description: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."},
	"no-role": {Error: "invalid_grant", Code: 501051,
		Description: "Application is not assigned to a role for the application."},
	"secret": {Status: http.StatusUnauthorized, Error: "invalid_client", Code: 7000215,
		Description: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID."},
	"used": {Error: "invalid_grant", Code: 54005,
		Description: "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."},
	"malformed": {Error: "invalid_grant", Code: 9002313,
		Description: "Invalid request. Request is malformed or invalid."},
	"replaced": {Error: "invalid_grant", Suberror: "bad_token", Code: 70000,
		Description: "Provided grant is invalid or malformed: the refresh token was used before."},
}

type rule struct {
	kind    string
	refusal Refusal
	left    int
}

// Refuse refuses requests of a kind, or of all with "", from now on: as often as the refusal says, or until Accept.
func (e *Entra) Refuse(kind string, r Refusal) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.rules = append(e.rules, &rule{kind, r, r.Times})
}

// Accept forgets what Refuse was told.
func (e *Entra) Accept() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.rules = nil
}

// ruled wants the lock to be held.
func (e *Entra) ruled(asked Request) *Refusal {
	for i, r := range e.rules {
		of := r.refusal.Of
		if r.kind != "" && r.kind != asked.Kind || of != "" && !strings.EqualFold(of, asked.ClientID) && !strings.EqualFold(of, asked.Username) {
			continue
		}
		if r.refusal.Times > 0 {
			if r.left--; r.left == 0 {
				e.rules = slices.Delete(e.rules, i, i+1)
			}
		}
		return &r.refusal
	}
	return nil
}

// Policy is what conditional access wants of people. It holds for every refresh, and so ends what began before it.
type Policy struct {
	BlockDeviceCode bool          // "authentication flows": 53003 for who has signed in by a device code
	MFA             bool          // 50076 for a session that began without; 50079 for who signs in and has none
	SignInFrequency time.Duration // 70044 for a session that is older; zero: none
}

// ConditionalAccess sets the policy.
func (e *Entra) ConditionalAccess(p Policy) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.policy = p
}

// forbids says why a session gets no token. The lock is held.
func (e *Entra) forbids(s *session) *Refusal {
	refusal := func(name string) *Refusal {
		r := Refusals[name]
		return &r
	}
	switch {
	case s.ended != nil:
		return s.ended
	case e.policy.BlockDeviceCode && s.byDevice:
		return refusal("blocked")
	case e.policy.MFA && s.person.NoMFA:
		return refusal("mfa-registration")
	case e.policy.MFA && !s.mfa:
		return refusal("mfa")
	case e.policy.SignInFrequency > 0 && e.options.Now().Sub(s.began) >= e.policy.SignInFrequency:
		return refusal("frequency")
	}
	return nil
}

// Revoke ends what somebody has signed in to: access tokens, and refresh tokens by 50173. They can sign in anew.
func (e *Entra) Revoke(username string) { e.End(username, Refusals["revoked"]) }

// End ends what somebody has signed in to, for a reason. They can sign in anew.
func (e *Entra) End(username string, why Refusal) {
	e.RevokeAccess(username)
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, t := range e.refresh {
		if strings.EqualFold(t.session.person.Username, username) {
			t.session.ended = &why
		}
	}
}

// RevokeAccess takes back the access tokens of somebody, or of an application by its client id: Check gives ErrRevoked. Refresh
// tokens are good.
func (e *Entra) RevokeAccess(of string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.access {
		if strings.EqualFold(a.who.Username, of) || a.who.PersonID == "" && strings.EqualFold(a.who.ClientID, of) {
			a.revoked = true
		}
	}
}

// refuse writes a refusal; r may be nil.
func (e *Entra) refuse(w http.ResponseWriter, f Refusal, r *http.Request) {
	username, correlation := "", newID()
	if r != nil {
		e.mu.Lock()
		username = e.whose(r)
		e.mu.Unlock()
		if id := r.Header.Get("Client-Request-Id"); id != "" {
			correlation = id
		}
	}
	now, trace := e.options.Now().UTC().Format("2006-01-02 15:04:05Z"), newID()
	body := map[string]any{
		"error": f.Error,
		"error_description": fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s",
			f.Code, strings.ReplaceAll(f.Description, "{user}", username), trace, correlation, now),
		"error_codes": []int{f.Code}, "timestamp": now, "trace_id": trace, "correlation_id": correlation,
		"error_uri": e.URL + "/error?code=" + strconv.Itoa(f.Code),
	}
	if f.Suberror != "" {
		body["suberror"] = f.Suberror
	}
	if f.Claims != "" {
		body["claims"] = f.Claims
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	if f.Status == 0 {
		f.Status = http.StatusBadRequest
	}
	answer(w, f.Status, body)
}
