package main

import (
	"cmp"
	"slices"
	"time"
)

// budget is a limit, and the fewest requests that have to pass it.
type budget struct {
	name      string
	requests  int
	perSecond float64
}

func (b budget) least() time.Duration {
	return time.Duration(float64(b.requests) / b.perSecond * float64(time.Second))
}

// longest is the limit that takes longest.
func longest(all []budget) budget {
	return slices.MaxFunc(all, func(a, b budget) int { return cmp.Compare(a.least(), b.least()) })
}

// bound is what limits a backfill of so many call records. The records' further pages of sessions and
// participants are not counted, nor what more there is of the list's pages where they are not full.
func bound(records int) budget {
	pages := ceil(records, recordPage)
	return longest([]budget{
		{"the limit of call records", perRecord * records, perSecondDetails},
		{"the limits of their list", pages, perSecondList},
		{"the limit of all requests", perRecord*records + pages, perSecondAll},
	})
}
