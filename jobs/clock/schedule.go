package clock

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"graphlake/jobs/plan"
	"graphlake/load"
	"graphlake/schemas"
)

// Job is a selection that is run at its times.
type Job struct {
	Name      string
	Selection plan.Selection // without a range: what is due, the planner decides
	Times     Times
	Jitter    time.Duration // a run begins up to so much later than its time
	Late      time.Duration // so long after its time, what was due may not be read yet
}

// Schedule runs jobs at their times, each in its own, and never overlapping itself or one that has a dataset of a tenant in common.
type Schedule struct {
	Jobs  []Job
	Store load.Store
	// Do runs a job at what counts as now, until it is done or gives up because the context has ended. It
	// says whether to try again in a while.
	Do  func(ctx context.Context, j Job, now time.Time) (again bool)
	Log *slog.Logger

	claims Claims
}

// pause is how long after a run that could not reach Graph or the lake, or found it locked, it is tried again.
const pause = 15 * time.Minute

// Run returns when the context has ended and the jobs under way have too. At the beginning it runs the
// jobs that have not done what was due when they should have run last.
func (s *Schedule) Run(ctx context.Context) {
	clock := cron.New(cron.WithLogger(cron.DiscardLogger))
	var jobs sync.WaitGroup
	for _, j := range s.Jobs {
		w := &waking{schedule: s, job: j, log: s.Log.With("job", j.Name), tick: make(chan struct{}, 1)}
		clock.Schedule(j.Times, cron.FuncJob(w.wake))
		jobs.Go(func() { w.stay(ctx) })
		w.log.InfoContext(ctx, "job is scheduled", "next", j.Times.Next(time.Now()).UTC())
	}
	clock.Start()
	<-ctx.Done()
	<-clock.Stop().Done()
	jobs.Wait()
}

// waking is a job on its schedule.
type waking struct {
	schedule *Schedule
	job      Job
	log      *slog.Logger
	tick     chan struct{} // a time has come; of several that come while the job is at work, one is left
	done     time.Time     // the last of the times that was seen to
}

// wake is called at the job's times.
func (w *waking) wake() {
	select {
	case w.tick <- struct{}{}:
	default:
	}
}

// stay runs the job whenever a time has come. One that came while it was at work is made up at once: a
// picture of the day might be missed otherwise.
func (w *waking) stay(ctx context.Context) {
	w.catchUp(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.tick:
		}
		if w.job.Times.Last(time.Now()).After(w.done) && w.delay(ctx) {
			w.run(ctx, w.job.Times.Last(time.Now()))
		}
	}
}

// delay waits as long as the jitter is. It reports false if the context has ended.
func (w *waking) delay(ctx context.Context) bool {
	if w.job.Jitter > 0 {
		select {
		case <-ctx.Done():
		case <-time.After(rand.N(w.job.Jitter)):
		}
	}
	return ctx.Err() == nil
}

// catchUp runs the job at once if its last time has passed and something that was due then is not read:
// the process was down, or it is new here. An observation that nobody made cannot be made later.
func (w *waking) catchUp(ctx context.Context) {
	w.done = w.job.Times.Last(time.Now())
	late, err := w.job.overdue(ctx, w.schedule.Store, w.done)
	if err != nil {
		w.log.WarnContext(ctx, "what is due is not known yet, so the job is run", "error", err)
	}
	due := slices.ContainsFunc(late, func(o Overdue) bool { return o.mode != schemas.Observations })
	if (due || err != nil) && w.delay(ctx) {
		w.log.InfoContext(ctx, "job catches up", "due", w.done.UTC())
		w.run(ctx, time.Now().UTC())
	}
}

// run runs the job for an instant, and again while Graph or the lake is not there.
func (w *waking) run(ctx context.Context, at time.Time) {
	for ctx.Err() == nil {
		w.done = at
		free, ok := w.schedule.claims.Ask(w.job.Selection.Pairs()).Wait(ctx, func() {
			w.log.InfoContext(ctx, "job waits for another one that is at work on its datasets")
		})
		if !ok {
			return
		}
		again := w.schedule.Do(ctx, w.job, instant(at))
		free()
		w.log.InfoContext(ctx, "job waits", "again", again, "next", w.job.Times.Next(time.Now()).UTC())
		if !again {
			return
		}
		select {
		case <-ctx.Done():
		case <-w.tick:
		case <-time.After(pause):
		}
		if last := w.job.Times.Last(time.Now()); last.After(at) {
			at = last // its time came meanwhile
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
