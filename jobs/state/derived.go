package state

import (
	"slices"
	"time"

	"graphlake/load"
	"graphlake/schemas"
)

// MarkDirty notes that the tables of days may lag raw. They are to be derived in the order in which they are given: first
// those that only lose records, so that a reader who sees both days never sees a record that has moved twice.
func (s *State) MarkDirty(days ...time.Time) {
	for _, day := range days {
		s.Dirty = append(slices.DeleteFunc(s.Dirty, day.Equal), day)
	}
}

// MarkClean notes that the tables of a day were derived, and that a lane has them, if one is named.
func (s *State) MarkClean(day time.Time, fingerprint, lane string) {
	s.Dirty = slices.DeleteFunc(s.Dirty, day.Equal)
	s.Derived = withDerived(s.Derived, Derived{From: day, To: day.Add(schemas.Day), Fingerprint: fingerprint, Lane: lane})
}

// MarkInLane notes that a lane has the tables of a day as they are. Of a day that is dirty, or of which it is not known by
// which definition its tables are, nothing is noted.
func (s *State) MarkInLane(day time.Time, lane string) {
	if d, ok := s.clean(day); ok {
		s.MarkClean(day, d.Fingerprint, lane)
	}
}

// Fresh reports whether a day's tables are by this definition, not dirty, and in a lane, if one is named.
func (s *State) Fresh(day time.Time, fingerprint, lane string) bool {
	d, ok := s.clean(day)
	return ok && d.Fingerprint == fingerprint && (lane == "" || d.Lane == lane)
}

// InLane reports whether a lane is known to have the tables of a day as they are.
func (s *State) InLane(day time.Time, lane string) bool {
	d, ok := s.clean(day)
	return ok && lane != "" && d.Lane == lane
}

// NotInLane are the days whose tables were derived and that a lane does not have: it was off then, or is another one. Of days
// whose raw is gone nothing is known, and of those that are dirty the next run sees to it.
func (s *State) NotInLane(lane string) []schemas.Range {
	var out, dirty []schemas.Range
	for _, d := range s.Derived {
		if d.Lane != lane {
			out = append(out, schemas.Range{From: d.From, To: d.To})
		}
	}
	for _, day := range s.Dirty {
		dirty = append(dirty, schemas.Range{From: day, To: day.Add(schemas.Day)})
	}
	return schemas.Subtract(out, slices.Concat(dirty, s.RemovedOf(load.Tables))...)
}

// clean says how a day was derived that is not dirty.
func (s *State) clean(day time.Time) (Derived, bool) {
	if slices.ContainsFunc(s.Dirty, day.Equal) {
		return Derived{}, false
	}
	i := slices.IndexFunc(s.Derived, func(d Derived) bool { return schemas.Range{From: d.From, To: d.To}.Contains(day) })
	if i < 0 {
		return Derived{}, false
	}
	return s.Derived[i], true
}

// Outdated is how many days have tables by another definition.
func (s *State) Outdated(fingerprint string) (days int) {
	for _, d := range s.Derived {
		if d.Fingerprint != fingerprint {
			days += len(schemas.Range{From: d.From, To: d.To}.Days())
		}
	}
	return days
}

// withDerived puts a part into the place of what was known of its days.
func withDerived(all []Derived, part Derived) (joined []Derived) {
	next := append(withoutDerived(all, schemas.Range{From: part.From, To: part.To}), part)
	slices.SortFunc(next, func(a, b Derived) int { return a.From.Compare(b.From) })
	for _, d := range next {
		if n := len(joined); n > 0 && joined[n-1].To.Equal(d.From) && joined[n-1].Fingerprint == d.Fingerprint && joined[n-1].Lane == d.Lane {
			joined[n-1].To = d.To
			continue
		}
		joined = append(joined, d)
	}
	return joined
}

func withoutDerived(all []Derived, r schemas.Range) (left []Derived) {
	for _, d := range all {
		for _, part := range schemas.Subtract([]schemas.Range{{From: d.From, To: d.To}}, r) {
			d.From, d.To = part.From, part.To
			left = append(left, d)
		}
	}
	return left
}
