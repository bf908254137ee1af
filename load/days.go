package load

import (
	"context"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"graphlake/schemas"
)

// encode writes the rows that win into one writer a day, in the order of the days. All of them are
// finished, none is published; they are given back with an error too.
func (s *Spool) encode(ctx context.Context) ([]*Writer, error) {
	d := &days{ctx: ctx, spool: s, left: s.within.Days()}
	g := newGather(s.schema, s.lake.tuning, d.append)
	defer g.builder.Release()
	if err := d.next(); err != nil {
		return d.writers, err
	}
	for r, err := range s.rows() {
		if err != nil {
			return d.writers, err
		}
		for day := s.when(r).Truncate(schemas.Day); d.day.Before(day); {
			if err := g.flush(); err != nil {
				return d.writers, err
			}
			if err := d.next(); err != nil {
				return d.writers, err
			}
		}
		if err := g.add(r); err != nil {
			return d.writers, err
		}
	}
	return d.writers, d.finish(g)
}

// days opens one writer after the other; only the last is not finished.
type days struct {
	ctx     context.Context
	spool   *Spool
	left    []time.Time
	day     time.Time // of the last writer
	writers []*Writer
}

func (d *days) append(rec arrow.RecordBatch) error {
	if err := d.ctx.Err(); err != nil {
		return err
	}
	return d.writers[len(d.writers)-1].Append(rec)
}

// next finishes the open day and begins the one after it.
func (d *days) next() error {
	if n := len(d.writers); n > 0 {
		if err := d.writers[n-1].finish(); err != nil {
			return err
		}
	}
	d.day, d.left = d.left[0], d.left[1:]
	p := Partition{Kind: Raw, Name: d.spool.table.Name, TenantID: d.spool.tenantID, Date: d.day}
	w, err := d.spool.lake.Write(d.ctx, p, d.spool.table)
	if err != nil {
		return err
	}
	d.writers = append(d.writers, w)
	return nil
}

// finish ends the last day with rows and makes the empty days after it.
func (d *days) finish(g *gather) error {
	if err := g.flush(); err != nil {
		return err
	}
	for len(d.left) > 0 {
		if err := d.next(); err != nil {
			return err
		}
	}
	return d.writers[len(d.writers)-1].finish()
}
