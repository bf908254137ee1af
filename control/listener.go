package control

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"graphlake/internal/foreign"
)

// limits are how long somebody may take, and how many may come. Who has no token gets no further than the headers.
type limits struct {
	header time.Duration // for the handshake of TLS, and for the headers
	body   time.Duration // from the first byte of a request to its last one
	answer time.Duration // from the headers to the end of the answer
	idle   time.Duration // between two requests of a connection
	stop   time.Duration // for answers that are under way when the server stops
	open   int           // connections
}

var usualLimits = limits{header: 10 * time.Second, body: 30 * time.Second, answer: 2 * time.Minute, idle: time.Minute, stop: 5 * time.Second, open: 512}

// mostHeader is how many bytes all headers have at most: the token of somebody in many groups has half of them.
const mostHeader = 32 << 10

// Serve answers who connects, until ctx ends. One request of a connection at a time, by HTTP/1.1: there is less to be attacked than in HTTP/2.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	open := &connections{most: s.limits.open, open: map[net.Conn]*connection{}}
	only := new(http.Protocols)
	only.SetHTTP1(true)
	server := &http.Server{
		Handler: open.counted(s.steady(s.Handler())), Protocols: only, MaxHeaderBytes: mostHeader,
		ReadHeaderTimeout: s.limits.header, ReadTimeout: s.limits.body, WriteTimeout: s.limits.answer, IdleTimeout: s.limits.idle,
		ConnState: open.changed, ConnContext: open.noted,
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(s.options.Log.Handler(), slog.LevelDebug), // what connections do wrong before there is a request
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limits.stop)
		defer cancel()
		err := server.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		stopped <- err
	})
	err := server.Serve(l)
	if stop() || !errors.Is(err, http.ErrServerClosed) { // it has failed by itself
		return errors.Join(err, server.Close())
	}
	return <-stopped
}

// steady notes what has gone wrong in the program. Who has asked sees the connection end.
func (s *Server) steady(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				s.options.Log.ErrorContext(r.Context(), "request has met a fault of the program",
					"fault", foreign.New(fmt.Sprint(p)).String(), "stack", string(debug.Stack()))
				panic(http.ErrAbortHandler)
			}
		}()
		h.ServeHTTP(w, r)
	})
}

// connections are those that are open. When there are too many the oldest one goes of which no request is being answered: who keeps many
// open and sends nothing, or little at a time, keeps nobody out.
type connections struct {
	most int

	mu   sync.Mutex
	open map[net.Conn]*connection // guarded by mu
}

type connection struct {
	since     time.Time
	answering atomic.Bool
}

type connectionKey struct{}

// noted gives the requests of a connection what is known of it.
func (c *connections) noted(ctx context.Context, conn net.Conn) context.Context {
	one := &connection{since: time.Now()}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[conn] = one
	if len(c.open) > c.most {
		c.closeOldest()
	}
	return context.WithValue(ctx, connectionKey{}, one)
}

// closeOldest closes the oldest connection that may go. If all are being answered it is the newest. c.mu is held.
func (c *connections) closeOldest() {
	var oldest net.Conn
	for conn, one := range c.open {
		if !one.answering.Load() && (oldest == nil || one.since.Before(c.open[oldest].since)) {
			oldest = conn
		}
	}
	delete(c.open, oldest)
	if secured, ok := oldest.(*tls.Conn); ok { // which would say goodbye first
		oldest = secured.NetConn()
	}
	_ = oldest.Close() // it is given up
}

// changed forgets connections that have ended.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	if state == http.StateClosed || state == http.StateHijacked {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.open, conn)
	}
}

// counted notes of which connections requests are being answered.
func (c *connections) counted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if one, ok := r.Context().Value(connectionKey{}).(*connection); ok {
			one.answering.Store(true)
			defer one.answering.Store(false)
		}
		h.ServeHTTP(w, r)
	})
}
