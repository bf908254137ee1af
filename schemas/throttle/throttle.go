// Package throttle has the types in which Graph's limits are said. The datasets that name limits, the plan
// that counts with them and the client that keeps to them thus share one. It does not know which limits
// there are, nor how they are kept.
package throttle

import "time"

// Budget is a throttling family as Graph publishes it. Requests that name the same family share it,
// within a tenant, and what they say of First and Next must be the same.
type Budget struct {
	Name  string
	First Limit // first pages and single objects
	Next  Limit // further pages; zero: counted with First
	// The same for one resource: a call record, a team, a mailbox.
	Resource, ResourceNext Limit
	Cost                   int // of one request, in the family's units; 0 is 1
}

// Limit is so many requests in any interval of the length Per. The zero Limit does not bound.
type Limit struct {
	Requests int
	Per      time.Duration
}
