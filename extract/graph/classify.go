package graph

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"graphlake/internal/foreign"
)

// responseError is the error that an answer other than 200 stands for.
func responseError(resp *http.Response, body []byte) *Error {
	e := newError(0, resp.Request, nil)
	e.Status = resp.StatusCode
	e.RequestID = foreign.ID(resp.Header.Get("request-id"))
	g, ok := readGraphError(body)
	if ok {
		e.take(g, resp)
	}
	switch {
	case !ok:
		e.Err = fmt.Errorf("an answer of %s without Graph's error", described(resp, body))
	case e.Code == (foreign.Text{}) && e.Message == (foreign.Text{}):
		e.Err = errors.New("an error without a code or a message")
	}
	if e.Status >= 300 && e.Status < 400 {
		e.Err = errors.New("a redirect, which is not followed because the token would go along")
	}
	e.RetryAfter, _ = parseRetryAfter(strings.Join(resp.Header.Values("Retry-After"), ","), serverTime(resp))
	e.Kind = kindOf(e)
	if e.Kind == Off {
		e.cure, _ = e.lacking()
	}
	if e.Status == http.StatusUnauthorized {
		e.claims = challengedClaims(resp.Header)
		e.cure = "check the tenant, the credentials, and that the token is for this endpoint and not expired"
	}
	return e
}

func kindOf(e *Error) Kind {
	switch s := e.Status; {
	case lostCursor(e):
		return ExpiredCursor
	case isOff(e):
		return Off
	case s == http.StatusTooManyRequests, s == statusBandwidth:
		return Throttled
	case s == http.StatusForbidden && strings.EqualFold(e.InnerCode.String(), noAttribution), s == http.StatusForbidden && strings.EqualFold(e.Code.String(), noAttribution):
		return NoAttribution
	case s == http.StatusForbidden && lacksPolicy(e.Message.String()):
		return NoPolicy
	case s == http.StatusUnauthorized, s == http.StatusForbidden:
		return Unauthorized
	case s == http.StatusNotFound:
		return NotFound
	case s == http.StatusRequestTimeout, s >= 500 && s != http.StatusNotImplemented:
		return Unavailable
	default:
		return Rejected
	}
}

// offCodes are codes by which a service says that the tenant lacks it, in lower case, with what would change that.
// offMessages are of services that have no code of their own for it.
var (
	offCodes = map[string]string{
		"authentication_requestfromnonpremiumtenantorb2ctenant": "it takes a premium license of Microsoft Entra ID (P1 or P2) in the tenant, or leave the dataset out",
		"aadpremiumlicenserequired":                             "it takes a license of Microsoft Entra ID P2 or ID Governance in the tenant, or leave the dataset out",
		// Off unless an administrator turns it on, since the summer of 2026 (MC1393806).
		"graphaccesstotranscriptsdisabled": "an administrator turns it on in the Teams admin center, under Meetings, Meeting settings, Transcript API access; or leave the dataset out",
	}
	offMessages = map[string]string{
		"tenant does not have a spo license":      "it takes a license of SharePoint Online in the tenant, or leave the dataset out",
		"request not applicable to target tenant": "it takes a license of Intune, or of the service that the request names, in the tenant, or leave the dataset out",
	}
)

// noAttribution is the code of the tenant's second switch for transcripts, of 2026.
const noAttribution = "SpeakerAttributionNotAllowed"

// lacksPolicy says whether a 403 of Teams is for want of an application access policy, which has no code of its own, and several wordings.
func lacksPolicy(message string) bool {
	message = strings.ToLower(message)
	return containsAny(message, "application access policy", "not allowed to perform operations on the user") ||
		strings.Contains(message, "not authorized") && strings.Contains(message, "on behalf of")
}

func isOff(e *Error) bool {
	_, off := e.lacking()
	return off
}

// lacking says of a 4xx whether it is that the tenant lacks the service, and what would change that.
func (e *Error) lacking() (cure string, off bool) {
	if e.Status < 400 || e.Status >= 500 || e.Status == http.StatusTooManyRequests {
		return "", false
	}
	for _, code := range []string{e.InnerCode.String(), e.Code.String()} {
		if cure, off = offCodes[strings.ToLower(code)]; off {
			return cure, true
		}
	}
	message := strings.ToLower(e.Message.String())
	for words, cure := range offMessages {
		if strings.Contains(message, words) {
			return cure, true
		}
	}
	return "", false
}

// statusBandwidth is how some services behind Graph say 429.
const statusBandwidth = 509

// throttles says whether the answer asks for fewer requests.
func (e *Error) throttles() bool {
	return e.Kind == Throttled || e.Status == http.StatusServiceUnavailable
}

// lostCodes are parts of the codes of a delta or skip token that is no longer known. Each service has
// its own, in status (400, 404, 410) and in case.
var lostCodes = []string{"expiredpagetoken", "syncstate", "resync", "deltatoken"}

// lostCursor says whether a 4xx is about the token in the request's URL, and not about the request.
func lostCursor(e *Error) bool {
	if e.Status == http.StatusGone {
		return true
	}
	if e.Status < 400 || e.Status >= 500 || e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden ||
		e.Status == http.StatusTooManyRequests {
		return false
	}
	for _, code := range []string{strings.ToLower(e.Code.String()), strings.ToLower(e.InnerCode.String())} {
		if containsAny(code, lostCodes...) || strings.Contains(code, "skiptoken") && containsAny(code, "invalid", "expired") {
			return true
		}
	}
	message := strings.ToLower(e.Message.String())
	return containsAny(message, "steady state", "sync state") ||
		strings.Contains(message, "token") && containsAny(message, "expired", "no longer")
}

func containsAny(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s, part) })
}

// take adds what Graph said.
func (e *Error) take(g graphError, resp *http.Response) {
	g = g.without(callOf(resp.Request).token)
	e.Code, e.InnerCode, e.Message = g.code, g.innerCode, g.message
	e.RequestID = cmp.Or(e.RequestID, g.requestID)
	e.odata = newODataError(g, resp)
}
