package hostile

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// graph is a Graph of one mode. It listens on loopback, as does the other host, which nobody may ask anything.
type graph struct {
	url, other string
	size       int64 // bytes of what is large
	asked      atomic.Int64
}

// piece is a text that is written over and over until the answer has its size, between two that are written once.
type piece struct{ open, again, end string }

// write writes it, in large writes.
func (p piece) write(w io.Writer, size int64) {
	_, _ = io.WriteString(w, p.open) // whoever does not listen any more has ended
	block := strings.Repeat(p.again, max(1, (64<<10)/max(1, len(p.again))))
	for n := int64(len(p.open) + len(p.end)); n < size; n += int64(len(block)) {
		if _, err := io.WriteString(w, block); err != nil {
			return
		}
	}
	_, _ = io.WriteString(w, p.end)
}

// large answers with a piece of the mode's size, compressed.
func large(open, again, end string) mode {
	return mode{serve: func(g *graph) http.HandlerFunc { return zipped(200, piece{open, again, end}, g.size) }}
}

// sized is large with bytes of its own, which are within every bound.
func sized(bytes int64, open, again, end string) mode {
	return mode{serve: func(*graph) http.HandlerFunc { return zipped(200, piece{open, again, end}, bytes) }}
}

func zipped(status int, p piece, size int64) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(status)
		z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
		p.write(z, size)
		_ = z.Close()
	}
}

// plain is a mode of one short answer.
func plain(status int, body string, headers ...string) mode {
	return mode{serve: func(g *graph) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			var filled []string
			for _, h := range headers {
				filled = append(filled, g.fill(h, r))
			}
			answer(w, status, g.fill(body, r), filled...)
		}
	}}
}

func answer(w http.ResponseWriter, status int, body string, headers ...string) {
	w.Header().Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		w.Header().Add(headers[i], headers[i+1])
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// fill puts into a body what is known only when it is asked for: the addresses of both hosts, a link to a page that
// was not there before, the number of the request, and the token that came with it.
func (g *graph) fill(body string, r *http.Request) string {
	n := g.asked.Add(1)
	return strings.NewReplacer(
		"GRAPH", g.url, "OTHER", g.other, "NEXT", fmt.Sprintf("%s%s?$skiptoken=%d", g.url, r.URL.EscapedPath(), n),
		"DELTA", fmt.Sprintf("%s%s?$deltatoken=%d", g.url, r.URL.EscapedPath(), n), "COUNT", fmt.Sprint(n), "BEARER", r.Header.Get("Authorization"),
	).Replace(body)
}

// raw is a mode of bytes on the connection, after a request was read.
func raw(write func(w *bufio.Writer)) mode {
	return mode{serve: func(*graph) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			c, b, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(longestRun))
			write(b.Writer)
			_ = b.Flush()
		}
	}}
}

// forever writes a text until nobody listens.
func forever(w *bufio.Writer, text func(i int) string) {
	for i := 0; ; i++ {
		if _, err := w.WriteString(text(i)); err != nil {
			return
		}
	}
}

// slowly writes a byte a second.
func slowly(w *bufio.Writer, text string) {
	for {
		if _, err := w.WriteString(text); err != nil || w.Flush() != nil {
			return
		}
		time.Sleep(time.Second)
	}
}
