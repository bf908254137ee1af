package jobs

// How people are taken out of a lake (docs/adr/0011-erasing-is-a-derivation.md). The list of who was erased is swapped
// before anything else, and from then on
//   - whatever is read passes it, in every run (left.go);
//   - each dataset of their tenants goes through it once, under its lock: raw day by day (rewrite.go), tables and
//     quarantine of days of which raw is gone, then the second lane, if there is one, and what was in it before, then what
//     the state remembers, then the document of days. Only then the state says that the dataset has been through;
//   - when all datasets have, the reports of runs go through it, and only then the list says that the erasure has ended.
//
// Whoever is stopped at any point leaves a list that says so, and the same command goes on, or any run of a
// dataset: what has been through already is found to be without the people, and stays as it is.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"graphlake/internal/record"
	"graphlake/jobs/derive"
	"graphlake/jobs/erased"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// Erase carries out what the list of the lake says and is not done yet, of the datasets of a selection, which is to be of
// all that the lake holds. There is a unit a dataset. What another run has locked, fails for now, and the same call goes on.
func (r *Runner) Erase(ctx context.Context, s plan.Selection) (Report, error) {
	var rep Report
	ctx, span := r.begin(ctx, "erase", &rep, s)
	for _, t := range s.Tenants {
		for _, d := range s.Datasets {
			u, err := r.eraseFrom(ctx, s, t, d)
			if err != nil {
				return rep, err
			}
			rep.Units = append(rep.Units, u)
			rep.addChanges(u.changes)
		}
	}
	err := r.endErasing(ctx)
	return rep, errors.Join(err, r.end(ctx, span, &rep))
}

// eraseFrom opens a dataset, and takes people out of it.
func (r *Runner) eraseFrom(ctx context.Context, sel plan.Selection, t plan.Tenant, d schemas.Dataset) (UnitReport, error) {
	u := plan.Unit{Tenant: t, Dataset: d}
	o, err := r.openDataset(ctx, sel, t, d)
	if err != nil {
		rep := newUnitReport(u)
		rep.decide(u, err)
		return rep, nil
	}
	s := &Session{runner: r, selection: sel, open: []*openDataset{o}, encoders: newEncoders(int64(runtime.GOMAXPROCS(0)))}
	alive := s.beat(ctx, "erase")
	defer alive.end(ctx)
	rep := s.erase(ctx, o)
	rep.changes = o.changes()
	err = o.state.Close(ctx)
	r.anyLane().Tidy(ctx)
	return rep, err
}

// goOnErasing goes on, in the datasets of a session, with what somebody has begun. Of those of which nothing is to be done
// there is no report.
func (s *Session) goOnErasing(ctx context.Context) (reports []UnitReport) {
	for _, o := range s.open {
		if o.toErase() {
			reports = append(reports, s.erase(ctx, o))
		}
	}
	return reports
}

// toErase reports whether the dataset has not been through all erasures of its tenant.
func (o *openDataset) toErase() bool {
	st := o.state.View()
	return slices.ContainsFunc(o.erasures.Erasures[min(st.Erased, len(o.erasures.Erasures)):], func(e erased.Erasure) bool {
		return slices.Contains(e.Tenants, o.tenant.ID)
	})
}

// erase takes people out of all that the lake holds of a dataset.
func (s *Session) erase(ctx context.Context, o *openDataset) UnitReport {
	u := plan.Unit{Tenant: o.tenant, Dataset: o.dataset}
	rep := newUnitReport(u)
	ctx, span := s.runner.Telemetry.start(ctx, "unit")
	var err error
	if o.toErase() {
		err = s.eraseDataset(ctx, o, &rep)
	}
	rep.decide(u, err)
	rep.Seconds = time.Since(rep.started).Seconds()
	s.runner.ended(ctx, span, &rep)
	return rep
}

func (s *Session) eraseDataset(ctx context.Context, o *openDataset, rep *UnitReport) error {
	for _, date := range slices.Clone(o.state.View().Dirty) { // whose tables may be of what raw has been
		r, err := s.derive(ctx, o, date)
		rep.derive(o, date, r)
		if err != nil {
			return fmt.Errorf("%s of %s: %w", o.dataset.Name, date.Format(time.DateOnly), err)
		}
	}
	days, err := o.days(ctx, plan.Selection{})
	if err == nil {
		err = s.eraseRaw(ctx, o, days, rep)
	}
	if err == nil {
		err = o.flush(ctx)
	}
	if err == nil {
		err = o.eraseWithoutRaw(ctx, days, rep)
	}
	if err == nil {
		err = o.noteHash(ctx)
	}
	if err == nil {
		err = o.eraseFromLane(ctx, s.runner.anyLane())
	}
	if err == nil {
		err = s.eraseState(ctx, o)
	}
	return err
}

// eraseRaw rewrites the days of raw that people are in, some side by side.
func (s *Session) eraseRaw(ctx context.Context, o *openDataset, days []time.Time, rep *UnitReport) error {
	var mu sync.Mutex // of rep and errs
	var errs []error
	var workers errgroup.Group
	workers.SetLimit(int(s.encoders.most))
	for _, day := range days {
		workers.Go(func() error {
			changed, r, err := s.eraseDay(ctx, o, day)
			mu.Lock()
			defer mu.Unlock()
			if changed {
				rep.derive(o, day, r)
				rep.Written++ // raw
				rep.Records += r.Records
			}
			if err != nil && len(errs) < mostErrors {
				errs = append(errs, err)
			}
			return nil
		})
	}
	_ = workers.Wait() // its functions return nil
	return errors.Join(errs...)
}

func (s *Session) eraseDay(ctx context.Context, o *openDataset, day time.Time) (changed bool, r derive.Result, err error) {
	done, err := s.encoders.one(ctx)
	if err != nil {
		return false, r, err
	}
	defer done()
	if err := s.runner.stopped(); err != nil {
		return false, r, err
	}
	without, err := leftOutOf(o.erasures.Of(o.tenant.ID)).filter(o.dataset)
	if err != nil {
		return false, r, err
	}
	return o.rewriteRawNoting(ctx, day, without, func(st *state.State) { st.MarkErasing(day) })
}

// countTables notes how many rows the tables of a day have.
func (o *openDataset) countTables(ctx context.Context, date time.Time) error {
	for _, t := range o.dataset.Tables {
		n, err := o.lake.Count(ctx, o.day(date).Table(t))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		o.noteTables(date, map[string]int64{t.Name: n})
	}
	return nil
}

// eraseState takes people out of what is remembered of a dataset, and notes that all of it has been through the list.
func (s *Session) eraseState(ctx context.Context, o *openDataset) error {
	people := leftOutOf(o.erasures.Of(o.tenant.ID))
	rows := func(day time.Time) (int64, error) { return o.lake.Count(ctx, o.raw(day)) }
	changed := o.state.View().Erasing
	counted := map[time.Time]int64{}
	for _, day := range changed { // also those that another process has rewritten before it was stopped
		if err := o.countTables(ctx, day); err != nil {
			return err
		}
		n, err := rows(day)
		if errors.Is(err, fs.ErrNotExist) {
			continue // only tables are left of it
		}
		if err != nil {
			return err
		}
		counted[day] = n
	}
	o.mu.Lock()
	maps.Copy(o.rows, counted)
	o.mu.Unlock()
	var failed error
	err := o.state.Update(ctx, func(st *state.State) {
		st.Erase(people.has, people.text)
		failed = st.Recount(rows, changed)
	})
	if err = errors.Join(failed, err); err != nil {
		return err
	}
	if err := o.removeOldLists(ctx, s.runner.Store); err != nil {
		return err
	}
	if err := o.keepDays(ctx, s.runner.Now); err != nil {
		return err
	}
	from, to := o.state.View().Erased, len(o.erasures.Erasures)
	_, err = erased.Update(ctx, s.runner.Store, func(l *erased.List) error {
		l.NoteChanged(from, o.pair(), changed)
		return nil
	})
	if err != nil {
		return err
	}
	return o.state.Update(ctx, func(st *state.State) { st.Erased, st.Erasing = to, nil })
}

// removeOldLists removes lists of who is behind that the state does not name: they are left where somebody was stopped.
func (o *openDataset) removeOldLists(ctx context.Context, store state.Store) error {
	named := o.state.View().BehindObject
	for info, err := range store.List(ctx, load.BehindObjects(o.tenant.ID, o.dataset.Name)) {
		if err == nil && info.Name != named {
			err = store.Remove(ctx, info.Name, load.Still(info.Version))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// endErasing takes people out of the reports of runs and notes that their erasure has ended, if all datasets have been
// through it.
func (r *Runner) endErasing(ctx context.Context) error {
	if ctx.Err() != nil { // the next run goes on
		return nil
	}
	l, err := erased.Load(ctx, r.Store)
	if err != nil || l.IsWhole() {
		return err
	}
	n := len(l.Erasures)
	tenants := map[string]bool{}
	for _, e := range l.Erasures {
		for _, id := range e.Tenants {
			tenants[id] = tenants[id] || e.Ended.IsZero()
		}
	}
	for info, err := range r.Store.List(ctx, load.States) {
		if err != nil {
			return err
		}
		tenantID, dataset, ok := load.ParseState(info.Name)
		if !ok || !tenants[tenantID] {
			continue
		}
		st, err := state.Load(ctx, r.Store, state.Pair{TenantID: tenantID, Dataset: dataset})
		if err != nil || st.Erased < n {
			return err
		}
	}
	for info, err := range r.Store.List(ctx, load.Reports) {
		if err == nil && load.IsReport(info.Name) {
			err = r.eraseReport(ctx, info.Name, l.All())
		}
		if err != nil {
			return err
		}
	}
	_, err = erased.Update(ctx, r.Store, func(l *erased.List) error {
		l.End(n, time.Now())
		return nil
	})
	return err
}

// eraseReport takes people out of the report of a run. Its run has ended, so nobody else writes it.
func (r *Runner) eraseReport(ctx context.Context, object string, people []*privacy.People) error {
	text, v, err := load.ReadObject(ctx, r.Store, object)
	if err != nil {
		return err
	}
	without, err := withoutPeople(ctx, text, people)
	if err == nil && !bytes.Equal(without, text) {
		_, err = r.Store.Swap(ctx, object, v, without)
	}
	return err
}

// withoutPeople is a JSON document without people.
func withoutPeople(ctx context.Context, text []byte, people []*privacy.People) ([]byte, error) {
	for _, set := range people {
		filter, err := set.Filter(schemas.Dataset{})
		if err != nil {
			return nil, err
		}
		r, stays, err := filter.Apply(ctx, record.Record{JSON: text})
		if err != nil {
			return nil, err
		}
		if stays {
			text = bytes.Clone(r.JSON)
		}
	}
	return text, nil
}
