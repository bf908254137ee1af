package graph

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// refused is the error that an answer other than 200 stands for.
func refused(resp *http.Response, body []byte) *Error {
	e := failed(0, resp.Request, nil)
	e.Status = resp.StatusCode
	e.RequestID = resp.Header.Get("request-id")
	if !e.parse(body) {
		e.Err = fmt.Errorf("an answer of %s without Graph's error", came(resp, body))
	}
	if e.Status >= 300 && e.Status < 400 {
		e.Err = errors.New("a redirect, which is not followed because the token would go along")
	}
	e.RetryAfter, _ = parseRetryAfter(resp.Header.Get("Retry-After"), serverTime(resp))
	e.Kind = kindOf(e)
	if e.Status == http.StatusUnauthorized {
		e.cure = "check the tenant, the credentials, and that the token is for this endpoint and not expired"
	}
	return e
}

func kindOf(e *Error) Kind {
	switch s := e.Status; {
	case s == http.StatusGone, s < 500 && (lostState(e.Code) || lostState(e.InnerCode)):
		return ExpiredCursor
	case s == http.StatusTooManyRequests, s == statusBandwidth:
		return Throttled
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

// statusBandwidth is how some services behind Graph say 429.
const statusBandwidth = 509

// throttles says whether the answer asks for fewer requests.
func (e *Error) throttles() bool {
	return e.Kind == Throttled || e.Status == http.StatusServiceUnavailable
}

// lostState knows the codes of a delta token that is no longer known. Directory and Outlook differ in
// status (400, 404, 410) and in case.
func lostState(code string) bool {
	code = strings.ToLower(code)
	return strings.HasPrefix(code, "syncstate") || strings.HasPrefix(code, "resync")
}

// parse takes the codes and the message out of Graph's error body, and says whether it is one.
func (e *Error) parse(body []byte) bool {
	type inner struct {
		Code      string          `json:"code"`
		RequestID string          `json:"request-id"`
		Inner     json.RawMessage `json:"innerError"` // matched whatever its case; Graph uses two
	}
	var doc struct {
		Error struct {
			inner
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &doc) != nil || doc.Error.Code == "" {
		return false
	}
	e.Code, e.Message = short(doc.Error.Code), short(unnamed(doc.Error.Message))
	for next := doc.Error.Inner; len(next) > 0; {
		var in inner
		if json.Unmarshal(next, &in) != nil {
			break
		}
		e.InnerCode = cmp.Or(short(in.Code), e.InnerCode)
		e.RequestID = cmp.Or(e.RequestID, short(in.RequestID))
		next = in.Inner
	}
	if e.InnerCode == e.Code {
		e.InnerCode = ""
	}
	return true
}
