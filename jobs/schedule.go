package jobs

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"graphlake/load"
	"graphlake/schemas"
)

// Job is what is run together, and when.
type Job struct {
	Name      string
	Selection Selection // without a range: what is due, the planner decides
	Times     Times
	Jitter    time.Duration // a run begins up to so much later than its time
	Late      time.Duration // so long after its time, what was due may not be read yet
}

// Schedule runs jobs at their times, each in its own, and never overlapping itself.
type Schedule struct {
	Jobs  []Job
	Store load.Store
	// Do runs a job at what counts as now, until it is done or gives up because the context has ended.
	Do  func(ctx context.Context, j Job, now time.Time) Outcome
	Log *slog.Logger
}

// again is when a run that could not reach Graph or the lake, or found it locked, is tried once more.
const again = 15 * time.Minute

// Run returns when the context has ended and the jobs under way have too. At the beginning it runs the
// jobs that have not done what was due when they should have run last.
func (s *Schedule) Run(ctx context.Context) {
	clock := cron.New(cron.WithLogger(cron.DiscardLogger))
	var late sync.WaitGroup
	for _, j := range s.Jobs {
		w := &waking{Schedule: s, job: j, log: s.Log.With("job", j.Name)}
		clock.Schedule(j.Times, cron.FuncJob(func() { w.tick(ctx) }))
		late.Go(func() { w.catchUp(ctx) })
		w.log.InfoContext(ctx, "job is scheduled", "next", j.Times.Next(time.Now()))
	}
	clock.Start()
	<-ctx.Done()
	<-clock.Stop().Done()
	late.Wait()
}

// waking is a job on its schedule.
type waking struct {
	*Schedule
	job  Job
	log  *slog.Logger
	busy sync.Mutex
}

// tick is called at the job's times.
func (w *waking) tick(ctx context.Context) {
	at := w.job.Times.Last(time.Now())
	if !w.busy.TryLock() {
		w.log.WarnContext(ctx, "job is not run, because it still runs; the next time reads what is due then", "time", at)
		return
	}
	defer w.busy.Unlock()
	if w.job.Jitter > 0 && !wait(ctx, rand.N(w.job.Jitter)) {
		return
	}
	w.run(ctx, at)
}

// catchUp runs the job at once if its last time has passed and something that was due then is not read:
// the process was down, or it is new here. An observation that nobody made cannot be made later.
func (w *waking) catchUp(ctx context.Context) {
	w.busy.Lock()
	defer w.busy.Unlock()
	last := w.job.Times.Last(time.Now())
	late, err := w.job.overdue(ctx, w.Store, last)
	if err != nil {
		w.log.ErrorContext(ctx, "what is due is not known, so the job waits for its next time", "error", err)
		return
	}
	for _, o := range late {
		if o.mode != schemas.Observations {
			w.log.InfoContext(ctx, "job catches up", "due", last, "tenant", o.Tenant, "dataset", o.Dataset)
			w.run(ctx, time.Now().UTC())
			return
		}
	}
}

// run runs the job for an instant, again while Graph or the lake is not there and the next time is far.
func (w *waking) run(ctx context.Context, at time.Time) {
	for ctx.Err() == nil {
		if last := w.job.Times.Last(time.Now()); last.After(at) {
			at = last // its time came while the run before it was under way
		}
		outcome := w.Do(ctx, w.job, instant(at))
		next := w.job.Times.Next(time.Now())
		w.log.InfoContext(ctx, "job has ended", "outcome", outcome, "next", next)
		if outcome != Unavailable || !time.Now().Add(again).Before(next) || !wait(ctx, again) {
			return
		}
	}
}

// instant is what counts as now for a run that was planned for an instant: that, so that a second try
// observes for the same one; on another day the time it is, because a picture is dated by its day.
func instant(planned time.Time) time.Time {
	if now := time.Now().UTC(); !now.Truncate(schemas.Day).Equal(planned.UTC().Truncate(schemas.Day)) {
		return now
	}
	return planned
}

// wait reports whether the time has passed before the context ended.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
