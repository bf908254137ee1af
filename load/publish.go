package load

import (
	"context"
	"errors"

	"github.com/apache/arrow-go/v18/arrow"
)

// Lose publishes the days that only lose records, in order, each in one step and only over the version that
// was merged. It gives what was published, also with an error.
func (m *Merge) Lose(ctx context.Context) ([]Commit, error) {
	if m.err == nil && m.stage != decided {
		m.err = errors.New("a merge loses once")
	}
	m.stage = losing
	return m.publish(ctx, m.sorted(func(h *lakeDay) bool { return m.changes(h) && !m.gainsAt(h) }))
}

// Gain publishes the other days, as Lose does, which comes before it. It gives a Commit for them and for each
// day of the range whose partition does not change, in order.
func (m *Merge) Gain(ctx context.Context) ([]Commit, error) {
	if m.err == nil && m.stage != losing {
		m.err = errors.New("a merge gains once, after it has lost")
	}
	m.stage = gaining
	return m.publish(ctx, m.sorted(func(h *lakeDay) bool {
		if m.changes(h) {
			return m.gainsAt(h)
		}
		return h.ours && m.damaged[dayOf(h.Date)] == nil
	}))
}

// gainsAt says whether a day that changes gets a record, or a partition, that it did not have.
func (m *Merge) gainsAt(h *lakeDay) bool { return h.gains || h.version == "" }

// publish writes and commits days one after the other. A day that does not change is only reported.
func (m *Merge) publish(ctx context.Context, days []*lakeDay) (commits []Commit, err error) {
	if m.err == nil && m.spool.dropped {
		m.err = ErrSpent
	}
	if m.err != nil {
		return nil, m.spool.named(m.err)
	}
	rows, err := m.spool.sorter.rows()
	if err != nil {
		m.err = err
		return nil, m.spool.named(m.err)
	}
	defer rows.close()
	p := &publisher{Merge: m, ctx: ctx, spooled: &daily{rows: rows, order: m.spool.order}}
	p.gather = newGather(m.spool.sorter.schema, m.spool.lake.tuning, p.append)
	defer p.gather.release()
	for _, h := range days {
		commit := Commit{Partition: h.Partition, Rows: h.rows}
		if m.changes(h) {
			commit, m.err = p.day(h)
		}
		if m.err != nil {
			return commits, m.spool.named(m.err)
		}
		commits = append(commits, commit)
	}
	return commits, nil
}

// publisher has one writer at a time.
type publisher struct {
	*Merge
	ctx     context.Context //nolint:containedctx // lives as long as one call of publish
	spooled *daily
	gather  *gather
	writer  *Writer
}

func (p *publisher) day(h *lakeDay) (Commit, error) {
	var err error
	p.writer, err = p.spool.lake.writeOver(p.ctx, h.Partition, p.spool.table, h.version)
	if err != nil {
		return Commit{}, err
	}
	defer p.writer.Discard()
	p.spooled.day = dayOf(h.Date)
	streams := []stream{p.spooled}
	if h.changed != nil {
		changed, err := h.changed.rows()
		if err != nil {
			return Commit{}, err
		}
		streams = append(streams, changed)
	}
	if h.version != "" || h.older != nil {
		streams = append(streams, heldRows(p.spool.heldOn(p.ctx, h), dayOf(h.Date)))
	}
	rows := merge(p.spool.order.byTime, streams...)
	defer rows.close()
	for {
		r, more, err := rows.next()
		if err == nil && more {
			err = p.add(h, r)
		}
		if err != nil {
			return Commit{}, err
		}
		if !more {
			break
		}
	}
	if err := p.gather.flush(); err != nil {
		return Commit{}, err
	}
	return p.writer.Commit(p.ctx)
}

func (p *publisher) append(rec arrow.RecordBatch) error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	return p.writer.Append(rec)
}

// add writes a row, if it stays, as it is or as absent.
func (p *publisher) add(h *lakeDay, r row) error {
	o := p.spool.order
	id := o.identity(r)
	read := p.spool.index.find(id)
	if read != nil && read.ignored {
		if !r.held {
			return nil
		}
		return p.gather.add(r)
	}
	best := read
	if read == nil && p.searches() && (!h.ours || p.unread(o, r)) { // such rows have contended
		best = p.strays.find(id)
	}
	if best != nil {
		k, err := o.rank(r)
		if err != nil || best.given || best.copy != k {
			return err
		}
		best.given = true
	}
	return p.gather.add(r)
}

// daily is a stream of the rows of one day, of rows that are sorted by time; then of those of a later day.
type daily struct {
	rows  stream
	order order
	day   int32 // that is wanted

	head row
	full bool // head was not given yet
}

func (d *daily) next() (row, bool, error) {
	for {
		if !d.full {
			r, more, err := d.rows.next()
			if err != nil || !more {
				return row{}, false, err
			}
			d.head, d.full = r, true
		}
		on := d.order.filedOn(d.head)
		if on > d.day {
			return row{}, false, nil
		}
		d.full = false
		if on == d.day {
			return d.head, true, nil
		}
	}
}

// close does nothing: who opened the rows closes them.
func (d *daily) close() error { return nil }
