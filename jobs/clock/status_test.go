package clock_test

import (
	"reflect"
	"testing"
	"time"

	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/jobs/state/statetest"
	"graphlake/load"
	"graphlake/schemas"
)

var tenant = plan.Tenant{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}

func TestStatusOfAState(t *testing.T) {
	nov := func(s string) time.Time { return statetest.Instant(t, s) }
	st := state.State{
		Since: nov("10"),
		Coverage: state.Coverage{
			{From: nov("01"), To: nov("05"), Outcome: state.Expired, Read: nov("12")},
			{From: nov("10"), To: nov("12"), Outcome: state.Data, Read: nov("12T02"), Records: 70},
			{From: nov("12"), To: nov("13"), Outcome: state.Failed, Read: nov("18T02")},
			{From: nov("13"), To: nov("15"), Outcome: state.Empty, Read: nov("15T02")},
			{From: nov("15"), To: nov("17"), Outcome: state.NotYet, Read: nov("17T02"), Records: 8, NotYet: 2},
		},
		Asked:   []state.Asked{{From: nov("12"), To: nov("14"), Request: 3}},
		Behind:  []state.Behind{{Parent: "ada", From: nov("12"), To: nov("14"), Reason: "unauthorized", Since: nov("13")}},
		Dirty:   []time.Time{nov("15"), nov("16")},
		Derived: []state.Derived{{From: nov("10"), To: nov("12"), Fingerprint: "other"}, {From: nov("13"), To: nov("17"), Fingerprint: schemas.CallRecords.Fingerprint()}},
	}
	store := statetest.Store(t, state.Pair{TenantID: tenant.ID, Dataset: schemas.CallRecords.Name}, st)
	got, err := clock.LoadStatus(t.Context(), store, plan.Selection{
		Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords, schemas.Users},
	}, nil, nov("18T02"))
	if err != nil {
		t.Fatal(err)
	}
	expected := clock.Status{
		Datasets: []clock.DatasetStatus{{
			Tenant: "contoso", Dataset: "call_records", From: nov("13"), Reaches: nov("17"), Records: 78,
			Read: nov("18T02"), Outcome: state.Failed, NotYet: 2,
			Gaps:   []clock.Span{{From: nov("12"), To: nov("13")}, {From: nov("17"), To: nov("18")}},
			Losing: []clock.Losing{{Span: clock.Span{From: nov("12"), To: nov("13")}, Lost: nov("42")}, {Span: clock.Span{From: nov("17"), To: nov("18")}, Lost: nov("47")}},
			Dirty:  []string{"2026-11-15", "2026-11-16"}, Outdated: 2, Expired: 4, Behind: 1,
			Who:    []state.Behind{{Parent: "ada", From: nov("12"), To: nov("14"), Reason: "unauthorized", Since: nov("13")}},
			Missed: []clock.Span{}, Unfinished: []clock.Span{{From: nov("12"), To: nov("14")}}, Lost: []state.Lost{}, Misfits: map[string]int64{}, New: []schemas.Path{},
			Removed: []clock.Span{}, RemovedRaw: []clock.Span{}, NeverRead: []clock.Span{},
		}, {
			Tenant: "contoso", Dataset: "users", Gaps: []clock.Span{}, Losing: []clock.Losing{}, Dirty: []string{}, Missed: []clock.Span{}, Unfinished: []clock.Span{},
			Who: []state.Behind{}, Lost: []state.Lost{}, Misfits: map[string]int64{}, New: []schemas.Path{},
			Removed: []clock.Span{}, RemovedRaw: []clock.Span{}, NeverRead: []clock.Span{},
		}},
		Runs: []clock.RunStatus{}, Next: []clock.NextRun{}, Late: []clock.Overdue{}, Running: []clock.Running{}, SignIns: []clock.SignIn{}, Errors: []string{},
	}
	if !reflect.DeepEqual(got, expected) {
		t.Errorf("got  %+v\nwant %+v", got, expected)
	}
}

// Of a day that nobody has read there was nothing to remove, also where an earlier expire has removed those before it.
func TestDaysThatWereNeverRead(t *testing.T) {
	nov := func(s string) time.Time { return statetest.Instant(t, s) }
	st := state.State{Coverage: state.Coverage{
		{From: nov("03"), To: nov("05"), Outcome: state.Data, Read: nov("05T02"), Records: 9},
		{From: nov("05"), To: nov("06"), Outcome: state.Failed, Read: nov("06T02")},
		{From: nov("09T12"), To: nov("11"), Outcome: state.Empty, Read: nov("11T02")},
	}}
	for _, to := range []string{"07", "10", "12"} {
		for _, kind := range []load.Kind{load.Tables, load.Raw} {
			st.Remove(kind, schemas.ChatMessages, schemas.Range{From: nov("02"), To: nov(to)}, nov("20"))
		}
	}
	store := statetest.Store(t, state.Pair{TenantID: tenant.ID, Dataset: schemas.ChatMessages.Name}, st)
	got, err := clock.LoadStatus(t.Context(), store, plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.ChatMessages}}, nil, nov("20"))
	if err != nil {
		t.Fatal(err)
	}
	span := func(from, to string) clock.Span { return clock.Span{From: nov(from), To: nov(to)} }
	held := []clock.Span{span("03", "05"), span("09", "11")}
	never := []clock.Span{span("02", "03"), span("05", "09"), span("11", "12")}
	if d := got.Datasets[0]; !reflect.DeepEqual(d.NeverRead, never) || !reflect.DeepEqual(d.Removed, held) || !reflect.DeepEqual(d.RemovedRaw, held) {
		t.Errorf("never read %v, removed %v, raw %v; want %v and %v", d.NeverRead, d.Removed, d.RemovedRaw, never, held)
	}
}

// A day that may not be read has no records: those of the others are as counted, and not estimated.
func TestARefusedDayIsCounted(t *testing.T) {
	store := statetest.Store(t, state.Pair{TenantID: tenant.ID, Dataset: schemas.ChatMessages.Name}, state.State{Coverage: state.Coverage{
		{From: statetest.Instant(t, "03"), To: statetest.Instant(t, "05"), Outcome: state.Data, Read: statetest.Instant(t, "05T02"), Records: 9},
	}})
	pair := state.Pair{TenantID: tenant.ID, Dataset: "chat_messages"}
	for _, refused := range []string{"", `,{"dt":"2026-11-05","outcome":"refused"}`} {
		text := []byte(`{"days":[{"dt":"2026-11-03","outcome":"data","records":4},{"dt":"2026-11-04","outcome":"empty"}` + refused + `]}`)
		object := "state/" + pair.TenantID + "/" + pair.Dataset + ".days.json"
		if err := store.Remove(t.Context(), object, load.Condition{}); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Swap(t.Context(), object, "", text); err != nil {
			t.Fatal(err)
		}
		got, err := clock.LoadStatus(t.Context(), store, plan.Selection{
			Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.ChatMessages},
		}, nil, statetest.Instant(t, "06T02"))
		if err != nil || got.Datasets[0].Records != 4 {
			t.Errorf("%q: %d records, %v; want 4", refused, got.Datasets[0].Records, err)
		}
	}
}

// Whoever holds a lock of what is selected is told of, and whether they have said lately that they are alive.
func TestStatusOfRunsUnderWay(t *testing.T) {
	store := statetest.Store(t, state.Pair{TenantID: tenant.ID, Dataset: schemas.Users.Name}, state.State{})
	for run, h := range map[string]state.Heartbeat{
		"a": {Beat: time.Now(), Datasets: []state.HeldDataset{{TenantID: tenant.ID, Dataset: "users"}, {TenantID: tenant.ID, Dataset: "chats"}}},
		"b": {Beat: time.Now().Add(-time.Hour), Datasets: []state.HeldDataset{{TenantID: tenant.ID, Dataset: "call_records"}}},
		"c": {Beat: time.Now(), Datasets: []state.HeldDataset{{TenantID: "00000000-93b5-4c08-8d6f-2f5a7c1e9b30", Dataset: "users"}}},
	} {
		h.Run = run
		if _, err := h.Write(t.Context(), store, ""); err != nil {
			t.Fatal(err)
		}
	}
	got, err := clock.LoadStatus(t.Context(), store, plan.Selection{
		Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords, schemas.Users},
	}, nil, statetest.Instant(t, "18T02"))
	if err != nil || len(got.Running) != 2 {
		t.Fatalf("%+v, %v", got.Running, err)
	}
	if a := got.Running[0]; a.Run != "a" || a.Stale || len(a.Locks) != 1 || !a.On("contoso", "users") || a.On("contoso", "call_records") {
		t.Errorf("%+v", a)
	}
	if b := got.Running[1]; b.Run != "b" || !b.Stale || !b.On("contoso", "call_records") {
		t.Errorf("%+v", b)
	}
}
