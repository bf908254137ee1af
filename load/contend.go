package load

// How a merge decides: see merge.go.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"graphlake/schemas"
)

// decide looks until it meets no damage that it did not know of.
func (m *Merge) decide(ctx context.Context) error {
	for {
		known := len(m.damaged)
		if err := m.look(ctx); err != nil {
			return err
		}
		if len(m.damaged) == known {
			if err := m.readChanging(ctx); err != nil {
				return err
			}
		}
		if len(m.damaged) == known {
			return nil
		}
		m.spool.dropKept()
		if err := m.spool.reindex(); err != nil {
			return err
		}
	}
}

// lookAtPicture looks at the day of a picture. What becomes of its records is undecided.
func (m *Merge) lookAtPicture(ctx context.Context) (err error) {
	s := m.spool
	h := &lakeDay{Partition: s.partition(dateOf(dayOf(s.within.From))), ours: true}
	m.days, m.records = map[int32]*lakeDay{dayOf(h.Date): h}, s.index.count
	if s.older != nil && *s.older == h.Partition {
		return nil
	}
	h.older, h.empty = s.older, s.older == nil
	h.version, err = s.lake.version(ctx, h.Partition)
	h.gains = true
	return err
}

// look lets all copies contend, and notes which days change.
func (m *Merge) look(ctx context.Context) error {
	m.days, m.strays, m.held, m.missing, m.firsts = map[int32]*lakeDay{}, index{}, 0, 0, map[string]*[2]int64{}
	read := &m.spool.index
	m.records = read.count
	for e := range read.all() {
		e.ignored = m.damaged[e.copy.day] != nil
	}
	for _, date := range m.spool.within.Days() {
		if err := m.lookAt(ctx, date, m.ourRow); err != nil {
			return err
		}
	}
	for e := range read.all() {
		if m.options.Margin && e.outside && !e.known {
			e.ignored = true
			m.records--
		}
	}
	others, err := m.others(ctx)
	if err != nil {
		return err
	}
	for _, date := range others {
		if err := m.lookAt(ctx, date, m.otherRow); err != nil {
			return err
		}
	}
	for e := range read.all() {
		if !e.ignored && !e.held {
			m.days[e.copy.day].gains = true
		}
	}
	return nil
}

// others are the days to be looked at besides those of the range.
func (m *Merge) others(ctx context.Context) ([]time.Time, error) {
	s := m.spool
	days := m.options.Strays.of(&s.index)
	around, unknown := false, false
	for e := range s.index.all() {
		if !e.ignored {
			around, days[e.copy.day] = true, true
			unknown = unknown || !e.known
		}
	}
	if around {
		for _, date := range (schemas.Range{From: s.within.From.Add(-Reach), To: s.within.To.Add(Reach)}).Days() {
			days[dayOf(date)] = true
		}
	}
	if m.searches() && (m.strays.count > 0 || unknown) {
		for p, err := range s.lake.Partitions(ctx, Raw, s.table.Name, s.tenantID) {
			if err != nil {
				return nil, err
			}
			if touches(m.options.Search, p.Date) {
				days[dayOf(p.Date)] = true
			}
		}
	}
	for day := range m.days {
		delete(days, day)
	}
	var dates []time.Time
	for _, day := range slices.Sorted(maps.Keys(days)) {
		dates = append(dates, dateOf(day))
	}
	return dates, nil
}

func (m *Merge) searches() bool { return m.options.Search.From.Before(m.options.Search.To) }

// touches says whether some of a day is in a range.
func touches(r schemas.Range, date time.Time) bool {
	return date.Before(r.To) && date.Add(schemas.Day).After(r.From)
}

// lookAt goes through a day's rows, without their records. A row that is none of ours is damage.
func (m *Merge) lookAt(ctx context.Context, date time.Time, each func(order, *lakeDay, row) error) error {
	s := m.spool
	h := &lakeDay{Partition: s.partition(date), ours: touches(s.within, date)}
	h.closed = slices.ContainsFunc(m.options.Closed, func(r schemas.Range) bool { return touches(r, date) })
	m.days[dayOf(date)] = h
	if h.closed || m.damaged[dayOf(date)] != nil {
		return nil
	}
	narrow := s.table.Only(schemas.RecordTime, schemas.RawVersion, schemas.RecordHash, schemas.RawRemoved)
	o, err := newOrder(narrow)
	if err != nil {
		return err
	}
	for rec, err := range s.lake.dayBatches(ctx, h, narrow.Schema()) {
		if err != nil {
			return m.note(h, err)
		}
		for i := range int(rec.NumRows()) {
			if err := each(o, h, row{batch: rec, at: i, day: dayOf(date), held: true}); err != nil {
				return m.note(h, &DamagedError{h.Partition, err})
			}
		}
	}
	return nil
}

// note keeps the damage of a day; another error stays one.
func (m *Merge) note(h *lakeDay, err error) error {
	if !errors.Is(err, ErrDamaged) {
		return err
	}
	m.damaged[dayOf(h.Date)] = err
	return nil
}

// readChanging reads the partitions that are going to be replaced: what is damaged of them may be a record.
func (m *Merge) readChanging(ctx context.Context) error {
	for _, h := range m.sorted(m.mayChange) {
		for _, err := range m.spool.keep(ctx, h) {
			if err != nil {
				if err := m.note(h, err); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

// ourRow is a row of the lake on a day of the range.
func (m *Merge) ourRow(o order, h *lakeDay, r row) error {
	id := o.identity(r)
	e := m.spool.index.find(id)
	unread := e == nil && m.unread(o, r)
	if m.answered(o, r) {
		m.held++
		if unread {
			m.missing++
		}
		if m.options.Absence != OfNobody {
			m.count(o.first(r), unread)
		}
	}
	switch {
	case e != nil:
		e.known = true
		return m.contend(e, o, r)
	case !unread:
		return nil
	}
	h.absent = h.absent || m.leaves(o, r)
	if !m.searches() && m.options.Strays == nil || !o.keyed(r) || m.strays.count >= maxStrays {
		return nil
	}
	k, err := o.rank(r)
	if lesser, twice := m.strays.add(entry{id: id, copy: k, claim: missing, held: true}); twice && m.searches() {
		m.days[lesser.copy.day].loses = true
	}
	return err
}

func (m *Merge) count(first string, unread bool) {
	n := m.firsts[first]
	if n == nil {
		n = &[2]int64{}
		m.firsts[first] = n
	}
	n[0]++
	if unread {
		n[1]++
	}
}

// otherRow is a row of the lake on another day.
func (m *Merge) otherRow(o order, _ *lakeDay, r row) error {
	id := o.identity(r)
	if e := m.spool.index.find(id); e != nil {
		return m.contend(e, o, r)
	}
	if e := m.strays.find(id); e != nil && m.searches() {
		return m.contend(e, o, r)
	}
	return nil
}

func (m *Merge) contend(e *entry, o order, r row) error {
	if e.ignored {
		return nil
	}
	k, err := o.rank(r)
	if err != nil {
		return err
	}
	by := live
	if o.marked(r) {
		by = removed
	}
	if day, leaves := e.contend(k, by); leaves {
		m.days[day].loses = true
	}
	return nil
}

// live says whether a row of the lake happened in the range and is not marked as removed.
func (m *Merge) live(o order, r row) bool { return m.spool.within.Contains(o.filed(r)) && !o.marked(r) }

// answered says whether a row is live and of one that was read to the end.
func (m *Merge) answered(o order, r row) bool {
	return m.live(o, r) && (m.options.Absence != OfAnswered || m.options.Answered[o.first(r)])
}

// unread says whether a row, whose record was not read, was not listed either though it is live.
func (m *Merge) unread(o order, r row) bool {
	return m.live(o, r) && (len(m.options.Listed) == 0 || !m.options.Listed[o.first(r)])
}

// leaves says whether a row, whose record was not read, is absent.
func (m *Merge) leaves(o order, r row) bool {
	return m.options.Absence != OfNobody && m.unread(o, r) && m.answered(o, r)
}

// dayBatches gives the rows of a day as they are in one version of its partition: the one that was met first. A
// batch is valid until the next one.
func (l *Lake) dayBatches(ctx context.Context, h *lakeDay, schema *arrow.Schema) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) {
		if h.empty {
			return
		}
		from, version := h.Partition, &h.version
		if h.older != nil {
			from, version = *h.older, &h.olderVersion
		}
		f, err := l.open(ctx, from)
		if errors.Is(err, fs.ErrNotExist) && *version == "" && h.older == nil {
			return
		}
		if err == nil {
			defer f.Close()
			if *version == "" {
				*version, h.rows = f.version, f.rows()
			}
			if *version != f.version {
				err = fmt.Errorf("read %s: %w", from, ErrConflict)
			}
		}
		if err != nil {
			yield(nil, err)
			return
		}
		f.batches(ctx, schema)(yield)
	}
}
