package jobs_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// meeters are a small tenant with chats.
func meeters(clock *time.Time, moves, forbidden float64) *graphsim.Tenant {
	return graphsim.New(graphsim.Options{
		Users: 60, From: november(16), To: november(18), Large: 8, CallsPerUserDay: 1, Moves: moves, Forbidden: forbidden,
		Now: func() time.Time { return *clock },
	})
}

// Chats and who is in them are what they are now. Members are asked for once a chat, and then only of
// chats that have changed.
func TestChatsEqualTheTruth(t *testing.T) {
	d := schemas.Chats
	clock := at(18, 2)
	sim := meeters(&clock, 60, 0)
	var asked atomic.Int64
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if strings.HasPrefix(q.URL.Path, "/v1.0/chats/") && !q.URL.Query().Has("$skiptoken") {
			asked.Add(1)
		}
		sim.ServeHTTP(w, q)
	}))
	var before int64
	for _, day := range []int{18, 19, 40} {
		clock = at(day, 2)
		asked.Store(0)
		if rep := r.at(clock).night(t, d); rep.Status != state.Data {
			t.Fatalf("night %d: %+v", day, rep)
		}
		day, listed := day, asked.Load()
		if day == 40 { // what is not listed is believed to be gone on the second day
			day++
			r.at(clock.Add(schemas.Day)).night(t, d)
			asked.Store(listed)
		}
		r.equalsTruth(t, sim, d, november(day))
		switch rows := int64(sim.Truth().Tables["chats"].Rows); {
		case day == 18 && asked.Load() != rows:
			t.Errorf("members were asked for %d times, of %d chats", asked.Load(), rows)
		case day == 19 && (asked.Load() == 0 || asked.Load() > before/4):
			t.Errorf("the next night members were asked for %d times", asked.Load())
		}
		before = asked.Load()
	}
	if n := r.marked(t, d.Root(), november(41)); n == 0 {
		t.Error("nothing is marked as removed")
	}
}

// Where somebody's chats may not be read, nobody knows which chats are gone.
func TestChatsOfForbiddenUsers(t *testing.T) {
	d := schemas.Chats
	clock := at(18, 2)
	sim := meeters(&clock, -1, 0)
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { sim.ServeHTTP(w, q) }))
	r.at(clock).night(t, d)
	held := r.counted(t, d.Root(), november(18))
	clock = at(19, 2)
	sim = meeters(&clock, -1, 0.3)
	if rep := r.at(clock).night(t, d); rep.Status != state.Data || rep.Units[0].Behind == 0 {
		t.Fatalf("%+v", rep)
	}
	if readable := sim.Truth().Tables["chats"]; readable.Rows >= held.Rows {
		t.Errorf("%d chats can be read of %d", readable.Rows, held.Rows)
	}
	if got := r.counted(t, d.Root(), november(19)); got != held {
		t.Errorf("the picture has %+v, want %+v as before", got, held)
	}
}
