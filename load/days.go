package load

import (
	"iter"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// encode writes the days that change. All of them are finished, none is published.
func (m *merging) encode() (*Merge, error) {
	changing := m.changing()
	d := &days{merging: m, left: changing}
	err := d.encode(merge(m.order.byTime, []iter.Seq2[row, error]{m.sorter.rows(), m.heldRows(changing)}))
	if err != nil {
		for _, w := range d.writers {
			w.Discard()
		}
		return nil, err
	}
	done := &Merge{records: len(m.index.entries)}
	for _, h := range m.days {
		switch {
		case len(d.writers) > 0 && d.writers[0].partition == h.Partition:
			done.days = append(done.days, merged{h.Partition, d.writers[0], d.writers[0].rows, m.touched[dayOf(h.Date)]})
			d.writers = d.writers[1:]
		case m.ours(h.Date):
			done.days = append(done.days, merged{h.Partition, nil, h.rows, false})
		}
	}
	return done, nil
}

// days writes one day after the other; only the last of its writers is not finished.
type days struct {
	*merging
	left    []held // the days that were not begun
	day     int32  // of the last writer
	writers []*Writer
}

func (d *days) encode(rows iter.Seq2[row, error]) error {
	g := newGather(d.sorter.schema, d.lake.tuning, d.append)
	defer g.builder.Release()
	for r, err := range rows {
		if err != nil {
			return err
		}
		day := dayOf(d.order.filed(r))
		for len(d.left) > 0 && dayOf(d.left[0].Date) <= day {
			if err := d.next(g); err != nil {
				return err
			}
		}
		if len(d.writers) == 0 || d.day != day {
			continue // of a day that does not change
		}
		if err := d.add(g, r); err != nil {
			return err
		}
	}
	for len(d.left) > 0 { // days without rows
		if err := d.next(g); err != nil {
			return err
		}
	}
	return d.finish(g)
}

// add writes a row, if it is to be kept, as it is or as absent.
func (d *days) add(g *gather, r row) error {
	if e := d.index.find(d.order.identity(r)); e == nil && d.leaves(d.order, r) {
		rec, err := d.absent([]byte(r.batch.Column(d.order.text).(*array.String).Value(r.at)))
		if err != nil {
			return err
		}
		defer rec.Release()
		return g.add(row{batch: rec})
	}
	keep, err := d.keep(r)
	if err != nil || !keep {
		return err
	}
	return g.add(r)
}

// keep says whether a row is the copy of its record that wins, and was not written yet.
func (m *merging) keep(r row) (bool, error) {
	e := m.index.find(m.order.identity(r))
	if e == nil {
		return true, nil // nothing of it was read
	}
	k, err := m.order.rank(r)
	if err != nil || e.given || e.copy != k {
		return false, err
	}
	e.given = true
	return true, nil
}

func (d *days) append(rec arrow.RecordBatch) error {
	if err := d.ctx.Err(); err != nil {
		return err
	}
	return d.writers[len(d.writers)-1].Append(rec)
}

// next finishes the open day and begins the one after it.
func (d *days) next(g *gather) error {
	if err := d.finish(g); err != nil {
		return err
	}
	h := d.left[0]
	d.day, d.left = dayOf(h.Date), d.left[1:]
	w, err := d.lake.writeOver(d.ctx, h.Partition, d.table, h.version)
	if err != nil {
		return err
	}
	d.writers = append(d.writers, w)
	return nil
}

// finish ends the open day, if there is one.
func (d *days) finish(g *gather) error {
	if err := g.flush(); err != nil || len(d.writers) == 0 {
		return err
	}
	return d.writers[len(d.writers)-1].finish()
}
