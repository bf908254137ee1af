package state

// What the lake no longer holds, because it is older than it keeps (see [Removed]).
//
// Raw, tables and quarantine are kept for times of their own. That raw of a day is removed its coverage says, as an
// outcome; of the others the state has ranges, of which there is mostly one. The state says so before the first object of a
// day is removed, so that whatever a crash has left is known for what it is: no run reads it, derives it or merges with it,
// an audit names it, and the next expire removes it.
//
// A removed day stays so until it is read again as a whole, or, of tables whose raw stands, derived again: records that
// come late, as a reaction to an old message, do not bring back a part of it.

import (
	"slices"
	"time"

	"graphlake/load"
	"graphlake/schemas"
)

// RemovedDays is a half-open range of whole days.
type RemovedDays struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

func (r RemovedDays) span() schemas.Range { return schemas.Range(r) }

// RemovedOf are the times of which raw, tables or quarantine were removed, in order.
func (s *State) RemovedOf(kind load.Kind) []schemas.Range {
	var all []schemas.Range
	switch kind {
	case load.Raw:
		all = s.Coverage.Ranges(func(c Covered) bool { return c.Outcome == Removed })
	case load.Tables:
		for _, r := range s.RemovedTables {
			all = append(all, r.span())
		}
	case load.Quarantine:
		for _, r := range s.RemovedQuarantine {
			all = append(all, r.span())
		}
	}
	return all
}

// NeverRead are the days that are removed, of raw or of tables, and of which nothing was ever read.
func (s *State) NeverRead() []schemas.Range {
	var removed []RemovedDays
	for _, r := range slices.Concat(s.RemovedOf(load.Raw), s.RemovedOf(load.Tables)) {
		removed = withRemoved(removed, r)
	}
	var all []schemas.Range
	for _, r := range removed {
		all = append(all, r.span())
	}
	return wholeDays(schemas.Subtract(all, s.read()...))
}

// read are the times of which something was read, also if it is removed.
func (s *State) read() []schemas.Range {
	return s.Coverage.Ranges(func(c Covered) bool { return c.Held() || c.Outcome == Removed && !c.Unread })
}

// wholeDays are the days that lie whole in some ranges.
func wholeDays(all []schemas.Range) (whole []schemas.Range) {
	for _, r := range all {
		from, to := r.From.UTC().Truncate(schemas.Day), r.To.UTC().Truncate(schemas.Day)
		if from.Before(r.From) {
			from = from.Add(schemas.Day)
		}
		if from.Before(to) {
			whole = append(whole, schemas.Range{From: from, To: to})
		}
	}
	return whole
}

// IsRemoved reports whether raw, tables or quarantine of a day were removed.
func (s *State) IsRemoved(kind load.Kind, date time.Time) bool {
	return slices.ContainsFunc(s.RemovedOf(kind), func(r schemas.Range) bool { return r.Contains(date) })
}

// Remove notes that raw, tables or quarantine of whole days are no longer held, whatever was known of them. Nobody is
// behind with what raw no longer holds, nothing of it is lost, and nothing is asked for.
func (s *State) Remove(kind load.Kind, d schemas.Dataset, r schemas.Range, now time.Time) {
	switch kind {
	case load.Raw:
		s.removeRaw(d, r, now)
	case load.Tables:
		s.RemovedTables = withRemoved(s.RemovedTables, r)
	case load.Quarantine:
		s.RemovedQuarantine = withRemoved(s.RemovedQuarantine, r)
		return
	}
	// No tables can be derived of it any more, or none are wanted.
	s.Dirty = slices.DeleteFunc(s.Dirty, r.Contains)
	s.Misfits = slices.DeleteFunc(s.Misfits, func(m DayMisfits) bool { return r.Contains(m.Day) })
	s.Derived = withoutDerived(s.Derived, r)
}

func (s *State) removeRaw(d schemas.Dataset, r schemas.Range, now time.Time) {
	var next Coverage
	for _, old := range s.Coverage {
		for _, left := range schemas.Subtract([]schemas.Range{old.Range()}, r) {
			next = append(next, old.cut(left))
		}
	}
	unread := wholeDays(schemas.Subtract([]schemas.Range{r}, s.read()...))
	for _, one := range unread {
		next = append(next, Covered{From: one.From, To: one.To, Outcome: Removed, Read: now.UTC(), Unread: true})
	}
	for _, one := range schemas.Subtract([]schemas.Range{r}, unread...) {
		next = append(next, Covered{From: one.From, To: one.To, Outcome: Removed, Read: now.UTC()})
	}
	slices.SortFunc(next, func(a, b Covered) int { return a.From.Compare(b.From) })
	s.Coverage = next.Settled(d, s.Asked, now.UTC().Truncate(schemas.Day))

	within := func(from, to time.Time) bool { return !from.Before(r.From) && !to.After(r.To) }
	later := func(from time.Time) time.Time { // what is left of it begins behind what is removed
		if r.Contains(from) {
			return r.To
		}
		return from
	}
	s.Behind = slices.DeleteFunc(s.Behind, func(b Behind) bool { return !b.Gone && within(b.From, b.To) })
	for i, b := range s.Behind {
		s.Behind[i].From = later(b.From)
	}
	s.Lost = slices.DeleteFunc(s.Lost, func(l Lost) bool { return within(l.From, l.To) })
	for i, l := range s.Lost {
		s.Lost[i].From = later(l.From)
	}
	s.Accepted = slices.DeleteFunc(s.Accepted, func(a Accepted) bool { return within(a.From, a.To) })
	s.Asked = slices.DeleteFunc(s.Asked, func(a Asked) bool { return within(a.From, a.To) })
}

// Restore notes that tables or quarantine of a day are held again.
func (s *State) Restore(kind load.Kind, date time.Time) {
	day := schemas.Range{From: date, To: date.Add(schemas.Day)}
	switch kind {
	case load.Tables:
		s.RemovedTables = withoutRemoved(s.RemovedTables, day)
	case load.Quarantine:
		s.RemovedQuarantine = withoutRemoved(s.RemovedQuarantine, day)
	}
}

func withoutRemoved(all []RemovedDays, r schemas.Range) (left []RemovedDays) {
	for _, one := range all {
		for _, part := range schemas.Subtract([]schemas.Range{one.span()}, r) {
			left = append(left, RemovedDays(part))
		}
	}
	return left
}

func withRemoved(all []RemovedDays, r schemas.Range) []RemovedDays {
	next := append(withoutRemoved(all, r), RemovedDays{r.From.UTC(), r.To.UTC()})
	slices.SortFunc(next, func(a, b RemovedDays) int { return a.From.Compare(b.From) })
	var joined []RemovedDays
	for _, one := range next {
		if n := len(joined); n > 0 && joined[n-1].To.Equal(one.From) {
			joined[n-1].To = one.To
			continue
		}
		joined = append(joined, one)
	}
	return joined
}

// FirstDay is the first day that the state says anything of; zero if it says nothing of any.
func (s *State) FirstDay() (first time.Time) {
	note := func(t time.Time) {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t.UTC().Truncate(schemas.Day)
		}
	}
	note(s.Since)
	for _, c := range s.Coverage {
		note(c.From)
	}
	for _, b := range s.Behind {
		note(b.From)
	}
	for _, l := range s.Lost {
		note(l.From)
	}
	for _, a := range s.Asked {
		note(a.From)
	}
	for _, r := range slices.Concat(s.RemovedTables, s.RemovedQuarantine) {
		note(r.From)
	}
	for _, d := range s.Derived {
		note(d.From)
	}
	return first
}

const rawAndTables = "raw, tables"

// removedOf says what of a day was removed, for readers: raw, tables, or both.
func (s *State) removedOf(date time.Time) string {
	switch raw, tables := s.IsRemoved(load.Raw, date), s.IsRemoved(load.Tables, date); {
	case raw && tables:
		return rawAndTables
	case raw:
		return string(load.Raw)
	case tables:
		return string(load.Tables)
	}
	return ""
}
