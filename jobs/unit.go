package jobs

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"graphlake/extract"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform"
)

// unit is a unit under way.
type unit struct {
	Unit
	*holding
	run  *run
	rep  *UnitReport
	live *live
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
	spool, err := u.spool()
	if err != nil {
		return err
	}
	defer spool.Discard()
	reading := u.reading(extract.Options{Held: held})
	if err := u.read(ctx, reading, spool.Add); err != nil {
		return err
	}
	u.tally(reading)
	if err := u.run.encoders.Acquire(ctx, 1); err != nil {
		return err
	}
	defer u.run.encoders.Release(1)
	gone, err := newRawRows(u.Dataset, nil)
	if err != nil {
		return err
	}
	defer gone.release()
	merge, err := u.merge(ctx, spool, reading.Behind(), gone)
	if err != nil {
		return err
	}
	u.rep.Records = int64(merge.Records()) + u.rep.Held // copies from many mailboxes are one
	days, err := u.commit(ctx, merge, reading.Behind())
	if err != nil {
		return err
	}
	// What is damaged stays as it is, and is not covered: the unit fails after all else is done.
	return errors.Join(append(slices.Concat(merge.Damaged(), merge.Skipped()), u.derive(ctx, days))...)
}

func (u *unit) spool() (*load.Spool, error) {
	spool, err := u.lake.Spool(schemas.RawTable(u.Dataset), u.Tenant.ID, u.Range)
	// What was missed of a parent that is behind lies before the range.
	if st := u.view(); err == nil && (u.Dataset.Mode == schemas.Changes || len(st.Behind) > 0) {
		spool.Anywhere()
	}
	return spool, err
}

// reading prepares to read the range. Parents that were behind are read from where they stand.
func (u *unit) reading(o extract.Options) *extract.Reading {
	st := u.view()
	since := st.behindSince()
	o.Behind = func(parent string) (time.Time, bool) {
		from, ok := since[u.run.Privacy.Pseudonym(parent)]
		return from, ok
	}
	o.Now, o.Log, o.Called = u.run.Now, u.log, u.called
	reading := extract.Read(u.run.Clients[u.Tenant.ID], u.Dataset, u.Range, o)
	u.live.reading.Store(reading)
	return reading
}

// called is how errors name a record or a parent: as the tables do, if ids are personal there.
func (u *unit) called(id string) string {
	root := u.Dataset.Root()
	if slices.ContainsFunc(root.Key, func(name string) bool { c, _ := root.Column(name); return c.Personal }) {
		return u.run.Privacy.Pseudonym(id)
	}
	return id
}

// inRaw is an id that Graph gave as raw has it in a column of the key.
func (u *unit) inRaw(key schemas.Column, id string) string {
	if key.Personal {
		return u.run.Privacy.Pseudonym(id)
	}
	return id
}

// tally takes over what a reading has counted.
func (u *unit) tally(reading *extract.Reading) {
	c := reading.Counts()
	u.rep.NotYet, u.rep.Gone, u.rep.Held = int64(c.NotYet), int64(c.Gone), int64(c.Held)
	u.rep.Records = int64(c.Read + c.Held)
	u.rep.Parents, u.rep.Vanished, u.rep.Behind = int64(c.Parents), int64(c.Vanished), int64(len(reading.Behind()))
}

// silent says that of all parents none is found: that they have vanished at once is not believed so far
// that what they had is marked as removed.
func (u *unit) silent() bool {
	return u.rep.Parents > 0 && u.rep.Vanished >= u.rep.Parents && u.rep.Records == 0
}

// merge puts what was read to what raw holds. Only where all was read, what is missing was removed: of
// parents that are behind nothing is known. rows makes those of what was removed, until all is published.
func (u *unit) merge(ctx context.Context, spool *load.Spool, behind []extract.Behind, rows *rawRows) (_ *load.Merge, err error) {
	ctx, end := u.run.Telemetry.phase(ctx, "merge")
	defer func() { end(&err) }()
	key, _ := u.Dataset.Root().Column(u.Dataset.Root().Key[0])
	if !u.Dataset.Removes || u.silent() || len(behind) > 0 && key.Path != extract.Parent {
		return spool.Merge(ctx, load.Reading{})
	}
	unread := map[string]bool{}
	for _, b := range behind {
		unread[u.inRaw(key, b.Parent)] = true
	}
	return spool.Merge(ctx, load.Reading{
		Answers: func(first string) bool { return !unread[first] },
		Absent: func(record []byte) (arrow.RecordBatch, error) {
			gone, err := extract.Remove(record)
			if err != nil {
				return nil, err
			}
			return rows.one(gone)
		},
	})
}

// held is what raw holds of the range by id, for datasets whose records are read one by one.
func (u *unit) held(ctx context.Context) (func(id string) (string, bool), error) {
	return u.heldOf(ctx, u.Range.Days()...)
}

// heldOf is what raw holds of some days.
func (u *unit) heldOf(ctx context.Context, days ...time.Time) (func(id string) (string, bool), error) {
	if u.Dataset.Source.Detail == nil || u.Dataset.Version == "" {
		return nil, nil
	}
	versions := map[string]int64{}
	for _, date := range days {
		for r, err := range u.lake.Held(ctx, u.raw(date), schemas.RawTable(u.Dataset)) {
			if err != nil {
				return nil, err
			}
			versions[r.Key] = r.Version
		}
	}
	key, _ := u.Dataset.Root().Column(u.Dataset.Root().Key[0])
	return func(id string) (string, bool) {
		v, ok := versions[u.inRaw(key, id)]
		return strconv.FormatInt(v, 10), ok
	}, nil
}

// read turns records into raw rows, for as many as fit a batch at a time. What the lake may not hold of
// them does not get any further.
func (u *unit) read(ctx context.Context, reading *extract.Reading, to func(arrow.RecordBatch) error) (err error) {
	ctx, end := u.run.Telemetry.phase(ctx, "read")
	defer func() { end(&err) }()
	rows, err := newRawRows(u.Dataset, to)
	if err != nil {
		return err
	}
	defer rows.release()
	scrubber, err := transform.NewScrubber(u.Dataset, u.run.Privacy)
	if err != nil {
		return err
	}
	for record, err := range reading.Records(ctx) {
		if err != nil {
			return err
		}
		if err := rows.add(scrubber.Scrub(record)); err != nil {
			return err
		}
	}
	return rows.flush()
}
