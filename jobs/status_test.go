package jobs_test

import (
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
	"graphlake/schemas"
)

func TestStatusOfAState(t *testing.T) {
	nov := func(s string) time.Time { return instant(t, s) }
	st := jobs.State{
		Since: nov("10"),
		Coverage: jobs.Coverage{
			{From: nov("01"), To: nov("05"), Outcome: jobs.Expired, Read: nov("12")},
			{From: nov("10"), To: nov("12"), Outcome: jobs.Data, Read: nov("12T02"), Records: 70},
			{From: nov("12"), To: nov("13"), Outcome: jobs.Failed, Read: nov("18T02")},
			{From: nov("13"), To: nov("15"), Outcome: jobs.Empty, Read: nov("15T02")},
			{From: nov("15"), To: nov("17"), Outcome: jobs.NotYet, Read: nov("17T02"), Records: 8, NotYet: 2},
		},
		Asked:   []jobs.Asked{{From: nov("12"), To: nov("14"), Request: 3}},
		Behind:  []jobs.Behind{{Parent: "ada", From: nov("12"), To: nov("14"), Reason: "unauthorized", Since: nov("13")}},
		Dirty:   []time.Time{nov("15"), nov("16")},
		Derived: []jobs.Derived{{From: nov("10"), To: nov("12"), Fingerprint: "other"}, {From: nov("13"), To: nov("17"), Fingerprint: schemas.CallRecords.Fingerprint()}},
	}
	store := stateOnly(t, schemas.CallRecords, st)
	got, err := jobs.LoadStatus(t.Context(), store, jobs.Selection{
		Tenants: []jobs.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords, schemas.Users},
	}, nil, nov("18T02"))
	if err != nil {
		t.Fatal(err)
	}
	expected := jobs.Status{
		Datasets: []jobs.DatasetStatus{{
			Tenant: "contoso", Dataset: "call_records", From: nov("13"), Reaches: nov("17"), Records: 78,
			Read: nov("18T02"), Outcome: jobs.Failed, NotYet: 2,
			Gaps:  []jobs.Span{{From: nov("12"), To: nov("13")}, {From: nov("17"), To: nov("18")}},
			Dirty: []string{"2026-11-15", "2026-11-16"}, Outdated: 2, Expired: 4, Behind: 1,
			Who:    []jobs.Behind{{Parent: "ada", From: nov("12"), To: nov("14"), Reason: "unauthorized", Since: nov("13")}},
			Missed: []jobs.Span{}, Unfinished: []jobs.Span{{From: nov("12"), To: nov("14")}}, Lost: []jobs.Lost{}, Misfits: map[string]int64{},
		}, {
			Tenant: "contoso", Dataset: "users", Gaps: []jobs.Span{}, Dirty: []string{}, Missed: []jobs.Span{}, Unfinished: []jobs.Span{},
			Who: []jobs.Behind{}, Lost: []jobs.Lost{}, Misfits: map[string]int64{},
		}},
		Runs: []jobs.RunStatus{}, Next: []jobs.NextRun{}, Late: []jobs.Overdue{}, Errors: []string{},
	}
	if !reflect.DeepEqual(got, expected) {
		t.Errorf("got  %+v\nwant %+v", got, expected)
	}
}

func TestStatusOfPictures(t *testing.T) {
	now := later
	r := newRig(t, graphsim.New(graphsim.Options{Users: 7, From: monday, To: monday.Add(schemas.Day), Now: func() time.Time { return now }}))
	s := jobs.Selection{Tenants: []jobs.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.Users}}
	for _, night := range []int{0, 2, 3, 6} {
		now = later.AddDate(0, 0, night)
		r.Now = now
		if rep, err := r.Run(t.Context(), s); err != nil || rep.Status != jobs.Data {
			t.Fatalf("%+v, %v", rep, err)
		}
	}
	status, err := jobs.LoadStatus(t.Context(), r.Store, s, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	d, today := status.Datasets[0], later.AddDate(0, 0, 6).Truncate(schemas.Day)
	missed := []jobs.Span{{From: instant(t, "19"), To: instant(t, "20")}, {From: instant(t, "22"), To: instant(t, "24")}}
	if d.Picture != "2026-11-24" || d.MissedDays != 3 || !reflect.DeepEqual(d.Missed, missed) || !d.From.Equal(today) || !d.Reaches.Equal(today.Add(schemas.Day)) ||
		d.Records == 0 || d.Records > 20 || !d.Read.Equal(now) || d.Outcome != jobs.Data || len(d.Gaps) > 0 {
		t.Errorf("%+v", d)
	}
	if len(status.Runs) != 4 || status.Runs[0].Units != 1 || status.Runs[0].Status != jobs.Data || !status.Runs[0].Started.After(status.Runs[3].Started) {
		t.Errorf("the runs are %+v", status.Runs)
	}
}

// Status reads what the states and the newest runs say, however large the lake is.
func TestStatusCostsTheSame(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"value":[]}`) })
	r := newRig(t, h)
	s := jobs.Selection{Tenants: []jobs.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.PSTNCalls, schemas.DirectRoutingCalls}}
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
		status, err := jobs.LoadStatus(t.Context(), counted, s, nil, later)
		if err != nil || len(status.Runs) != 5 || status.Datasets[0].Reaches.IsZero() {
			t.Fatalf("%+v, %v", status, err)
		}
		counts := counted.Counts()
		delete(counts, "ReadAt") // of a report, as many as it has chunks
		costs = append(costs, counts)
	}
	// Two states, what they say of days, and five reports are opened; the runs of a day are listed, or of two at midnight.
	if !reflect.DeepEqual(costs[0], costs[1]) || costs[0]["Open"] != 9 || costs[0]["List"] > 2 || len(costs[0]) != 2 {
		t.Errorf("the calls are %v in a lake of 6 days, %v in one of 60", costs[0], costs[1])
	}
}
