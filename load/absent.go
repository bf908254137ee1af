package load

import (
	"context"
	"iter"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// Absent is a record that the lake holds of the range and that was neither read nor listed, though whom it is of was
// read to the end.
type Absent struct {
	Record []byte    // valid until the next one
	Of     string    // the first column of its key
	Date   time.Time // of the partition
	id     identity
}

// Absent gives the records that are absent, of which no copy elsewhere stays. They stay as they are, unless their
// rows are replaced. It is asked for before the first publication.
func (m *Merge) Absent(ctx context.Context) iter.Seq2[Absent, error] {
	return func(yield func(Absent, error) bool) {
		o := m.spool.order
		for _, h := range m.sorted(m.mayChange) {
			if !h.absent {
				continue
			}
			for rec, err := range m.spool.heldOn(ctx, h) {
				if err != nil {
					yield(Absent{}, m.spool.named(err))
					return
				}
				texts := rec.Column(o.text).(*array.String)
				for i := range int(rec.NumRows()) {
					r := row{batch: rec, at: i, day: dayOf(h.Date), held: true}
					absent, err := m.isAbsent(r)
					if err != nil {
						yield(Absent{}, m.spool.named(err))
						return
					}
					if absent && !yield(Absent{[]byte(texts.Value(i)), o.first(r), h.Date, o.identity(r)}, nil) {
						return
					}
				}
			}
		}
	}
}

func (m *Merge) isAbsent(r row) (bool, error) {
	o := m.spool.order
	if !m.leaves(o, r) {
		return false, nil
	}
	id := o.identity(r)
	if m.spool.index.find(id) != nil {
		return false, nil
	}
	if best := m.strays.find(id); best != nil && m.searches() {
		k, err := o.rank(r)
		return k == best.copy, err
	}
	return true, nil
}

// Replace gives a record that is absent another row, with the key and the time of before. The batch has this one row,
// and stays the caller's.
func (m *Merge) Replace(a Absent, rec arrow.RecordBatch) error {
	s := m.spool
	h := m.days[dayOf(a.Date)]
	if h.changed == nil {
		h.changed = newChanged(s, dayOf(a.Date))
	}
	r := row{batch: rec, day: dayOf(a.Date)}
	k, err := s.order.rank(r)
	if err != nil {
		return s.named(err)
	}
	id := s.order.identity(r)
	if id != a.id { // the row of before is known by its text
		s.index.add(entry{id: a.id, given: true})
	}
	s.index.add(entry{id: id, copy: k, claim: fresh, held: true})
	return s.named(h.changed.copies.add(r))
}

// changedRows are the rows of a day that take the place of others.
type changedRows struct {
	sorter
	copies *gather // a row comes alone
}

func newChanged(s *Spool, day int32) *changedRows {
	c := &changedRows{sorter: sorter{
		tuning: s.sorter.tuning, schema: s.sorter.schema, compare: s.sorter.compare, scratch: s.sorter.scratch, day: day, all: s.sorter.all,
	}}
	c.copies = newGather(c.schema, c.tuning, c.add)
	s.changed = append(s.changed, c)
	return c
}

func (c *changedRows) rows() (stream, error) {
	if err := c.copies.flush(); err != nil {
		return nil, err
	}
	return c.sorter.rows()
}

func (c *changedRows) discard() error {
	c.copies.release()
	return c.sorter.discard()
}
