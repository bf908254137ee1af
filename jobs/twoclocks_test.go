package jobs_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"graphlake/extract/graph"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// onClock is a lake of an empty Graph whose clock is so far ahead of this machine's.
func onClock(t *testing.T, ahead time.Duration) *rig {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
		fmt.Fprint(w, `{"value":[]}`)
	}))
	t.Cleanup(server.Close)
	r := newRigOn(t, graph.Options{Endpoint: server.URL, Tries: 1}).at(time.Now())
	r.CheckClock = true
	return r
}

// What counts as now is the earlier of this machine's clock and Graph's. If they are a day apart nothing is read
// and nothing written.
func TestTwoClocks(t *testing.T) {
	for _, c := range []struct {
		graph time.Duration // ahead of this machine
		now   time.Duration // so much after this machine's time is what is written
		stops bool
	}{
		{graph: 0},
		{graph: -5 * time.Minute, now: -5 * time.Minute},
		{graph: 5 * time.Minute},
		{graph: -23 * time.Hour, now: -23 * time.Hour},
		{graph: 23 * time.Hour},
		{graph: -40 * schemas.Day, stops: true},
		{graph: -25 * time.Hour, stops: true},
		{graph: 25 * time.Hour, stops: true},
	} {
		r := onClock(t, c.graph)
		rep, err := r.Run(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.PSTNCalls}})
		if errors.Is(err, jobs.ErrClock) != c.stops || !c.stops && err != nil {
			t.Errorf("%v: %v", c.graph, err)
		}
		if c.stops {
			for info, err := range r.store.List(t.Context(), "") {
				t.Errorf("%v: %s was written, %v", c.graph, info.Name, err)
			}
			if n := r.Clients[tenant.ID].Stats().Requests.Load(); n != 0 {
				t.Errorf("%v: %d requests", c.graph, n)
			}
			continue
		}
		if rep.Incomplete() || rep.Status != state.Data {
			t.Errorf("%v: %+v", c.graph, rep)
		}
		read := r.state(t, schemas.PSTNCalls).Coverage[0].Read
		if off := read.Sub(time.Now().Add(c.now)); off.Abs() > 20*time.Second {
			t.Errorf("%v: read at %v, which is off by %v", c.graph, read, off)
		}
	}
}

// A time that is given as now may be past, however long. One that has not come is not taken, and a note says so.
func TestNowIsGiven(t *testing.T) {
	for _, c := range []struct {
		graph, given, now time.Duration // after this machine's time
		note              bool
	}{
		{given: -200 * schemas.Day, now: -200 * schemas.Day},
		{given: 40 * schemas.Day, note: true},
		{given: 20 * time.Minute, note: true},
		{given: 5 * time.Minute},
		{graph: -3 * schemas.Day, given: -schemas.Day, now: -3 * schemas.Day, note: true}, // this machine's clock is of no account
		{graph: -3 * schemas.Day, given: -4 * schemas.Day, now: -4 * schemas.Day},
	} {
		r := onClock(t, c.graph)
		r.Now = time.Now().Add(c.given)
		rep, err := r.Run(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.PSTNCalls}, Back: true})
		if err != nil || rep.Status != state.Data {
			t.Fatalf("%+v: %v, %+v", c, err, rep)
		}
		if noted := len(rep.Notes) == 1 && strings.Contains(rep.Notes[0].Message, "was given as now and has not come"); noted != c.note || rep.Incomplete() != c.note {
			t.Errorf("%+v: notes %+v", c, rep.Notes)
		}
		read := r.state(t, schemas.PSTNCalls).Coverage[0].Read
		if off := read.Sub(time.Now().Add(c.now)); off.Abs() > 20*time.Second {
			t.Errorf("%+v: read at %v, which is off by %v", c, read, off)
		}
	}
}

// A hundred days that are suddenly due are read when somebody says so, and not before.
func TestAskedBack(t *testing.T) {
	d := schemas.PSTNCalls
	asked := 0
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		fmt.Fprint(w, `{"value":[]}`)
	}))
	r.at(at(18, 2)).night(t, d)
	before := fmt.Sprint(r.state(t, d).Coverage)
	asked = 0
	r = r.at(at(118, 2))
	rep := r.night(t, d)
	if len(rep.Units) != 0 || asked != 0 || !rep.Incomplete() || len(rep.Notes) != 1 {
		t.Fatalf("%d requests, %+v", asked, rep)
	}
	// From the 15th of November, of which nothing had settled, to the 25th of February.
	if want := "not read: 102 days of contoso are due, from 2026-11-16 on, and in an ordinary night 4; if that is right and no clock was wrong, run again with --yes"; rep.Notes[0].Message != want {
		t.Errorf("the note is %q, want %q", rep.Notes[0].Message, want)
	}
	if got := fmt.Sprint(r.state(t, d).Coverage); got != before {
		t.Errorf("the coverage is %s, was %s", got, before)
	}
	rep, err := r.Run(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{d}, Yes: true})
	if err != nil || rep.Incomplete() || asked == 0 {
		t.Errorf("%d requests, %v, %+v", asked, err, rep)
	}
	if end := r.state(t, d).Coverage.End(); !end.Equal(november(118)) {
		t.Errorf("it reaches to %v", end)
	}
}
