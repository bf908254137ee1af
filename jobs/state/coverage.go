package state

import (
	"slices"
	"time"

	"graphlake/schemas"
)

// Covered is a part of a dataset's time: what became of it when it was read last.
type Covered struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Outcome Outcome   `json:"outcome"`
	Read    time.Time `json:"read"`              // what counted as now when the reading began; the earliest of several
	Settled bool      `json:"settled,omitempty"` // several, each read when its records had settled
	Request int64     `json:"request"`           // the number of the request that had it read
	Records int64     `json:"records,omitempty"` // that raw holds of these days
	NotYet  int64     `json:"not_yet,omitempty"` // that Graph listed and did not give yet
	Absent  int64     `json:"absent,omitempty"`  // that it did not list, for the first time
	// Unread says of a part that is removed that nothing of it was ever read.
	Unread bool `json:"unread,omitempty"`
	// Unsure says that a run was about to replace what raw holds of the part, and has not said since that it did.
	Unsure bool `json:"unsure,omitempty"`
}

// Range is the part's time.
func (c Covered) Range() schemas.Range { return schemas.Range{From: c.From, To: c.To} }

// Held reports whether raw holds what Graph had of the part.
func (c Covered) Held() bool { return c.Outcome == Data || c.Outcome == Empty || c.Outcome == NotYet }

// past reports whether nothing of the part can be had any more, or is wanted.
func (c Covered) past() bool {
	return c.Outcome == Expired || c.Outcome == Missed || c.Outcome == Removed
}

// Final reports whether a part was read when its records had settled and had all appeared.
func (c Covered) Final(settle time.Duration) bool {
	if c.Unsure {
		return false
	}
	return c.Settled || c.Held() && c.NotYet == 0 && c.Absent == 0 && !c.Read.Before(c.To.Add(settle))
}

// cut is what of the part lies in a range within it; records are taken to be spread evenly, which is good
// enough to plan by: how many a day has, is counted in [Days].
func (c Covered) cut(r schemas.Range) Covered {
	if whole := c.To.Sub(c.From); whole > r.To.Sub(r.From) {
		c.Records = int64(float64(c.Records) * float64(r.To.Sub(r.From)) / float64(whole))
	}
	c.From, c.To = r.From, r.To
	return c
}

// Coverage is the parts of a dataset's time that are known, in order and without overlap.
type Coverage []Covered

// With is the coverage with another part in the place of what it says of that time. What raw holds
// already is not forgotten because a later reading failed, or came too late; nor is that it was removed.
func (c Coverage) With(part Covered) Coverage {
	var next Coverage
	put := []schemas.Range{part.Range()}
	for _, old := range c {
		if (old.Held() || old.Outcome == Removed) && !part.Held() {
			next = append(next, old)
			put = schemas.Subtract(put, old.Range())
			continue
		}
		for _, r := range schemas.Subtract([]schemas.Range{old.Range()}, part.Range()) {
			next = append(next, old.cut(r))
		}
	}
	for _, r := range put {
		next = append(next, part.cut(r))
	}
	slices.SortFunc(next, func(a, b Covered) int { return a.From.Compare(b.From) })
	return next
}

// Settled is the coverage with settled neighbours made one, so that years of it stay small. Days with
// records and days without become one part with records: which was which, the files say. A request that
// is not finished still finds what was read since it was asked. What was read today stays apart from what was
// not, and the newest picture from those before it, so that how many records it has is known.
func (c Coverage) Settled(d schemas.Dataset, asked []Asked, today time.Time) Coverage {
	settle := d.Settle
	if d.Mode.Pictures() {
		settle = -schemas.Day // one is final when it is taken
	}
	var next Coverage
	for _, part := range c {
		n := len(next) - 1
		same := n >= 0 && (next[n].Final(settle) && part.Final(settle) || !part.Held() && part.Outcome == next[n].Outcome && part.Unread == next[n].Unread)
		newest := d.Mode.Pictures() && part.To.Equal(c.End())
		if !same || newest || !part.From.Equal(next[n].To) || !alike(next[n], part, today, asked) {
			next = append(next, part)
			continue
		}
		last := &next[n]
		last.To, last.Read, last.Settled = part.To, schemas.Earlier(last.Read, part.Read), part.Held()
		last.Records += part.Records
		last.Request = max(last.Request, part.Request)
		if part.Outcome == Data {
			last.Outcome = Data
		}
	}
	return next
}

// alike reports whether both parts were read today, or neither, and whether every request finds both
// read, or neither.
func alike(a, b Covered, today time.Time, asked []Asked) bool {
	return a.Read.Before(today) == b.Read.Before(today) && !slices.ContainsFunc(asked, func(r Asked) bool {
		return (a.Request >= r.Request) != (b.Request >= r.Request)
	})
}

// Ranges are the times of the parts for which a condition holds.
func (c Coverage) Ranges(holds func(Covered) bool) []schemas.Range {
	var ranges []schemas.Range
	for _, part := range c {
		if holds(part) {
			ranges = append(ranges, part.Range())
		}
	}
	return ranges
}

// End is where the last part ends that raw holds; zero if it holds nothing.
func (c Coverage) End() time.Time {
	for _, part := range slices.Backward(c) {
		if part.Held() {
			return part.To
		}
	}
	return time.Time{}
}

// Gaps are the times within a range that raw does not hold, though Graph could have been asked, the tenant has it and
// the lake would keep it.
func (c Coverage) Gaps(within schemas.Range) []schemas.Range {
	known := c.Ranges(func(part Covered) bool {
		return part.Held() && !part.Unsure || part.past() || part.Outcome == Off
	})
	return schemas.Subtract([]schemas.Range{within}, known...)
}
