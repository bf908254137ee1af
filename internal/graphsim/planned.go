package graphsim

import (
	"iter"
	"slices"
	"time"
)

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
