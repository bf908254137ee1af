package graphsim

import "time"

// The ages, counted from its end, between which a call gets its late versions.
const (
	firstLate = 2 * time.Hour
	lastLate  = 44 * time.Hour
)

// late are the instants, in order, at which a call gets a further version: none for most calls.
func (t *Tenant) late(c *call) []time.Time {
	s := seeded(c.seed, 'v')
	if !s.chance(t.Late) {
		return nil
	}
	age := s.between(int(firstLate/time.Second), int(lastLate/time.Second))
	list := []time.Time{c.end.Add(time.Duration(age) * time.Second)}
	if s.chance(0.3) {
		age = s.between(age, int(lastLate/time.Second))
		list = append(list, c.end.Add(time.Duration(age)*time.Second))
	}
	return list
}

// asOf is a call as Graph shows it at an instant. With each late version telemetry of the organizer's
// session arrives, and the session is cut into one more segment.
func (t *Tenant) asOf(c call, now time.Time) call {
	by, moved, moves := t.stray(&c)
	for _, at := range t.late(&c) {
		if at.After(now) {
			break
		}
		c.version++
		c.modified = at
		c.more++
	}
	if moves {
		t.strayed(&c, by, moved, now)
	}
	return c
}
