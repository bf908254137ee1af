package graphsim

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Faults say how often and how requests fail. Whoever handles every fault right ends up with what a
// tenant without faults has. The zero value is without.
type Faults struct {
	Share float64       // of the requests that fail, up to 1
	Kinds []Fault       // of which one is drawn that suits the request; default all
	Stall time.Duration // how long FaultStall lasts; default 300 ms
}

// A Fault is a way in which a request can fail.
type Fault uint8

// The first refuse instead of answering; the next lose the answer on its way; then come the ones that
// collections have, which lead astray; and the last forgets a deltaLink.
const (
	FaultThrottledSeconds  Fault = iota // 429 with Retry-After in seconds
	FaultThrottledDate                  // as a date
	FaultThrottledFraction              // as a fraction of a second
	FaultThrottledBare                  // and without one
	FaultInternal                       // 500
	FaultGateway                        // 502 with a page of HTML
	FaultUnavailable                    // 503 with Retry-After
	FaultTimeout                        // 504
	FaultReset                          // the connection is reset before an answer
	FaultStall                          // half of the body, then nothing, then the connection ends
	FaultCutBody                        // half of the body, then the connection ends
	FaultCutJSON                        // half of the JSON, as if it were all
	FaultRepeat                         // the page's link leads to the same page once more
	FaultEmpty                          // a page without records, whose link leads to the real one
	FaultLoop                           // the page's link leads to itself for ever
	FaultForeign                        // the page's link leads to another host
	FaultExpired                        // 410 for a deltaLink
)

// A faultKind is what a fault does. The zero value does nothing.
type faultKind struct {
	name    string
	suits   func(path []string, options url.Values) bool // nil: every request
	refusal func(now time.Time) *refusal                 // is answered instead
	relink  func(*linkedPage, detours)
	edit    func(t *Tenant, r *http.Request, body []byte) []byte              // of a good answer
	send    func(t *Tenant, rw http.ResponseWriter, r *http.Request, a reply) // in place of the usual way
}

// any says whether it does anything.
func (k *faultKind) any() bool {
	return k.refusal != nil || k.relink != nil || k.edit != nil || k.send != nil
}

var faultKinds = [...]faultKind{
	FaultThrottledSeconds:  {name: "429-seconds", refusal: func(time.Time) *refusal { return tooMany("1") }},
	FaultThrottledDate:     {name: "429-date", refusal: func(now time.Time) *refusal { return tooMany(now.Add(time.Second).Format(http.TimeFormat)) }},
	FaultThrottledFraction: {name: "429-fraction", refusal: func(time.Time) *refusal { return tooMany("0.05") }},
	FaultThrottledBare:     {name: "429-bare", refusal: func(time.Time) *refusal { return tooMany("") }},
	FaultInternal:          {name: "500", refusal: broken(500, "InternalServerError", "")},
	FaultGateway:           {name: "502", refusal: func(time.Time) *refusal { return &refusal{status: 502, html: gatewayPage} }},
	FaultUnavailable:       {name: "503", refusal: broken(503, "ServiceUnavailable", "1")},
	FaultTimeout:           {name: "504", refusal: broken(504, "GatewayTimeout", "")},
	FaultReset:             {name: "reset", send: reset},
	FaultStall:             {name: "stall", send: stall},
	FaultCutBody:           {name: "cut-body", send: cutBody},
	FaultCutJSON:           {name: "cut-json", send: cutJSON},
	FaultRepeat:            {name: "repeat", suits: isCollection, relink: repeat},
	FaultEmpty:             {name: "empty", suits: isCollection, relink: vacate},
	FaultLoop:              {name: "loop", suits: isCollection, relink: loop},
	FaultForeign:           {name: "foreign", suits: isCollection, relink: estrange},
	FaultExpired:           {name: "expired", suits: isDeltaLink, refusal: func(time.Time) *refusal { return expired() }},
}

func (f Fault) String() string { return faultKinds[f].name }

// ParseFault reads the name of a fault.
func ParseFault(name string) (Fault, error) {
	i := slices.IndexFunc(faultKinds[:], func(k faultKind) bool { return k.name == name })
	if i < 0 {
		return 0, fmt.Errorf("no fault is called %q: there are %s", name, strings.Join(FaultNames(), ", "))
	}
	return Fault(i), nil
}

// FaultNames are the names of all faults.
func FaultNames() []string {
	names := make([]string, len(faultKinds))
	for i, k := range faultKinds {
		names[i] = k.name
	}
	return names
}

// fault draws what goes wrong with the n-th request, which may be nothing.
func (t *Tenant) fault(n uint64, r *http.Request) *faultKind {
	s := seeded(t.seed, n, 'f')
	_, path, err := route(r.URL.Path)
	if err != nil || !s.chance(t.Faults.Share) {
		return &faultKind{}
	}
	var suited []*faultKind
	options := r.URL.Query()
	for _, f := range t.Faults.Kinds {
		if k := &faultKinds[f]; k.suits == nil || k.suits(path, options) {
			suited = append(suited, k)
		}
	}
	if len(suited) == 0 {
		return &faultKind{}
	}
	return pick(&s, suited)
}

func isCollection(path []string, _ url.Values) bool {
	last := path[len(path)-1]
	return strings.Contains(last, "(") ||
		slices.Contains(oldCollections, last)
}

// oldCollections are the resources that come in pages.
var oldCollections = strings.Fields(`callRecords sessions participants_v2 users delta groups members owners teams channels
	allChannels organization subscribedSkus calendarView
	chats getAllMessages`)

func isDeltaLink(_ []string, options url.Values) bool {
	since := options.Get("$deltatoken") + options.Get("$deltaToken")
	return since != "" && since != "latest"
}

// broken makes the refusals of a server that cannot.
func broken(status int, code, retryAfter string) func(time.Time) *refusal {
	return func(time.Time) *refusal {
		return &refusal{status: status, code: code, message: http.StatusText(status) + ".", retryAfter: retryAfter}
	}
}

const gatewayPage = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n"
