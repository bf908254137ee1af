package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime"
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
		rep.Units = append(rep.Units, r.replay(ctx, s, l))
	}
	return rep, r.end(ctx, span, &rep)
}

func (r *Runner) replay(ctx context.Context, sel plan.Selection, l *live) UnitReport {
	rep := newUnitReport(l.Unit)
	ctx, span := r.Telemetry.start(ctx, "unit")
	o, err := r.openDataset(ctx, l.Tenant, l.Dataset)
	if err == nil {
		cores := runtime.GOMAXPROCS(0)
		s := &Session{runner: r, selection: sel, open: []*openDataset{o}, encoders: newEncoders(int64(cores))}
		err = errors.Join(s.replay(ctx, o, l, cores, &rep), o.state.Close(ctx))
	}
	rep.decide(l.Unit, err)
	rep.Seconds = time.Since(rep.started).Seconds()
	l.end(&rep)
	r.ended(ctx, span, &rep)
	return rep
}

func (s *Session) replay(ctx context.Context, o *openDataset, l *live, cores int, rep *UnitReport) error {
	days, err := o.days(ctx, s.selection)
	if err != nil || len(days) == 0 {
		return err
	}
	l.days.Store(int64(len(days)))
	rep.From, rep.To = days[0], days[len(days)-1].Add(schemas.Day)
	if err := o.state.Update(ctx, func(st *state.State) { st.MarkDirty(days...) }); err != nil {
		return err
	}
	var mu sync.Mutex // of rep and errs
	var errs []error
	var workers errgroup.Group
	workers.SetLimit(cores)
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
	return errors.Join(append(errs, o.keepDays(ctx, s.runner.Now))...)
}

// mostErrors are told of a replay: a thousand days that fail for one reason need not all say so.
const mostErrors = 10

// days are the days of the selection that raw has.
func (o *openDataset) days(ctx context.Context, s plan.Selection) ([]time.Time, error) {
	var days []time.Time
	for p, err := range o.lake.Partitions(ctx, load.Raw, o.dataset.Name, o.tenant.ID) {
		if err != nil {
			return nil, err
		}
		if !s.Ranged() || p.Date.Before(s.To) && p.Date.Add(schemas.Day).After(s.From) {
			days = append(days, p.Date)
		}
	}
	return days, nil
}
