package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"

	"graphlake/internal/cli"
)

// silentFor is for how many heartbeats Temporal may be silent before it counts as away: after one, it takes the worker for dead.
const silentFor = 2

// health says whether a worker gets work, and lets its tenants go when Temporal is away. Whether data is late is not its business: graphlake status says so, and notifications do.
type health struct {
	temporal interface {
		CheckHealth(ctx context.Context, request *client.CheckHealthRequest) (*client.CheckHealthResponse, error)
	}
	silent   time.Duration             // may Temporal be before it counts as away
	letGo    func(ctx context.Context) // called each time that it has gone away
	answered atomic.Int64              // when Temporal last has, in nanoseconds of Unix
	ends     atomic.Bool               // the worker begins nothing any more
}

func newHealth(c *connection, heartbeat time.Duration) *health {
	h := &health{temporal: c.Client, silent: silentFor * heartbeat}
	h.answered.Store(time.Now().UnixNano()) // it has been connected to
	return h
}

// start answers at an address until the context ends. An empty one is nowhere. What becomes of it comes by the channel.
func (h *health) start(ctx context.Context, address string, metrics http.Handler, log *slog.Logger) (<-chan error, error) {
	failed := make(chan error, 1)
	if address == "" {
		return failed, nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, cli.Usage(fmt.Errorf("--listen %s: %w; want the HOST:PORT of a free port, as 127.0.0.1:8082", address, err))
	}
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", h)
	if metrics != nil {
		mux.Handle("GET /metrics", metrics)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10}
	log.InfoContext(ctx, "serves /healthz and /metrics", "address", l.Addr().String())
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("--listen %s: %w", address, err)
		}
	}()
	return failed, nil
}

// watch asks Temporal now and then whether it is there, until the context ends.
func (h *health) watch(ctx context.Context) {
	tick := time.NewTicker(h.silent / 6)
	defer tick.Stop()
	for away := false; ; {
		select {
		case <-tick.C:
			h.ask(ctx)
		case <-ctx.Done():
			return
		}
		was := away
		if away = h.isAway(time.Now()); away && !was {
			h.letGo(ctx)
		}
	}
}

func (h *health) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, h.silent/12)
	defer cancel()
	if _, err := h.temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); err == nil {
		h.answered.Store(time.Now().UnixNano())
	}
}

func (h *health) isAway(now time.Time) bool {
	return now.Sub(time.Unix(0, h.answered.Load())) > h.silent
}

// status is ok, ends, or away.
func (h *health) status(now time.Time) string {
	switch {
	case h.ends.Load():
		return "ends"
	case h.isAway(now):
		return "away"
	}
	return "ok"
}

func (h *health) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	status := h.status(time.Now())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if status != "ok" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"status": status, "version": cli.Version()}) // the other side has gone: nobody is left to be told
}
