package graphsim

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
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
	suits   func(c *collection, options url.Values) bool                      // nil: every request
	refusal func(now time.Time) *refusal                                      // is answered instead
	edit    func(t *Tenant, r *http.Request, body []byte) []byte              // of a good answer
	send    func(t *Tenant, rw http.ResponseWriter, r *http.Request, a reply) // in place of the usual way
}

// any says whether it does anything.
func (k *faultKind) any() bool { return k.refusal != nil || k.edit != nil || k.send != nil }

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
	FaultCutJSON:           {name: "cut-json", suits: isJSON, send: cutJSON},
	FaultRepeat:            {name: "repeat", suits: isCollection, edit: linking("again", false)},
	FaultEmpty:             {name: "empty", suits: isCollection, edit: linking("again", true)},
	FaultLoop:              {name: "loop", suits: isCollection, edit: linking("loop", false)},
	FaultForeign:           {name: "foreign", suits: isCollection, edit: linking("foreign", false)},
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

// matched is the collection that a request is for; nil if there is none.
func (t *Tenant) matched(r *http.Request) (*collection, []string) {
	version, path, err := route(r.URL.EscapedPath())
	if err != nil {
		return nil, nil
	}
	return t.match(version, path)
}

// fault draws what goes wrong with the n-th request, which may be nothing.
func (t *Tenant) fault(n uint64, r *http.Request) *faultKind {
	s := seeded(t.seed, n, 'f')
	if _, _, err := route(r.URL.EscapedPath()); err != nil || !s.chance(t.Faults.Share) {
		return &faultKind{}
	}
	var suited []*faultKind
	c, _ := t.matched(r)
	for _, f := range t.Faults.Kinds {
		if k := &faultKinds[f]; k.suits == nil || k.suits(c, r.URL.Query()) {
			suited = append(suited, k)
		}
	}
	if len(suited) == 0 {
		return &faultKind{}
	}
	return pick(&s, suited)
}

func isCollection(c *collection, _ url.Values) bool {
	return c != nil && c.rows != nil && c.method == ""
}

// isJSON is false for a text: nobody can see that half of one is not all.
func isJSON(c *collection, _ url.Values) bool { return c == nil || c.text == nil }

func isDeltaLink(_ *collection, options url.Values) bool {
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

// linking gives a page another link, and if it is to be empty nothing else. To the same page leads "again", without
// a fault; "loop", to the page whose link this is then; and "fresh", a link that was never given before. "foreign"
// leads to another host. The tokens hold the request's query.
func linking(kind string, empty bool) func(*Tenant, *http.Request, []byte) []byte {
	return func(t *Tenant, r *http.Request, body []byte) []byte {
		page, text := parseEntity(body), r.URL.RawQuery
		if kind == "fresh" {
			text = strconv.FormatUint(t.requests.Load(), 10) + " " + text
		}
		link := origin(r) + r.URL.EscapedPath() + "?$skiptoken=" + t.seal(kind, text)
		if kind == "foreign" {
			link = "https://graph.adatum.example" + r.URL.EscapedPath() + "?" + r.URL.RawQuery
		}
		page.remove(nextLink)
		page.remove("@odata.deltaLink")
		if empty {
			page.remove("@odata.count")
			page.set("value", []entity(nil))
		}
		return rewritten(append(page, nextLink, link))
	}
}

// meant is the request that is meant by one, and what goes wrong with it: a detour leads back, and on
// it nothing else goes wrong, so that it ends.
func (t *Tenant) meant(n uint64, r *http.Request) (*http.Request, *faultKind) {
	if t.Faults.Share <= 0 && t.Sick.Seed == 0 {
		return r, &faultKind{}
	}
	token := r.URL.Query().Get("$skiptoken")
	if query, ok := t.unseal("again", token); ok {
		return withQuery(r, query), &faultKind{}
	}
	if query, ok := t.unseal("loop", token); ok {
		return withQuery(r, query), &faultKinds[FaultLoop]
	}
	if t.Sick.Seed != 0 {
		text, ok := t.unseal("fresh", token)
		if _, query, numbered := strings.Cut(text, " "); ok && numbered {
			r = withQuery(r, query)
		}
		if at, fault := t.sicken(r, t.Now().UTC()); ok || fault.any() || at != r {
			return at, fault
		}
	}
	return r, t.fault(n, r)
}

func withQuery(r *http.Request, query string) *http.Request {
	r = r.Clone(r.Context())
	r.URL.RawQuery = query
	return r
}

// A reply is what goes over the wire.
type reply struct {
	status int
	body   []byte
}

var zippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // fails for an unknown level only
	return z
}}

func takesGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}

// send sends a reply whole, compressed if the client takes that.
func send(rw http.ResponseWriter, r *http.Request, a reply) {
	if !takesGzip(r) {
		rw.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
		rw.WriteHeader(a.status)
		_, _ = rw.Write(a.body) // the client has gone: nobody is left to tell
		return
	}
	rw.Header().Set("Content-Encoding", "gzip")
	rw.WriteHeader(a.status)
	z, _ := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(rw)
	_, _ = z.Write(a.body)
	_ = z.Close()
}

// cutJSON sends half of a document as if it were all.
func cutJSON(_ *Tenant, rw http.ResponseWriter, r *http.Request, a reply) {
	a.body = a.body[:len(a.body)/2]
	send(rw, r, a)
}

// cutBody promises all of the body and sends half; then the server ends the connection.
func cutBody(_ *Tenant, rw http.ResponseWriter, r *http.Request, a reply) {
	body := a.body
	if takesGzip(r) {
		var zipped bytes.Buffer
		z := gzip.NewWriter(&zipped)
		_, _ = z.Write(body) // to memory
		_ = z.Close()
		body = zipped.Bytes()
		rw.Header().Set("Content-Encoding", "gzip")
	}
	rw.Header().Set("Content-Length", strconv.Itoa(len(body)))
	rw.WriteHeader(a.status)
	_, _ = rw.Write(body[:len(body)/2])
}

// stall is cutBody, with time between the half that comes and the end.
func stall(t *Tenant, rw http.ResponseWriter, r *http.Request, a reply) {
	cutBody(t, rw, r, a)
	_ = http.NewResponseController(rw).Flush() // where there is nothing to flush, the client waits for all of it
	select {
	case <-r.Context().Done():
	case <-time.After(t.Faults.Stall):
	}
}

// reset ends the connection without a word, as a router does that lost its tables.
func reset(_ *Tenant, rw http.ResponseWriter, _ *http.Request, _ reply) {
	conn, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // over HTTP/2 the server resets the stream for this
	}
	if tcp, ok := conn.(interface{ SetLinger(seconds int) error }); ok {
		_ = tcp.SetLinger(0) // a reset, and no orderly end
	}
	_ = conn.Close()
}
