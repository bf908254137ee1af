package control

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
)

const (
	// mostQueued wait for others in one server.
	mostQueued = 100
	// mostRunning are at work side by side in one server.
	mostRunning = 4
	// lookEvery is how often a server looks for runs that another one was asked for and has not begun.
	lookEvery = 30 * time.Second
	// othersEvery is how often a run that waits looks whether others have ended.
	othersEvery = 5 * time.Second
	// beginTries are how often a lake that does not answer is told that a run begins.
	beginTries = 3
	// sayTime is for what is said in the lake although the server ends, or the run was canceled.
	sayTime = time.Minute
)

// errFull says that too many runs wait.
var errFull = errors.New("too many runs wait for others: ask again later")

// queue begins the runs that were asked for. Of two that share a dataset of a tenant the later waits for the other, as it does for runs
// of other processes; what else waits, waits until fewer are at work. A run is begun by who says so first in the lake: whatever several
// servers have in their queues, one begins it. What waits when the server ends is queued again by the next one, or by another, which looks
// for it every while.
//
// A run goes through it by these steps: reserve a place, before it is accepted; add; wait, begin and execute, which [ticket.work] has one
// below the other; conclude. A crash before begin leaves it to others, one between begin and conclude leaves a document that says of
// itself when it was last alive.
type queue struct {
	server  *Server
	id      string // no other queue has it
	claims  clock.Claims
	working *semaphore.Weighted // of mostRunning
	tickets sync.WaitGroup      // that wait or are at work

	mu      sync.Mutex
	queued  int                           // places that are taken; guarded by mu
	cancels map[string]context.CancelFunc // by run, of all that wait or are at work here; guarded by mu
	done    map[string]bool               // runs that nobody has to begin here any more; guarded by mu

	// A run lives as long as the server, and not as the request that has asked for it: so these two stand here. What waits at the end of
	// ending begins no more; what is at work at the end of graceful is broken off.
	ending, graceful context.Context // nil until run, and after it; guarded by mu
}

func newQueue(s *Server) *queue {
	return &queue{
		server: s, id: rand.Text(), working: semaphore.NewWeighted(mostRunning),
		cancels: map[string]context.CancelFunc{}, done: map[string]bool{},
	}
}

// reserve takes a place in the queue, unless it is full. What follows is add or release.
func (q *queue) reserve() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.queued >= mostQueued {
		return false
	}
	q.queued++
	return true
}

// release gives back a place in the queue.
func (q *queue) release() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.queued--
}

// add queues a run, in a place that was reserved. One that waits here already is not queued again. One that this server's configuration
// does not know is left to others: an older or a newer one beside this may know what is meant.
func (q *queue) add(a asked) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, there := q.cancels[a.Run]; there || q.done[a.Run] || q.ending == nil || q.ending.Err() != nil {
		q.queued--
		return
	}
	log := q.server.options.Log.With("run", a.Run, "caller", a.By)
	sel, err := q.server.selectAsked(a)
	if err != nil {
		log.WarnContext(q.ending, "a run that is waiting is left to others, for it cannot be chosen here", "error", err)
		q.done[a.Run] = true
		q.queued--
		return
	}
	t := &ticket{run: a.Run, selection: sel, queue: q, queued: true, claim: q.claims.Ask(sel.Pairs()), log: log}
	waiting, cancel := context.WithCancel(q.ending)
	running, breakOff := context.WithCancel(q.graceful)
	q.cancels[a.Run] = func() { cancel(); breakOff() }
	q.tickets.Go(func() {
		defer cancel()
		defer breakOff()
		done := t.work(waiting, running)
		q.mu.Lock()
		defer q.mu.Unlock()
		delete(q.cancels, a.Run)
		if done {
			q.done[a.Run] = true
		}
	})
}

// selectAsked is what a run that was asked for reads, as this server's configuration has it.
func (s *Server) selectAsked(a asked) (plan.Selection, error) {
	choice, err := a.Request.parse()
	if err != nil {
		return plan.Selection{}, err
	}
	for _, t := range s.options.Tenants {
		if slices.Contains(a.Tenants, t.ID) {
			choice.Tenants = append(choice.Tenants, t)
		}
	}
	if len(choice.Tenants) < len(a.Tenants) {
		return plan.Selection{}, errors.New("a tenant of the request is no longer in the configuration: ask again")
	}
	return s.options.Select(choice)
}

// cancel breaks off a run that waits or is at work here.
func (q *queue) cancel(run string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if cancel := q.cancels[run]; cancel != nil {
		cancel()
	}
}

// knows reports whether a run waits or is at work here, or nobody has to begin it here any more.
func (q *queue) knows(run string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.cancels[run] != nil || q.done[run]
}

// look queues what was asked for and not begun, by this server before it was started anew, or by another.
func (q *queue) look(ctx context.Context) {
	o := q.server.options
	all, err := loadAsked(ctx, o.Store, o.Now(), q.knows)
	if err != nil && ctx.Err() == nil {
		o.Log.WarnContext(ctx, "not all that was asked for could be read in the lake", "error", err)
	}
	for _, a := range all {
		if a.stateAt(o.Now()) != Queued {
			q.mu.Lock()
			q.done[a.Run] = true
			q.mu.Unlock()
			continue
		}
		if !q.reserve() {
			return
		}
		q.add(a)
	}
}

// forget keeps what is done to what the lake is asked for.
func (q *queue) forget() {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.server.options.Now()
	for run := range q.done {
		if at, _ := load.TimeOfRun(run); now.Sub(at) > 2*longestWait {
			delete(q.done, run)
		}
	}
}

// run begins what is asked for until ctx ends, and then waits for what is at work: until it has ended, or is broken off when
// graceful ends.
func (q *queue) run(ctx, graceful context.Context) {
	q.mu.Lock()
	q.ending, q.graceful = ctx, graceful
	q.mu.Unlock()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		q.look(ctx)
		q.forget()
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	q.mu.Lock()
	q.ending, q.graceful = nil, nil // who adds now would not be waited for
	q.mu.Unlock()
	q.tickets.Wait()
}

// ticket is a run that waits for its turn.
type ticket struct {
	run       string
	selection plan.Selection
	queue     *queue
	queued    bool // a place in the queue is taken
	claim     *clock.Claim
	log       *slog.Logger
}

// leave gives back the place in the queue.
func (t *ticket) leave() {
	if t.queued {
		t.queue.release()
	}
	t.queued = false
}

// work waits until the run may begin, and runs it. It is not done if somebody has to begin it yet.
func (t *ticket) work(waiting, running context.Context) (done bool) {
	defer t.leave()
	q := t.queue
	free, ok := t.claim.Wait(waiting, func() {
		t.log.InfoContext(waiting, "run waits for another one that is at work on its datasets")
	})
	if !ok {
		return false
	}
	defer free()
	if !q.place(waiting, t.selection.Pairs(), t.log) {
		return false
	}
	defer q.working.Release(1)
	t.leave()
	begun, err := q.begin(waiting, t.run)
	if err != nil {
		t.log.WarnContext(waiting, "run could not be begun; it is tried again", "error", err)
		return false
	}
	if begun && waiting.Err() != nil {
		q.giveBack(waiting, t.run, t.log)
		return false
	}
	if begun { // or another server has begun it, or somebody has canceled it
		result, brokenOff := q.execute(running, t.run, t.selection)
		q.conclude(running, t.run, result, brokenOff || waiting.Err() != nil)
	}
	return true
}

// begin says in the lake that this server begins a run. It is false if another has, or if nobody is to begin it. After an error it looks
// again, for it may have been said. For the same reason it is not broken off while it is said.
func (q *queue) begin(ctx context.Context, run string) (begun bool, err error) {
	o := q.server.options
	now := o.Now()
	saying, end := context.WithTimeout(context.WithoutCancel(ctx), sayTime)
	defer end()
	for range beginTries {
		_, err = updateAsked(saying, o.Store, run, func(a *asked) error {
			begun = a.Server == q.id
			if a.stateAt(o.Now()) != Queued {
				return errNoChange
			}
			a.Begun, a.Beat, a.Server, a.Host, a.PID = now, now, q.id, o.Host, o.PID
			return nil
		})
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, errNoChange):
			return begun, nil
		}
		select {
		case <-ctx.Done():
			return false, err
		case <-time.After(othersEvery):
		}
	}
	return false, err
}

// place waits until few enough are at work here, and no other process says that it is at work on one of the datasets: they would only be
// found locked. A place at work is not kept while others are waited for. It is false if the context has ended. Of two processes that
// begin at the same instant one finds them locked all the same.
func (q *queue) place(ctx context.Context, pairs []state.Pair, log *slog.Logger) bool {
	for said := false; q.working.Acquire(ctx, 1) == nil; said = true {
		other, works := q.otherOn(ctx, pairs, log)
		if !works && ctx.Err() == nil {
			return true
		}
		q.working.Release(1)
		if works && !said {
			log.InfoContext(ctx, "run waits for one of another process that is at work on its datasets", "other", other.Run, "host", other.Host, "pid", other.PID)
		}
		select {
		case <-ctx.Done():
		case <-time.After(othersEvery):
		}
	}
	return false
}

// otherOn is the run of another process that says that it is at work on one of the datasets.
func (q *queue) otherOn(ctx context.Context, pairs []state.Pair, log *slog.Logger) (other state.Heartbeat, works bool) {
	all, err := state.LoadHeartbeats(ctx, q.server.options.Store)
	if err != nil && ctx.Err() == nil {
		log.WarnContext(ctx, "whether others are at work is not known, so the run begins", "error", err)
	}
	i := slices.IndexFunc(all, func(h state.Heartbeat) bool {
		return !h.Stale(q.server.options.Now()) && slices.ContainsFunc(pairs, func(p state.Pair) bool { _, holds := h.Holds(p); return holds })
	})
	if i < 0 {
		return other, false
	}
	return all[i], true
}

// giveBack says that a run has not begun after all: the server ends, or somebody has canceled it.
func (q *queue) giveBack(ctx context.Context, run string, log *slog.Logger) {
	ctx, end := context.WithTimeout(context.WithoutCancel(ctx), sayTime)
	defer end()
	_, err := updateAsked(ctx, q.server.options.Store, run, func(a *asked) error {
		a.Begun, a.Beat, a.Server, a.Host, a.PID = time.Time{}, time.Time{}, "", "", 0
		return nil
	})
	if err != nil {
		log.WarnContext(ctx, "that the run has not begun after all could not be said in the lake; ask for it again", "error", err)
	}
}

// execute runs what was begun, says meanwhile that it does, and hears whether another server was asked to cancel it.
func (q *queue) execute(ctx context.Context, run string, sel plan.Selection) (r Result, brokenOff bool) {
	o := q.server.options
	ctx, breakOff := context.WithCancel(ctx)
	defer breakOff()
	beats := make(chan struct{})
	go func() {
		defer close(beats)
		tick := time.NewTicker(beatEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			now, err := updateAsked(ctx, o.Store, run, func(now *asked) error { now.Beat = o.Now(); return nil })
			if err != nil && ctx.Err() == nil {
				o.Log.WarnContext(ctx, "that the run is alive could not be said in the lake; the run goes on", "run", run, "error", err)
			}
			if !now.Cancel.IsZero() {
				breakOff()
			}
		}
	}()
	r = o.Execute(ctx, run, sel)
	brokenOff = ctx.Err() != nil
	breakOff()
	<-beats
	return r, brokenOff
}

// conclude writes down what became of a run, also when the server ends.
func (q *queue) conclude(ctx context.Context, run string, r Result, brokenOff bool) {
	o := q.server.options
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sayTime)
	defer cancel()
	_, err := updateAsked(ctx, o.Store, run, func(a *asked) error {
		a.Ended, a.Error, a.ExitStatus = o.Now(), r.Error, &r.ExitStatus
		a.BrokenOff = brokenOff && (r.Report.Run == "" || r.Report.Status == state.Interrupted)
		return nil
	})
	if err != nil {
		o.Log.ErrorContext(ctx, "what became of the run could not be written down; its report says it, if it has one", "run", run, "error", err)
	}
}
