package graphsim

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

var writers = sync.Pool{New: func() any { return new(writer) }}

// asked is what Graph says of a request in its answer's headers and errors.
type asked struct {
	id, client string
	at         time.Time
}

const jsonType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

// ServeHTTP answers a request below /v1.0 or /beta, every one with the tenant's now as its Date. HEAD of
// the root of a version is answered without a token, as a way to ask for that.
func (t *Tenant) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	n := t.requests.Add(1)
	s := seeded(t.seed, n, 'i')
	id := drawGUID(&s).String()
	about := asked{id: id, client: id, at: t.Now().UTC()}
	if client := r.Header.Get("client-request-id"); client != "" {
		about.client = client
	}
	w, _ := writers.Get().(*writer)
	defer writers.Put(w)
	w.b, w.newer, w.mime = w.b[:0], false, ""
	h := rw.Header()
	h.Set("Date", about.at.Format(http.TimeFormat)) // net/http sets the machine's where there is none
	h.Set("request-id", about.id)
	h.Set("client-request-id", about.client)
	h.Set("Content-Type", jsonType)
	h.Set("Vary", "Accept-Encoding")
	if r.Method == http.MethodHead && (r.URL.Path == "/v1.0/" || r.URL.Path == "/beta/") {
		rw.WriteHeader(http.StatusOK)
		return
	}
	r, fault := t.meant(n, r)
	status := http.StatusOK
	if err := t.attempt(w, r, fault, about.at); err != nil {
		refused, ok := errors.AsType[*refusal](err)
		if !ok {
			refused = &refusal{status: 500, code: "InternalServerError", message: err.Error()}
		}
		refused.write(w, h, about)
		status = refused.status
	} else if w.mime != "" {
		h.Set("Content-Type", w.mime)
	}
	if fault.send != nil {
		fault.send(t, rw, r, reply{status, w.b})
		return
	}
	send(rw, r, reply{status, w.b})
}

// attempt is answer, as far as a fault lets it.
func (t *Tenant) attempt(w *writer, r *http.Request, fault *faultKind, now time.Time) error {
	if fault.refusal != nil {
		return fault.refusal(now)
	}
	if err := t.answer(w, r); err != nil {
		return err
	}
	if fault.edit != nil {
		w.b = fault.edit(t, r, w.b)
	}
	return nil
}

// answer writes the body of a good answer, or says why there is none.
func (t *Tenant) answer(w *writer, r *http.Request) error {
	version, segments, err := route(r.URL.EscapedPath())
	if err != nil {
		return err
	}
	who, err := t.admit(r)
	if err != nil {
		return err
	}
	segments = who.me(segments)
	c, keys := t.match(version, segments)
	if t.throttle != nil {
		if wait := t.throttle.admit(charges(c, keys, r.URL.Query())); wait > 0 {
			t.throttled.Add(1)
			return tooMany(t.throttle.retryAfter(wait))
		}
	}
	switch {
	case c == nil && segments[0] == "me":
		return badRequest("/me request is only valid with delegated authentication flow.")
	case c == nil:
		return unknownSegment(segments)
	case !c.answers():
		return refuse(501, "NotImplemented", "This simulator does not answer /%s.", c.path)
	}
	if err := t.permit(who, c, keys); err != nil {
		return err
	}
	if r.Method != cmp.Or(c.method, http.MethodGet) {
		return refuse(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	}
	q, err := t.read(r, version, c, keys)
	if err != nil {
		return err
	}
	q.signedIn = who.Person != ""
	w.newer = slices.Contains(q.prefer, "include-unknown-enum-members")
	return t.serve(w, q)
}

// route splits an escaped path into the version of the API and its segments, of which a key may have slashes in it. A key
// in parentheses, as Graph writes them in its own links, is a segment of its own.
func route(path string) (version string, segments []string, err error) {
	version, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if version != "v1.0" && version != "beta" {
		return "", nil, badRequest("Invalid version: %s", version)
	}
	for segment := range strings.SplitSeq(strings.TrimSuffix(rest, "/"), "/") {
		if segment, err = url.PathUnescape(segment); err != nil {
			return "", nil, badRequest("Error in the syntax of the path.")
		}
		name, key, keyed := strings.Cut(segment, "('")
		if segments = append(segments, name); keyed {
			segments = append(segments, strings.TrimSuffix(key, "')"))
		}
	}
	return version, segments, nil
}

// admit says whose the token is, as Graph finds out before it looks at anything else.
func (t *Tenant) admit(r *http.Request) (Bearer, error) {
	if t.Token == "" && t.Bearer == nil {
		return Bearer{}, nil
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !ok || token == "":
		return Bearer{}, refuse(401, "InvalidAuthenticationToken", "Access token is empty.")
	case t.Token != "" && token == t.Token:
		return Bearer{}, nil
	case t.Bearer != nil:
		b, good := t.Bearer(token)
		if good {
			return b, nil
		}
		return b, &refusal{status: 401, code: "InvalidAuthenticationToken", message: "Access token validation failure.", challenge: b.Challenge}
	}
	return Bearer{}, refuse(401, "InvalidAuthenticationToken", "Access token validation failure.")
}

// A refusal is an answer that is not 200.
type refusal struct {
	status        int
	code, message string
	inner         string // the code that the inner error has
	retryAfter    string // the header; if empty, it is not sent
	challenge     string // the header WWW-Authenticate; if empty, it is not sent
	html          string // the body, where it is not Graph who answers
}

func (r *refusal) Error() string { return r.code + ": " + r.message }

func refuse(status int, code, format string, args ...any) error {
	return &refusal{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) error { return refuse(400, "BadRequest", format, args...) }

// tooMany is the refusal of a request beyond a limit.
func tooMany(retryAfter string) *refusal {
	return &refusal{status: 429, code: "TooManyRequests", message: "Please retry again later.", retryAfter: retryAfter}
}

// write writes the body of an OData error, as Graph shapes it, and the headers that only an error has.
func (r *refusal) write(w *writer, h http.Header, about asked) {
	w.b = w.b[:0] // nothing of an answer that failed half way
	if r.retryAfter != "" {
		h.Set("Retry-After", r.retryAfter)
	}
	if r.challenge != "" {
		h.Set("WWW-Authenticate", r.challenge)
	}
	if r.html != "" {
		h.Set("Content-Type", "text/html")
		w.b = append(w.b, r.html...)
		return
	}
	inner := entity{"date", about.at.Format("2006-01-02T15:04:05")}
	if r.status == 429 {
		inner = append(inner, "code", "429", "status", "429", "message", "Please retry after")
	}
	if r.inner != "" {
		inner = append(inner, "code", r.inner)
	}
	inner = append(inner, "request-id", about.id, "client-request-id", about.client)
	w.entity(entity{"error", entity{"code", r.code, "message", r.message, "innerError", inner}})
}
