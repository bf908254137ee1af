package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"graphlake/jobs/derive"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// Replay derives the tables of every raw partition of the selection anew, without asking Graph: after
// a new column, or by a version that reads what an older one quarantined. All its days are dirty from
// the start, so one that was interrupted is finished by the next run. There is a unit a dataset.
func (r *Runner) Replay(ctx context.Context, s plan.Selection) (Report, error) {
	return r.replayBy(ctx, s, (*Session).replay)
}

// ReplayLane publishes to the second lane what the plain tables have of the selection and it does not: after it was turned
// on for a lake that has days already, or off for a while. Nothing is derived, and nobody is asked. One that was
// interrupted goes on behind what is done. There is a unit a dataset.
func (r *Runner) ReplayLane(ctx context.Context, s plan.Selection) (Report, error) {
	return r.replayBy(ctx, s, (*Session).replayLane)
}

// replaying is what a replay does with a dataset that is open. The outcome, if it says one, is that of a unit without an error.
type replaying func(*Session, context.Context, *openDataset, *live, *UnitReport) (state.Outcome, error)

func (r *Runner) replayBy(ctx context.Context, s plan.Selection, by replaying) (Report, error) {
	if err := s.Check(r.Now); err != nil {
		return Report{}, err
	}
	var rep Report
	ctx, span := r.begin(ctx, "replay", &rep, s)
	var units []plan.Unit
	for _, t := range s.Tenants {
		for _, d := range s.Datasets {
			units = append(units, plan.Unit{Tenant: t, Dataset: d, Range: schemas.Range{From: s.From, To: s.To}})
		}
	}
	for _, l := range r.Progress.begin(units, false) {
		u, notes := r.replay(ctx, s, l, by)
		rep.Units, rep.Notes = append(rep.Units, u), append(rep.Notes, notes...)
		rep.addChanges(u.changes)
	}
	r.noteLaneOff(&rep)
	return rep, r.end(ctx, span, &rep)
}

func (r *Runner) replay(ctx context.Context, sel plan.Selection, l *live, by replaying) (rep UnitReport, notes []plan.Note) {
	rep = newUnitReport(l.Unit)
	ctx, span := r.Telemetry.start(ctx, "unit")
	var outcome state.Outcome
	o, err := r.openDataset(ctx, sel, l.Tenant, l.Dataset)
	if err == nil {
		s := &Session{runner: r, selection: sel, open: []*openDataset{o}, encoders: newEncoders(int64(runtime.GOMAXPROCS(0)))}
		alive := s.beat(ctx, "replay")
		notes = o.notReplayed(sel)
		outcome, err = by(s, ctx, o, l, &rep)
		err = errors.Join(err, o.state.Close(ctx))
		r.Delta.Tidy(ctx)
		alive.end(ctx)
		rep.changes = o.changes()
	}
	rep.decide(l.Unit, err)
	if err == nil && outcome != "" {
		rep.Outcome = outcome
	}
	rep.Seconds = time.Since(rep.started).Seconds()
	l.end(&rep)
	r.ended(ctx, span, &rep)
	return rep, notes
}

func (s *Session) replay(ctx context.Context, o *openDataset, l *live, rep *UnitReport) (state.Outcome, error) {
	days, err := o.days(ctx, s.selection)
	st := o.state.View()
	days = slices.DeleteFunc(days, func(date time.Time) bool { // but for raw that is to be brought up to the rules of privacy
		return st.IsRemoved(load.Raw, date) || !o.older && o.staysRemoved(load.Tables, date)
	})
	if err != nil || len(days) == 0 {
		return state.NoRaw, err
	}
	l.days.Store(int64(len(days)))
	rep.From, rep.To = days[0], days[len(days)-1].Add(schemas.Day)
	if err := o.state.Update(ctx, func(st *state.State) { st.MarkDirty(days...) }); err != nil {
		return "", err
	}
	var mu sync.Mutex // of rep and errs
	var errs []error
	var workers errgroup.Group
	workers.SetLimit(int(s.encoders.most))
	for _, day := range days {
		workers.Go(func() error {
			err := ctx.Err()
			var r derive.Result
			if err == nil {
				r, err = s.deriveDay(ctx, o, day)
			}
			mu.Lock()
			defer mu.Unlock()
			rep.derive(o, day, r)
			rep.Records = rep.derived
			l.records.Store(rep.Records)
			l.derived.Add(1)
			if err != nil && len(errs) < mostErrors {
				errs = append(errs, fmt.Errorf("%s of %s: %w", o.dataset.Name, day.Format(time.DateOnly), err))
			}
			return nil
		})
	}
	_ = workers.Wait() // its functions return nil
	return "", errors.Join(append(errs, o.keepDays(ctx, s.runner.Now))...)
}

// mostErrors are told of a replay: a thousand days that fail for one reason need not all say so.
const mostErrors = 10

// notReplayed says which days of the selection are left out because they are older than the lake keeps: where raw was
// removed the tables stay as they are, and where the tables were they are not made again.
func (o *openDataset) notReplayed(s plan.Selection) (notes []plan.Note) {
	st := o.state.View()
	raw, tables := st.RemovedOf(load.Raw), st.RemovedOf(load.Tables)
	for _, left := range []struct {
		out []schemas.Range
		why string
	}{
		{schemas.Subtract(raw, tables...), "raw was removed (privacy.keep), so their tables stay as they are"},
		{schemas.Subtract(tables, raw...), "their tables were removed (privacy.keep) and are not made again"},
	} {
		days := 0
		var first time.Time
		for _, r := range left.out {
			for _, date := range r.Days() {
				if touches(s, date) && (st.IsRemoved(load.Raw, date) || o.staysRemoved(load.Tables, date)) {
					if days++; days == 1 {
						first = date
					}
				}
			}
		}
		if days > 0 {
			notes = append(notes, plan.Note{Dataset: o.dataset.Name, Whole: !s.Ranged(), Message: fmt.Sprintf("not replayed: %d days of %s, from %s on: %s",
				days, o.tenant.Name, first.Format(time.DateOnly), left.why)})
		}
	}
	return notes
}

// touches reports whether some of a day is in the range of a replay; without one all is.
func touches(s plan.Selection, date time.Time) bool {
	return !s.Ranged() || date.Before(s.To) && date.Add(schemas.Day).After(s.From)
}

// days are the days of the selection that raw has.
func (o *openDataset) days(ctx context.Context, s plan.Selection) ([]time.Time, error) {
	var days []time.Time
	for p, err := range o.lake.Partitions(ctx, load.Raw, o.dataset.Name, o.tenant.ID) {
		if err != nil {
			return nil, err
		}
		if touches(s, p.Date) {
			days = append(days, p.Date)
		}
	}
	return days, nil
}
