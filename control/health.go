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
	mu sync.Mutex // is held while the lake is asked: who asks meanwhile waits for its answer
	at time.Time  // when it was asked last; guarded by mu
	ok bool       // it answered; guarded by mu
}

const (
	healthAge  = 10 * time.Second
	healthTime = 5 * time.Second // in which a lake answers that does
)

// Health is what /healthz answers.
type Health struct {
	Status string `json:"status"` // ok, or unknown where the lake does not answer
}

func (s *Server) getHealth(w http.ResponseWriter, r *http.Request) {
	if !s.lakeAnswers(r.Context(), healthAge) {
		answer(w, http.StatusServiceUnavailable, Health{"unknown"})
		return
	}
	answer(w, http.StatusOK, Health{"ok"})
}

// lakeAnswers reports whether the lake does: that it did within age, or that it did not within healthAge, is believed.
func (s *Server) lakeAnswers(ctx context.Context, age time.Duration) bool {
	h := &s.health
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := time.Now(); h.at.IsZero() || now.Sub(h.at) > healthAge || h.ok && now.Sub(h.at) > age {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healthTime)
		_, _, err := load.ReadObject(ctx, s.options.Store, load.Settings)
		cancel()
		h.at, h.ok = now, err == nil || errors.Is(err, fs.ErrNotExist)
	}
	return h.ok
}
