package jobs

import (
	"graphlake/schemas"
)

// unread are the times up to the last midnight that raw does not hold and should: between those that
// were asked for, and, from when on runs without a range answer for the dataset, up to now. A picture
// of a past day cannot be had any more; only one that failed since the newest is one to be told of.
func (s *State) unread(d schemas.Dataset, midnight schemas.Range) []schemas.Range {
	if d.Mode.Pictures() {
		return s.Coverage.ranges(func(c Covered) bool {
			return !c.Held() && c.Outcome != Expired && c.Outcome != Missed && c.From.After(s.Picture) && midnight.Contains(c.From)
		})
	}
	asked := s.Coverage.ranges(func(c Covered) bool { return c.Outcome != Expired && c.Outcome != Missed })
	var all schemas.Range
	if len(asked) > 0 {
		all = schemas.Range{From: asked[0].From, To: asked[len(asked)-1].To}
	}
	if !s.Since.IsZero() {
		if all.From.IsZero() || s.Since.Before(all.From) {
			all.From = s.Since
		}
		all.To = midnight.To
	}
	all.To = earlier(all.To, midnight.To)
	if !all.From.Before(all.To) {
		return nil
	}
	return joined(s.Coverage.Gaps(all))
}

// gaps finds what is not read of the time that is asked for.
func (x *audit) gaps(st State) {
	past := schemas.Range{To: x.Now.UTC().Truncate(schemas.Day)}
	for _, r := range st.unread(x.dataset, past) {
		if x.selection.ranged() {
			asked := x.selection.Range(x.Now)
			r = schemas.Range{From: later(r.From, asked.From), To: earlier(r.To, asked.To)}
		}
		if !r.From.Before(r.To) {
			continue
		}
		f := x.finding(FoundGap, "", r.From, int64(len(r.Days())))
		f.From, f.To = r.From, r.To
		x.findings = append(x.findings, f)
	}
}
