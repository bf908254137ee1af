package plan

import (
	"slices"
	"time"

	"graphlake/jobs/state"
	"graphlake/schemas"
)

// due are the ranges of a dataset that have to be read, in order.
func (s Selection) due(d schemas.Dataset, st state.State, now time.Time) []schemas.Range {
	midnight := now.Truncate(schemas.Day)
	today := schemas.Range{From: midnight, To: midnight.Add(schemas.Day)}
	tick := now.Truncate(time.Minute)
	switch {
	case s.Gaps:
		return s.dueInGaps(d, &st, now)
	case d.Mode == schemas.Observations && !st.Picture.Before(tick) && (s.Back || st.Picture.Before(tick.Add(schemas.Day))):
		return nil // a second observation of an instant would be the same
	case d.Mode == schemas.Observations:
		return []schemas.Range{{From: tick, To: tick.Add(time.Minute)}}
	case d.Mode.Pictures() && s.Back && st.Picture.After(midnight):
		return nil // that day is over
	case d.Mode.Pictures() && s.Ranged():
		return []schemas.Range{today}
	case s.Ranged():
		return schemas.Subtract([]schemas.Range{s.RangeOf(d, now)}, slices.Concat(done(&st, s.Asked(), now), s.notKept(d, &st, now))...)
	case d.Mode.Pictures():
		return schemas.Subtract([]schemas.Range{today}, st.Coverage.Ranges(func(c state.Covered) bool {
			return c.Held() && !c.Read.Before(midnight)
		})...)
	}
	return s.dueTonight(d, st, now)
}

// unread is what status names as not held, of all that the lake is to hold up to the last midnight.
func (s Selection) unread(d schemas.Dataset, st *state.State, now time.Time) []schemas.Range {
	return st.Unread(d, schemas.Range{From: s.tooOld(d, now).To, To: now.Truncate(schemas.Day)})
}

// dueInGaps is that, as far as it can be read: of a picture that failed today's is taken, with which the gap has an end; an
// observation cannot be made later.
func (s Selection) dueInGaps(d schemas.Dataset, st *state.State, now time.Time) []schemas.Range {
	gaps := s.unread(d, st, now)
	switch {
	case len(gaps) == 0 || d.Mode == schemas.Observations:
		return nil
	case d.Mode.Pictures():
		s.Gaps = false
		return s.due(d, *st, now)
	}
	return s.nightly(gaps, d, st, now)
}

// done are the parts that an interrupted try of exactly this range has read, not long ago.
func done(s *state.State, r schemas.Range, now time.Time) []schemas.Range {
	asked, ok := s.AskedFor(r)
	if !ok || !s.Interrupted(r, now) {
		return nil
	}
	return s.Coverage.Ranges(func(c state.Covered) bool {
		return c.Request >= asked.Request && (c.Held() && c.NotYet == 0 && !c.Unsure || c.Outcome == state.Expired)
	})
}

// upTo is how far a run without a range reads: up to the last midnight; what counts by the time of its change
// up to now, or a change of the small hours would be missing for a day; and ahead where the dataset says so.
func upTo(d schemas.Dataset, now time.Time) time.Time {
	if d.Mode == schemas.Changes {
		return now.UTC().Truncate(time.Minute)
	}
	return now.UTC().Truncate(schemas.Day).Add(d.Ahead)
}

// dueTonight is what a run without a range has to read: what is not held, what has not settled, once a day
// what the lookback reaches; and wherever they are, days whose last reading has not ended, and records that
// are behind.
func (s Selection) dueTonight(d schemas.Dataset, st state.State, now time.Time) []schemas.Range {
	midnight := now.Truncate(schemas.Day)
	again := midnight.Add(-s.LookbackOf(d)) // from here on, everything is read once a day
	all := schemas.Range{From: since(&st, again), To: upTo(d, now)}
	gone := horizon(d, now)
	var rest []schemas.Range
	for _, c := range st.Coverage {
		r := c.Range()
		switch {
		case c.Read.After(now): // what a clock that was ahead has written is not believed
			continue
		case c.Outcome == state.Expired:
		case !c.Held(), c.Unsure:
			continue
		case d.Source.Detail != nil && c.NotYet > 0 && !now.Before(c.Read.Add(d.Source.Detail.Waits())):
			r.To = schemas.Earlier(r.To, gone) // what was too young then can be read now
		case !c.Read.Before(midnight): // once a day is enough
		case c.Final(d.Settle):
			r.To = schemas.Earlier(r.To, schemas.Later(again, gone))
		default: // as a whole: its end, and with it what had settled, may be that of a clock that was ahead
			r.To = schemas.Earlier(r.To, gone)
		}
		rest = append(rest, r)
	}
	due := schemas.Subtract([]schemas.Range{all}, rest...)
	for _, c := range st.Coverage {
		if c.Held() && (c.Unsure || c.Absent > 0 && c.Read.Before(midnight)) && !c.Read.After(now) {
			due = union(due, c.Range())
		}
	}
	for _, r := range st.MissingRecords() {
		if d.Mode == schemas.Windowed && !readToday(&st, r, midnight) {
			due = union(due, r)
		}
	}
	return schemas.Joined(s.nightly(due, d, &st, now))
}

// readToday reports whether a time was read today already.
func readToday(s *state.State, r schemas.Range, midnight time.Time) bool {
	return slices.ContainsFunc(s.Coverage, func(c state.Covered) bool {
		return c.Held() && !c.Read.Before(midnight) && !c.From.After(r.From) && !c.To.Before(r.To)
	})
}

// union adds a range to some that are in order and do not overlap.
func union(ranges []schemas.Range, r schemas.Range) []schemas.Range {
	all := append(schemas.Subtract(ranges, r), r)
	slices.SortFunc(all, func(a, b schemas.Range) int { return a.From.Compare(b.From) })
	return all
}

// Span is the range that is asked for, or else the lookback up to the last midnight.
func (s Selection) Span(d schemas.Dataset, now time.Time) schemas.Range {
	if s.Ranged() {
		return s.RangeOf(d, now)
	}
	midnight := now.UTC().Truncate(schemas.Day)
	if d.Mode.Fleeting() {
		return schemas.Range{From: midnight, To: midnight.Add(schemas.Day)}
	}
	return schemas.Range{From: midnight.Add(-s.LookbackOf(d)), To: upTo(d, now)}
}

// since is from when on a run without a range answers for the dataset: as in the run before it; at
// first from the end of what is held, or from the lookback if that is earlier.
func since(s *state.State, again time.Time) time.Time {
	if !s.Since.IsZero() {
		return schemas.Earlier(s.Since, again)
	}
	if end := s.Coverage.End(); !end.IsZero() {
		return schemas.Earlier(end, again)
	}
	return again
}

// LookbackOf is how far back of a dataset everything is read again, once a day.
func (s Selection) LookbackOf(d schemas.Dataset) time.Duration {
	if s.Lookback > 0 {
		return s.Lookback
	}
	return d.Lookback
}

// gaps are the times that a plan names because it leaves them out.
func (s Selection) gaps(t Tenant, d schemas.Dataset, st state.State, now time.Time) []Gap {
	if len(st.Coverage) == 0 || d.Mode.Fleeting() {
		return nil
	}
	kept := schemas.Later(horizon(d, now), s.tooOld(d, now).To)
	within := schemas.Range{From: schemas.Later(st.Coverage[0].From, kept), To: st.Since}
	if st.Since.IsZero() {
		within.To = st.Coverage.End() // from there the first of them reads
	}
	var all []Gap
	for _, r := range st.Coverage.Gaps(within) {
		all = append(all, Gap{t.Name, d.Name, r.From, r.To})
	}
	return all
}

// Search are the days on which an older copy of a record may lie that has moved: those of all that is asked for, or of
// the unit where gaps are, which may lie far apart, and around it those by which a record moves while it still changes.
func (s Selection) Search(d schemas.Dataset, unit schemas.Range, now time.Time) schemas.Range {
	r := schemas.Range{From: now.UTC().Truncate(schemas.Day).Add(-s.LookbackOf(d)), To: upTo(d, now)}
	switch {
	case s.Ranged():
		r = s.RangeOf(d, now)
	case s.Gaps:
		r = unit
	}
	return schemas.Range{From: r.From.Add(-moves), To: r.To.Add(moves)}
}

// moves is how far around what is asked for older copies of records are looked for. Of one that moves further an
// audit tells, and a range that has both days mends it.
const moves = 7 * schemas.Day
