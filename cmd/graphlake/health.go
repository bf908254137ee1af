package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"graphlake/jobs/clock"
	"graphlake/load"
)

// health says whether the data of the jobs is there. A probe gets what was found out last: it does not
// wait for the lake, and cannot burden it.
type health struct {
	store load.Store
	jobs  []clock.Job
	log   *slog.Logger

	refreshing sync.Mutex
	lag        map[clock.Overdue]time.Time // since when tables lag

	mu    sync.Mutex // of what follows
	found healthReport
}

func newHealth(store load.Store, all []clock.Job, log *slog.Logger) *health {
	return &health{store: store, jobs: all, log: log, lag: map[clock.Overdue]time.Time{}}
}

// healthReport is what /healthz answers.
type healthReport struct {
	Status string          `json:"status"` // ok, late, or unknown
	Time   time.Time       `json:"time"`   // when that was found out
	Late   []clock.Overdue `json:"late"`
	Error  string          `json:"error,omitempty"`
}

const (
	refreshEvery = time.Minute
	maxAge       = 10 * time.Minute // after which nothing is known any more: the lake does not answer
	lagGrace     = 30 * time.Minute // for so long a run may leave tables behind raw
)

// serve answers at /healthz until the context ends. Then what became of it comes by the channel.
func (h *health) serve(ctx context.Context, l net.Listener) <-chan error {
	h.refresh(ctx, time.Now())
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", h)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			done <- err
		}
		close(done)
	}()
	go func() {
		tick := time.NewTicker(refreshEvery)
		defer tick.Stop()
		for {
			select {
			case now := <-tick.C:
				h.refresh(ctx, now)
			case <-ctx.Done():
				_ = server.Close() // the process ends: who asks at this moment hears that
				return
			}
		}
	}()
	return done
}

// refresh finds out what is late.
func (h *health) refresh(ctx context.Context, now time.Time) {
	h.refreshing.Lock()
	defer h.refreshing.Unlock()
	now = now.UTC().Truncate(time.Second)
	rep := healthReport{Status: "ok", Time: now, Late: []clock.Overdue{}}
	late, err := clock.Late(ctx, h.store, h.jobs, now)
	switch {
	case err != nil:
		h.log.WarnContext(ctx, "the states in the lake could not be read", "error", err)
		rep.Status, rep.Error = "unknown", "the states in the lake could not be read; the log says why"
	default:
		if rep.Late = append(rep.Late, h.withoutRecentLag(late, now)...); len(rep.Late) > 0 {
			rep.Status = "late"
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.found = rep
}

// withoutRecentLag leaves out tables that lag only since a while: a run may be at work on them.
func (h *health) withoutRecentLag(late []clock.Overdue, now time.Time) []clock.Overdue {
	before := h.lag
	h.lag = map[clock.Overdue]time.Time{}
	return slices.DeleteFunc(late, func(o clock.Overdue) bool {
		if !o.Tables {
			return false
		}
		o.Due = time.Time{} // the same days lag at the next time of the job
		since, ok := before[o]
		if !ok {
			since = now
		}
		h.lag[o] = since
		return now.Sub(since) < lagGrace
	})
}

func (h *health) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h.mu.Lock()
	rep := h.found
	h.mu.Unlock()
	if time.Since(rep.Time) > maxAge {
		rep.Status, rep.Error = "unknown", "the lake has not answered since"
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if rep.Status != "ok" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(rep) // the other side has gone: nobody is left to be told
}
