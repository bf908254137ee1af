package jobs

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
	Read    time.Time `json:"read"`              // what counted as now when the reading began
	Request int64     `json:"request"`           // the number of the request that had it read
	Records int64     `json:"records,omitempty"` // that raw holds of these days
	NotYet  int64     `json:"not_yet,omitempty"` // that Graph listed and did not give yet
}

// Range is the part's time.
func (c Covered) Range() schemas.Range { return schemas.Range{From: c.From, To: c.To} }

// Held reports whether raw holds what Graph had of the part.
func (c Covered) Held() bool { return c.Outcome == Data || c.Outcome == Empty || c.Outcome == NotYet }

// final reports whether a part was read when its records had settled and had all appeared.
func (c Covered) final(settle time.Duration) bool {
	return c.Held() && c.NotYet == 0 && !c.Read.Before(c.To.Add(settle))
}

// Coverage is the parts of a dataset's time that are known, in order and without overlap.
type Coverage []Covered

// With is the coverage with another part in the place of what it says of that time. What raw holds
// already is not forgotten because a later reading failed, or came too late.
func (all Coverage) With(c Covered) Coverage {
	var next Coverage
	put := []schemas.Range{c.Range()}
	for _, old := range all {
		if old.Held() && !c.Held() {
			next = append(next, old)
			put = schemas.Subtract(put, old.Range())
			continue
		}
		for _, r := range schemas.Subtract([]schemas.Range{old.Range()}, c.Range()) {
			rest := old
			rest.From, rest.To = r.From, r.To
			next = append(next, rest)
		}
	}
	for _, r := range put {
		part := c
		part.From, part.To = r.From, r.To
		next = append(next, part)
	}
	slices.SortFunc(next, func(a, b Covered) int { return a.From.Compare(b.From) })
	return next
}

// Settled is the coverage with settled neighbours made one, so that years of it stay small. Requests
// from unfinished on are still asked for what they have read, and their parts keep their numbers.
func (all Coverage) Settled(settle time.Duration, unfinished int64) Coverage {
	var next Coverage
	for _, c := range all {
		if len(next) > 0 {
			last := &next[len(next)-1]
			quiet := !c.Held() && !last.Held() || c.final(settle) && last.final(settle)
			numbered := c.Request == last.Request || c.Request < unfinished && last.Request < unfinished
			if quiet && numbered && c.Outcome == last.Outcome && c.From.Equal(last.To) {
				last.To = c.To
				last.Records += c.Records
				last.Request = max(last.Request, c.Request)
				if c.Read.Before(last.Read) {
					last.Read = c.Read
				}
				continue
			}
		}
		next = append(next, c)
	}
	return next
}

// ranges are the times of the parts for which a condition holds.
func (all Coverage) ranges(holds func(Covered) bool) []schemas.Range {
	var ranges []schemas.Range
	for _, c := range all {
		if holds(c) {
			ranges = append(ranges, c.Range())
		}
	}
	return ranges
}

// End is where the last part ends that raw holds; zero if it holds nothing.
func (all Coverage) End() time.Time {
	for _, c := range slices.Backward(all) {
		if c.Held() {
			return c.To
		}
	}
	return time.Time{}
}

// Gaps are the times within a range that raw does not hold, though Graph could have been asked.
func (all Coverage) Gaps(within schemas.Range) []schemas.Range {
	known := all.ranges(func(c Covered) bool { return c.Held() || c.Outcome == Expired || c.Outcome == Missed })
	return schemas.Subtract([]schemas.Range{within}, known...)
}
