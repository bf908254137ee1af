package schemas

import (
	"fmt"
	"time"
)

// Day is the length of a partition.
const Day = 24 * time.Hour

// Range is a half-open interval of UTC time, [From, To).
type Range struct{ From, To time.Time }

// Contains reports whether t lies in the range.
func (r Range) Contains(t time.Time) bool { return !t.Before(r.From) && t.Before(r.To) }

// Intersect is what two ranges have in common; it is empty or backwards if there is nothing.
func (r Range) Intersect(o Range) Range {
	if o.From.After(r.From) {
		r.From = o.From
	}
	if o.To.Before(r.To) {
		r.To = o.To
	}
	return r
}

// Earlier is the earlier of two instants.
func Earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// Later is the later of two instants.
func Later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Days are the UTC midnights of the days that the range touches.
func (r Range) Days() []time.Time {
	var days []time.Time
	for d := r.From.UTC().Truncate(Day); d.Before(r.To); d = d.Add(Day) {
		days = append(days, d)
	}
	return days
}

// WholeDays widens the range to UTC midnights.
func (r Range) WholeDays() Range {
	to := r.To.UTC().Truncate(Day)
	if to.Before(r.To) {
		to = to.Add(Day)
	}
	return Range{r.From.UTC().Truncate(Day), to}
}

// Split cuts the range into consecutive ranges of at most longest; 0 leaves it whole.
func (r Range) Split(longest time.Duration) []Range {
	if longest <= 0 {
		return []Range{r}
	}
	var parts []Range
	for from := r.From; from.Before(r.To); from = from.Add(longest) {
		to := from.Add(longest)
		if to.After(r.To) {
			to = r.To
		}
		parts = append(parts, Range{from, to})
	}
	return parts
}

// Subtract gives what is left of ranges without others, in the order of the first. Empty ranges are
// not in it, and take nothing away.
func Subtract(ranges []Range, others ...Range) []Range {
	var left []Range
	for _, r := range ranges {
		if r.From.Before(r.To) {
			left = append(left, r)
		}
	}
	for _, o := range others {
		if !o.From.Before(o.To) {
			continue
		}
		var next []Range
		for _, r := range left {
			if !r.From.Before(o.To) || !o.From.Before(r.To) {
				next = append(next, r)
				continue
			}
			if r.From.Before(o.From) {
				next = append(next, Range{r.From, o.From})
			}
			if o.To.Before(r.To) {
				next = append(next, Range{o.To, r.To})
			}
		}
		left = next
	}
	return left
}

// SplitDays cuts the range at UTC midnights, so that no part touches more than so many days.
func (r Range) SplitDays(days int) []Range {
	var parts []Range
	for from := r.From; from.Before(r.To); {
		to := from.UTC().Truncate(Day).Add(time.Duration(days) * Day)
		if to.After(r.To) {
			to = r.To
		}
		parts = append(parts, Range{from, to})
		from = to
	}
	return parts
}

func (r Range) String() string {
	return fmt.Sprintf("[%s, %s)", r.From.UTC().Format(time.RFC3339), r.To.UTC().Format(time.RFC3339))
}

// Joined makes one range of neighbours, of ranges in order.
func Joined(ranges []Range) []Range {
	var all []Range
	for _, r := range ranges {
		if n := len(all); n > 0 && all[n-1].To.Equal(r.From) {
			all[n-1].To = r.To
			continue
		}
		all = append(all, r)
	}
	return all
}
