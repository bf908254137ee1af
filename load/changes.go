package load

import (
	"context"
	"fmt"
	"iter"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/schemas"
)

// Changes takes what was read of the records of a picture, and brings it together with an older
// picture. Rows are sorted by key, in memory up to a bound and in scratch files beyond it; those of
// one record stay in the order in which they were added, because it says which is newer. It is used
// by one goroutine, and ends by Discard.
type Changes struct {
	lake   *Lake
	table  schemas.Table
	order  order
	sorter sorter
	err    error // the first
}

// Change is what is known of one record.
type Change struct {
	Keyed bool     // false: the record has no whole key, and is known by its text alone
	Held  []byte   // the record in the older picture; nil: it was not there
	Read  [][]byte // what was added, in that order
}

// Changes begins a reading of a dataset whose raw table is given.
func (l *Lake) Changes(t schemas.Table) (*Changes, error) {
	o, err := newOrder(t)
	if err != nil {
		return nil, err
	}
	return &Changes{
		lake: l, table: t, order: o,
		sorter: sorter{tuning: l.tuning, schema: t.Schema(), compare: o.byRecord, scratch: l.scratch, all: l.spooled},
	}, nil
}

// Add takes the rows of a batch of the raw table. The batch stays the caller's.
func (c *Changes) Add(rec arrow.RecordBatch) error {
	if c.err == nil {
		c.err = c.sorter.add(rec)
	}
	return c.named(c.err)
}

// Over goes through the records of a picture and of what was added, by key. Without a picture, older
// is nil. A change is valid until the next one.
func (c *Changes) Over(ctx context.Context, older *Partition) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		if c.err != nil {
			yield(Change{}, c.named(c.err))
			return
		}
		var change Change
		var id identity
		begun := false
		added, err := c.sorter.rows()
		if err != nil {
			yield(Change{}, c.named(err))
			return
		}
		rows := merge(c.order.byRecord, heldRows(c.picture(ctx, older), 0), added)
		defer rows.close()
		for {
			r, more, err := rows.next()
			if err != nil {
				yield(Change{}, c.named(err))
				return
			}
			if !more {
				break
			}
			if next := c.order.identity(r); !begun || next != id {
				if begun && !yield(change, nil) {
					return
				}
				id, begun = next, true
				change = Change{Keyed: c.order.keyed(r), Read: change.Read[:0]}
			}
			text := []byte(r.batch.Column(c.order.text).(*array.String).Value(r.at)) // a row is gone when the next one comes
			if r.held {
				change.Held = text
			} else {
				change.Read = append(change.Read, text)
			}
		}
		if begun {
			yield(change, nil)
		}
	}
}

// picture are the rows of an older picture.
func (c *Changes) picture(ctx context.Context, older *Partition) iter.Seq2[arrow.RecordBatch, error] {
	if older == nil {
		return func(func(arrow.RecordBatch, error) bool) {}
	}
	return c.lake.Read(ctx, *older, c.table)
}

// Discard drops what was added. It may always be deferred.
func (c *Changes) Discard() error {
	if c.err == nil {
		c.err = ErrSpent
	}
	return c.named(c.sorter.discard())
}

func (c *Changes) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("raw %s: %w", c.table.Name, err)
}
