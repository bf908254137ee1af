package graphsim

import (
	"fmt"
	"strings"
	"time"
)

// An event is what somebody planned, apart from the mailboxes that it is in.
type event struct {
	seed       uint64
	call       *call // that it became; nil if it is known of none
	organizer  int
	start, end time.Time
	planned    time.Time // the start before anything was moved
	allDay     bool
	subject    string
	site       *site
	created    time.Time
	modified   time.Time
	series     uint64 // the seed of the series; 0 if it is single
	moved      bool
	cancelled  bool
	deleted    bool
}

// Of a hundred events, so many are moved, cancelled by their organizer or deleted from all calendars.
const (
	movedEvents     = 4
	cancelledEvents = 3
	deletedEvents   = 2
)

// moves are how far an event is moved.
var moves = []time.Duration{-24 * time.Hour, -2 * time.Hour, -30 * time.Minute, time.Hour, 3 * time.Hour, 24 * time.Hour, 48 * time.Hour}

// asOf is the event at an instant, and whether anybody still has it: it is planned up to two weeks before
// it begins, and changed until a day after.
func (e event) asOf(now time.Time) (event, bool) {
	s := seeded(e.seed, 'F')
	e.planned = e.start
	if e.created.IsZero() {
		e.created = e.start.Add(-time.Duration(s.between(3600, 14*secondsPerDay)) * time.Second)
	}
	e.modified = e.created.Add(time.Duration(s.between(1, 600_000)) * time.Millisecond)
	share := s.below(100)
	at := later(e.start.Add(time.Duration(s.between(-3*secondsPerDay, secondsPerDay))*time.Second), e.modified)
	by := pick(&s, moves)
	if e.allDay {
		by = 24 * time.Hour
	}
	happened := !at.After(now)
	switch {
	case share < movedEvents:
		// A call took place when it did: its event was somewhere else before. Others are elsewhere after.
		if happened != (e.call != nil) {
			e.start, e.end = e.start.Add(by), e.end.Add(by)
		}
		e.moved = happened
	case share < movedEvents+cancelledEvents:
		e.cancelled = happened
	case share < movedEvents+cancelledEvents+deletedEvents:
		e.deleted = happened
	default:
		happened = false
	}
	if happened {
		e.modified = at
	}
	return e, !e.created.After(now) && !e.deleted
}

// uid is the id that an event has in every mailbox.
func (e *event) uid() string {
	s := seeded(e.seed, 'U')
	return strings.ToUpper(fmt.Sprintf("040000008200e00074c5b7101a82e008%016x%016x", s.next(), s.next()))
}

// idIn is the id of an event, or of its series, in somebody's mailbox.
func idIn(seed uint64, number int) string { return itemID(seeded(seed, uint64(number)), 'I') }

// in says whether an event is in somebody's calendar: a meeting that was cancelled is in no more its
// organizer's, and some who were invited have deleted it.
func (e *event) in(number int) bool {
	if number == e.organizer {
		return !e.cancelled
	}
	s := seeded(e.seed, uint64(number), 'X')
	return !s.chance(0.02)
}

// kind is what Graph calls the type of an event in a calendar view.
func (e *event) kind() string {
	switch {
	case e.series == 0:
		return "singleInstance"
	case e.moved:
		return "exception"
	}
	return "occurrence"
}

// response is what somebody has answered to an invitation at an instant, and when.
func (e *event) response(number int, now time.Time) (response string, at time.Time) {
	s := seeded(e.seed, uint64(number), 'R')
	response = pick(&s, []string{"accepted", "accepted", "accepted", "accepted", "tentativelyAccepted", "declined", "notResponded"})
	at = e.created.Add(time.Duration(s.between(60, 5*secondsPerDay)) * time.Second)
	if response == "notResponded" || at.After(now) {
		return "notResponded", never
	}
	return response, at
}
