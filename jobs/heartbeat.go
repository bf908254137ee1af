package jobs

// While a session holds locks, its run says in the lake every while that it is alive (state.Heartbeat): at once, at every
// tick of a clock that comes from outside, and no longer when its locks are free. Without such a clock it says nothing. What
// fails of it is logged, and fails no run; the lock, not the heartbeat, keeps others out. A crash leaves it for the next
// that takes one of its locks.

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
)

// Pulse is where a process runs, and how it tells the time to say that it is alive.
type Pulse struct {
	Host  string
	PID   int
	Ticks func() (ticks <-chan time.Time, stop func())
}

// heart beats until its end.
type heart struct {
	session *Session
	log     *slog.Logger
	stop    func()
	done    chan struct{} // closed when nothing is written any more

	mu   sync.Mutex // of what follows
	says state.Heartbeat
	open []*openDataset
	at   load.Version // of what was written last
}

// beat begins to say what the session holds. Its end is to be called when it holds it no longer.
func (s *Session) beat(ctx context.Context, what string) *heart {
	if s.runner.Pulse == nil || len(s.open) == 0 || RunOf(ctx) == "" {
		return nil
	}
	p := s.runner.Pulse
	h := &heart{session: s, log: s.runner.Log, done: make(chan struct{}), open: s.open}
	h.says = state.Heartbeat{Run: RunOf(ctx), What: what, Host: p.Host, PID: p.PID, Started: time.Now().UTC().Truncate(time.Second)}
	ctx, cancel := context.WithCancel(ctx)
	h.write(ctx, time.Now())
	if err := state.SweepHeartbeats(ctx, s.runner.Store, h.says.Run, h.says.Datasets, time.Now()); err != nil {
		h.log.WarnContext(ctx, "what runs that were broken off said of themselves could not be removed", "error", err)
	}
	ticks, stop := p.Ticks()
	h.stop = func() { cancel(); stop() }
	go func() {
		defer close(h.done)
		for {
			select {
			case now := <-ticks:
				h.write(ctx, now)
			case <-ctx.Done():
				return
			}
		}
	}()
	return h
}

// plan says what the run reads.
func (h *heart) plan(ctx context.Context, units []plan.Unit) {
	if h == nil {
		return
	}
	h.note(units)
	h.write(ctx, time.Now())
}

func (h *heart) note(units []plan.Unit) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.says.Units = len(units)
	for _, u := range units {
		for i, d := range h.says.Datasets {
			if d.TenantID != u.Tenant.ID || d.Dataset != u.Dataset.Name || u.Expired {
				continue
			}
			if d.From.IsZero() || u.Range.From.Before(d.From) {
				d.From = u.Range.From
			}
			if u.Range.To.After(d.To) {
				d.To = u.Range.To
			}
			h.says.Datasets[i] = d
		}
	}
}

// write says it once. Whose lock is lost is named no more.
func (h *heart) write(ctx context.Context, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var held []state.HeldDataset
	for _, o := range h.open {
		if !o.state.IsLost() {
			d, ok := h.says.Holds(o.pair())
			if !ok {
				d = state.HeldDataset{TenantID: o.tenant.ID, Dataset: o.dataset.Name}
			}
			held = append(held, d)
		}
	}
	h.says.Datasets, h.says.Beat = held, now.UTC().Truncate(time.Second)
	if p := h.session.runner.Progress; p != nil {
		all := p.Standing().All
		h.says.Units = max(h.says.Units, all.Units)
		h.says.Done, h.says.Requests, h.says.Records, h.says.Share = all.Done, all.Requests, all.Records, all.Share
	}
	at, err := h.says.Write(ctx, h.session.runner.Store, h.at)
	if err != nil && ctx.Err() == nil {
		h.log.WarnContext(ctx, "that the run is alive could not be said in the lake; the run goes on", "error", err)
	}
	h.at = at
}

// end takes it back, also when the context has ended.
func (h *heart) end(ctx context.Context) {
	if h == nil {
		return
	}
	h.stop()
	<-h.done
	ctx = context.WithoutCancel(ctx)
	if err := h.session.runner.Store.Remove(ctx, load.HeartbeatObject(h.says.Run), load.Condition{}); err != nil {
		h.log.WarnContext(ctx, "that the run is alive could not be taken back in the lake; the next run does that", "error", err)
	}
}
