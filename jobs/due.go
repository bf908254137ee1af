package jobs

import (
	"time"

	"graphlake/schemas"
)

// due are the ranges of a dataset that have to be read, in order.
func (s Selection) due(d schemas.Dataset, st State, now time.Time) []schemas.Range {
	midnight := now.Truncate(schemas.Day)
	today := schemas.Range{From: midnight, To: midnight.Add(schemas.Day)}
	tick := now.Truncate(time.Minute)
	switch {
	case d.Mode == schemas.Observations && !st.Picture.Before(tick):
		return nil // a second observation of an instant would be the same
	case d.Mode == schemas.Observations:
		return []schemas.Range{{From: tick, To: tick.Add(time.Minute)}}
	case d.Mode.Pictures() && st.Picture.After(midnight):
		return nil // that day is over
	case d.Mode.Pictures() && s.ranged():
		return []schemas.Range{today}
	case s.ranged():
		return schemas.Subtract([]schemas.Range{s.Range(now)}, st.done(s.asked())...)
	case d.Mode.Pictures():
		return schemas.Subtract([]schemas.Range{today}, st.Coverage.ranges(func(c Covered) bool {
			return c.Held() && !c.Read.Before(midnight)
		})...)
	}
	return s.dueTonight(d, st, now)
}

// done are the parts that an interrupted request for exactly this range has read.
func (s *State) done(r schemas.Range) []schemas.Range {
	asked, ok := s.asked(r)
	if !ok {
		return nil
	}
	return s.Coverage.ranges(func(c Covered) bool {
		return c.Request >= asked.Request && (c.Held() && c.NotYet == 0 || c.Outcome == Expired)
	})
}

// dueTonight is what a run without a range has to read.
func (s Selection) dueTonight(d schemas.Dataset, st State, now time.Time) []schemas.Range {
	midnight := now.Truncate(schemas.Day)
	again := midnight.Add(-s.lookback(d)) // from here on, everything is read once a day
	all := schemas.Range{From: st.since(again), To: midnight}
	gone := horizon(d, now)
	var rest []schemas.Range
	for _, c := range st.Coverage {
		r := c.Range()
		switch {
		case c.Outcome == Expired:
		case !c.Held(), c.Read.After(now): // what a clock that went wrong has read, it may not have been there to read
			continue
		case d.Source.Detail != nil && c.NotYet > 0 && !now.Before(c.Read.Add(d.Source.Detail.Ready)):
			r.To = earlier(r.To, gone) // what was too young then can be read now
		case !c.Read.Before(midnight): // once a day is enough
		case c.final(d.Settle):
			r.To = earlier(r.To, later(again, gone))
		default:
			r.To = earlier(r.To, gone)
		}
		rest = append(rest, r)
	}
	return joined(schemas.Subtract([]schemas.Range{all}, rest...))
}

// span is the range that is asked for, or else the lookback up to the last midnight.
func (s Selection) span(d schemas.Dataset, now time.Time) schemas.Range {
	if s.ranged() {
		return s.Range(now)
	}
	midnight := now.UTC().Truncate(schemas.Day)
	if d.Mode.Fleeting() {
		return schemas.Range{From: midnight, To: midnight.Add(schemas.Day)}
	}
	return schemas.Range{From: midnight.Add(-s.lookback(d)), To: midnight}
}

// since is from when on a run without a range answers for the dataset: as in the run before it; at
// first from the end of what is held, or from the lookback if that is earlier.
func (s *State) since(again time.Time) time.Time {
	if !s.Since.IsZero() {
		return earlier(s.Since, again)
	}
	if end := s.Coverage.End(); !end.IsZero() {
		return earlier(end, again)
	}
	return again
}

func (s Selection) lookback(d schemas.Dataset) time.Duration {
	if s.Lookback > 0 {
		return s.Lookback
	}
	return d.Lookback
}

// joined makes one range of neighbours.
func joined(ranges []schemas.Range) []schemas.Range {
	var all []schemas.Range
	for _, r := range ranges {
		if n := len(all); n > 0 && all[n-1].To.Equal(r.From) {
			all[n-1].To = r.To
			continue
		}
		all = append(all, r)
	}
	return all
}

// gaps are the times that a plan names because it leaves them out.
func gaps(t Tenant, d schemas.Dataset, st State, now time.Time) []Gap {
	if len(st.Coverage) == 0 || d.Mode.Fleeting() {
		return nil
	}
	within := schemas.Range{From: later(st.Coverage[0].From, horizon(d, now)), To: st.Since}
	if st.Since.IsZero() {
		within.To = st.Coverage.End() // from there the first of them reads
	}
	var all []Gap
	for _, r := range st.Coverage.Gaps(within) {
		all = append(all, Gap{t.Name, d.Name, r.From, r.To})
	}
	return all
}
