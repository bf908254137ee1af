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
)

// errFull says that too many runs wait.
var errFull = errors.New("too many runs wait for others: ask again later")

// queue begins the runs that were asked for. Of two that share a dataset of a tenant the later waits for the other, as it does for runs
// of other processes; what else waits, waits for one of the places. A run is begun by who says so first in the lake: whatever several servers have in their queues, one
// begins it. What waits when the server ends is queued again by the next one, or by another, which looks for it every while.
type queue struct {
	server *Server
	id     string // no other queue has it
	claims clock.Claims
	places *semaphore.Weighted
	atWork sync.WaitGroup

	mu      sync.Mutex
	queued  int                           // places in the queue that are taken
	cancels map[string]context.CancelFunc // by run, of all that wait or run here
	seen    map[string]bool               // runs that nobody has to begin any more
	end     context.Context               // of the server: what waits then begins no more; nil: it has not begun
	broken  context.Context               // runs under way are broken off at its end
}

func newQueue(s *Server) *queue {
	return &queue{server: s, id: rand.Text(), places: semaphore.NewWeighted(mostRunning), cancels: map[string]context.CancelFunc{}, seen: map[string]bool{}}
}

// reserve takes a place in the queue, for a run that add or release follows with.
func (q *queue) reserve() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.queued >= mostQueued {
		return errFull
	}
	q.queued++
	return nil
}

// release gives back a place in the queue.
func (q *queue) release() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.queued--
}

// add queues a run, in a place that was reserved. One that waits here already is not queued again.
func (q *queue) add(a asked) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, there := q.cancels[a.Run]; there || q.seen[a.Run] || q.end == nil || q.end.Err() != nil {
		q.queued--
		return
	}
	t := &ticket{asked: a, queue: q, queued: true}
	if t.selection, t.err = q.server.selection(a); t.err == nil {
		t.claim = q.claims.Ask(t.selection.Pairs())
	}
	waiting, cancel := context.WithCancel(q.end)
	running, breakOff := context.WithCancel(q.broken)
	q.cancels[a.Run] = func() { cancel(); breakOff() }
	q.atWork.Go(func() {
		defer cancel()
		defer breakOff()
		done := t.work(waiting, running)
		q.mu.Lock()
		defer q.mu.Unlock()
		delete(q.cancels, a.Run)
		if done {
			q.seen[a.Run] = true
		}
	})
}

// cancel breaks off a run that waits or runs here.
func (q *queue) cancel(run string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if cancel := q.cancels[run]; cancel != nil {
		cancel()
	}
}

// has reports whether a run waits or runs here, or nobody has to begin it any more.
func (q *queue) has(run string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.cancels[run] != nil || q.seen[run]
}

// look queues what was asked for and not begun, by this server before it was started anew, or by another.
func (q *queue) look(ctx context.Context) {
	s := q.server
	all, err := loadAsked(ctx, s.Store, s.Now(), q.has)
	if err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "not all that was asked for could be read in the lake", "error", err)
	}
	for _, a := range all {
		if a.state(s.Now()) != Queued {
			q.mu.Lock()
			q.seen[a.Run] = true
			q.mu.Unlock()
			continue
		}
		if q.reserve() != nil {
			return
		}
		q.add(a)
	}
}

// forget keeps what was seen to what the lake is asked for.
func (q *queue) forget() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for run := range q.seen {
		if at, _ := load.TimeOfRun(run); q.server.Now().Sub(at) > 2*longestWait {
			delete(q.seen, run)
		}
	}
}

// run begins what is asked for until ctx ends, and then waits for what is under way: until it has ended, or is broken off when
// broken ends.
func (q *queue) run(ctx, broken context.Context) {
	q.mu.Lock()
	q.end, q.broken = ctx, broken
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
	q.atWork.Wait()
}

// ticket is a run that waits for its turn.
type ticket struct {
	asked     asked
	queue     *queue
	selection plan.Selection
	claim     *clock.Claim
	err       error // there is no selection in this server's configuration
	queued    bool  // a place in the queue is taken
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
	q, run := t.queue, t.asked.Run
	s := q.server
	log := s.Log.With("run", run, "caller", t.asked.By)
	if t.err != nil { // a server with another configuration, as an older or a newer one beside this, may know what is meant
		log.WarnContext(waiting, "a run that is waiting is left to others, for it cannot be chosen here", "error", t.err)
		return true
	}
	free, ok := t.claim.Wait(waiting, func() {
		log.InfoContext(waiting, "run waits for another one that is at work on its datasets")
	})
	if !ok {
		return false
	}
	defer free()
	if !q.othersEnd(waiting, t.selection.Pairs(), log) || q.places.Acquire(waiting, 1) != nil {
		return false
	}
	defer q.places.Release(1)
	t.leave()
	begun, err := q.begin(waiting, run)
	if err != nil {
		log.WarnContext(waiting, "run could not be begun; it is tried again", "error", err)
		return false
	}
	if !begun { // another server has begun it, or somebody has canceled it
		return true
	}
	q.begun(running, run, t.selection)
	return true
}

// begin says in the lake that this server begins a run. It is false if another has, or if nobody is to begin it. After an error it looks
// again, for it may have been said.
func (q *queue) begin(ctx context.Context, run string) (begun bool, err error) {
	s := q.server
	now := s.Now()
	for range beginTries {
		_, err = update(ctx, s.Store, run, func(a *asked) error {
			begun = a.Server == q.id
			if a.state(s.Now()) != Queued {
				return errNoChange
			}
			a.Begun, a.Beat, a.Server, a.Host, a.PID = now, now, q.id, s.Host, s.PID
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

// othersEnd waits until no other process says that it is at work on one of the datasets; it would only be found locked. It is false if
// the context has ended. Of two processes that begin at the same instant one finds it locked all the same.
func (q *queue) othersEnd(ctx context.Context, pairs []state.Pair, log *slog.Logger) bool {
	for said := false; ; said = true {
		all, err := state.LoadHeartbeats(ctx, q.server.Store)
		if err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "whether others are at work is not known, so the run begins", "error", err)
		}
		i := slices.IndexFunc(all, func(h state.Heartbeat) bool {
			return !h.Stale(q.server.Now()) && slices.ContainsFunc(pairs, func(p state.Pair) bool { _, holds := h.Holds(p); return holds })
		})
		if i < 0 {
			return ctx.Err() == nil
		}
		if !said {
			log.InfoContext(ctx, "run waits for one of another process that is at work on its datasets", "other", all[i].Run, "host", all[i].Host, "pid", all[i].PID)
		}
		select {
		case <-ctx.Done():
		case <-time.After(othersEvery):
		}
	}
}

// begun runs what was begun, says meanwhile that it does, and hears whether another server was asked to cancel it.
func (q *queue) begun(ctx context.Context, run string, sel plan.Selection) {
	s := q.server
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
			now, err := update(ctx, s.Store, run, func(now *asked) error { now.Beat = s.Now(); return nil })
			if err != nil && ctx.Err() == nil {
				s.Log.WarnContext(ctx, "that the run is alive could not be said in the lake; the run goes on", "run", run, "error", err)
			}
			if !now.Cancel.IsZero() {
				breakOff()
			}
		}
	}()
	result := s.Options.Run(ctx, run, sel)
	brokenOff := ctx.Err() != nil || q.end.Err() != nil
	breakOff()
	<-beats
	q.conclude(ctx, run, result, brokenOff)
}

// conclude writes down what became of a run, also when the server ends.
func (q *queue) conclude(ctx context.Context, run string, r Result, brokenOff bool) {
	s := q.server
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	_, err := update(ctx, s.Store, run, func(now *asked) error {
		now.end(r, brokenOff, s.Now())
		return nil
	})
	if err != nil {
		s.Log.ErrorContext(ctx, "what became of the run could not be written down; its report says it, if it has one", "run", run, "error", err)
	}
}
