package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"graphlake/internal/record"
	"graphlake/jobs/derive"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform"
	"graphlake/transform/privacy"
)

// derive derives a day that may lag raw. One that was marked, and whose raw partition was never published, is not
// dirty. That is asked for itself: a scratch directory that is not there is no reason to forget a day. It is asked while
// nobody publishes: a day that a unit has marked and not published yet is not to be forgotten.
func (s *Session) derive(ctx context.Context, o *openDataset, date time.Time) (derive.Result, error) {
	done, err := s.encoders.one(ctx)
	if err != nil {
		return derive.Result{}, err
	}
	defer done()
	there, err := o.lake.Exists(ctx, o.raw(date))
	if err != nil {
		return derive.Result{}, err
	}
	if !there {
		return derive.Result{}, o.state.Update(ctx, func(st *state.State) { st.Dirty = slices.DeleteFunc(st.Dirty, date.Equal) })
	}
	return o.deriveByRules(ctx, date)
}

// deriveDay derives a day whose raw partition is there.
func (s *Session) deriveDay(ctx context.Context, o *openDataset, date time.Time) (derive.Result, error) {
	done, err := s.encoders.one(ctx)
	if err != nil {
		return derive.Result{}, err
	}
	defer done()
	return o.deriveByRules(ctx, date)
}

// deriveByRules derives a day, of whose raw partition nothing stays that the lake may not hold by the rules of today.
func (o *openDataset) deriveByRules(ctx context.Context, date time.Time) (derive.Result, error) {
	if !o.older {
		return o.derive(ctx, date)
	}
	scrubber, err := privacy.NewRescrubber(o.dataset, o.privacy)
	if err != nil {
		return derive.Result{}, err
	}
	changed, r, err := o.rewriteRaw(ctx, date, func(ctx context.Context, r record.Record) (scrubbed record.Record, stays bool, err error) {
		scrubbed, err = scrubber.Scrub(ctx, r)
		return scrubbed, true, err
	})
	if changed || err != nil {
		return r, err
	}
	return o.derive(ctx, date)
}

// derive replaces the tables of a day by what its raw partition gives, and notes that it is clean, now or with the
// days that follow it. What was done until an error is in the result too. Its caller sees to it that nobody publishes raw.
// A day whose tables were removed, and stay so, is clean without any.
func (o *openDataset) derive(ctx context.Context, date time.Time) (r derive.Result, err error) {
	if o.staysRemoved(load.Tables, date) {
		return r, o.state.Update(ctx, func(st *state.State) { st.Dirty = slices.DeleteFunc(st.Dirty, date.Equal) })
	}
	day, err := derive.Read(ctx, o.day(date))
	if err != nil {
		return r, err
	}
	defer day.Discard()
	o.replacing.RLock()
	r, err = day.Commit(ctx)
	o.replacing.RUnlock()
	o.noteCommits(r.Commits...)
	if err != nil {
		return r, err
	}
	return r, o.cleaned(ctx, &derivedDay{date, columnsOf(r.Misfits), r.Commits})
}

// published are the days of raw that a unit has published, or found as they are.
type published struct {
	losing  []day // have only lost records: their tables come first, for a reader may miss a record that moves, and never sees it twice
	gaining []day
}

// day is a day of raw that a unit has published, or found as it is.
type day struct {
	date    time.Time
	changed bool
	ours    bool // one of the unit's range, and not of a record that moved
	rows    int64
}

// deriveAll brings the tables of a unit's days up to what raw holds of them. A day that cannot be derived stays dirty,
// and the others do not wait for it, but for those that have gained what it still shows.
func (s *Session) deriveAll(ctx context.Context, p published, u plan.Unit, rep *UnitReport) (err error) {
	o, err := s.dataset(u.Pair())
	if err != nil || len(p.losing)+len(p.gaining) == 0 {
		return err
	}
	ctx, end := s.runner.Telemetry.phase(ctx, "derive")
	defer func() { end(&err) }()
	for _, days := range [][]day{p.losing, p.gaining} {
		for _, d := range days {
			r, failed := s.deriveChanged(ctx, o, d)
			if d.ours {
				rep.derive(o, d.date, r)
			} else { // whose rows the unit of the day has counted, if it has ended, or will
				rep.addRows(o.grown(d.date, r.Rows))
			}
			if failed != nil {
				err = errors.Join(err, fmt.Errorf("%s of %s: %w", o.dataset.Name, d.date.Format(time.DateOnly), failed))
			}
		}
		if err != nil {
			break
		}
	}
	return errors.Join(err, o.flush(ctx))
}

// deriveChanged derives a day, unless its tables are what raw gives already.
func (s *Session) deriveChanged(ctx context.Context, o *openDataset, d day) (derive.Result, error) {
	if st := o.state.View(); !d.changed && st.Fresh(d.date, o.fingerprint, o.second.ID()) {
		if there, clean, err := o.day(d.date).Count(ctx); err != nil || clean {
			return there, err
		}
	}
	return s.deriveDay(ctx, o, d.date)
}

// derive adds what was derived of a day.
func (u *UnitReport) derive(o *openDataset, date time.Time, r derive.Result) {
	u.derived += r.Records
	u.Quarantined += r.Quarantined
	if r.Quarantined > 0 {
		u.Quarantine = append(u.Quarantine, o.day(date).Quarantine().Object())
	}
	for column, n := range columnsOf(r.Misfits) {
		if u.Misfits == nil {
			u.Misfits = map[string]int64{}
		}
		u.Misfits[column] += n
	}
	o.tell(date, r.Rows)
	o.noteTables(date, r.Rows)
	u.addRows(r.Rows)
	u.Written += r.Written
	u.Unchanged += r.Unchanged
}

func (u *UnitReport) addRows(of map[string]int64) {
	for table, n := range of {
		u.Rows[table] += n
	}
}

// tell notes which rows of a day a report counts.
func (o *openDataset) tell(date time.Time, rows map[string]int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.told == nil {
		o.told = map[time.Time]map[string]int64{}
	}
	o.told[date] = rows
}

// grown is how many rows a day has more than a report counts; none, if it is in no report yet.
func (o *openDataset) grown(date time.Time, rows map[string]int64) map[string]int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	told, ok := o.told[date]
	if !ok || len(rows) == 0 {
		return nil
	}
	more := map[string]int64{}
	for table, n := range rows {
		more[table] = n - told[table]
	}
	o.told[date] = rows
	return more
}

// cleanAtOnce days are noted as clean by one change of the state: whoever is stopped before derives them again.
const cleanAtOnce = 32

type derivedDay struct {
	date    time.Time
	misfits map[string]int64
	commits []load.Commit
}

// cleaned notes that a day was derived, now or with those that follow it.
func (o *openDataset) cleaned(ctx context.Context, d *derivedDay) error {
	o.mu.Lock()
	o.derived = append(slices.DeleteFunc(o.derived, func(before *derivedDay) bool { return before.date.Equal(d.date) }), d)
	full := len(o.derived) >= cleanAtOnce
	o.mu.Unlock()
	if full {
		return o.flush(ctx)
	}
	return nil
}

// flush publishes the days that were derived to the second lane, and then tells the state that they are clean. Days that
// cannot be published stay dirty.
func (o *openDataset) flush(ctx context.Context) error {
	o.replacing.Lock()
	defer o.replacing.Unlock()
	o.mu.Lock()
	days := slices.Clone(o.derived)
	o.mu.Unlock()
	if len(days) == 0 {
		return nil
	}
	err := o.publish(ctx, days)
	o.mu.Lock()
	o.unpublished = err != nil
	o.mu.Unlock()
	if err != nil {
		return err
	}
	return o.state.Update(context.WithoutCancel(ctx), func(st *state.State) {
		for _, d := range o.stillClean(days) { // within the change: a unit that marks days takes them out of these
			st.MarkClean(d.date, o.fingerprint, o.second.ID())
			st.Restore(load.Tables, d.date)
			if !o.keep.TooOld(load.Quarantine, d.date, o.now) {
				st.Restore(load.Quarantine, d.date)
			}
			st.NoteMisfits(d.date, d.misfits)
		}
	})
}

// stillClean are those of some days that nobody has marked since they were derived. They are not to be flushed again.
func (o *openDataset) stillClean(days []*derivedDay) (clean []*derivedDay) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.derived = slices.DeleteFunc(o.derived, func(d *derivedDay) bool {
		flushed := slices.Contains(days, d)
		if flushed {
			clean = append(clean, d)
		}
		return flushed
	})
	return clean
}

// markDirty notes in the state that raw of days is about to be replaced: that their tables were derived, which the state
// may not say yet, was of what raw has been.
func (o *openDataset) markDirty(st *state.State, days []time.Time) {
	st.MarkDirty(days...)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.derived = slices.DeleteFunc(o.derived, func(d *derivedDay) bool { return slices.ContainsFunc(days, d.date.Equal) })
}

// columnsOf counts misfits by table.column.
func columnsOf(misfits map[transform.Misfit]int64) map[string]int64 {
	var columns map[string]int64
	for m, n := range misfits {
		if columns == nil {
			columns = map[string]int64{}
		}
		columns[m.Table+"."+m.Column] += n
	}
	return columns
}

// dirtyDay is what became of a day that an earlier run left dirty.
type dirtyDay struct {
	open *openDataset
	date time.Time
	rep  UnitReport
	err  error
}

func (d dirtyDay) unit() plan.Unit {
	return plan.Unit{Tenant: d.open.tenant, Dataset: d.open.dataset, Range: schemas.Range{From: d.date, To: d.date.Add(schemas.Day)}}
}

// deriveDirty derives the days that an earlier run left with tables that may lag their raw partition.
// Errors are given back: a unit may still read the day anew and mend it.
func (s *Session) deriveDirty(ctx context.Context) (days []dirtyDay) {
	for _, o := range s.open {
		for _, date := range slices.Clone(o.state.View().Dirty) {
			if s.runner.stopped() != nil {
				return days
			}
			d := dirtyDay{open: o, date: date}
			d.rep = newUnitReport(d.unit())
			span, end := s.runner.Telemetry.phase(ctx, "derive")
			r, err := s.derive(span, o, date)
			end(&err)
			d.rep.derive(o, date, r)
			d.err = err
			o.log.InfoContext(ctx, "dirty day derived", "dt", date.Format(time.DateOnly), "written", r.Written, "failed", err != nil)
			days = append(days, d)
		}
		if err := o.flush(ctx); err != nil {
			dirty := o.state.View().Dirty
			for i, d := range days {
				if d.open == o && slices.ContainsFunc(dirty, d.date.Equal) {
					days[i].err = cmp.Or(d.err, err)
				}
			}
		}
	}
	return days
}

// stillDirty reports, of the days that no unit has read anew, those that could not be derived, and those
// with records that could not be read: the run that left them dirty may not have come so far.
func (s *Session) stillDirty(ctx context.Context, days []dirtyDay, told []UnitReport) (reports []UnitReport) {
	for _, d := range days {
		again := slices.ContainsFunc(told, func(u UnitReport) bool {
			return u.Tenant == d.rep.Tenant && u.Dataset == d.rep.Dataset && u.From.Before(d.rep.To) && d.rep.From.Before(u.To)
		})
		switch {
		case again:
		case d.err != nil && slices.ContainsFunc(d.open.state.View().Dirty, d.date.Equal):
			reports = append(reports, s.fail(ctx, d.unit(), fmt.Errorf("%s of %s: %w", d.rep.Dataset, d.date.Format(time.DateOnly), d.err)))
		case d.err == nil && d.rep.Quarantined > 0:
			d.rep.Records = d.rep.derived
			d.rep.decide(d.unit(), nil)
			s.runner.Telemetry.count(ctx, &d.rep)
			reports = append(reports, d.rep)
		}
	}
	return reports
}
