package graphsim

import (
	"slices"
	"time"
)

// An EventFact is a meeting in somebody's calendar (M21, M22): not cancelled, not declined, neither all day nor away, and with somebody else in it.
type EventFact struct {
	User       string
	Start, End time.Time
}

// eventFacts are those of all calendars. That of somebody who has left is as it was in the last night before.
func (t *Tenant) eventFacts(nights []time.Time) (list []EventFact) {
	for number := range t.everybody(nights[len(nights)-1]) {
		at, ok := t.lastOpen(number, nights)
		if !ok {
			continue
		}
		for day := t.first; day < t.first+t.days; day++ {
			for _, e := range t.plans(number, day, at) {
				if v := t.copyFor(number, e, at); v.isMeeting() {
					list = append(list, EventFact{t.id(userIDs, uint64(number)).String(), e.start, e.end})
				}
			}
		}
	}
	return list
}

// lastOpen is the last night in which somebody's calendar could be read.
func (t *Tenant) lastOpen(number int, nights []time.Time) (at time.Time, ok bool) {
	for _, night := range slices.Backward(nights) {
		if p, here := t.personAt(number, night); here && p.hasMailbox() && !t.forbidden(userIDs, number) {
			return night, true
		}
	}
	return at, false
}

// isMeeting says whether the owner meets somebody.
func (v *copyOf) isMeeting() bool {
	if v.allDay || v.cancelled {
		return false
	}
	if response, _ := v.response(v.owner, v.now); !v.mine() && response == "declined" {
		return false
	}
	return slices.ContainsFunc(v.attendees(), func(a attendee) bool { return a.role != "resource" })
}

// plannedFor is when the event of a call, or of the call whose link led to it, begins: in its organizer's calendar, give or take quarterHour around
// the event. A call whose record has moved to another day was not planned for that.
func (t *Tenant) plannedFor(c *call, nights []time.Time) (at time.Time) {
	number := uint64(c.day)<<32 | uint64(c.index)
	if c.room != (guid{}) {
		number, _ = t.number(callIDs, c.room.String())
	}
	of := t.call(int(number>>32), int(number&(1<<32-1)))
	if !of.scheduled() {
		return at
	}
	night, ok := t.lastOpen(of.first.number, nights)
	e, there := t.meeting(&of).asOf(night)
	if ok && there && e.in(e.organizer) && c.start.Before(e.end.Add(quarterHour)) && c.end.After(e.start.Add(-quarterHour)) {
		at = e.start
	}
	return at
}
