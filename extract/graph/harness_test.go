package graph

import (
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"graphlake/schemas/throttle"
)

// endpoint is what the tests' Graph is called; nothing listens there but the pipes of pipeNet.
const endpoint = "http://127.0.0.1:8443"

// pipeNet is a network without an operating system, so that a real server and a real client can talk
// on synctest's clock.
type pipeNet struct {
	conns  chan net.Conn
	closed chan struct{}
	close  func()
}

func (n *pipeNet) Accept() (net.Conn, error) {
	select {
	case c := <-n.conns:
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *pipeNet) Close() error   { n.close(); return nil }
func (n *pipeNet) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8443} }

func (n *pipeNet) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case n.conns <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// onClock runs do in a bubble whose clock jumps ahead whenever everybody waits, with a client of the
// handler's Graph.
func onClock(t *testing.T, o Options, graph http.HandlerFunc, do func(t *testing.T, c *Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := &pipeNet{conns: make(chan net.Conn), closed: make(chan struct{})}
		network.close = sync.OnceFunc(func() { close(network.closed) })
		server := httptest.NewUnstartedServer(graph)
		server.Listener.Close()
		server.Listener = network
		server.Start()
		defer server.Close()
		transport := &http.Transport{DialContext: network.dial, MaxResponseHeaderBytes: mostHeader}
		defer transport.CloseIdleConnections()
		o.Endpoint, o.Transport = endpoint, transport
		if o.Token == nil {
			o.Token = StaticToken{"t0ken-of-contoso"}
		}
		c, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		do(t, c)
	})
}

// script answers the n-th request with its n-th handler, and any further one with the last.
func script(handlers ...http.HandlerFunc) http.HandlerFunc {
	next := make(chan int, 1)
	next <- 0
	return func(w http.ResponseWriter, r *http.Request) {
		n := <-next
		next <- min(n+1, len(handlers)-1)
		handlers[n](w, r)
	}
}

// answer is a handler with a status, headers as pairs, and a body.
func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

const wholePage = `{"value":[{"id":"a"},{"id":"b"}]}`

// cutAnswer promises a whole answer and hangs up in its middle.
func cutAnswer(zipped bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if zipped {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			fmt.Fprint(z, wholePage)
			_ = z.Flush() // and no end
			return
		}
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, wholePage[:12])
	}
}

func hangUp(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	conn.Close()
}

func stall(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// values reads a collection into its elements.
func values(ctx context.Context, c *Client, r Request) ([]string, error) {
	var all []string
	for page, err := range c.Pages(ctx, r) {
		if err != nil {
			return all, err
		}
		for _, v := range page.Values {
			all = append(all, string(v.JSON))
		}
	}
	return all, nil
}

// took measures on the bubble's clock.
func took(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

func limit(requests int, per time.Duration) throttle.Limit {
	return throttle.Limit{Requests: requests, Per: per}
}

// refusedIf says of a token that it was refused, or nothing.
func refusedIf(refused bool) *Refused {
	if refused {
		return new(Refused)
	}
	return nil
}
