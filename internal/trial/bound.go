package main

import (
	"cmp"
	"slices"
	"time"
)

// What Graph lets an application do in a tenant, in requests a second, and the list's page. It is written
// here again, and not taken from schemas: a limit that is wrong there must not move the bound.
const (
	details    = 1500. / 20       // call records, one by one
	listPages  = 15./20 + 55./300 // first pages and further ones have a limit each
	all        = 130_000. / 10    // requests of any kind
	recordPage = 60
	perRecord  = 2 // requests for the details of one
)

// budget is a limit, and the fewest requests that have to pass it.
type budget struct {
	name      string
	requests  int64
	perSecond float64
}

func (b budget) least() time.Duration {
	return time.Duration(float64(b.requests) / b.perSecond * float64(time.Second))
}

// bound is the limit that takes longest. The records' further pages of sessions and participants are not
// counted, nor what more there is of the list's pages where they are not full.
func bound(records int64) budget {
	pages := (records + recordPage - 1) / recordPage
	return slices.MaxFunc([]budget{
		{"the limit of call records", perRecord * records, details},
		{"the limits of their list", pages, listPages},
		{"the limit of all requests", perRecord*records + pages, all},
	}, func(a, b budget) int { return cmp.Compare(a.least(), b.least()) })
}
