package graphsim

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
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

const halfHour = 30 * time.Minute

// plans are the events that were planned for a day and that concern a user, as they are at an instant.
func (t *Tenant) plans(number, day int, now time.Time) iter.Seq[event] {
	return func(yield func(event) bool) {
		if day < t.first || day >= t.first+t.days {
			return
		}
		give := func(e event) bool {
			e, there := e.asOf(now)
			return !there || !e.in(number) || yield(e)
		}
		for _, index := range t.invitations(day).of(number) {
			c := t.call(day, int(index))
			if !give(t.meeting(&c)) {
				return
			}
		}
		for _, leader := range slices.Compact([]int{number, ledBy(number)}) { // the first user leads all, and themselves
			if e, ok := t.weekly(leader, day); ok && number < t.Users && !give(e) {
				return
			}
		}
		for e := range t.appointments(number, day) {
			if !give(e) {
				return
			}
		}
	}
}

// meeting is the event that became a call. It is as long as the call was, in half hours.
func (t *Tenant) meeting(c *call) event {
	s := seeded(c.seed, 'E')
	e := event{seed: s.next(), call: c, organizer: c.first.number, start: c.start.Truncate(halfHour)}
	e.end = later(e.start.Add(halfHour), c.end.Add(halfHour-1).Truncate(halfHour))
	e.subject = pick(&s, []string{"Review: Q4 \"numbers\"", "Planning", "Customer call", "Incident follow-up", "Überblick", "Demo 🎉"})
	e.site = t.person(e.organizer).site
	return e
}

// weekly is the occurrence, on a day, of the series in which whoever leads others meets them.
func (t *Tenant) weekly(leader, day int) (e event, ok bool) {
	s := seeded(t.seed, uint64(leader), 'W')
	if firstLed(leader) >= t.Users || midnight(day).Weekday() != time.Weekday(1+s.below(5)) {
		return e, false
	}
	p := t.person(leader)
	if p.guest {
		return e, false
	}
	e = event{seed: uint64(seeded(uint64(s), uint64(day))), series: uint64(s), organizer: leader, site: p.site}
	e.subject = p.department + " weekly"
	e.start = midnight(day).Add(9*time.Hour + time.Duration(s.below(16))*halfHour - p.site.offset)
	e.end = e.start.Add(time.Duration(s.between(1, 2)) * halfHour)
	e.created = midnight(t.first - s.between(20, 300)).Add(10 * time.Hour)
	return e, true
}

// appointments are what a user has planned alone for a day: nothing before they joined.
func (t *Tenant) appointments(number, day int) iter.Seq[event] {
	return func(yield func(event) bool) {
		if weekend(day) || number >= t.Users && day < dayOf(t.joined(number)) {
			return
		}
		s := seeded(t.seed, uint64(number), uint64(day), 'E')
		p := t.person(number)
		for range s.below(3) {
			e := event{seed: s.next(), organizer: number, site: p.site}
			e.subject = pick(&s, []string{"Focus time", "Zahnarzt", "Lunch", "Prepare the talk"})
			e.start = midnight(day).Add(8*time.Hour + time.Duration(s.below(20))*halfHour - p.site.offset)
			e.end = e.start.Add(time.Duration(s.between(1, 4)) * halfHour)
			if !yield(e) {
				return
			}
		}
		if s.chance(0.03) {
			e := event{seed: s.next(), organizer: number, site: p.site, allDay: true, subject: "Away", start: midnight(day)}
			e.end = midnight(day + s.between(1, 3))
			yield(e)
		}
	}
}

// An attendee is somebody, or a room, who is invited to an event.
type attendee struct {
	number  int // of a user, whose name and address only a copy knows; nobody for whoever is none
	name    string
	address string
	role    string
}

// crowd is how many may be invited and still see each other.
const crowd = 12

// invited are those who are invited to an event, without its organizer.
func (t *Tenant) invited(e *event) []attendee {
	switch {
	case e.call != nil:
		return t.invitedToCall(e)
	case e.series != 0:
		return t.led(e.organizer)
	}
	return nil
}

// invitedToCall are those who then took part, but for those who came by the link; and sometimes a room.
func (t *Tenant) invitedToCall(e *event) (list []attendee) {
	for i, p := range t.parties(e.call)[1:] {
		a := attendee{number: nobody, role: "required"}
		switch p.kind {
		case internal:
			a.number = p.number
		case federated:
			a.name = fmt.Sprintf("guest%d@fabrikam.example", p.number)
			a.address = a.name
		default:
			continue
		}
		if i%7 == 6 {
			a.role = "optional"
		}
		list = append(list, a)
	}
	if e.seed%3 == 0 {
		list = append(list, attendee{nobody, "Room " + e.site.city, plain(e.site.city) + ".room@" + domain, "resource"})
	}
	return list
}

// led are those whom somebody led at first.
func (t *Tenant) led(leader int) (list []attendee) {
	first := firstLed(leader)
	for number := first; number < min(first+8, t.Users); number++ {
		list = append(list, attendee{number: number, role: "required"})
	}
	return list
}

// firstLed is the number of the first whom somebody led at first: ledBy, turned round.
func firstLed(leader int) int { return 8*leader + 1 }

// A calendar remembers who was invited to which calls of a day: the one thing that cannot be made from
// the day and the index, because it is asked for by the invited. It is safe for concurrent use.
type calendar struct {
	mu   sync.Mutex
	days map[int]func() *invitations
}

// mostDays is how many days are remembered, of a few bytes for each invitation.
const mostDays = 64

// invitations are the calls of a day that each user was invited to.
type invitations struct {
	ends  []uint32 // of each user, where their part of indexes ends
	index []uint32 // of the calls
}

// of are the indexes of the calls that a user was invited to.
func (i *invitations) of(number int) []uint32 {
	if number >= len(i.ends) {
		return nil // who came later was in no call
	}
	from := uint32(0)
	if number > 0 {
		from = i.ends[number-1]
	}
	return i.index[from:i.ends[number]]
}

// invitations are those of a day.
func (t *Tenant) invitations(day int) *invitations {
	t.calendar.mu.Lock()
	if t.calendar.days == nil || len(t.calendar.days) >= mostDays {
		t.calendar.days = map[int]func() *invitations{}
	}
	known := t.calendar.days[day]
	if known == nil {
		known = sync.OnceValue(func() *invitations { return t.invite(day) })
		t.calendar.days[day] = known
	}
	t.calendar.mu.Unlock()
	return known()
}

// invite sorts the invitations of a day by user.
func (t *Tenant) invite(day int) *invitations {
	type invitation struct{ user, index uint32 }
	var all []invitation
	list := &invitations{ends: make([]uint32, t.Users)}
	for index := range t.count(day) {
		if t.kind(day, index) < dialIn {
			continue
		}
		c := t.call(day, index)
		if !c.scheduled() {
			continue
		}
		for _, p := range t.parties(&c) {
			if p.kind == internal {
				all = append(all, invitation{uint32(p.number), uint32(index)})
				list.ends[p.number]++
			}
		}
	}
	sum := uint32(0)
	for number, n := range list.ends {
		list.ends[number], sum = sum, sum+n // where the part begins, and, once it is filled, ends
	}
	list.index = make([]uint32, len(all))
	for _, one := range all {
		list.index[list.ends[one.user]] = one.index
		list.ends[one.user]++
	}
	return list
}

// scheduled says whether a call was in calendars before: meetings by users are, and half of the groups.
func (c *call) scheduled() bool {
	return c.kind >= dialIn && c.first.kind == internal && (c.kind != group || c.seed%2 == 0)
}
