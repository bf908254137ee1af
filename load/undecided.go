package load

import (
	"context"
	"iter"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
)

// Change is a record on which a merge does not decide by itself. Whoever ranges over [Merge.Undecided] decides, by what
// the texts say, before the next one is asked for.
type Change struct {
	Keyed bool      // false: the record has no whole key, and is known by its text alone
	Of    string    // the first column of its key
	Date  time.Time // of the partition
	Held  []byte    // the record as the lake holds it; nil: it does not
	Read  [][]byte  // what was read of it, in that order; none: it is absent

	Decision Decision
	Row      arrow.RecordBatch // of TakeRow: one row of the raw table; the merge releases it

	id   identity
	held rank
	read rank // of the last
}

// Decision says what stays of a record.
type Decision int

// The decisions.
const (
	KeepHeld Decision = iota // what the lake holds
	TakeRead                 // what was read last
	TakeRow                  // another row, of the same time
	Drop                     // nothing
)

// Undecided gives the records on which the merge does not decide by versions. Of a picture these are all that were read or
// are held: what was read may be changes. Otherwise they are those of the range that are absent: they were neither
// read nor listed, though whom they are of was read to the end, and no copy elsewhere stays. It is ranged over once,
// before the first publication. A change and its texts are valid until the next one.
func (m *Merge) Undecided(ctx context.Context) iter.Seq2[*Change, error] {
	changes := m.absent
	if m.spool.picture {
		changes = m.picture
	}
	return func(yield func(*Change, error) bool) {
		err := changes(ctx, func(c *Change) (bool, error) {
			more := yield(c, nil)
			return more, m.apply(c)
		})
		if err != nil {
			yield(nil, m.spool.named(err))
		}
	}
}

func (m *Merge) absent(ctx context.Context, each func(*Change) (bool, error)) error {
	o := m.spool.order
	for _, h := range m.sorted(m.mayChange) {
		if !h.absent {
			continue
		}
		for rec, err := range m.spool.heldOn(ctx, h) {
			if err != nil {
				return err
			}
			for i := range int(rec.NumRows()) {
				r := row{batch: rec, at: i, day: dayOf(h.Date), held: true}
				absent, err := m.isAbsent(r)
				if err != nil {
					return err
				}
				if !absent {
					continue
				}
				c := &Change{Keyed: o.keyed(r), Of: o.first(r), Date: h.Date, Held: []byte(o.record(r)), id: o.identity(r)}
				if more, err := each(c); err != nil || !more {
					return err
				}
			}
		}
	}
	return nil
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

// picture goes through the records of the older picture and what was read, by key.
func (m *Merge) picture(ctx context.Context, each func(*Change) (bool, error)) error {
	s := m.spool
	h := m.days[dayOf(s.within.From)]
	read, err := s.sorter.rows()
	if err != nil {
		return err
	}
	rows := merge(s.order.byRecord, heldRows(s.keep(ctx, h), dayOf(h.Date)), read)
	defer rows.close()
	var c *Change
	for {
		r, more, err := rows.next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if id := s.order.identity(r); c == nil || c.id != id {
			if c != nil {
				if more, err := each(c); err != nil || !more {
					return err
				}
			}
			c = &Change{Keyed: s.order.keyed(r), Of: s.order.first(r), Date: h.Date, id: id}
		}
		k, err := s.order.rank(r)
		if err != nil {
			return err
		}
		text := []byte(s.order.record(r)) // a row is gone when the next one comes
		if r.held {
			c.Held, c.held = text, k
		} else {
			c.Read, c.read = append(c.Read, text), k
		}
	}
	if c == nil {
		return nil
	}
	_, err = each(c)
	return err
}

// apply notes in the index, and among the rows that take the place of others, what was decided.
func (m *Merge) apply(c *Change) error {
	s := m.spool
	h := m.days[dayOf(c.Date)]
	e := entry{id: c.id, claim: fresh, held: true}
	switch c.Decision {
	case KeepHeld:
		if len(c.Read) == 0 {
			return nil
		}
		e.copy, e.given = c.held, c.Held == nil
	case TakeRead:
		e.copy = c.read
		h.gains = h.gains || c.Held == nil || c.held != c.read
	case Drop:
		e.given = true
		h.loses = h.loses || c.Held != nil
	case TakeRow:
		defer c.Row.Release()
		r := row{batch: c.Row, day: dayOf(c.Date)}
		k, err := s.order.rank(r)
		if err != nil {
			return err
		}
		e.copy = k
		if id := s.order.identity(r); id != c.id { // the row of before is known by its text
			s.index.put(entry{id: c.id, given: true})
			e.id = id
		}
		if h.changed == nil {
			h.changed = newChanged(s, dayOf(c.Date))
		}
		if err := h.changed.copies.add(r); err != nil {
			return err
		}
	}
	s.index.put(e)
	return nil
}

// changedRows are the rows of a day that take the place of others.
type changedRows struct {
	sorter
	copies *gather // a row comes alone
}

func newChanged(s *Spool, day int32) *changedRows {
	c := &changedRows{sorter: sorter{
		tuning: s.sorter.tuning, schema: s.sorter.schema, compare: s.order.byTime, scratch: s.sorter.scratch, day: day, all: s.sorter.all,
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
