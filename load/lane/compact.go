package lane

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/schemas"
)

// ErrFormDays says that the Delta tables of a lake are partitioned by day, so that no file of several days can lie in one.
var ErrFormDays = errors.New("the Delta tables of this lake are partitioned by day, and a file of many days has no place in such")

// CompactOptions say what a compaction is of.
type CompactOptions struct {
	Settled func(date time.Time) bool // nothing of a day, which may have no rows, is expected to change
	Before  time.Time                 // months that have ended by then
	DryRun  bool                      // say what would be rolled
}

// Compacted is what a compaction has done to a table of a tenant.
type Compacted struct {
	Months    []time.Time // that were rolled, in order
	Files     int         // of days, that the rolled ones have taken the place of
	Bytes     int64       // of these
	Written   int64       // bytes of the rolled files; 0 of a dry run
	Unsettled []time.Time // months that are old enough, of which a day may still change, or is not live as the plain lane has it
}

// Compact rolls the months of a table of a tenant that are old enough and whose days are settled, in one version that
// says of no row that it has changed. A month that is rolled, or has one file, stays. The caller holds the lock of the
// dataset. After an error nothing is live that was not, but for what an answer that was lost has said.
func (l *Lane) Compact(ctx context.Context, held func() error, t schemas.Table, tenantID string, o CompactOptions) (Compacted, error) {
	if l == nil {
		return Compacted{}, nil
	}
	if !l.identity.Compact {
		return Compacted{}, ErrFormDays
	}
	done, err := l.compact(ctx, held, t, tenantID, o)
	return done, named(l.Root(t, tenantID), err)
}

// Due is what Compact would roll, as far as that can be told without reading a plain file: a month of which the plain
// lane has something else is among those that are rolled.
func (l *Lane) Due(ctx context.Context, t schemas.Table, tenantID string, o CompactOptions) (due Compacted, err error) {
	if l == nil || !l.identity.Compact {
		return due, nil
	}
	w, err := l.monthWriter(ctx, nil, t, tenantID)
	if errors.Is(err, fs.ErrNotExist) {
		return due, nil
	}
	if err != nil {
		return due, named(l.Root(t, tenantID), err)
	}
	months, unsettled := w.due(o)
	due.Unsettled = unsettled
	for _, m := range months {
		due.add(m)
	}
	return due, nil
}

// add counts a month whose files of days are rolled.
func (c *Compacted) add(m *month) {
	c.Months = append(c.Months, m.of.Date)
	c.Files += len(m.days)
	for _, f := range m.days {
		c.Bytes += f.Size
	}
}

// monthWriter is one of all months of a tenant. A table that is not there is an fs.ErrNotExist.
func (l *Lane) monthWriter(ctx context.Context, held func() error, t schemas.Table, tenantID string) (*monthWriter, error) {
	files, _, err := l.table(t, tenantID).Files(ctx, l.tenantPartitions(tenantID)...)
	live := map[string]delta.File{}
	for _, f := range files {
		live[f.Path] = f
	}
	return &monthWriter{Lane: l, held: held, table: t, tenantID: tenantID, live: live}, err
}

func (l *Lane) compact(ctx context.Context, held func() error, t schemas.Table, tenantID string, o CompactOptions) (done Compacted, err error) {
	w, err := l.monthWriter(ctx, held, t, tenantID)
	if errors.Is(err, fs.ErrNotExist) {
		return done, nil
	}
	if err != nil {
		return done, err
	}
	months, unsettled := w.due(o)
	if done.Unsettled = unsettled; len(months) == 0 {
		return done, nil
	}
	r := delta.Replacement{App: app(t, tenantID), SameRows: true, Operation: "OPTIMIZE"}
	if r.Schema, err = l.schema(t); err != nil {
		return done, err
	}
	for _, m := range months {
		rolled, asLive, err := w.roll(ctx, m, o.DryRun)
		if err != nil {
			return Compacted{}, err
		}
		if !asLive {
			done.Unsettled = append(done.Unsettled, m.of.Date)
			continue
		}
		done.add(m)
		done.Written += rolled.Size
		r.Partitions = append(r.Partitions, delta.Partition{Values: m.of.Values(), Files: []delta.File{rolled}})
	}
	slices.SortFunc(done.Unsettled, time.Time.Compare)
	if o.DryRun || len(r.Partitions) == 0 {
		return done, nil
	}
	_, err = l.replace(ctx, l.table(t, tenantID), held, r)
	return done, err
}

// due are the months that are to be rolled, in order, and those that are old enough and not settled.
func (w *monthWriter) due(o CompactOptions) (due []*month, unsettled []time.Time) {
	months := w.months(w.tenantID, w.live)
	for _, first := range slices.SortedFunc(maps.Keys(months), time.Time.Compare) {
		m, end := months[first], first.AddDate(0, 1, 0)
		if end.After(o.Before) || len(m.days)+len(m.others)+len(m.rolled) < 2 {
			continue
		}
		settled := m.ofDays()
		for date := first; date.Before(end); date = date.AddDate(0, 0, 1) {
			settled = settled && o.Settled(date)
		}
		if settled {
			due = append(due, m)
		} else {
			unsettled = append(unsettled, first)
		}
	}
	return due, unsettled
}

// roll gives the rolled file of a month, if its days are live as the plain lane has them. A dry run writes none.
func (w *monthWriter) roll(ctx context.Context, m *month, dryRun bool) (f delta.File, asLive bool, err error) {
	plain, err := w.plain(ctx, m.of.Date)
	if err == nil {
		err = w.hashAll(ctx, plain)
	}
	if err != nil || len(plain) != len(m.days) {
		return f, false, err
	}
	rows := int64(0)
	for date, hash := range plain {
		day, ok := m.days[date]
		if of, _ := load.ParseDataFile(day.Path); !ok || of.Hash != hash {
			return f, false, nil
		}
		rows += day.Rows
	}
	if dryRun {
		return f, true, nil
	}
	of := m.of
	of.Rolled, of.Hash = true, RolledHash(plain)
	f, err = w.file(ctx, of, plain)
	if err == nil && f.Rows != rows {
		err = fmt.Errorf("the days of %s have %d rows, and the file of all of them %d: look for damage with graphlake audit", of.Values()[load.MonthColumn], rows, f.Rows)
	}
	return f, true, err
}
