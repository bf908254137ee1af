package activities_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/engine/temporal/internal/tenants"
	"graphlake/engine/temporal/workflows"
	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/load"
	"graphlake/schemas"
)

func lockOf(t *tenants.Tenant) string { return load.EngineWorkerLock(t.ID()) }

func TestTenants(t *testing.T) {
	p := newRig(t, 3).worker(t)
	for _, c := range []struct {
		in   workflows.NightInput
		want []string
	}{
		{workflows.NightInput{Job: "nightly"}, []string{"tenant-001", "tenant-002", "tenant-003"}},
		{workflows.NightInput{}, []string{"tenant-001", "tenant-002", "tenant-003"}},
		{workflows.NightInput{Job: "nightly", Tenants: []string{"tenant-003", "tenant-001"}}, []string{"tenant-001", "tenant-003"}},
		{workflows.NightInput{Job: "tidy"}, []string{}}, // which only removes
	} {
		if got := do[[]string](t, p, workflows.TenantsActivity, c.in); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v", c.in, got)
		}
	}
}

// round reads all that is due.
func (p *process) round(t *testing.T, ask workflows.Ask) (results []workflows.UnitResult) {
	t.Helper()
	opened := do[workflows.Opened](t, p, workflows.OpenActivity, ask)
	for _, u := range opened.Units {
		results = append(results, do[workflows.UnitResult](t, p, workflows.UnitActivity, workflows.UnitAsk{Held: workflows.Held{Key: ask.Key}, Unit: u}))
	}
	do[workflows.Closed](t, p, workflows.CloseActivity, workflows.Held{Key: ask.Key})
	return results
}

// What Graph forgets comes first, the oldest first; then the rest, the newest first. All that was asked for is in it, once.
func TestWeeks(t *testing.T) {
	r := newRig(t, 1)
	p := r.worker(t)
	now := time.Date(2026, 11, 18, 2, 30, 0, 0, time.UTC)
	in := workflows.BackfillInput{Lake: "lake", Tenant: "tenant-001", Datasets: []string{"users", "call_records", "pstn_calls", "calendar_events"}, From: now.AddDate(0, 0, -30).Truncate(schemas.Day), To: now.Truncate(schemas.Day), Now: now}
	weeks := do[[]workflows.Ask](t, p, workflows.WeeksActivity, in)
	var got []string
	covered := map[string]time.Duration{}
	for _, w := range weeks {
		got = append(got, fmt.Sprintf("%s %s-%s", strings.Join(w.Datasets, "+"), w.From.Format("0102"), w.To.Format("0102")))
		if w.Tenant != "tenant-001" || !w.Backfill || w.Back || w.Job != "" || !w.Now.Equal(now) || w.Lake != "lake" {
			t.Errorf("%+v", w)
		}
		for _, name := range w.Datasets {
			covered[name] += w.To.Sub(w.From)
		}
	}
	want := []string{
		"call_records 1019-1026", "call_records 1026-1102", "call_records 1102-1109", "call_records 1109-1116", "call_records 1116-1118",
	}
	if len(got) < len(want) || !slices.Equal(got[:5], want) {
		t.Errorf("%q", got)
	}
	if last := weeks[len(weeks)-1]; !last.From.Equal(in.From) { // of what Graph keeps the oldest
		t.Errorf("at last %v", last)
	}
	if n := len(covered); n != 3 || covered["users"] != 0 {
		t.Errorf("covered are %v", covered)
	}
	for name, span := range covered {
		if span != 30*schemas.Day {
			t.Errorf("%s: %v", name, span)
		}
	}
	in.Now = now.AddDate(0, 0, -14)
	for _, w := range do[[]workflows.Ask](t, p, workflows.WeeksActivity, in) {
		if slices.Contains(w.Datasets, "call_records") && !w.From.Before(in.Now) {
			t.Errorf("a week that has not come: %+v", w)
		}
	}
}

// A backfill's weeks, read in that order, are the range.
func TestWeekIsRead(t *testing.T) {
	r := newRig(t, 1)
	p := r.worker(t)
	in := workflows.BackfillInput{Lake: "lake", Tenant: "tenant-001", Datasets: []string{"call_records"}, From: monday, To: monday.AddDate(0, 0, 2), Now: night}
	weeks := do[[]workflows.Ask](t, p, workflows.WeeksActivity, in)
	if len(weeks) != 1 {
		t.Fatalf("%+v", weeks)
	}
	weeks[0].Key, weeks[0].Back = "run/1", true
	var days int
	for _, res := range p.round(t, weeks[0]) {
		if res.Outcome != workflows.Done || res.Records == 0 {
			t.Errorf("%+v", res)
		}
		days += int(res.To.Sub(res.From) / schemas.Day)
	}
	if days != 2 {
		t.Errorf("%d days", days)
	}
}

// A replay leaves the bytes as they are, and asks nobody; also of a dataset that no job reads any more.
func TestReplay(t *testing.T) {
	r := newRig(t, 2)
	p := r.worker(t)
	ask := r.ask("run/1")
	p.round(t, ask)
	ask = r.ask("run/2")
	ask.Job, ask.Datasets, ask.From, ask.To = "", []string{"pstn_calls"}, monday, monday.AddDate(0, 0, 2)
	p.round(t, ask)
	before, asked := bytesOf(t, r.lake()), len(r.Log())

	parts := do[[]workflows.Part](t, p, workflows.PartsActivity, workflows.ReplayInput{Tenants: []string{"tenant-001"}, Now: night})
	of := map[string]int{}
	ends := map[string]time.Time{}
	var units []workflows.UnitResult
	for _, part := range parts {
		if part.Tenant != "tenant-001" || !part.From.Before(part.To) || part.To.Sub(part.From) > 7*schemas.Day || part.From.Before(ends[part.Dataset]) {
			t.Errorf("%+v", part)
		}
		ends[part.Dataset] = part.To
		of[part.Dataset]++
		res := do[workflows.UnitResult](t, p, workflows.ReplayActivity, part)
		if res.Outcome != workflows.Done || res.Dataset != part.Dataset || !res.From.Equal(part.From) || res.Requests != 0 || res.Written != 0 {
			t.Errorf("%+v", res)
		}
		units = append(units, res)
	}
	if names := slices.Sorted(maps.Keys(of)); !slices.Equal(names, []string{"calendar_events", "call_records", "pstn_calls", "users"}) {
		t.Errorf("parts of %v", names)
	}
	if !slices.ContainsFunc(units, func(u workflows.UnitResult) bool { return u.Records > 0 }) {
		t.Errorf("nothing was derived: %+v", units)
	}
	differ(t, bytesOf(t, r.lake()), before)
	if n := len(r.Log()); n != asked {
		t.Errorf("Graph was asked %d times", n-asked)
	}
	if some := do[[]workflows.Part](t, p, workflows.PartsActivity, workflows.ReplayInput{Datasets: []string{"call_records"}, From: monday, To: monday.AddDate(0, 0, 1), Now: night}); len(some) != 1 || !some[0].From.Equal(monday) || !some[0].To.Equal(monday.AddDate(0, 0, 1)) {
		t.Errorf("of one day: %+v", some)
	}

	// Whatever another run has is waited for.
	lock, err := p.engine.Store().Lock(t.Context(), load.LockObject(r.Tenants[0].ID(), "call_records"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Unlock(t.Context())
	_, err = call[workflows.UnitResult](t.Context(), p, workflows.ReplayActivity, workflows.Part{Tenant: "tenant-001", Dataset: "call_records", From: monday, To: monday.AddDate(0, 0, 1), Now: night})
	if kind, again, never, res := failed(t, err); kind != "locked" || again != 5*time.Minute || never || res.Dataset != "call_records" || res.Outcome != workflows.Unavailable {
		t.Errorf("%v, %+v", err, res)
	}
}

func TestCheck(t *testing.T) {
	r := newRig(t, 1)
	p := r.worker(t)
	checked := do[workflows.Checked](t, p, workflows.CheckActivity, workflows.OnboardInput{Tenant: "tenant-001"})
	if checked.Outcome != workflows.Done || !slices.Equal(checked.Jobs, []string{"nightly"}) || len(checked.Needs) > 0 {
		t.Errorf("%+v", checked)
	}
	r.Intercept(answer(403, "Authorization_RequestDenied"))
	checked = do[workflows.Checked](t, p, workflows.CheckActivity, workflows.OnboardInput{Tenant: "tenant-001"})
	if checked.Outcome != workflows.Forbidden || len(checked.Needs) == 0 {
		t.Errorf("%+v", checked)
	}
	r.Intercept(answer(503, "ServiceUnavailable"))
	_, err := call[workflows.Checked](t.Context(), p, workflows.CheckActivity, workflows.OnboardInput{Tenant: "tenant-001"})
	if kind, again, never, _ := failed(t, err); kind != "unavailable" || again != time.Minute || never {
		t.Errorf("%v", err)
	}
	// It asks as long as no other worker does.
	r.Intercept(nil)
	other := r.worker(t)
	do[workflows.Opened](t, other, workflows.OpenActivity, r.ask("run/1"))
	_, err = call[workflows.Checked](t.Context(), p, workflows.CheckActivity, workflows.OnboardInput{Tenant: "tenant-001"})
	if kind, again, never, _ := failed(t, err); kind != "locked" || again != 5*time.Minute || never {
		t.Errorf("%v", err)
	}
	do[workflows.Checked](t, other, workflows.CheckActivity, workflows.OnboardInput{Tenant: "tenant-001"})
	r.heard.hasNot(t, "Adele", "sesame")
}

func TestConclude(t *testing.T) {
	r := newRigOf(t, 1, func(int) graphsim.Options { return graphsim.Options{Users: 6, Now: time.Now} }) // by whose time nothing is removed, but by the machine's too
	p := r.worker(t)
	p.round(t, r.ask("run/1"))
	if c := do[workflows.Concluded](t, p, workflows.ConcludeActivity, workflows.NightInput{Job: "nightly", Now: night}); c.Outcome != workflows.Done || c.Run != "" {
		t.Errorf("a job that removes nothing: %+v", c)
	}
	before := bytesOf(t, r.lake())
	c := do[workflows.Concluded](t, p, workflows.ConcludeActivity, workflows.NightInput{Job: "tidy", Now: night})
	if c.Outcome != workflows.Done || c.Run == "" {
		t.Errorf("%+v", c)
	}
	differ(t, bytesOf(t, r.lake()), before)
	rep, err := jobs.LoadReport(t.Context(), p.engine.Store(), c.Run)
	if err != nil || rep.What != "expire" {
		t.Errorf("%+v, %v", rep, err)
	}
}

// Years of a dataset are cut into longer parts: their list is an answer, and has a bound.
func TestPartsOfYears(t *testing.T) {
	r := newRig(t, 1)
	p := r.worker(t)
	for i := range 1500 {
		day := load.Partition{Kind: load.Raw, Name: "call_records", TenantID: r.Tenants[0].ID(), Date: night.AddDate(0, 0, -i).Truncate(schemas.Day)}
		file := filepath.Join(r.lake(), filepath.FromSlash(day.Object()))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	parts := do[[]workflows.Part](t, p, workflows.PartsActivity, workflows.ReplayInput{Tenants: []string{"tenant-001"}, Now: night})
	if len(parts) != 100 || !parts[0].From.Equal(night.AddDate(0, 0, -1499).Truncate(24*time.Hour)) || !parts[99].To.Equal(night.AddDate(0, 0, 1).Truncate(24*time.Hour)) {
		t.Fatalf("%d parts: %+v", len(parts), parts[:min(len(parts), 2)])
	}
	for i, one := range parts[1:] {
		if !one.From.Equal(parts[i].To) {
			t.Errorf("between %v and %v nothing is derived", parts[i].To, one.From)
		}
	}
}
