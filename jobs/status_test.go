package jobs_test

import (
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
	"graphlake/schemas"
)

func TestStatusOfPictures(t *testing.T) {
	now := later
	r := newRig(t, graphsim.New(graphsim.Options{Users: 7, From: monday, To: monday.Add(schemas.Day), Now: func() time.Time { return now }}))
	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.Users}}
	for _, night := range []int{0, 2, 3, 6} {
		now = later.AddDate(0, 0, night)
		r.Now = now
		if rep, err := r.Run(t.Context(), s); err != nil || rep.Status != state.Data {
			t.Fatalf("%+v, %v", rep, err)
		}
	}
	status, err := clock.LoadStatus(t.Context(), r.Store, s, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	d, today := status.Datasets[0], later.AddDate(0, 0, 6).Truncate(schemas.Day)
	missed := []clock.Span{{From: november(19), To: november(20)}, {From: november(22), To: november(24)}}
	if d.Picture != "2026-11-24" || d.MissedDays != 3 || !reflect.DeepEqual(d.Missed, missed) || !d.From.Equal(today) || !d.Reaches.Equal(today.Add(schemas.Day)) ||
		d.Records == 0 || d.Records > 20 || !d.Read.Equal(now) || d.Outcome != state.Data || len(d.Gaps) > 0 {
		t.Errorf("%+v", d)
	}
	if len(status.Runs) != 4 || status.Runs[0].Units != 1 || status.Runs[0].Status != state.Data || !status.Runs[0].Started.After(status.Runs[3].Started) {
		t.Errorf("the runs are %+v", status.Runs)
	}
}

// Status reads what the states and the newest runs say, however large the lake is.
func TestStatusCostsTheSame(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"value":[]}`) })
	r := newRig(t, h)
	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.PSTNCalls, schemas.DirectRoutingCalls}}
	var costs []map[string]int
	for _, days := range []int{6, 60} {
		store := memstore.New()
		r.Store, r.Lake = store, load.New(store, t.TempDir())
		s.From, s.To = later.Truncate(schemas.Day).AddDate(0, 0, -days), later.Truncate(schemas.Day)
		for range 7 { // more runs than are told of
			if _, err := r.Run(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		counted := storetest.NewFaulty(store)
		status, err := clock.LoadStatus(t.Context(), counted, s, nil, later)
		if err != nil || len(status.Runs) != 5 || status.Datasets[0].Reaches.IsZero() {
			t.Fatalf("%+v, %v", status, err)
		}
		counts := counted.Counts()
		delete(counts, "ReadAt") // of a report, as many as it has chunks
		costs = append(costs, counts)
	}
	// Two states, what they say of days, five reports, and what is said of Delta tables are opened; the runs of a day are listed, or of two at midnight.
	if !reflect.DeepEqual(costs[0], costs[1]) || costs[0]["Open"] != 10 || costs[0]["List"] > 2 || len(costs[0]) != 2 {
		t.Errorf("the calls are %v in a lake of 6 days, %v in one of 60", costs[0], costs[1])
	}
}
