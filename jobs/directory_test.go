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

// restless is a small tenant whose directory changes much from one night to the next.
func restless(clock *time.Time, forbidden float64) *graphsim.Tenant {
	return graphsim.New(graphsim.Options{
		Users: 180, From: november(16), To: november(16), Moves: 60, Forbidden: forbidden, Now: func() time.Time { return *clock },
	})
}

// What a dataset of pictures holds is what the tenant has, also after a second night, and who has left
// is marked.
func TestPicturesEqualTheTruth(t *testing.T) {
	t.Parallel()
	for _, d := range []schemas.Dataset{schemas.Users, schemas.Groups, schemas.Organization, schemas.Teams, schemas.ChannelMembers, schemas.MailboxSettings} {
		t.Run(d.Name, func(t *testing.T) {
			clock := at(18, 2)
			sim := restless(&clock, 0)
			r := newRig(t, sim)
			var last int
			for _, day := range []int{18, 24} {
				clock = at(day, 2)
				rep := r.at(clock).night(t, d)
				if rep.Status != state.Data {
					t.Fatalf("night %d: %+v", day, rep)
				}
				if vanished := rep.Units[0].Vanished > 0; vanished != (d.Name == schemas.MailboxSettings.Name) {
					t.Errorf("night %d: %+v, want users without a mailbox and nobody else", day, rep.Units[0])
				}
				last = day
				if d.Source.Paging != schemas.Delta { // who is not listed is believed to be gone on the second day
					last++
					r.at(clock.Add(schemas.Day)).night(t, d)
				}
				r.equalsTruth(t, sim, d, november(last))
			}
			want(t, r.at(clock.Add(schemas.Day)).audit(t, d))
			if n := r.marked(t, d.Root(), november(last)); (n > 0) != (d.Name != schemas.Organization.Name) {
				t.Errorf("%d are marked as removed", n)
			}
		})
	}
}

// Whoever may not be read is behind, and not marked as removed; what was known of them stays.
func TestForbiddenIsNotRemoved(t *testing.T) {
	for _, d := range []schemas.Dataset{schemas.Teams, schemas.ChannelMembers, schemas.MailboxSettings} {
		t.Run(d.Name, func(t *testing.T) {
			clock := at(18, 2)
			open, closed := restless(&clock, 0), restless(&clock, 0.3)
			var now http.Handler = open
			r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { now.ServeHTTP(w, q) }))
			r.at(clock).night(t, d)
			before := r.counted(t, d.Root(), november(18))

			now, clock = closed, at(18, 3) // before the directory moves
			rep := r.at(clock).days(t, 18, 19, d)
			if u := rep.Units[0]; u.Behind == 0 || rep.Status != state.Data {
				t.Fatalf("%+v", rep)
			}
			if after := r.counted(t, d.Root(), november(18)); after != before {
				t.Errorf("%+v, want %+v", after, before)
			}
			if n := r.marked(t, d.Root(), november(18)); n > 0 {
				t.Errorf("%d are marked as removed", n)
			}

			// Whoever leaves is marked on the second day, though others are behind.
			clock = at(24, 2)
			r.at(clock).night(t, d)
			if n := r.marked(t, d.Root(), november(24)); n > 0 {
				t.Errorf("%d are marked as removed on the first day", n)
			}
			rep = r.at(clock.Add(schemas.Day)).night(t, d)
			if n := r.marked(t, d.Root(), november(25)); n == 0 || rep.Units[0].Behind == 0 {
				t.Errorf("%d are marked as removed, %+v", n, rep.Units[0])
			}
			held := r.counted(t, d.Root(), november(25))
			if least := closed.Truth().Tables[d.Root().Name]; held.Rows <= least.Rows {
				t.Errorf("%d rows are held, of which %d may be read: nobody who is behind has stayed", held.Rows, least.Rows)
			}

			fresh := newRig(t, closed)
			rep = fresh.at(clock).night(t, d)
			if u := rep.Units[0]; int(u.Behind+u.Vanished) != len(fresh.state(t, d).Behind) {
				t.Errorf("%+v, but the state names %d", rep.Units[0], len(fresh.state(t, d).Behind))
			}
			fresh.equalsTruth(t, closed, d, november(24))
		})
	}
}

// A second observation adds one row a user, and nothing else changes.
func TestPresenceIsObserved(t *testing.T) {
	clock := at(18, 2)
	sim := graphsim.New(graphsim.Options{Users: 700, From: november(16), To: november(16), Moves: -1, Now: func() time.Time { return clock }})
	r := newRig(t, sim)
	for observed, hour := range []int{2, 5} {
		clock = at(18, hour)
		rep := r.at(clock).night(t, schemas.Presence)
		if rep.Status != state.Data || rep.Units[0].Parents != 700 {
			t.Fatalf("%+v", rep)
		}
		if n := len(r.rows(t, schemas.Presence.Root(), november(18))); n != 700*(observed+1) {
			t.Errorf("%d rows after observation %d", n, observed+1)
		}
		if observed == 0 {
			r.equalsTruth(t, sim, schemas.Presence, november(18))
		}
	}
	old := r.rows(t, schemas.Presence.Root(), november(18))
	files := r.bytes(t)
	if rep := r.at(clock).night(t, schemas.Presence); len(rep.Units) > 0 {
		t.Errorf("one instant is observed twice: %+v", rep.Units)
	}
	clock = at(19, 2)
	r.at(clock).night(t, schemas.Presence)
	for name, text := range files {
		if r.text(t, name) != text {
			t.Errorf("%s changed", name)
		}
	}
	if got := r.rows(t, schemas.Presence.Root(), november(18)); strings.Join(got, "\n") != strings.Join(old, "\n") {
		t.Error("the observations of the day before changed")
	}
}

// A team that is gone when its turn comes, or when its channels are asked for, is no error.
func TestTeamsThatVanish(t *testing.T) {
	for _, last := range []string{"", "/channels"} {
		clock := at(18, 2)
		sim := restless(&clock, 0)
		var gone atomic.Int64
		r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			team, one := strings.CutPrefix(q.URL.Path, "/v1.0/teams/")
			if one && strings.HasSuffix(team, last) && strings.Contains(team, "/") == (last != "") && gone.Add(1) == 1 {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			sim.ServeHTTP(w, q)
		}))
		rep := r.at(clock).night(t, schemas.Teams)
		got, want := r.counted(t, schemas.Teams.Root(), november(18)), sim.Truth().Tables["teams"]
		if rep.Status != state.Data || rep.Units[0].Vanished != 1 || got.Rows != want.Rows-1 {
			t.Errorf("%q: %+v with %+v, want one fewer than %+v", last, rep.Units[0], got, want)
		}
	}
}
