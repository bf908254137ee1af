package graphsim

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

var (
	writers = sync.Pool{New: func() any { return new(writer) }}
	zippers = sync.Pool{New: func() any {
		z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // fails for an unknown level only
		return z
	}}
)

// asked is what Graph says of a request in its answer's headers and errors.
type asked struct {
	id, client string
	at         time.Time
}

// ServeHTTP answers a request below /v1.0 or /beta.
func (t *Tenant) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	s := seeded(t.seed, t.requests.Add(1), 'i')
	id := drawGUID(&s).String()
	about := asked{id: id, client: id, at: t.Now().UTC()}
	if client := r.Header.Get("client-request-id"); client != "" {
		about.client = client
	}
	w, _ := writers.Get().(*writer)
	defer writers.Put(w)
	w.b, w.newer = w.b[:0], false
	status := http.StatusOK
	if err := t.answer(w, r); err != nil {
		refused, ok := errors.AsType[*refusal](err)
		if !ok {
			refused = &refusal{status: 500, code: "InternalServerError", message: err.Error()}
		}
		w.b = w.b[:0] // nothing of an answer that failed half way
		refused.write(w, about)
		status = refused.status
		if refused.retryAfter != "" {
			rw.Header().Set("Retry-After", refused.retryAfter)
		}
	}
	h := rw.Header()
	h.Set("request-id", about.id)
	h.Set("client-request-id", about.client)
	h.Set("Content-Type", "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
	h.Set("Vary", "Accept-Encoding")
	send(rw, r, status, w.b)
}

// send writes the body, compressed if the client takes that.
func send(rw http.ResponseWriter, r *http.Request, status int, body []byte) {
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		rw.Header().Set("Content-Length", strconv.Itoa(len(body)))
		rw.WriteHeader(status)
		_, _ = rw.Write(body) // the client has gone: nobody is left to tell
		return
	}
	rw.Header().Set("Content-Encoding", "gzip")
	rw.WriteHeader(status)
	z, _ := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(rw)
	_, _ = z.Write(body)
	_ = z.Close()
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
	if r.Method != http.MethodGet {
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
