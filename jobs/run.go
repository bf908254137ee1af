package jobs

// A run in its steps. Runner.Run takes them one behind the other, and an engine above takes the same ones, each in a call of
// its own, for as many hours as it tries a unit again:
//
//	run, err := jobs.Begin(ctx, runner, selection) // locks, a heartbeat in the lake, and what earlier runs have left
//	p, err := run.Plan(ctx)                        // what is due
//	report := run.Unit(ctx, i)                     // Graph → raw → tables, of each unit of the plan
//	report, err := run.End(ctx)                    // what is left is noted, the locks are free, the report is in the lake
//
// What holds between the steps: from Begin to End the locks are held and the heartbeat beats, whatever becomes of the
// contexts of single steps. A crash between any two leaves what a crash of Runner.Run leaves at that place: days that are
// dirty and units that are not read, with which the next run of the same selection goes on.

import (
	"context"
	"errors"
	"slices"
	"sync"

	"go.opentelemetry.io/otel/trace"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
)

// Run reads what the selection asks for, or what is due, and derives its tables. First of all it
// derives what an earlier run left dirty. A unit that fails leaves the others alone; what became of
// each is in the report, in the order of the plan. The error is one of the selection, or says that the
// report could not be kept.
func (r *Runner) Run(ctx context.Context, sel plan.Selection) (Report, error) {
	run, err := Begin(ctx, r, sel)
	if err != nil {
		return Report{}, err
	}
	if _, err = run.Plan(ctx); err == nil {
		run.units(ctx)
	}
	rep, failed := run.End(ctx)
	return rep, errors.Join(err, failed)
}

// Run is a run under way, whose units are read one by one as its caller says. Its methods are safe for concurrent use.
type Run struct {
	session *Session
	span    trace.Span
	id      string
	alive   *heart
	letGo   context.CancelFunc // of the context by which the locks are renewed
	notOpen []UnitReport
	dirty   []dirtyDay // that an earlier run has left
	queue   *queue

	whole   sync.Mutex // while it is planned or ended; of what follows
	planned bool
	plan    plan.Plan
	wrong   error  // with the plan
	rep     Report // without the units of the plan until the end
	over    bool
	failed  error // of the end

	mu       sync.Mutex // of what follows
	tasks    []*task    // of the plan, in its order
	ending   bool       // no unit begins any more
	breakOff map[*task]context.CancelFunc
	underWay sync.WaitGroup // of tasks; nobody is added when it is ending
}

// task is a unit of the plan.
type task struct {
	*live
	turn  chan struct{} // filled by whoever reads it; of what follows
	tried bool
	rep   UnitReport // of the last try, with what all of them have cost
}

// Begin begins a run: it takes the locks of all that is selected, derives what earlier runs have left dirty, and goes on with
// erasures. The error is one of the selection, or of the clocks: then nothing is locked. What has begun is to be ended, also
// when its context has.
func Begin(ctx context.Context, r *Runner, sel plan.Selection) (*Run, error) {
	s, err := newSession(ctx, r, sel)
	if err != nil {
		return nil, err
	}
	run := &Run{session: s, queue: newQueue(), breakOff: map[*task]context.CancelFunc{}}
	ctx, run.span = s.runner.begin(ctx, "run", &run.rep, sel)
	run.id = run.rep.Run
	held, letGo := context.WithCancel(context.WithoutCancel(ctx)) // a lock is renewed until the context ends by which it was taken
	run.letGo = letGo
	begun := context.AfterFunc(ctx, letGo)
	s.lock(held)
	run.alive = s.beat(held, "run")
	begun()
	s.noteAsked(ctx)
	for _, e := range s.notOpen { // what another run has is left to it
		run.notOpen = append(run.notOpen, s.fail(ctx, e.Unit, e.Err))
	}
	run.rep.Units = append(run.rep.Units, run.notOpen...)
	run.dirty = s.deriveDirty(ctx)
	run.rep.Units = append(run.rep.Units, s.goOnErasing(ctx)...)
	return run, nil
}

// ID is the run's id, as its report has it.
func (r *Run) ID() string { return r.id }

// NotOpen are the datasets of the selection that could not be opened, as the report has them.
func (r *Run) NotOpen() []UnitReport { return slices.Clone(r.notOpen) }

// in is the context of a step, which belongs to the run.
func (r *Run) in(ctx context.Context) context.Context {
	return trace.ContextWithSpan(context.WithValue(ctx, runKey{}, r.id), r.span)
}

// Plan is what is due. It is planned once: asked again, it is the same.
func (r *Run) Plan(ctx context.Context) (plan.Plan, error) {
	r.whole.Lock()
	defer r.whole.Unlock()
	if r.planned || r.over {
		return r.plan, r.wrong
	}
	r.planned = true
	if r.plan, r.wrong = r.session.Plan(); r.wrong != nil {
		return r.plan, r.wrong
	}
	r.rep.Notes = r.plan.Notes
	r.alive.plan(r.in(ctx), r.plan.Units)
	var tasks []*task
	for _, l := range r.session.runner.Progress.begin(r.plan.Units, true) {
		tasks = append(tasks, &task{live: l, turn: make(chan struct{}, 1)})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tasks = tasks
	return r.plan, nil
}

// units reads all that is planned.
func (r *Run) units(ctx context.Context) {
	ctx = r.in(ctx)
	var all []waiting
	for _, t := range r.tasks {
		all = append(all, waiting{t.live, func() { go r.try(ctx, t) }})
	}
	r.underWay.Add(len(all))
	r.queue.add(all...)
	r.underWay.Wait()
}

// Unit reads a unit of the plan, by its index, from its first request to its last table, and says what became of it. How
// many are under way at once the run sees to. That of a dataset one begins when the one before it in the plan has ended is
// the caller's part.
//
// A unit that was unavailable, or was broken off, may be read again: then the tenant is asked anew, whatever was wrong with it.
// One that has ended otherwise stays as it is: the answer is the same, and nobody is asked. So it is after End. Who calls it
// while it is under way waits, and a context that ends breaks it off.
func (r *Run) Unit(ctx context.Context, i int) UnitReport {
	r.mu.Lock()
	t := r.tasks[i]
	r.mu.Unlock()
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return brokenOff(t.Unit)
	}
	defer func() { <-t.turn }()
	ctx, leave, ended := r.enter(ctx, t)
	if ended != nil {
		return *ended
	}
	defer leave()
	begun := make(chan struct{})
	r.queue.add(waiting{t.live, func() { close(begun) }})
	select {
	case <-begun:
	case <-ctx.Done():
		if r.queue.drop(t.live) {
			rep := t.report()
			r.underWay.Done() // from here on the report is the run's
			return rep
		}
	}
	r.try(ctx, t)
	return t.rep
}

// enter counts a task as under way, unless it has ended, or the run has. Its context ends when the caller's does, if by a
// deadline, or when the run ends: for the unit each of them is a stop. Of a task that has ended it gives the report.
func (r *Run) enter(ctx context.Context, t *task) (_ context.Context, leave func(), ended *UnitReport) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ending || t.tried && t.rep.Outcome != state.Unavailable && t.rep.Outcome != state.Interrupted {
		rep := t.report()
		return nil, nil, &rep
	}
	within, cancel := context.WithCancel(context.WithoutCancel(r.in(ctx)))
	stop := context.AfterFunc(ctx, cancel)
	r.breakOff[t] = cancel
	r.underWay.Add(1)
	return within, func() {
		stop()
		cancel()
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.breakOff, t)
	}, nil
}

// try reads a unit that may begin, or reads it again.
func (r *Run) try(ctx context.Context, t *task) {
	defer r.underWay.Done()
	defer r.queue.ended(t.live)
	s, before := r.session, t.rep
	if t.tried {
		s.askAnew(t.live)
	}
	ctx, span := s.runner.Telemetry.start(ctx, "unit")
	rep := s.unit(ctx, t.live)
	alone := rep.since(before)
	s.runner.ended(ctx, span, &alone)
	rep.Written, rep.Lost, rep.Seconds = rep.Written+before.Written, rep.Lost+before.Lost, rep.Seconds+before.Seconds
	t.rep, t.tried = rep, true
}

// report is what has become of a task so far.
func (t *task) report() UnitReport {
	if t.tried {
		return t.rep
	}
	return brokenOff(t.Unit)
}

// brokenOff reports a unit that could not begin.
func brokenOff(u plan.Unit) UnitReport {
	rep := newUnitReport(u)
	rep.decide(u, context.Canceled)
	return rep
}

// Standing is how far the run is.
func (r *Run) Standing() Standing {
	if p := r.session.runner.Progress; p != nil {
		return p.Standing()
	}
	p := &Progress{run: r.id}
	r.mu.Lock()
	for _, t := range r.tasks {
		p.units = append(p.units, t.live)
	}
	r.mu.Unlock()
	return p.Standing()
}

// End ends the run, also when the context has ended: units under way are broken off, and what is not read is left to the next
// run. It removes what a selection of such a kind removes at its end, and keeps the report. The error is that something of the
// last could not be done. A run ends once: called again, it says the same.
func (r *Run) End(ctx context.Context) (Report, error) {
	r.whole.Lock()
	defer r.whole.Unlock()
	if r.over {
		return r.rep, r.failed
	}
	r.over = true
	r.mu.Lock()
	r.ending = true
	for _, cancel := range r.breakOff {
		cancel()
	}
	r.mu.Unlock()
	r.underWay.Wait()
	ctx = r.in(ctx)
	s, rep := r.session, &r.rep
	if r.planned && r.wrong == nil {
		rep.Units = append(rep.Units, r.reports(ctx)...)
		rep.Units = append(rep.Units, s.stillDirty(ctx, r.dirty, rep.Units)...)
		rep.Units = append(rep.Units, s.eraseNewKeys(ctx)...)
	}
	for _, e := range s.close(ctx) {
		rep.Units = append(rep.Units, s.fail(ctx, e.Unit, e.Err))
	}
	r.letGo()
	r.alive.end(ctx)
	rep.addChanges(s.changes)
	s.runner.noteLaneOff(rep)
	if s.selection.Expire {
		s.expireAfter(ctx, rep)
	}
	s.runner.vacuumAfter(ctx, s.selection, rep)
	r.failed = errors.Join(s.runner.endErasing(ctx), s.runner.end(ctx, r.span, rep))
	return *rep, r.failed
}

// reports are those of the units of the plan, in its order. Who has not been read is told now.
func (r *Run) reports(ctx context.Context) (all []UnitReport) {
	for _, t := range r.tasks {
		if !t.tried {
			_, span := r.session.runner.Telemetry.start(ctx, "unit")
			rep := newUnitReport(t.Unit)
			r.session.conclude(ctx, t.live, &rep, context.Canceled)
			r.session.runner.ended(ctx, span, &rep)
			r.mu.Lock()
			t.rep, t.tried = rep, true
			r.mu.Unlock()
		}
		all = append(all, t.rep)
	}
	return all
}

// noteAsked notes of all datasets that units are asked for, also if none will be due. Where that cannot be noted, nothing
// can be read.
func (s *Session) noteAsked(ctx context.Context) {
	var open []*openDataset
	for _, o := range s.open {
		err := o.noteAsked(ctx, s.selection, s.runner.Now)
		if err == nil {
			open = append(open, o)
			continue
		}
		s.addNotOpen(o.unit(s.selection, s.runner.Now), errors.Join(err, o.state.Close(ctx)))
	}
	s.open = open
}

// unit is a unit from its first request to its last table: Graph → raw, raw → tables.
func (s *Session) unit(ctx context.Context, l *live) (rep UnitReport) {
	days, err := s.read(ctx, l, &rep)
	err = errors.Join(err, s.deriveAll(ctx, days, l.Unit, &rep))
	s.conclude(ctx, l, &rep, err)
	return rep
}

// askAnew prepares to read a unit again: whatever was wrong with its tenant may be right by now. Who was asked beside it, and is
// read again too, shares what is found out.
func (s *Session) askAnew(l *live) {
	if l.verdicts != nil {
		s.verdicts.CompareAndSwap(l.verdicts, l.verdicts.Anew())
	}
	l.begin()
}

// fail reports a unit that was not begun.
func (s *Session) fail(ctx context.Context, u plan.Unit, err error) UnitReport {
	ctx, span := s.runner.Telemetry.start(ctx, "unit")
	rep := newUnitReport(u)
	rep.decide(u, err)
	s.runner.ended(ctx, span, &rep)
	return rep
}
