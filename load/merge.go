package load

// A merge decides which copy of a record stays, and publishes the partitions that change.
//
// Of a record that was read, one copy stays on the days that are looked at: that of the highest version;
// at equal versions the one that was read, then one of the lake's that is not marked as removed. Looked at
// are the days of the unit's range, [Reach] around it, the days of what was read, and those on which it was
// last seen. Of a record that the lake holds in the range and that was not read, a stray, copies contend
// as well, on all days of the search. Every other row stays as it is.
//
// Where texts have to be read to decide, the record is undecided, and whoever merges decides ([Merge.Undecided]): of a window the
// strays that are absent; of a picture all. A picture is the case in which what is read goes over one day, today's,
// and what is held is the newest picture, of that day or an older one; the reads of one record keep their order.
//
// The decision is a function of what was read, of the versions of the partitions that were looked at and
// of which of them are damaged. A damaged partition is not looked at, and whatever was read for it is as
// if it had not been read, so that no older copy leaves the lake for one that cannot be published. Damage
// may show only after records have contended; then the decision is made again. A partition that is going
// to be replaced was therefore read whole before the first is.
//
// Days that only lose records are published before those that gain some (PublishLosing, PublishGaining). If a merge ends in
// between, a record that moves is held nowhere, and so it is read again; were it held on both days, nobody
// would look for the older copy. Each day is published over the version that was looked at only, and
// nothing after an error. One day is open at a time.

import (
	"context"
	"maps"
	"slices"
	"time"

	"graphlake/schemas"
)

// MergeOptions say what it means that a record which the lake holds of the unit's range was not read. The zero
// MergeOptions say nothing of it: the record stays.
type MergeOptions struct {
	// Search is where an older or newer copy of such a record may lie: the whole range that a run was asked
	// for. The zero range: it is not looked for.
	Search schemas.Range
	// Strays is shared by the units of one dataset of a run; nil: what was not found is forgotten.
	Strays *Strays
	// Listed are records by the first column of their key that were listed and not read again, as the lake has
	// them already.
	Listed map[string]bool
	// Absence says of whom a record that was neither read nor listed may be absent: [Merge.Undecided] gives it.
	Absence Absence
	// Answered are those whom the first column of a key names that were read to the end, for OfAnswered.
	Answered map[string]bool
	// Closed are times that the lake no longer keeps: their days are not looked at and not published. What was read for
	// one of them takes older copies on other days along all the same.
	Closed []schemas.Range
	// Margin says that rows outside of the unit's range were read to find records that moved over its edge:
	// one counts only if the lake holds its record on a day of the range.
	Margin bool
}

// Absence is of whom records may be absent.
type Absence int

// Whose records may be absent.
const (
	OfNobody Absence = iota
	OfAnswered
	OfAll
)

// Merge is what a spool's rows change in the lake. It is used by one goroutine, and needs the spool until
// PublishGaining is done.
type Merge struct {
	spool   *Spool
	options MergeOptions
	days    map[int32]*lakeDay
	damaged map[int32]error
	strays  index
	stage   stage
	err     error // the first of publishing

	records       int
	held, missing int64
	firsts        map[string]*[2]int64 // the same by the first column of the key
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
	closed  bool         // it is not to be looked at or published
	absent  bool         // a record of it was not listed
	changed *changedRows // rows that take the place of others; nil: none

	// Of a picture the rows that are held are those of an older partition, in the version that was met first.
	older        *Partition
	olderVersion Version
	empty        bool // nothing is held
}

// Merge lets what was read contend with what the lake holds. It writes nothing.
func (s *Spool) Merge(ctx context.Context, options MergeOptions) (*Merge, error) {
	if s.err != nil {
		return nil, s.named(s.err)
	}
	s.err = ErrSpent
	m := &Merge{spool: s, options: options, damaged: map[int32]error{}}
	decide := m.decide
	if s.picture {
		decide = m.lookAtPicture
	}
	if err := decide(ctx); err != nil {
		return nil, s.named(err)
	}
	options.Strays.add(&m.strays)
	return m, nil
}

// changing are the days whose partitions are to be replaced, in order.
func (m *Merge) changing() []*lakeDay {
	return m.sorted(m.changes)
}

func (m *Merge) changes(h *lakeDay) bool {
	return m.damaged[dayOf(h.Date)] == nil && !h.closed && (h.gains || h.loses || h.changed != nil || h.ours && h.version == "")
}

// mayChange says the same while it is undecided what becomes of records that are absent.
func (m *Merge) mayChange(h *lakeDay) bool {
	return m.changes(h) || m.damaged[dayOf(h.Date)] == nil && h.absent
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

// Held is how many rows the lake holds of the range that are not marked as removed, of those that answered.
func (m *Merge) Held() int64 { return m.held }

// Moved is how many of the rows that the lake holds of the range leave it because a copy on another day wins.
func (m *Merge) Moved() (n int64) {
	for e := range m.strays.all() {
		if !touches(m.spool.within, dateOf(e.copy.day)) {
			n++
		}
	}
	return n
}

// NotKept is how many of the records that were read lie on days that are closed.
func (m *Merge) NotKept() (n int64) {
	for e := range m.spool.index.all() {
		if h := m.days[e.copy.day]; h != nil && h.closed && !e.ignored {
			n++
		}
	}
	return n
}

// Missing is how many of Held were neither read nor listed.
func (m *Merge) Missing() int64 { return m.missing }

// HeldOf is Held and Missing of whom the first column of a key names, where absence means something.
func (m *Merge) HeldOf(first string) (held, missing int64) {
	if n := m.firsts[first]; n != nil {
		return n[0], n[1]
	}
	return 0, 0
}

// Days are the days whose partitions will be replaced, in the order in which they are: those that PublishLosing publishes first.
func (m *Merge) Days() []time.Time {
	var losing, gaining []time.Time
	for _, h := range m.changing() {
		if m.gainsAt(h) {
			gaining = append(gaining, h.Date)
		} else {
			losing = append(losing, h.Date)
		}
	}
	return append(losing, gaining...)
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
