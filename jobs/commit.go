package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"graphlake/extract"
	"graphlake/load"
	"graphlake/schemas"
)

// commit publishes a merge. It gives the days that are to be derived.
func (u *unit) commit(ctx context.Context, merge *load.Merge, behind []extract.Behind) (days []day, err error) {
	ctx, end := u.run.Telemetry.phase(ctx, "commit")
	defer func() { end(&err) }()
	changing := merge.Days()
	if len(changing) > 0 {
		if err := u.update(ctx, func(st *State) { st.soil(changing...) }); err != nil {
			return nil, err
		}
	}
	lost, err := merge.Lose(ctx)
	if err != nil {
		return nil, err
	}
	gained, err := merge.Gain(ctx)
	if err != nil {
		return nil, err
	}
	commits := slices.SortedFunc(slices.Values(slices.Concat(lost, gained)), func(a, b load.Commit) int {
		return a.Partition.Date.Compare(b.Partition.Date)
	})
	var parts []Covered
	for _, c := range commits {
		u.rep.count(c)
		days = append(days, day{date: c.Partition.Date, changed: c.Changed, ours: u.covers(c.Partition.Date)})
		if part, ok := u.partOf(c); ok {
			parts = append(parts, part)
		}
	}
	cover := func(st *State) {
		if u.Dataset.Mode == schemas.Observations && len(parts) > 0 {
			st.miss(u.Dataset, parts[0])
			st.Picture = u.Range.From
		}
		st.cover(u.Dataset, parts...)
		st.lag(u.Range, behind, u.run.Privacy)
		st.Parents = u.rep.Parents
	}
	if err := u.update(ctx, cover); err != nil {
		return nil, err
	}
	return days, nil
}

// partOf is what of the unit's range lies on a partition's day.
func (u *unit) partOf(c load.Commit) (Covered, bool) {
	part := u.part(Data)
	day := schemas.Range{From: c.Partition.Date, To: c.Partition.Date.Add(schemas.Day)}
	if u.Dataset.Mode == schemas.Observations { // of a day, one is enough
		part.From, part.To = earlier(day.From, part.From), day.To
	}
	part.From, part.To = later(part.From, day.From), earlier(part.To, day.To)
	part.Records, part.NotYet = c.Rows, u.rep.NotYet
	if part.To.Sub(part.From) < schemas.Day { // the partition may hold more than was asked for
		part.Records = min(c.Rows, u.rep.Records)
	}
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
func (u *unit) derive(ctx context.Context, days []day) (err error) {
	ctx, end := u.run.Telemetry.phase(ctx, "derive")
	defer func() { end(&err) }()
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
