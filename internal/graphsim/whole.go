package graphsim

import (
	"iter"
	"time"
)

// CallRecords are the call records that begin on a UTC day and have details now, whole: as a client has each that has
// asked for both of its expansions and for members of enums that are younger, and has followed every link. A record is valid until the next.
func (t *Tenant) CallRecords(day time.Time) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		now := t.Now().UTC()
		w := writer{newer: true}
		for c := range t.callsOf(dayOf(day), now) {
			if !c.readable(now) {
				continue
			}
			w.b = w.b[:0]
			w.entity(t.whole(c))
			if !yield(w.b) {
				return
			}
		}
	}
}

func (t *Tenant) whole(c *call) entity {
	e := t.record(new(request), c)
	e.remove("organizer_v2@odata.context")
	var sessions, participants []entity
	legs := t.legs(c)
	for i := range legs {
		sessions = append(sessions, t.session(c, &legs[i], true))
	}
	for _, p := range t.parties(c) {
		participants = append(participants, t.participant(p))
	}
	return append(e, "sessions", sessions, "participants_v2", participants)
}
