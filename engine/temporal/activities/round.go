package activities

import (
	"context"
	"sync"
	"time"

	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
	"graphlake/jobs"
	"graphlake/jobs/plan"
)

// How a round ends
//
// A round holds locks of the lake, so it has to end, whatever becomes of the workflow, of the worker and of Temporal:
//
//   - Close ends it, when its units have.
//   - Hold ends it when its own context does: Temporal has cancelled it, or does not know it any more.
//   - It ends by itself if nobody holds it in time: the workflow was gone before its Hold was there.
//   - LetGo ends it when Temporal is not heard of: what the SDK cannot send it tells no activity.
//   - Drain ends it when its units have, and Close of the activities at once, because the worker stops.
//   - The death of the process frees the locks as the store does, and the next run goes on with what was left.
//
// It ends once. Whoever else ends it waits for that, and gets the same.
type round struct {
	key string
	ask workflows.Ask

	opened chan struct{} // closed when Open has ended; then is there what follows, up to the mutex
	result workflows.Opened
	err    error       // of Open
	run    *jobs.Run   // nil: it has none, and no lock
	units  []plan.Unit // of its plan
	whose  plan.Tenant
	tenant *tenant

	mu     sync.Mutex
	held   bool           // a Hold is there, or was
	unheld *time.Timer    // ends it if there is none; nil before it is open
	why    string         // it was ended, or is to be, by something else than Close: KindGone, KindStopped
	flight sync.WaitGroup // of units
	ending bool
	ended  chan struct{} // closed when the locks are free; then is there what follows
	at     time.Time
	closed workflows.Closed
}

// keptFor is how long a round that has ended is known: as long as Temporal may ask again, whose answer was lost.
const keptFor = time.Hour

// roundOf makes or finds the round of a key. Whoever has made it opens it.
func (a *Activities) roundOf(ask workflows.Ask) (r *round, made bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for key, old := range a.rounds {
		if since, ok := old.endedFor(); ok && since > keptFor {
			delete(a.rounds, key)
		}
	}
	if r := a.rounds[ask.Key]; r != nil {
		return r, false
	}
	r = &round{key: ask.Key, ask: ask, opened: make(chan struct{}), ended: make(chan struct{})}
	a.rounds[ask.Key] = r
	return r, true
}

// find finds the round of a key, which this process has opened.
func (a *Activities) find(ctx context.Context, key string) (*round, error) {
	a.mu.Lock()
	r := a.rounds[key]
	a.mu.Unlock()
	if r == nil {
		return nil, errGone
	}
	select {
	case <-r.opened:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if r.run == nil {
		return nil, errGone
	}
	return r, nil
}

func (a *Activities) drop(r *round) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.rounds[r.key] == r {
		delete(a.rounds, r.key)
	}
}

func (r *round) endedFor() (since time.Duration, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.at), !r.at.IsZero()
}

// endedBy says why a round has ended, to whoever holds it: not by Close is an error.
func (r *round) endedBy() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch r.why {
	case "":
		return nil
	case workflows.KindStopped:
		return errStopped
	}
	return errGone
}

// begin lets a unit begin. Whoever has begun one says when it has ended.
func (r *round) begin() (done func(), err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.why == workflows.KindStopped:
		return nil, errStopped
	case r.why != "" || r.ending:
		return nil, errGone
	}
	r.flight.Add(1)
	return r.flight.Done, nil
}

// stop has no unit begin any more.
func (r *round) stop(why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.why == "" && !r.ending {
		r.why = why
	}
}

// hold notes that somebody holds it from now on.
func (r *round) hold() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held = true
	if r.unheld != nil {
		r.unheld.Stop()
	}
}

// holdWithin ends a round that nobody holds in time.
func (a *Activities) holdWithin(ctx context.Context, r *round, within time.Duration) {
	ctx = context.WithoutCancel(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held {
		return
	}
	r.unheld = time.AfterFunc(within, func() {
		r.stop(workflows.KindGone)
		a.log().WarnContext(ctx, "a round that nobody holds is ended", "tenant", r.ask.Tenant)
		_, _ = a.endRound(ctx, r) // its error is that of a context that has no end
	})
}

// drain ends a round when its units have ended. The context ends the waiting, and not the round.
func (a *Activities) drain(ctx context.Context, r *round) {
	r.stop(workflows.KindStopped)
	select {
	case <-r.opened:
	case <-ctx.Done():
		return
	}
	if r.run == nil {
		return
	}
	landed := make(chan struct{})
	go func() {
		r.flight.Wait()
		close(landed)
	}()
	select {
	case <-landed:
		_, _ = a.endRound(ctx, r) // its error is that the context has ended, as before
	case <-ctx.Done():
	}
}

// endRound ends a round: what is under way is interrupted, the report is kept, the locks are free, also when the context has
// ended. The error is that of the context, if another is at it still.
func (a *Activities) endRound(ctx context.Context, r *round) (workflows.Closed, error) {
	select {
	case <-r.opened:
	case <-ctx.Done():
		return workflows.Closed{}, ctx.Err()
	}
	if r.run == nil {
		return workflows.Closed{}, errGone
	}
	r.mu.Lock()
	first := !r.ending
	r.ending = true
	if r.unheld != nil {
		r.unheld.Stop()
	}
	r.mu.Unlock()
	if !first {
		select {
		case <-r.ended:
			return r.closed, nil
		case <-ctx.Done():
			return workflows.Closed{}, ctx.Err()
		}
	}
	ctx = context.WithoutCancel(ctx)
	rep, err := r.run.End(ctx)
	a.letGo(ctx, r.tenant)
	a.engine.Ended(ctx, r.ask.Job, []plan.Tenant{r.whose}, rep, err)
	r.mu.Lock()
	r.closed, r.at = workflows.Closed{Run: rep.Run, Outcome: outcomeOf(cli.ReportStatus(rep, err))}, time.Now()
	r.mu.Unlock()
	close(r.ended)
	return r.closed, nil
}
