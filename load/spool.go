package load

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"graphlake/schemas"
)

// Reach is how far outside its range a unit may bring a record, and takes an older copy of it away:
// a record may move to another time while Graph still learns about it.
const Reach = schemas.Day

// Spool takes the raw rows of one unit, to merge them with what the lake holds.
//
// Rows are sorted in memory up to a bound and in scratch files beyond it. Of several copies of a
// record, also with different times, one is kept: that of the higher version; at equal versions the
// one that was read anew, and of those that were, the one of the greater hash. To know it, some
// seventy bytes a record that was read stay in memory, and nothing of what the lake holds. A spool is
// used by one goroutine, and ends by Discard; its merge ends with it.
type Spool struct {
	lake     *Lake
	table    schemas.Table
	tenantID string
	order    order
	within   schemas.Range
	anywhere bool // records may be of any day
	picture  bool
	older    *Partition // of a picture: the one that it goes on from; nil: none
	sorter   sorter
	index    index
	kept     map[int32]*keptBatches // of the lake, by day
	changed  []*changedRows         // of a merge
	dropped  bool                   // by Discard
	err      error                  // the first; nothing is merged after it
}

// Spool begins a unit's raw rows. Its range need not be whole days: what was read is put to what is
// there.
func (l *Lake) Spool(t schemas.Table, tenantID string, r schemas.Range) (*Spool, error) {
	o, err := newOrder(t)
	if err != nil {
		return nil, err
	}
	if !r.From.Before(r.To) {
		return nil, fmt.Errorf("spool %s: the range %v is empty", t.Name, r)
	}
	return &Spool{
		lake: l, table: t, tenantID: tenantID, order: o, within: r, kept: map[int32]*keptBatches{},
		sorter: sorter{
			tuning: l.tuning, schema: t.Schema(), compare: o.byTime, scratch: l.scratch, day: dayOf(r.From), all: l.spooled,
		},
	}, nil
}

// Anywhere lets the rows be of any day: the range says when they changed, or of some parents they bring
// what was missed before. It is called before Add.
func (s *Spool) Anywhere() { s.anywhere = true }

// Over says that the rows are of a picture of the day that the range begins with, or of changes since an older one,
// which may be of that day, too. nil: there is none. Then those of one record stay in the order in which they are added,
// because it says which is newer, and all is undecided ([Merge.Undecided]). It is called before Add.
func (s *Spool) Over(older *Partition) {
	s.picture, s.older, s.sorter.compare = true, older, s.order.byRecord
}

// Add takes the rows of a batch of the raw table. The batch stays the caller's. A row that happened
// further than [Reach] from the range is an error, unless they may be of any day.
func (s *Spool) Add(rec arrow.RecordBatch) error {
	if s.err == nil {
		s.err = s.add(rec)
	}
	return s.named(s.err)
}

func (s *Spool) add(rec arrow.RecordBatch) error {
	reach := schemas.Range{From: s.within.From.Add(-Reach), To: s.within.To.Add(Reach)}
	for i := range int(rec.NumRows()) {
		r := row{batch: rec, at: i, day: s.sorter.day}
		when := s.order.filed(r)
		if !s.anywhere && !s.picture && !reach.Contains(when) {
			return fmt.Errorf("a record of %s lies outside the range %v", when.Format(time.RFC3339), s.within)
		}
		if err := s.note(r, when); err != nil {
			return err
		}
	}
	return s.sorter.add(rec)
}

func (s *Spool) note(r row, when time.Time) error {
	k, err := s.order.rank(r)
	s.index.add(entry{id: s.order.identity(r), copy: k, claim: fresh, outside: !s.within.Contains(when)})
	return err
}

// reindex makes the index what it was when the rows had been added.
func (s *Spool) reindex() error {
	s.index = index{}
	rows, err := s.sorter.rows()
	if err != nil {
		return err
	}
	defer rows.close()
	for more := true; more && err == nil; {
		var r row
		if r, more, err = rows.next(); err == nil && more {
			err = s.note(r, s.order.filed(r))
		}
	}
	return err
}

func (s *Spool) partition(date time.Time) Partition {
	return Partition{Kind: Raw, Name: s.table.Name, TenantID: s.tenantID, Date: date}
}

// Discard drops what was added. It may always be deferred.
func (s *Spool) Discard() error {
	s.index, s.dropped = index{}, true
	s.dropKept()
	if s.err == nil {
		s.err = ErrSpent
	}
	errs := []error{s.sorter.discard()}
	for _, c := range s.changed {
		errs = append(errs, c.discard())
	}
	s.changed = nil
	return s.named(errors.Join(errs...))
}

// keep gives the rows that a day holds, and keeps them in memory if they fit.
func (s *Spool) keep(ctx context.Context, h *lakeDay) iter.Seq2[arrow.RecordBatch, error] {
	kept := &keptBatches{all: s.lake.spooled, most: s.lake.spoolsBytes}
	s.kept[dayOf(h.Date)] = kept
	return func(yield func(arrow.RecordBatch, error) bool) {
		for rec, err := range s.lake.dayBatches(ctx, h, s.sorter.schema) {
			if err == nil {
				kept.add(rec)
			}
			if !yield(rec, err) {
				kept.drop()
				return
			}
		}
	}
}

// heldOn gives the rows that a day holds: those that are kept in memory, or else those of its partition.
func (s *Spool) heldOn(ctx context.Context, h *lakeDay) iter.Seq2[arrow.RecordBatch, error] {
	kept := s.kept[dayOf(h.Date)]
	if kept == nil || kept.dropped {
		return s.lake.dayBatches(ctx, h, s.sorter.schema)
	}
	return func(yield func(arrow.RecordBatch, error) bool) {
		for _, rec := range kept.batches {
			if !yield(rec, nil) {
				return
			}
		}
	}
}

func (s *Spool) dropKept() {
	for day, k := range s.kept {
		k.drop()
		delete(s.kept, day)
	}
}

func (s *Spool) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("raw %s of tenant %s: %w", s.table.Name, s.tenantID, err)
}
