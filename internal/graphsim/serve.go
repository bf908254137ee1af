package graphsim

import (
	"cmp"
	"errors"
	"net/http"
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
	w.b, w.newer = w.b[:0], false
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
	if fault.relink == nil {
		return nil
	}
	return t.relink(w, r, fault.relink)
}

// answer writes the body of a good answer, or says why there is none.
func (t *Tenant) answer(w *writer, r *http.Request) error {
	version, segments, err := route(r.URL.Path)
	if err != nil {
		return err
	}
	if err := t.admit(r); err != nil {
		return err
	}
	if c, keys := t.match(version, segments); c != nil {
		return t.answerOf(w, r, version, c, keys)
	}
	if err := t.pace(segments, r); err != nil {
		return err
	}
	h, err := t.handler(segments)
	if err != nil {
		return err
	}
	if err := t.permit(h.roles); err != nil {
		return err
	}
	if r.Method != methodOf(segments) {
		return refuse(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	}
	q, err := t.question(r, version)
	if err != nil {
		return err
	}
	for _, p := range q.prefer {
		w.newer = w.newer || p == "include-unknown-enum-members"
	}
	return h.answer(w, q)
}

// answerOf answers a request for a collection.
func (t *Tenant) answerOf(w *writer, r *http.Request, version string, c *collection, keys []string) error {
	if err := t.paceOf(c.charges, keys, r.URL.Query()); err != nil {
		return err
	}
	if c.rows == nil && c.one == nil {
		return refuse(501, "NotImplemented", "This simulator does not answer /%s.", c.path)
	}
	if err := t.permit(c.roles); err != nil {
		return err
	}
	if r.Method != cmp.Or(c.method, http.MethodGet) {
		return refuse(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	}
	q, err := t.read(r, version, c, keys)
	if err != nil {
		return err
	}
	for _, p := range q.prefer {
		w.newer = w.newer || p == "include-unknown-enum-members"
	}
	return t.serve(w, q)
}

// pace refuses a request that goes beyond a limit.
func (t *Tenant) pace(segments []string, r *http.Request) error {
	if t.throttle == nil {
		return nil
	}
	wait := t.throttle.admit(charges(segments, r.URL.Query()))
	if wait == 0 {
		return nil
	}
	t.throttled.Add(1)
	return tooMany(t.throttle.retryAfter(wait))
}

// admit checks the token, as Graph does before it looks at anything else.
func (t *Tenant) admit(r *http.Request) error {
	if t.Token == "" {
		return nil
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !ok || token == "":
		return refuse(401, "InvalidAuthenticationToken", "Access token is empty.")
	case token != t.Token:
		return refuse(401, "InvalidAuthenticationToken", "Access token validation failure.")
	}
	return nil
}
