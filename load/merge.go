package load

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/schemas"
)

// Merge is what became of a spool, encoded and not yet published.
type Merge struct {
	days    []merged
	records int
}

// Records is how many records were read, each once however many copies of it came.
func (m *Merge) Records() int { return m.records }

// merged is a day of the range, or of a record that moved.
type merged struct {
	partition Partition
	writer    *Writer // nil: the lake holds it so already
	rows      int64
	gains     bool // a record that it did not hold
}

// Days are the days whose partitions Commit will replace.
func (m *Merge) Days() []time.Time {
	var days []time.Time
	for _, d := range m.days {
		if d.writer != nil {
			days = append(days, d.partition.Date)
		}
	}
	return days
}

// Commit replaces the partitions, each in one step and only over the version that was merged, and
// says of every day of the range what its partition holds, in the order of the days.
//
// Days that only lose records are replaced first. If it ends before the others, a record that moves is
// held nowhere, and so it is read again; were it held on both days, nobody would look for the older copy.
func (m *Merge) Commit(ctx context.Context) ([]Commit, error) {
	defer m.Discard()
	commits := make([]Commit, len(m.days))
	for _, gains := range []bool{false, true} {
		for i, d := range m.days {
			if d.gains != gains {
				continue
			}
			commits[i] = Commit{Partition: d.partition, Rows: d.rows}
			if d.writer == nil {
				continue
			}
			var err error
			if commits[i], err = d.writer.Commit(ctx); err != nil {
				return nil, err
			}
		}
	}
	return commits, nil
}

// Discard drops what was encoded. It does nothing after Commit, so it may always be deferred.
func (m *Merge) Discard() {
	for _, d := range m.days {
		if d.writer != nil {
			d.writer.Discard()
		}
	}
}

// merging is one merge under way.
type merging struct {
	*Spool
	ctx     context.Context //nolint:containedctx // lives as long as one call of Merge
	absent  Absent
	days    []held
	touched map[int32]bool // days whose partition has to change: whether it gains a record
}

// held is what the lake holds of a day.
type held struct {
	Partition
	version Version // "": no partition
	rows    int64
}

// ours says whether a day is one of the range, whose partition has to be there in the end.
func (m *merging) ours(day time.Time) bool {
	return day.Before(m.within.To) && day.Add(schemas.Day).After(m.within.From)
}

// contend lets what the lake holds contend with what was read, and notes which days change.
func (m *merging) contend() error {
	for _, day := range m.reached() {
		h := held{Partition: Partition{Kind: Raw, Name: m.table.Name, TenantID: m.tenantID, Date: day}}
		if err := m.contendDay(&h); err != nil {
			return err
		}
		m.days = append(m.days, h)
	}
	for _, e := range m.index.entries {
		if !e.held {
			m.touched[e.copy.day] = true
		}
	}
	return nil
}

// reached are the days whose partitions may change: those of the range, those that a record may have
// moved to or from, and, if records may be of any day, the days of what was read.
func (m *merging) reached() []time.Time {
	if len(m.index.entries) == 0 {
		return m.within.Days()
	}
	days := schemas.Range{From: m.within.From.Add(-Reach), To: m.within.To.Add(Reach)}.Days()
	if m.anywhere {
		for _, e := range m.index.entries {
			days = append(days, time.Unix(int64(e.copy.day)*int64(schemas.Day/time.Second), 0).UTC())
		}
		slices.SortFunc(days, time.Time.Compare)
		days = slices.CompactFunc(days, time.Time.Equal)
	}
	return days
}

func (m *merging) contendDay(h *held) error {
	f, err := m.lake.open(m.ctx, h.Partition)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	h.version, h.rows = f.version, f.rows()
	if len(m.index.entries) == 0 && m.absent == nil {
		return nil
	}
	narrow := m.table.Only(schemas.RecordTime, schemas.RawVersion, schemas.RecordHash, schemas.RawRemoved)
	o, err := newOrder(narrow)
	if err != nil {
		return err
	}
	for rec, err := range f.batches(m.ctx, narrow.Schema()) {
		if err != nil {
			return err
		}
		for i := range int(rec.NumRows()) {
			r := row{batch: rec, at: i, day: h.Date}
			e := m.index.find(o.identity(r))
			if e == nil {
				if m.leaves(o, r) {
					m.touched[dayOf(h.Date)] = true
				}
				continue
			}
			k, err := o.rank(r)
			if err != nil {
				return err
			}
			if day, leaves := e.contend(k); leaves {
				m.touched[day] = false
			}
		}
	}
	return nil
}

// leaves says whether a row of the lake, of which nothing was read, is to be made absent.
func (m *merging) leaves(o order, r row) bool {
	if m.absent == nil || !m.within.Contains(o.filed(r)) || len(m.spared) > 0 && m.spared[o.first(r)] {
		return false
	}
	removed, ok := r.batch.Column(o.removed).(*array.Boolean)
	return !ok || removed.IsNull(r.at) || !removed.Value(r.at)
}

// changing are the days whose partitions have to be written.
func (m *merging) changing() []held {
	var all []held
	for _, h := range m.days {
		if _, ok := m.touched[dayOf(h.Date)]; ok || h.version == "" && m.ours(h.Date) {
			all = append(all, h)
		}
	}
	return all
}

// heldRows are the rows that the lake holds of some days, in order.
func (m *merging) heldRows(days []held) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		for _, h := range days {
			if h.version == "" {
				continue
			}
			if more, err := m.heldDay(h, yield); err != nil {
				yield(row{}, err)
				return
			} else if !more {
				return
			}
		}
	}
}

func (m *merging) heldDay(h held, yield func(row, error) bool) (more bool, err error) {
	f, err := m.lake.open(m.ctx, h.Partition)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if f.version != h.version {
		return false, fmt.Errorf("read %s: %w", h.Partition, ErrConflict)
	}
	for rec, err := range f.batches(m.ctx, m.sorter.schema) {
		if err != nil {
			return false, err
		}
		for i := range int(rec.NumRows()) {
			if !yield(row{batch: rec, at: i, day: h.Date}, nil) {
				return false, nil
			}
		}
	}
	return true, nil
}
