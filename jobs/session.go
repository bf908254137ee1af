package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/internal/foreign"
	"graphlake/jobs/derive"
	"graphlake/jobs/erased"
	"graphlake/jobs/exclude"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// Session is some datasets of tenants, each under its lock, so that no other process changes their state, raw or
// tables until Close. A [Run] is one with a report and a heartbeat, which an engine above wants; who reads in one process and
// derives in another does it with the session alone:
//
//	s, err := jobs.Open(ctx, runner, selection) // lock, state
//	p, err := s.Plan()                          // what is due; pure
//	report, days := s.Read(ctx, unit)           // Graph → raw, of each unit
//	result, err := s.Derive(ctx, pair, day)     // raw → tables, of each day that the unit names, and of each dirty one
//	err = s.Close(ctx)                          // what is left is gone on with by the next
//
// A unit is names and a range: it may be planned in one process and read in another, whose session has the same
// selection. Whatever is left out, by a crash at any point, the next session goes on with. Its methods are safe for
// concurrent use, but for Close, which is the last.
type Session struct {
	runner    *Runner // its Now is the earlier of two clocks
	told      bool    // Graph has told its time
	selection plan.Selection
	open      []*openDataset // in the order of the selection
	notOpen   []Failure
	notes     []plan.Note
	changes   []Change // of what is closed
	encoders  *encoders
	shared    map[string]*extract.Shared     // by the tenant's id
	verdicts  atomic.Pointer[graph.Verdicts] // what is wrong with a tenant as a whole, found out once, until a unit is read again
	excluded  *exclude.Excluded
	grown     atomic.Pointer[erased.List] // who was erased, with keys that this session has met; nil: it has met none
}

// Failure is an error of one dataset of a session, as that another session has its lock. The other datasets go on.
type Failure struct {
	Unit plan.Unit // all that is asked for of it
	Err  error
}

// Open takes the locks of all that is selected. What cannot be opened, NotOpen says, and it leaves the others alone.
// The error is one of the selection, or of the clocks: then nothing is locked.
func Open(ctx context.Context, r *Runner, sel plan.Selection) (*Session, error) {
	s, err := newSession(ctx, r, sel)
	if err != nil {
		return nil, err
	}
	s.lock(ctx)
	for _, u := range s.goOnErasing(ctx) {
		if u.Error != nil { // what is read from now on is without them all the same
			r.Log.WarnContext(ctx, "people are not erased yet", "tenant", u.Tenant, "dataset", u.Dataset, "kind", u.Error.Kind)
		}
	}
	return s, nil
}

// newSession is one that has nothing open yet.
func newSession(ctx context.Context, r *Runner, sel plan.Selection) (*Session, error) {
	r, told, notes, err := r.withCheckedClock(ctx, sel)
	if err != nil {
		return nil, err
	}
	if err := sel.Check(r.Now); err != nil {
		return nil, err
	}
	shared := map[string]*extract.Shared{}
	for _, t := range sel.Tenants {
		shared[t.ID] = extract.NewShared(t.Datasets(sel.Datasets))
	}
	s := &Session{runner: r, told: told, selection: sel, notes: notes, encoders: newEncoders(1), shared: shared}
	s.verdicts.Store(new(graph.Verdicts))
	return s, nil
}

func (s *Session) lock(ctx context.Context) {
	failed := s.exclude(ctx)
	for _, t := range s.selection.Tenants {
		for _, d := range t.Datasets(s.selection.Datasets) {
			err := cmp.Or(failed, s.excluded.Err(t.ID), s.runner.stopped())
			var o *openDataset
			if err == nil {
				o, err = s.runner.openDataset(ctx, s.selection, t, d)
			}
			if err != nil {
				s.addNotOpen(plan.Unit{Tenant: t, Dataset: d, Range: s.selection.Span(d, s.runner.Now)}, err)
				continue
			}
			s.open = append(s.open, o)
		}
	}
}

// exclude finds out who is left out. The salt of all hashes of people in a lake is that of the list of who was erased: the
// first who needs it makes it, so that who is left out has the same mark every night.
func (s *Session) exclude(ctx context.Context) error {
	r := s.runner
	list, err := erased.Load(ctx, r.Store)
	if err == nil && r.Exclude.Anybody() && len(list.Salt) == 0 {
		list, err = erased.Update(ctx, r.Store, func(l *erased.List) error {
			if len(l.Salt) == 0 {
				l.Salt = privacy.NewSalt()
			}
			return nil
		})
	}
	if err == nil {
		s.excluded = r.Exclude.Find(graph.WithVerdicts(ctx, s.verdicts.Load()), r.Clients, s.selection.TenantIDs(), list, r.Privacy)
	}
	return err
}

func (s *Session) addNotOpen(u plan.Unit, err error) {
	s.notOpen = append(s.notOpen, Failure{u, err})
}

// NotOpen are the datasets of the selection that could not be opened, and why.
func (s *Session) NotOpen() []Failure { return s.notOpen }

func (s *Session) dataset(p state.Pair) (*openDataset, error) {
	for _, o := range s.open {
		if o.pair() == p {
			return o, nil
		}
	}
	return nil, fmt.Errorf("%s of tenant %s is not open in this session: select it, and look at NotOpen", p.Dataset, p.TenantID)
}

// Plan is what is due by the states under the locks. It asks nobody and changes nothing.
func (s *Session) Plan() (plan.Plan, error) {
	known := map[state.Pair]state.State{}
	for _, o := range s.open {
		st := o.state.View()
		if !o.wasAsked() {
			st = st.Clone()
			s.selection.Begin(&st, o.dataset, s.runner.Now)
		}
		known[o.pair()] = st
	}
	p, err := plan.New(s.selection, known, s.runner.Now)
	p.Units = slices.DeleteFunc(p.Units, func(u plan.Unit) bool { _, open := known[u.Pair()]; return !open })
	for _, o := range s.open {
		o.toRead(p.Units)
	}
	p.Notes = slices.Concat(s.notes, p.Notes)
	return p, err
}

// Dirty are the days of a dataset whose tables may lag raw, because a session has ended before it derived them.
func (s *Session) Dirty(p state.Pair) ([]time.Time, error) {
	o, err := s.dataset(p)
	if err != nil {
		return nil, err
	}
	return slices.Clone(o.state.View().Dirty), nil
}

// Read reads what Graph has of a unit into raw: when it has ended, raw is published and the state says so. What became
// of it is in the report, as an outcome and an error, which it never returns. The days are those whose tables are to be
// derived, in this order: on the first ones records are gone that the later ones have gained.
//
// The dataset and the tenant are the session's own, by the unit's names.
func (s *Session) Read(ctx context.Context, u plan.Unit) (rep UnitReport, days []time.Time) {
	if o, err := s.dataset(u.Pair()); err == nil { // otherwise read says so
		u.Tenant, u.Dataset = o.tenant, o.dataset
	}
	l := newLive(u, true)
	read, err := s.read(ctx, l, &rep)
	s.conclude(ctx, l, &rep, err)
	for _, d := range slices.Concat(read.losing, read.gaining) {
		days = append(days, d.date)
	}
	return rep, days
}

// read is Read of a unit of the session, without a conclusion: its caller may still derive.
func (s *Session) read(ctx context.Context, l *live, rep *UnitReport) (published, error) {
	*rep = newUnitReport(l.Unit)
	o, err := s.dataset(l.Pair())
	if err != nil {
		return published{}, err
	}
	if today := s.runner.Now.UTC().Truncate(schemas.Day); l.Dataset.Mode.Pictures() && !l.Range.From.Equal(today) {
		return published{}, fmt.Errorf("a picture of %s cannot be taken on %s: plan again", l.Range.From.Format(time.DateOnly), today.Format(time.DateOnly))
	}
	if inOrder(l.Unit) {
		if err := o.serial.Acquire(ctx, 1); err != nil {
			return published{}, err
		}
		defer o.serial.Release(1)
	}
	if err := s.runner.stopped(); err != nil {
		return published{}, err
	}
	if err := o.noteAsked(ctx, s.selection, s.runner.Now); err != nil {
		return published{}, err
	}
	u := unit{Unit: l.Unit, open: o, session: s, rep: rep, live: l, left: s.leftOut(o)}
	l.verdicts = s.verdicts.Load()
	return u.run(graph.WithVerdicts(graph.WithCounter(ctx, &l.count), l.verdicts))
}

// conclude says in the report, and in the coverage, what became of a unit.
func (s *Session) conclude(ctx context.Context, l *live, rep *UnitReport, err error) {
	rep.decide(l.Unit, err)
	if o, err := s.dataset(l.Pair()); err == nil {
		o.noteFailure(ctx, l.Unit, rep, s.runner.Now)
		if rep.Outcome != state.Interrupted && rep.Outcome != state.Unavailable {
			o.wasRead(l.Range)
		}
	}
	rep.Requests, rep.Throttled, rep.Bytes = l.count.Requests.Load(), l.count.Throttled.Load(), l.count.BytesRead.Load()
	rep.waited, rep.Seconds = l.count.Waited(), time.Since(rep.started).Seconds()
	l.end(rep)
}

// noteFailure puts into the coverage that a unit was not read, unless nothing can be said of it or written.
func (o *openDataset) noteFailure(ctx context.Context, u plan.Unit, rep *UnitReport, now time.Time) {
	if rep.Error == nil || rep.Outcome == state.Interrupted || rep.Error.Kind == "conflict" {
		return
	}
	r := u.Range
	if u.Dataset.Mode == schemas.Observations { // of a day, one is enough, and a thousand failures are one
		r = r.WholeDays()
	}
	err := o.state.Update(ctx, func(st *state.State) {
		st.Cover(u.Dataset, state.Covered{From: r.From, To: r.To, Outcome: rep.Outcome, Read: now.UTC(), Request: st.Requests})
	})
	if err != nil {
		rep.Error.Message += "; and that could not be noted: " + foreign.Printable(err.Error())
	}
}

// Derive replaces the tables of a day by what its raw partition gives. Then the day is clean, which the state says at
// the latest after Close; a day that is derived twice, or once more after a crash, has the same bytes. A day that is
// marked as dirty and has no raw partition was never published: it is clean.
//
// Days may be derived side by side, while units are read, and from any process: the lock of the dataset keeps other
// sessions out, at the latest when they publish, and within a session nothing is derived while a unit publishes raw.
func (s *Session) Derive(ctx context.Context, p state.Pair, day time.Time) (derive.Result, error) {
	o, err := s.dataset(p)
	if err != nil {
		return derive.Result{}, err
	}
	return s.derive(ctx, o, day)
}

// Close notes what was done, and lets the locks go, also when the context has ended. What was planned and was not read
// is gone on with by the next session with the same selection.
func (s *Session) Close(ctx context.Context) error {
	s.eraseNewKeys(ctx)
	var errs []error
	for _, r := range s.close(ctx) {
		errs = append(errs, fmt.Errorf("close %s of %s: %w", r.Unit.Dataset.Name, r.Unit.Tenant.Name, r.Err))
	}
	return errors.Join(errs...)
}

// close says of which datasets something could not be noted.
func (s *Session) close(ctx context.Context) (failed []Failure) {
	for _, o := range s.open {
		err := o.finish(ctx, s.selection)
		err = errors.Join(err, o.keepDays(ctx, s.runner.Now))
		s.changes = append(s.changes, o.changes()...)
		if err = errors.Join(err, o.state.Close(ctx)); err != nil {
			failed = append(failed, Failure{o.unit(s.selection, s.runner.Now), err})
		}
	}
	s.open = nil
	s.runner.anyLane().Tidy(ctx)
	return failed
}

// encoders bounds how many days are encoded side by side: each takes memory, a page of every one of some hundred columns.
// Whoever publishes raw waits until nobody derives, because what is derived meanwhile might be of a partition that is no
// more. It is safe for concurrent use.
type encoders struct {
	turns *semaphore.Weighted
	most  int64 // that derive side by side
}

func newEncoders(most int64) *encoders {
	return &encoders{semaphore.NewWeighted(most), most}
}

// alone waits until nobody else writes.
func (e *encoders) alone(ctx context.Context) (done func(), err error) { return e.take(ctx, e.most) }

// one waits for the turn of one of those that derive.
func (e *encoders) one(ctx context.Context) (done func(), err error) { return e.take(ctx, 1) }

func (e *encoders) take(ctx context.Context, n int64) (done func(), err error) {
	if err := e.turns.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return func() { e.turns.Release(n) }, nil
}
