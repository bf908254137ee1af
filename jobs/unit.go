package jobs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"graphlake/extract"
	"graphlake/load"
	"graphlake/schemas"
)

// unit is a unit under way.
type unit struct {
	Unit
	*holding
	run *run
	rep *UnitReport
}

// do is a unit from its first request to its last table: Graph → raw, raw → tables. Each step leaves
// the lake so that the next start goes on behind it: first the days that will change are marked
// dirty; then raw is published, and only then what raw covers; a day is dirty until all its tables
// are published.
func (u *unit) do(ctx context.Context) error {
	switch {
	case u.Expired:
		part := u.part(Expired)
		return u.update(ctx, func(st *State) { st.cover(u.Dataset, part) })
	case u.Dataset.Mode.Pictures():
		return u.picture(ctx)
	}
	return u.window(ctx)
}

// part is the unit's range in the coverage.
func (u *unit) part(o Outcome) Covered {
	return Covered{From: u.Range.From, To: u.Range.To, Outcome: o, Read: u.run.Now.UTC(), Request: u.view().Requests}
}

// window reads what Graph has of the range and merges it into raw.
func (u *unit) window(ctx context.Context) error {
	held, err := u.held(ctx)
	if err != nil {
		return err
	}
	spool, err := u.lake.Spool(schemas.RawTable(u.Dataset), u.Tenant.ID, u.Range)
	if err != nil {
		return err
	}
	defer spool.Discard()
	reading := extract.Read(u.run.Clients[u.Tenant.ID], u.Dataset, u.Range, extract.Options{Now: u.run.Now, Log: u.log, Held: held})
	if err := u.read(ctx, reading, spool.Add); err != nil {
		return err
	}
	counts := reading.Counts()
	u.rep.NotYet, u.rep.Gone, u.rep.Held = int64(counts.NotYet), int64(counts.Gone), int64(counts.Held)
	u.rep.Records = int64(counts.Read + counts.Held)
	if err := u.run.encoders.Acquire(ctx, 1); err != nil {
		return err
	}
	defer u.run.encoders.Release(1)
	merge, err := spool.Merge(ctx)
	if err != nil {
		return err
	}
	defer merge.Discard()
	return u.commit(ctx, merge)
}

// held is what raw holds of the range by id, for datasets whose records are read one by one.
func (u *unit) held(ctx context.Context) (func(id string) (string, bool), error) {
	if u.Dataset.Source.Detail == nil || u.Dataset.Version == "" {
		return nil, nil
	}
	versions := map[string]int64{}
	for _, day := range u.Range.Days() {
		for r, err := range u.lake.Held(ctx, u.raw(day), schemas.RawTable(u.Dataset)) {
			if err != nil {
				return nil, err
			}
			versions[r.Key] = r.Version
		}
	}
	return func(id string) (string, bool) {
		v, ok := versions[id]
		return strconv.FormatInt(v, 10), ok
	}, nil
}

// read turns records into raw rows, for as many as fit a batch at a time.
func (u *unit) read(ctx context.Context, reading *extract.Reading, to func(arrow.RecordBatch) error) error {
	rows, err := newRawRows(u.Dataset, to)
	if err != nil {
		return err
	}
	defer rows.release()
	for record, err := range reading.Records(ctx) {
		if err != nil {
			return err
		}
		if err := rows.add(record); err != nil {
			return err
		}
	}
	return rows.flush()
}

// commit publishes a merge and derives what it changed.
func (u *unit) commit(ctx context.Context, merge *load.Merge) error {
	changing := merge.Days()
	if len(changing) > 0 {
		if err := u.update(ctx, func(st *State) { st.soil(changing...) }); err != nil {
			return err
		}
	}
	commits, err := merge.Commit(ctx)
	if err != nil {
		return err
	}
	var parts []Covered
	var days []day
	for _, c := range commits {
		u.rep.count(c)
		days = append(days, day{date: c.Partition.Date, changed: c.Changed, ours: u.covers(c.Partition.Date)})
		if part, ok := u.partOf(c); ok {
			parts = append(parts, part)
		}
	}
	if err := u.update(ctx, func(st *State) { st.cover(u.Dataset, parts...) }); err != nil {
		return err
	}
	return u.derive(ctx, days)
}

// partOf is what of the unit's range lies on a partition's day.
func (u *unit) partOf(c load.Commit) (Covered, bool) {
	part := u.part(Data)
	part.From = later(part.From, c.Partition.Date)
	part.To = earlier(part.To, c.Partition.Date.Add(schemas.Day))
	part.Records, part.NotYet = c.Rows, u.rep.NotYet
	switch {
	case c.Rows > 0:
	case u.rep.NotYet > 0:
		part.Outcome = NotYet
	default:
		part.Outcome = Empty
	}
	return part, part.From.Before(part.To)
}

func (u *unit) covers(date time.Time) bool {
	return date.Before(u.Range.To) && date.Add(schemas.Day).After(u.Range.From)
}

// day is a day of raw that a unit has published, or found as it is.
type day struct {
	date    time.Time
	changed bool
	ours    bool // one of the unit's range, and not of a record that moved
}

// derive brings the tables of days up to what raw holds of them. A day that cannot be derived stays
// dirty, and the others do not wait for it.
func (u *unit) derive(ctx context.Context, days []day) error {
	var errs []error
	for _, d := range days {
		rep := u.rep
		if !d.ours {
			other := newUnitReport(u.Unit)
			rep = &other // its rows are counted by the unit whose day it is
		}
		if err := u.deriveDay(ctx, d, rep); err != nil {
			errs = append(errs, fmt.Errorf("%s of %s: %w", u.Dataset.Name, d.date.Format(time.DateOnly), err))
		}
	}
	return errors.Join(errs...)
}

func (u *unit) deriveDay(ctx context.Context, d day, rep *UnitReport) error {
	st := u.view()
	if !d.changed && st.Fresh(d.date, u.fingerprint) {
		clean, err := u.count(ctx, d.date, rep)
		if err != nil || clean {
			return err
		}
	}
	return u.holding.derive(ctx, d.date, rep)
}
