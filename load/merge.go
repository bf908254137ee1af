package load

// A merge decides which copy of a record stays, and publishes the partitions that change.
//
// Of a record that was read, one copy stays on the days that are looked at: that of the highest version;
// at equal versions the one that was read, then one of the lake's that is not marked as removed. Looked at
// are the days of the unit's range, [Reach] around it, the days of what was read, and those on which it was
// last seen. Of a record that the lake holds in the range and that was not read, a stray, copies contend
// as well, on all days of the search. Every other row stays as it is.
//
// The decision is a function of what was read, of the versions of the partitions that were looked at and
// of which of them are damaged. A damaged partition is not looked at, and whatever was read for it is as
// if it had not been read, so that no older copy leaves the lake for one that cannot be published. Damage
// may show only after records have contended; then the decision is made again. A partition that is going
// to be replaced was therefore read whole before the first is.
//
// Days that only lose records are published before those that gain some (Lose, Gain). If a merge ends in
// between, a record that moves is held nowhere, and so it is read again; were it held on both days, nobody
// would look for the older copy. Each day is published over the version that was looked at only, and
// nothing after an error. One day is open at a time.

import (
	"cmp"
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

// Reading says what it means that a record which the lake holds of the unit's range was not read. The zero
// Reading says nothing of it: the record stays.
type Reading struct {
	// Search is where an older or newer copy of such a record may lie: the whole range that a run was asked
	// for. The zero range: it is not looked for.
	Search schemas.Range
	// Strays is shared by the units of one dataset of a run; nil: what was not found is forgotten.
	Strays *Strays
	// Listed reports, by the first column of its key, whether a record was listed and not read again as the
	// lake has it already; nil: none was.
	Listed func(first string) bool
	// Absent makes the one raw row of a record that was not listed, from the record; nil: the record stays
	// as it is, and where it answers a nil batch too.
	Absent func(record []byte) (arrow.RecordBatch, error)
	// Answers reports whether whom the first column of a key names was read to the end; nil: all were.
	Answers func(first string) bool
	// Margin says that rows outside of the unit's range were read to find records that moved over its edge:
	// one counts only if the lake holds its record on a day of the range.
	Margin bool
}

// Merge is what a spool's rows change in the lake. It is used by one goroutine, and needs the spool until
// Gain is done.
type Merge struct {
	spool   *Spool
	reading Reading
	days    map[int32]*lakeDay
	damaged map[int32]error
	strays  index
	stage   stage
	err     error // the first of publishing

	records       int
	held, missing int64
}

type stage int

const (
	decided stage = iota
	losing
	gaining
)

// lakeDay is a day that was looked at.
type lakeDay struct {
	Partition
	version Version // "": no partition
	rows    int64
	ours    bool // a day of the range: its partition has to be there in the end
	gains   bool // a record that it did not hold
	loses   bool
	absent  bool // a record of it was not listed
}

// Merge lets what was read contend with what the lake holds. It writes nothing.
func (s *Spool) Merge(ctx context.Context, reading Reading) (*Merge, error) {
	if s.err != nil {
		return nil, s.named(s.err)
	}
	s.err = ErrSpent
	s.index.sort()
	if err := s.sorter.settle(); err != nil {
		return nil, s.named(err)
	}
	m := &Merge{spool: s, reading: reading, damaged: map[int32]error{}}
	if err := m.decide(ctx); err != nil {
		return nil, s.named(err)
	}
	reading.Strays.add(m.strays.entries)
	return m, nil
}

// decide looks until it meets no damage that it did not know of.
func (m *Merge) decide(ctx context.Context) error {
	for {
		known := len(m.damaged)
		if err := m.look(ctx); err != nil {
			return err
		}
		if len(m.damaged) == known {
			if err := m.prove(ctx); err != nil {
				return err
			}
		}
		if len(m.damaged) == known {
			return nil
		}
		if err := m.spool.reindex(); err != nil {
			return err
		}
	}
}

// look lets all copies contend, and notes which days change.
func (m *Merge) look(ctx context.Context) error {
	m.days, m.strays, m.held, m.missing = map[int32]*lakeDay{}, index{}, 0, 0
	read := m.spool.index.entries
	m.records = len(read)
	for i := range read {
		read[i].ignored = m.damaged[read[i].copy.day] != nil
	}
	for _, date := range m.spool.within.Days() {
		if err := m.lookAt(ctx, date, m.ourRow); err != nil {
			return err
		}
	}
	m.settleStrays()
	for i := range read {
		if e := &read[i]; m.reading.Margin && e.outside && !e.known {
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
	for _, e := range read {
		if !e.ignored && !e.held {
			m.days[e.copy.day].gains = true
		}
	}
	return nil
}

// others are the days to be looked at besides those of the range.
func (m *Merge) others(ctx context.Context) ([]time.Time, error) {
	s := m.spool
	days := m.reading.Strays.of(s.index.entries)
	around := false
	for _, e := range s.index.entries {
		if !e.ignored {
			around, days[e.copy.day] = true, true
		}
	}
	if around {
		for _, date := range (schemas.Range{From: s.within.From.Add(-Reach), To: s.within.To.Add(Reach)}).Days() {
			days[dayOf(date)] = true
		}
	}
	if m.searches() && len(m.strays.entries) > 0 {
		for p, err := range s.lake.Partitions(ctx, Raw, s.table.Name, s.tenantID) {
			if err != nil {
				return nil, err
			}
			if touches(m.reading.Search, p.Date) {
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

func (m *Merge) searches() bool { return m.reading.Search.From.Before(m.reading.Search.To) }

// touches says whether some of a day is in a range.
func touches(r schemas.Range, date time.Time) bool {
	return date.Before(r.To) && date.Add(schemas.Day).After(r.From)
}

// lookAt goes through a day's rows, without their records. A row that is none of ours is damage.
func (m *Merge) lookAt(ctx context.Context, date time.Time, each func(order, *lakeDay, row) error) error {
	s := m.spool
	h := &lakeDay{Partition: s.partition(date), ours: touches(s.within, date)}
	m.days[dayOf(date)] = h
	if m.damaged[dayOf(date)] != nil {
		return nil
	}
	narrow := s.table.Only(schemas.RecordTime, schemas.RawVersion, schemas.RecordHash, schemas.RawRemoved)
	o, err := newOrder(narrow)
	if err != nil {
		return err
	}
	for r, err := range s.lake.rows(ctx, h, narrow.Schema()) {
		if err == nil {
			if err = each(o, h, r); err != nil {
				err = &DamagedError{h.Partition, err}
			}
		}
		if err != nil {
			return m.note(h, err)
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

// prove reads the partitions that are going to be replaced: what is damaged of them may be a record.
func (m *Merge) prove(ctx context.Context) error {
	for _, h := range m.changing() {
		for _, err := range m.spool.lake.rows(ctx, h, m.spool.sorter.schema) {
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
	}
	switch {
	case e != nil:
		e.known = true
		return m.contend(e, o, r)
	case !unread:
		return nil
	}
	h.absent = h.absent || m.leaves(o, r)
	if !m.searches() && m.reading.Strays == nil || !o.keyed(r) || len(m.strays.entries) >= maxStrays {
		return nil
	}
	k, err := o.rank(r)
	m.strays.entries = append(m.strays.entries, entry{id: id, copy: k, claim: missing, held: true})
	return err
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

// settleStrays leaves one of the copies that the range holds of a stray.
func (m *Merge) settleStrays() {
	slices.SortFunc(m.strays.entries, func(a, b entry) int {
		return cmp.Or(slices.Compare(a.id[:], b.id[:]), b.copy.compare(a.copy))
	})
	for i, e := range m.strays.entries {
		if i > 0 && e.id == m.strays.entries[i-1].id && m.searches() {
			m.days[e.copy.day].loses = true
		}
	}
	m.strays.sort()
}

// live says whether a row of the lake happened in the range and is not marked as removed.
func (m *Merge) live(o order, r row) bool { return m.spool.within.Contains(o.filed(r)) && !o.marked(r) }

// answered says whether a row is live and of one that was read to the end.
func (m *Merge) answered(o order, r row) bool {
	return m.live(o, r) && (m.reading.Answers == nil || m.reading.Answers(o.first(r)))
}

// unread says whether a row, whose record was not read, was not listed either though it is live.
func (m *Merge) unread(o order, r row) bool {
	return m.live(o, r) && (m.reading.Listed == nil || !m.reading.Listed(o.first(r)))
}

// leaves says whether a row, whose record was not read, is to be made absent.
func (m *Merge) leaves(o order, r row) bool {
	return m.reading.Absent != nil && m.unread(o, r) && m.answered(o, r)
}

// changing are the days whose partitions are to be replaced, in order.
func (m *Merge) changing() []*lakeDay {
	return m.sorted(m.changes)
}

func (m *Merge) changes(h *lakeDay) bool {
	absent := h.absent && m.reading.Absent != nil
	return m.damaged[dayOf(h.Date)] == nil && (h.gains || h.loses || absent || h.ours && h.version == "")
}

func (m *Merge) sorted(which func(*lakeDay) bool) []*lakeDay {
	var days []*lakeDay
	for _, day := range slices.Sorted(maps.Keys(m.days)) {
		if h := m.days[day]; which(h) {
			days = append(days, h)
		}
	}
	return days
}

// Records is how many records were read, each once however many copies of it came.
func (m *Merge) Records() int { return m.records }

// Held is how many rows the lake holds of the range that are not marked as removed, of those that Answers.
func (m *Merge) Held() int64 { return m.held }

// Missing is how many of Held were neither read nor listed.
func (m *Merge) Missing() int64 { return m.missing }

// KeepAbsent lets what is missing stay: its absence is not believed. It is called before Lose.
func (m *Merge) KeepAbsent() { m.reading.Absent = nil }

// Days are the days whose partitions will be replaced, in order.
func (m *Merge) Days() []time.Time {
	var days []time.Time
	for _, h := range m.changing() {
		days = append(days, h.Date)
	}
	return days
}

// Damaged gives a [DamagedError] for each day of the range whose partition is damaged, in order. It is left
// alone, and what was read of the day is not published.
func (m *Merge) Damaged() []error { return m.damage(true) }

// Skipped is Damaged of the other days that were looked at. What was read for one of them is not published,
// and an older copy of the record stays where it is.
func (m *Merge) Skipped() []error { return m.damage(false) }

func (m *Merge) damage(ours bool) []error {
	var errs []error
	for _, day := range slices.Sorted(maps.Keys(m.damaged)) {
		if touches(m.spool.within, dateOf(day)) == ours {
			errs = append(errs, m.damaged[day])
		}
	}
	return errs
}

// rows gives the rows of a day as they are in one version of its partition: the one that was met first. A
// row is valid until the next one.
func (l *Lake) rows(ctx context.Context, h *lakeDay, schema *arrow.Schema) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		f, err := l.open(ctx, h.Partition)
		if errors.Is(err, fs.ErrNotExist) && h.version == "" {
			return
		}
		if err == nil {
			defer f.Close()
			if h.version == "" {
				h.version, h.rows = f.version, f.rows()
			}
			if h.version != f.version {
				err = fmt.Errorf("read %s: %w", h.Partition, ErrConflict)
			}
		}
		if err != nil {
			yield(row{}, err)
			return
		}
		for rec, err := range f.batches(ctx, schema) {
			if err != nil {
				yield(row{}, err)
				return
			}
			for i := range int(rec.NumRows()) {
				if !yield(row{batch: rec, at: i, day: h.Date, held: true}, nil) {
					return
				}
			}
		}
	}
}
