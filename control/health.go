package control

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"sync"
	"time"

	"graphlake/load"
)

// health remembers for a while whether the lake answers, so that whoever asks cannot burden it.
type health struct {
	mu sync.Mutex // of what follows; who asks while the lake is asked waits for its answer
	at time.Time
	ok bool
}

const (
	healthAge  = 10 * time.Second
	healthTime = 5 * time.Second // in which a lake answers that does
)

// Health is what /healthz answers.
type Health struct {
	Status string `json:"status"` // ok, or unknown where the lake does not answer
}

func (s *Server) healthz(w http.ResponseWriter, r *http.Request) {
	h := &s.health
	h.mu.Lock()
	if now := time.Now(); h.at.IsZero() || now.Sub(h.at) > healthAge {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), healthTime)
		_, _, err := load.ReadObject(ctx, s.Store, load.Settings)
		cancel()
		h.at, h.ok = now, err == nil || errors.Is(err, fs.ErrNotExist)
	}
	ok := h.ok
	h.mu.Unlock()
	if !ok {
		answer(w, http.StatusServiceUnavailable, Health{"unknown"})
		return
	}
	answer(w, http.StatusOK, Health{"ok"})
}
