package graph

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"

	"graphlake/internal/foreign"
)

// Kind says what an error of this package means to whoever decides about it.
type Kind uint8

// The kinds of errors. The zero Kind is that of errors which are none of this package, and of a
// context that ended.
const (
	Throttled     Kind = iota + 1 // Graph wants fewer requests, for longer than this package waits
	Unavailable                   // no whole answer, however often asked
	Unauthorized                  // 401 and 403, and a token that Entra refused
	ExpiredCursor                 // the delta or skip token is too old: read the collection whole
	NotFound                      // 404
	Rejected                      // the request is wrong
	Incomplete                    // what came is not the whole answer, however often asked: an error in it, or fewer elements than it counts
	Off                           // the tenant lacks what the request asks for: a license, or a switch of its administrators
	Malformed                     // the collection cannot be read to an end: a link that leads astray or in a circle, pages without end
	NoPolicy                      // 403: whose meetings are asked for has no application access policy of Teams for this application
	NoAttribution                 // 403: the tenant does not allow to say who spoke; what was said it gives in another form
	SignedOut                     // whose sign-in the tokens come of has to sign in again: Entra renews none
)

var kinds = map[Kind]struct{ name, cure string }{
	Throttled:     {"throttled", "run again later, or with a lower rate"},
	Unavailable:   {"unavailable", "run again later"},
	Unauthorized:  {"unauthorized", "grant the application the permission for this request, with admin consent"},
	ExpiredCursor: {"expired cursor", "read the collection again from its start"},
	NotFound:      {"not found", "the object may be too young, too old or deleted"},
	Rejected:      {"rejected", "the request has to change, trying again does not help"},
	Incomplete:    {"incomplete", "run again later; if it stays, report the request id to Microsoft's support"},
	Off:           {"off", "buy or turn on what the tenant lacks, or leave the dataset out"},
	Malformed:     {"malformed", "run again later; if it stays, the service or a proxy before it is at fault"},
	NoPolicy:      {"no access policy", "an administrator of Teams grants the organizers an application access policy for this application, which works within 30 minutes"},
	SignedOut:     {"signed_out", "sign in again: graphlake sign-in --tenant NAME"},
	NoAttribution: {"no attribution", "an administrator allows speaker attribution in the Teams admin center, under Meetings, Meeting settings; or read the form without speakers"},
}

func (k Kind) String() string { return cmp.Or(kinds[k].name, "other") }

// KindOf returns the kind of the first [Error] in err's chain, 0 if there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return 0
}

// Error is a request that failed. Its fields hold nothing secret, and of the answer only Graph's own words. It belongs
// to who gets it: no two requests share one.
type Error struct {
	Kind       Kind
	Status     int          // of HTTP; 0 if no answer came
	Code       foreign.Text // error.code of Graph or Entra
	InnerCode  foreign.Text // the innermost innerError.code
	Message    foreign.Text // error.message
	RequestID  foreign.Text // what Microsoft's support asks for
	Method     string
	URL        string        // path and query, decoded, as [foreign.URL] shows them; empty: nothing was sent
	RetryAfter time.Duration // that Graph asked for; 0: it did not
	Tries      int           // that were sent; 0: nothing was sent for this error alone
	SignIn     bool          // there is no token, so nothing else can be asked either
	OfTenant   bool          // it is wrong with the tenant as a whole: in this run, nothing else of it is answered either
	Err        error         // what happened, where Graph said nothing or did not say it
	cure       string        // instead of the kind's
	claims     string        // that a 401 wants of the next token
	signingIn  bool          // who was to sign in has not, and was perhaps never signed in

	odata *odataerrors.ODataError // nil if Graph said nothing
}

// Unwrap gives Err and, where Graph said what is wrong, its error in the type of Microsoft's SDK, which
// [errors.AsType] thus finds. Its text is Graph's own, with the ids and names that Error leaves out.
func (e *Error) Unwrap() []error {
	var all []error
	if e.Err != nil {
		all = append(all, e.Err)
	}
	if e.odata != nil {
		all = append(all, e.odata)
	}
	return all
}

// Cleaned implements [foreign.Cleaned].
func (e *Error) Cleaned() {}

// Error says what was asked, why it failed, and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	if e.URL != "" {
		fmt.Fprintf(&b, "%s %s: ", e.Method, e.URL)
	}
	if e.signingIn {
		b.WriteString("not signed in")
	} else {
		b.WriteString(e.Kind.String())
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d %s", e.Status, http.StatusText(e.Status))
	}
	if code := strings.Trim(e.Code.String()+"/"+e.InnerCode.String(), "/"); code != "" {
		fmt.Fprintf(&b, ": %s", code)
	}
	if e.Message != (foreign.Text{}) {
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, ", retry after %v", e.RetryAfter)
	}
	if e.Tries > 1 {
		fmt.Fprintf(&b, ", after %d tries", e.Tries)
	}
	if e.RequestID != (foreign.Text{}) {
		fmt.Fprintf(&b, " (request id %s)", e.RequestID)
	}
	fmt.Fprintf(&b, "; %s", cmp.Or(e.cure, kinds[e.Kind].cure))
	return b.String()
}

// newError is the error of a request that got no usable answer.
func newError(kind Kind, req *http.Request, err error) *Error {
	return &Error{Kind: kind, Method: req.Method, URL: foreign.URL(req.URL), Err: err, cure: connectionCure(err)}
}

// described describes an answer without quoting it.
func described(resp *http.Response, body []byte) string {
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	return fmt.Sprintf("%d bytes of %s", len(body), cmp.Or(foreign.New(kind).String(), "unknown type"))
}
