package graphsim

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

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
