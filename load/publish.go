package load

import (
	"context"
	"errors"

	"github.com/apache/arrow-go/v18/arrow"
)

// PublishLosing publishes the days that only lose records, in order, each in one step and only over the version that
// was merged. It gives what was published, also with an error.
func (m *Merge) PublishLosing(ctx context.Context) ([]Commit, error) {
	if m.err == nil && m.stage != decided {
		m.err = errors.New("days that lose records are published once")
	}
	m.stage = losing
	return m.publish(ctx, m.sorted(func(h *lakeDay) bool { return m.changes(h) && !m.gainsAt(h) }))
}

// PublishGaining publishes the other days, as PublishLosing does, which comes before it. It gives a Commit for them and for each
// day of the range whose partition does not change, in order.
func (m *Merge) PublishGaining(ctx context.Context) ([]Commit, error) {
	if m.err == nil && m.stage != losing {
		m.err = errors.New("days that gain records are published once, after those that lose some")
	}
	m.stage = gaining
	return m.publish(ctx, m.sorted(func(h *lakeDay) bool {
		if m.changes(h) {
			return m.gainsAt(h)
		}
		return h.ours && !h.closed && m.damaged[dayOf(h.Date)] == nil
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
	var spooled *daily // opened by the first day that changes
	for _, h := range days {
		commit := Commit{Partition: h.Partition, Rows: h.rows}
		if m.changes(h) && spooled == nil {
			rows, err := m.spool.sorter.rows()
			if err != nil {
				m.err = err
				return commits, m.spool.named(err)
			}
			defer rows.close()
			spooled = &daily{rows: rows, order: m.spool.order}
		}
		if m.changes(h) {
			commit, m.err = m.replace(ctx, h, spooled)
		}
		if m.err != nil {
			return commits, m.spool.named(m.err)
		}
		commits = append(commits, commit)
	}
	return commits, nil
}

// replace writes a day's partition anew and commits it.
func (m *Merge) replace(ctx context.Context, h *lakeDay, spooled *daily) (Commit, error) {
	s := m.spool
	w, err := s.lake.writeOver(ctx, h.Partition, s.table, h.version)
	if err != nil {
		return Commit{}, err
	}
	defer w.Discard()
	spooled.day = dayOf(h.Date)
	streams := []stream{spooled}
	if h.changed != nil {
		changed, err := h.changed.rows()
		if err != nil {
			return Commit{}, err
		}
		streams = append(streams, changed)
	}
	if h.version != "" || h.older != nil {
		streams = append(streams, heldRows(s.heldOn(ctx, h), dayOf(h.Date)))
	}
	rows := merge(s.order.byTime, streams...)
	defer rows.close()
	staying := newGather(s.sorter.schema, s.lake.tuning, func(rec arrow.RecordBatch) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return w.Append(rec)
	})
	defer staying.release()
	for {
		r, more, err := rows.next()
		if err != nil {
			return Commit{}, err
		}
		if !more {
			break
		}
		stays, err := m.stays(h, r)
		if err == nil && stays {
			err = staying.add(r)
		}
		if err != nil {
			return Commit{}, err
		}
	}
	if err := staying.flush(); err != nil {
		return Commit{}, err
	}
	return w.Commit(ctx)
}

// stays says whether a row is the one of its record that stays; of equal ones the first.
func (m *Merge) stays(h *lakeDay, r row) (bool, error) {
	o := m.spool.order
	id := o.identity(r)
	read := m.spool.index.find(id)
	if read != nil && read.ignored {
		return r.held, nil
	}
	best := read
	if read == nil && m.searches() && (!h.ours || m.unread(o, r)) { // such rows have contended
		best = m.strays.find(id)
	}
	if best == nil {
		return true, nil
	}
	k, err := o.rank(r)
	if err != nil || best.given || best.copy != k {
		return false, err
	}
	best.given = true
	return true, nil
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
func (d *daily) close() {}
