package load

import (
	"context"
	"fmt"
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
// sixty bytes a record that was read stay in memory, and nothing of what the lake holds. A spool is
// used by one goroutine, and ends by Discard.
type Spool struct {
	lake     *Lake
	table    schemas.Table
	tenantID string
	order    order
	within   schemas.Range
	anywhere bool // records may be of any day
	spared   map[string]bool
	sorter   sorter
	index    index
	err      error // the first; nothing is merged after it
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
		lake: l, table: t, tenantID: tenantID, order: o, within: r,
		sorter: sorter{
			tuning: l.tuning, schema: t.Schema(), compare: o.byTime, scratch: l.scratch, day: r.From.UTC().Truncate(schemas.Day),
		},
	}, nil
}

// SpoolChanges begins the raw rows of a unit whose records may have happened on any day: its range says
// when they changed, or of some parents it brings what was missed before.
func (l *Lake) SpoolChanges(t schemas.Table, tenantID string, r schemas.Range) (*Spool, error) {
	s, err := l.Spool(t, tenantID, r)
	if err == nil {
		s.anywhere = true
	}
	return s, err
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
		if when := s.order.filed(r); !s.anywhere && !reach.Contains(when) {
			return fmt.Errorf("a record of %s lies outside the range %v", when.Format(time.RFC3339), s.within)
		}
		k, err := s.order.rank(r)
		if err != nil {
			return err
		}
		s.index.add(s.order.identity(r), k)
	}
	return s.sorter.add(rec)
}

// Merge puts the rows to those that the lake holds of the days of the range, and of the days around
// it that a record has moved to or from. Nothing is published yet.
func (s *Spool) Merge(ctx context.Context) (*Merge, error) { return s.MergeWhole(ctx, nil) }

// Absent makes the one raw row of a record that the lake holds and that is no longer there.
type Absent func(record []byte) (arrow.RecordBatch, error)

// MergeWhole is Merge of a reading that was complete: what the lake holds of the range and was not
// read is absent, and becomes what absent makes of it, once.
func (s *Spool) MergeWhole(ctx context.Context, absent Absent) (*Merge, error) {
	if s.err != nil {
		return nil, s.named(s.err)
	}
	s.err = ErrSpent
	s.index.sort()
	if err := s.sorter.settle(); err != nil {
		return nil, s.named(err)
	}
	m := &merging{ctx: ctx, Spool: s, absent: absent, touched: map[int32]bool{}}
	if err := m.contend(); err != nil {
		return nil, s.named(err)
	}
	merge, err := m.encode()
	return merge, s.named(err)
}

// Spare keeps what the lake holds from being absent, where the first column of its key has one of the
// values: of these nothing was read. It is called before the merge.
func (s *Spool) Spare(first ...string) {
	s.spared = map[string]bool{}
	for _, value := range first {
		s.spared[value] = true
	}
}

// Discard drops what was added. It may always be deferred.
func (s *Spool) Discard() error {
	s.index = index{}
	if s.err == nil {
		s.err = ErrSpent
	}
	return s.named(s.sorter.discard())
}

func (s *Spool) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("raw %s of tenant %s: %w", s.table.Name, s.tenantID, err)
}
