package load

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"graphlake/schemas"
)

// Rewrite takes rows that are to be a raw partition in the place of those that are there: the same records, of which
// some say something else, or are left out. Nothing contends with them, and no other day is looked at. It publishes over
// the version that was there when it began, is used by one goroutine, and ends by Commit or Discard.
type Rewrite struct {
	lake      *Lake
	partition Partition
	table     schemas.Table
	version   Version
	sorter    sorter
}

// Rewrite begins to rewrite a raw partition. What is read of it afterwards is what Commit replaces, or Commit answers
// ErrConflict.
func (l *Lake) Rewrite(ctx context.Context, p Partition, t schemas.Table) (*Rewrite, error) {
	o, err := newOrder(t)
	if err != nil {
		return nil, err
	}
	v, err := l.version(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("rewrite %s: %w", p, err)
	}
	return &Rewrite{lake: l, partition: p, table: t, version: v, sorter: sorter{
		tuning: l.tuning, schema: t.Schema(), compare: o.byTime, scratch: l.scratch, day: dayOf(p.Date), all: l.spooled,
	}}, nil
}

// Add takes the rows of a batch of the raw table, in any order. The batch stays the caller's.
func (r *Rewrite) Add(rec arrow.RecordBatch) error {
	if err := r.sorter.add(rec); err != nil {
		return fmt.Errorf("rewrite %s: %w", r.partition, err)
	}
	return nil
}

// Commit replaces the partition in one step, by none but the rows that were added.
func (r *Rewrite) Commit(ctx context.Context) (Commit, error) {
	w, err := r.lake.writeOver(ctx, r.partition, r.table, r.version)
	if err != nil {
		return Commit{}, err
	}
	defer w.Discard()
	rows, err := r.sorter.rows()
	if err != nil {
		return Commit{}, fmt.Errorf("rewrite %s: %w", r.partition, err)
	}
	defer rows.close()
	sorted := newGather(r.sorter.schema, r.lake.tuning, func(rec arrow.RecordBatch) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return w.Append(rec)
	})
	defer sorted.release()
	for {
		next, more, err := rows.next()
		if err == nil && more {
			err = sorted.add(next)
		}
		if err != nil {
			return Commit{}, fmt.Errorf("rewrite %s: %w", r.partition, err)
		}
		if !more {
			break
		}
	}
	if err := sorted.flush(); err != nil {
		return Commit{}, err
	}
	return w.Commit(ctx)
}

// Discard drops what was added. It may always be deferred, also after Commit.
func (r *Rewrite) Discard() error { return r.sorter.discard() }
