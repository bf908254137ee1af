package jobs_test

import (
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// Calendars are what they are now: what was moved lies on its new day, what was cancelled says so, and
// what has vanished is marked.
func TestCalendarsEqualTheTruth(t *testing.T) {
	d := schemas.CalendarEvents
	now := monday.Add(time.Hour) // most of the days lies ahead
	days := []time.Time{monday, monday.Add(schemas.Day)}
	sim := graphsim.New(graphsim.Options{
		Users: 60, From: monday, To: monday.Add(2 * schemas.Day), Large: 8, CallsPerUserDay: 1, Forbidden: 0.1, Moves: -1,
		Now: func() time.Time { return now },
	})
	r := newRig(t, sim)
	for range 2 {
		r.Now = now
		if rep := r.run(t, 2, d); rep.Status != state.Data {
			t.Fatalf("%+v", rep)
		}
		r.equalsTruth(t, sim, d, days...)
		now = now.Add(60 * time.Hour)
	}
	now = now.Add(-60 * time.Hour)
	if n := r.marked(t, d.Root(), days[0]) + r.marked(t, d.Root(), days[1]); n == 0 {
		t.Error("nothing is marked as removed")
	}
	fresh := newRig(t, sim)
	fresh.Now = now
	fresh.run(t, 2, d)
	r.equalsOf(t, fresh, d, days...)
}
