package jobs_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"graphlake/jobs"
	"graphlake/jobs/audit"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// cutOff leaves the first half of an object.
func (r *rig) cutOff(t *testing.T, object string) {
	t.Helper()
	text := r.text(t, object)
	r.put(t, object, []byte(text[:len(text)/2]))
}

// A raw partition that was cut off stops its own day: the calls of its neighbours are read, and those that would move
// to it stay where they are. Once it was removed its day is read again.
func TestADamagedRawPartition(t *testing.T) {
	d, o := schemas.CallRecords, weekOfCalls("2026-11-16T10:00:00Z")
	r := newOffice(t, o).at(at(18, 2))
	r.night(t, d)
	damaged := part(load.Raw, d.Name, november(17))
	r.cutOff(t, damaged.Object())
	o.calls["y16"], o.calls["y18"] = call{"2026-11-16T12:00:00Z", 1}, call{"2026-11-18T12:00:00Z", 1}
	o.calls["y17"], o.calls["moves"] = call{"2026-11-17T12:00:00Z", 1}, call{"2026-11-17T10:00:00Z", 2}
	r = r.at(at(19, 2))
	rep := r.night(t, d)
	for _, u := range rep.Units {
		switch failed := u.From.Day() == 17; {
		case failed && (u.Error == nil || !strings.Contains(u.Error.Message, damaged.Object()) || !strings.Contains(u.Error.Message, "remove it and run its day again")):
			t.Errorf("%+v", u)
		case !failed && u.Error != nil:
			t.Errorf("the %dth: %+v", u.From.Day(), u.Error)
		}
	}
	if rep.Status != state.Failed || len(rep.Units) != 3 {
		t.Errorf("%+v", rep)
	}
	want(t, inOrder(r.on(t, d, "call_id")...), "15 x15", "16 moves", "16 x16", "16 y16", "17 x17", "18 x18", "18 y18")
	want(t, r.audit(t, d), "unreadable raw 2026-11-17 1")
	r.put(t, damaged.Object(), nil)
	r = r.at(at(20, 2))
	if rep := r.night(t, d); rep.Status != state.Data || rep.Incomplete() {
		t.Errorf("%+v", rep)
	}
	want(t, r.rawAndTables(t, 16, 20), "16 x16", "16 y16", "17 moves", "17 x17", "17 y17", "18 x18", "18 y18", "19 x19")
	want(t, r.audit(t, d))
}

// A table's partition that was cut off, or is gone, is made again by the next run that reads its day.
func TestADamagedTable(t *testing.T) {
	d, o := schemas.CallRecords, weekOfCalls("2026-11-16T10:00:00Z")
	r := newOffice(t, o).at(at(19, 2))
	r.night(t, d)
	before := r.bytes(t)
	r.cutOff(t, part(load.Tables, "calls", november(17)).Object())
	r.put(t, part(load.Tables, "call_sessions", november(18)).Object(), nil)
	want(t, r.audit(t, d), "unreadable calls 2026-11-17 1", "missing call_sessions 2026-11-18 1")
	if rep := r.at(at(19, 5)).days(t, 16, 19, d); rep.Status != state.Data || rep.Incomplete() {
		t.Errorf("%+v", rep)
	}
	differ(t, "the lake", r.bytes(t), before)
}

// A state that was cut off stops its own dataset, which the run, the status and the audit say; the others go on.
// Nothing of it is taken for empty.
func TestADamagedState(t *testing.T) {
	o := weekOfCalls("2026-11-16T10:00:00Z")
	o.users, o.meetings = []string{"ann"}, map[string]map[string]string{"ann": {"a": "2026-11-17T10:00:00Z"}}
	both := []schemas.Dataset{schemas.CallRecords, schemas.CalendarEvents}
	r := newOffice(t, o).at(at(19, 2))
	r.night(t, both...)
	object := stateObject(schemas.CallRecords)
	whole := r.text(t, object)
	r.cutOff(t, object)
	cut := r.text(t, object)
	o.meetings["ann"]["b"] = "2026-11-18T10:00:00Z"
	r = r.at(at(20, 2))
	rep := r.night(t, both...)
	i := slices.IndexFunc(rep.Units, func(u jobs.UnitReport) bool { return u.Dataset == schemas.CallRecords.Name })
	if rep.Status != state.Failed || len(rep.Units) != 2 || i < 0 || rep.Units[i].Error == nil || !strings.Contains(rep.Units[i].Error.Message, object) || rep.Units[1-i].Error != nil {
		t.Errorf("%+v", rep)
	}
	want(t, r.on(t, schemas.CalendarEvents, "event_id"), "17 a", "18 b")
	if got := r.text(t, object); got != cut {
		t.Errorf("the state became %s", got)
	}
	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: both}
	status, err := clock.LoadStatus(t.Context(), r.Store, s, nil, r.Now)
	if err == nil || len(status.Errors) != 1 || !strings.Contains(status.Errors[0], object) ||
		status.Datasets[0].Error == "" || status.Datasets[1].Error != "" || status.Datasets[1].Records != 2 {
		t.Errorf("%v, %+v", err, status)
	}
	a := audit.Auditor{Store: r.Store, Now: r.Now, Log: r.Log}
	if found, err := a.Audit(t.Context(), s); err == nil || !strings.Contains(err.Error(), object) || len(found.Findings) != 0 {
		t.Errorf("the audit says %v, %+v", err, found)
	}
	r.put(t, object, []byte(whole))
	if rep := r.night(t, both...); rep.Status != state.Data || rep.Incomplete() {
		t.Errorf("%+v", rep)
	}
	want(t, r.audit(t, both...))
}

// A report that was cut off is told as damaged, and those beside it as they are.
func TestADamagedReport(t *testing.T) {
	r := newOffice(t, weekOfCalls("2026-11-16T10:00:00Z")).at(at(19, 2))
	first := r.night(t, schemas.CallRecords)
	second := r.at(at(19, 3)).days(t, 16, 19, schemas.CallRecords)
	for info, err := range r.store.List(t.Context(), "runs/") {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(info.Name, first.Run+".json") {
			r.cutOff(t, info.Name)
		}
	}
	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}}
	status, err := clock.LoadStatus(t.Context(), r.Store, s, nil, r.Now)
	told := map[string]state.Outcome{}
	for _, run := range status.Runs {
		told[run.Run] = run.Status
	}
	if err == nil || len(told) != 2 || told[first.Run] != state.Damaged || told[second.Run] != state.Data || len(status.Errors) != 1 {
		text, _ := json.Marshal(status)
		t.Errorf("%v, %s", err, text)
	}
	if rep := r.at(at(20, 2)).night(t, schemas.CallRecords); rep.Status != state.Data || rep.Incomplete() {
		t.Errorf("the next run: %+v", rep)
	}
}
