package control

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// leaving is a lake that may be away.
type leaving struct {
	state.Store
	away  atomic.Bool
	asked atomic.Int32
}

func (l *leaving) Open(ctx context.Context, name string) (load.Object, error) {
	l.asked.Add(1)
	if l.away.Load() {
		return nil, errors.New("dial tcp 203.0.113.9:443: account contosolake does not answer")
	}
	return l.Store.Open(ctx, name)
}

// Where the lake is away no status is made of what is not known, and nobody waits for each dataset of it, nor is told where it lies.
func TestStatusOfALakeThatIsAway(t *testing.T) {
	var lake *leaving
	s := serve(t, func(s *Server) {
		lake = &leaving{Store: s.options.Store}
		s.options.Store = lake
		s.options.Status = func(ctx context.Context, sel plan.Selection, now time.Time) (clock.Status, error) {
			return clock.LoadStatus(ctx, lake, sel, nil, now)
		}
		s.options.Select = func(c Choice) (plan.Selection, error) {
			return plan.Selection{Tenants: c.Tenants, Datasets: schemas.BuiltIn()}, nil
		}
	})
	for _, path := range []string{"/v1/status", "/v1/coverage"} {
		if status, text := s.call(t, http.MethodGet, path, nil); status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, text)
		}
		lake.away.Store(true)
		for _, known := range []bool{false, true} { // that it is away
			lake.asked.Store(0)
			status, text := s.call(t, http.MethodGet, path, nil)
			if status != http.StatusServiceUnavailable || strings.Contains(text, "contosolake") || strings.Contains(text, "203.0.113.9") {
				t.Errorf("%s of a lake that is away: %d %s", path, status, text)
			}
			if n := lake.asked.Load(); known && n > 0 {
				t.Errorf("%s of a lake that is known to be away asks it %d times", path, n)
			}
		}
		lake.away.Store(false)
		s.health.at = time.Time{}
	}
}
