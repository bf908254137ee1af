package clock_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/jobs/state/statetest"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

func TestMap(t *testing.T) {
	nov := func(s string) time.Time { return statetest.Instant(t, s) }
	days := func(from, to string) schemas.Range { return schemas.Range{From: nov(from), To: nov(to)} }
	for _, c := range []struct {
		name    string
		dataset schemas.Dataset
		state   state.State
		days    string // the document of days
		want    string
	}{
		{"nothing was ever asked for", schemas.CallRecords, state.State{}, "", "10 unasked; 11 unasked; 12 unasked; 13 unasked; 14 unasked"},
		{"runs answer for it from a day on, and Graph forgets", schemas.CallRecords, state.State{Since: nov("11")}, "",
			"10 unasked; 11 missing until 41; 12 missing until 42; 13 missing until 43; 14 unasked"},
		{"what has settled, what has not, what is empty, and today", schemas.CallRecords,
			state.State{Since: nov("10"), Coverage: statetest.Coverage(t, "10-11 data 14T02; 11-12 empty 14T02; 12-13 data 14T02; 13-14 data 14T02 young")},
			`{"days":[{"dt":"2026-11-10","outcome":"data","records":7}]}`,
			"10 data 7; 11 empty; 12 changing; 13 partial; 14 unasked"},
		{"tables lag, a failure, a refusal, and one that is off", schemas.PSTNCalls,
			state.State{Since: nov("10"), Dirty: []time.Time{nov("10")}, Coverage: statetest.Coverage(t, "10-11 data 14T02; 11-12 failed 14T02; 12-13 forbidden 14T02; 13-14 off 14T02")}, "",
			"10 dirty; 11 missing; 12 refused; 13 off; 14 unasked"},
		{"somebody is behind; what is lost; what was removed", schemas.CallRecords, state.State{
			Since:    nov("10"),
			Coverage: statetest.Coverage(t, "10-11 removed 14T02; 11-12 expired 14T02; 12-13 data 18T02; 13-14 data 18T02"),
			Behind:   []state.Behind{{Record: "r", From: nov("12"), To: nov("13"), Reason: "unavailable"}},
		}, "", "10 removed; 11 forgotten; 12 partial; 13 data; 14 unasked"},
		{"pictures stay as they were taken", schemas.Users, state.State{Picture: nov("14"), Coverage: statetest.Coverage(t, "11-12 data 11T02; 12-13 missed 13T02; 13-14 data 13T02; 14-15 data 14T02")},
			`{"days":[{"dt":"2026-11-13","outcome":"partial","records":5}]}`, "10 unasked; 11 data; 12 missed; 13 partial 5; 14 data"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pair := state.Pair{TenantID: tenant.ID, Dataset: c.dataset.Name}
			store := statetest.Store(t, pair, c.state)
			if c.days != "" {
				if _, err := store.Swap(t.Context(), pair.Days(), "", []byte(c.days)); err != nil {
					t.Fatal(err)
				}
			}
			m, err := clock.LoadMap(t.Context(), store, plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{c.dataset}}, days("10", "15"), nov("14T10"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range m.Rows[0].Days {
				text := d.Date[8:] + " " + string(d.State)
				if d.Records != nil {
					text += fmt.Sprint(" ", *d.Records)
				}
				if !d.Forgotten.IsZero() {
					text += fmt.Sprint(" until ", int(d.Forgotten.Sub(nov("01")).Hours()/24)+1)
				}
				got = append(got, text)
			}
			if got := strings.Join(got, "; "); got != c.want {
				t.Errorf("%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// A state that cannot be read is told of, and leaves the others alone.
func TestMapOfADamagedState(t *testing.T) {
	store := memstore.New()
	if _, err := store.Swap(t.Context(), state.Pair{TenantID: tenant.ID, Dataset: "users"}.Object(), "", []byte("{")); err != nil {
		t.Fatal(err)
	}
	m, err := clock.LoadMap(t.Context(), store, plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords, schemas.Users}},
		schemas.Range{From: statetest.Instant(t, "10"), To: statetest.Instant(t, "12")}, statetest.Instant(t, "14"))
	if err == nil || len(m.Rows) != 2 || m.Rows[0].Error != "" || m.Rows[1].Error == "" {
		t.Fatalf("%+v, %v", m, err)
	}
	if got := m.Rows[1].Days; len(got) != 2 || got[0].State != clock.MapUnreadable {
		t.Errorf("%+v", got)
	}
}
