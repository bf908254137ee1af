package cli

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load/dirstore"
	"graphlake/load/memstore"
	"graphlake/notify"
	"graphlake/schemas"
)

// A lake that cannot be read, or does not answer any more, is not healthy.
func TestHealthUnknown(t *testing.T) {
	dir := t.TempDir()
	store, err := dirstore.New(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	times, err := clock.ParseTimes("30 2 * * *", "")
	if err != nil {
		t.Fatal(err)
	}
	contoso := plan.Tenant{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}
	h := newHealth(store, []clock.Job{{Name: "night", Times: times, Selection: plan.Selection{
		Tenants: []plan.Tenant{contoso}, Datasets: []schemas.Dataset{schemas.Users},
	}}}, slog.New(slog.DiscardHandler))
	ask := func(want string) {
		t.Helper()
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/healthz", nil))
		if rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%d %s, want that it says %s", rec.Code, rec.Body, want)
		}
	}
	h.refresh(t.Context(), time.Now())
	ask(`"dataset":"users"`)
	h.refresh(t.Context(), time.Now().Add(-11*time.Minute))
	ask("the lake has not answered since")

	users := filepath.Join(dir, "state", contoso.ID, "users.json")
	if err := os.MkdirAll(filepath.Dir(users), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(users, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.refresh(t.Context(), time.Now())
	ask("the states in the lake could not be read")
}

// Tables that lag raw are not late while a run may be at work on them, and are when it stays so.
func TestHealthOfTables(t *testing.T) {
	h := newHealth(nil, nil, slog.New(slog.DiscardHandler))
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	users := clock.Overdue{Job: "night", Tenant: "contoso", Dataset: "users", Tables: true}
	logs := clock.Overdue{Job: "night", Tenant: "contoso", Dataset: "pstn_calls"}
	for _, c := range []struct {
		after time.Duration
		late  []clock.Overdue
		want  int
	}{
		{0, []clock.Overdue{users, logs}, 1},
		{29 * time.Minute, []clock.Overdue{users}, 0},
		{30 * time.Minute, []clock.Overdue{users, logs}, 2},
		{31 * time.Minute, nil, 0},
		{32 * time.Minute, []clock.Overdue{users}, 0},
	} {
		if got := h.withoutRecentLag(c.late, noon.Add(c.after)); len(got) != c.want {
			t.Errorf("after %v: %v, want %d", c.after, got, c.want)
		}
	}
}

// sent keeps the titles of what is notified.
type sent struct{ titles []string }

func (s *sent) Send(_ context.Context, m notify.Message) (string, error) {
	s.titles = append(s.titles, m.Title)
	return "ok", nil
}

// What is late is told once, of a job that is at work not before it has had its time, and what was told is told when it is there.
func TestHealthNotifies(t *testing.T) {
	var told sent
	night := clock.Job{Name: "night", Late: time.Hour, Selection: plan.Selection{
		Tenants: []plan.Tenant{{Name: "contoso"}}, Datasets: []schemas.Dataset{schemas.Users, schemas.PSTNCalls},
	}}
	log := slog.New(slog.DiscardHandler)
	h := newHealth(nil, []clock.Job{night}, log)
	h.notifier = &notify.Notifier{Log: log, Targets: []notify.Target{{Name: "ops", On: notify.Kinds(), Channel: &told}}}
	now := time.Now()
	find := func(datasets ...string) {
		h.found = healthReport{Time: now}
		for _, d := range datasets {
			h.found.Late = append(h.found.Late, clock.Overdue{Job: "night", Tenant: "contoso", Dataset: d, Due: now})
		}
	}
	want := func(when string, titles ...string) {
		t.Helper()
		if !slices.Equal(told.titles, titles) {
			t.Errorf("%s: %q, want %q", when, told.titles, titles)
		}
		told.titles = nil
	}
	end := h.begin("night")
	find("users", "pstn_calls")
	h.notify(t.Context(), now)
	want("the job is at work")
	h.notify(t.Context(), now.Add(2*time.Hour))
	want("it has been at work for long", "graphlake: 2 late")
	end()
	find("users")
	h.notify(t.Context(), now.Add(3*time.Hour))
	want("a part is there", "graphlake: 1 recovered")
	h.found.Error = "the lake does not answer"
	h.found.Late = nil
	h.notify(t.Context(), now.Add(4*time.Hour))
	want("nothing is known")
	find()
	h.notify(t.Context(), now.Add(5*time.Hour))
	want("all is there", "graphlake: 1 recovered")
}

// What was never tried is not told as late while the first runs of a schedule that has just begun wait for each other.
func TestHealthOfTheFirstNight(t *testing.T) {
	var told sent
	times, err := clock.ParseTimes("0 * * * *", "")
	if err != nil {
		t.Fatal(err)
	}
	night := clock.Job{Name: "night", Late: time.Hour, Times: times, Selection: plan.Selection{
		Tenants: []plan.Tenant{{Name: "contoso", ID: "7b6f3a52-0d1e-4c55-9a43-5b8f7f3f0c01"}}, Datasets: []schemas.Dataset{schemas.PSTNCalls},
	}}
	log := slog.New(slog.DiscardHandler)
	h := newHealth(memstore.New(), []clock.Job{night}, log)
	h.notifier = &notify.Notifier{Log: log, Targets: []notify.Target{{Name: "ops", On: notify.Kinds(), Channel: &told}}}
	now := time.Now()
	h.refresh(t.Context(), now)
	h.notify(t.Context(), now)
	if h.found.Status != "late" || len(told.titles) > 0 {
		t.Errorf("it is %s, and told is %q", h.found.Status, told.titles)
	}
	h.notify(t.Context(), now.Add(2*time.Hour))
	if !slices.Equal(told.titles, []string{"graphlake: 1 late"}) {
		t.Errorf("it had its time, and told is %q", told.titles)
	}
}

// Who has to sign in makes a schedule unhealthy, whatever is late, and somebody is told; who has signed in makes it well.
func TestHealthOfSignIns(t *testing.T) {
	var told sent
	store := memstore.New()
	contoso := plan.Tenant{Name: "contoso", ID: "7b6f3a52-0d1e-4c55-9a43-5b8f7f3f0c01", Person: true}
	log := slog.New(slog.DiscardHandler)
	h := newHealth(store, []clock.Job{{Name: "night", Late: time.Hour, Selection: plan.Selection{
		Tenants: []plan.Tenant{contoso}, Datasets: []schemas.Dataset{schemas.Presence},
	}}}, log)
	h.notifier = &notify.Notifier{Log: log, Targets: []notify.Target{{Name: "ops", On: notify.Kinds(), Channel: &told}}}
	now := time.Now()
	for _, step := range []struct {
		known  state.SignIn
		status int
		says   string
		titles []string
	}{
		{state.SignIn{}, http.StatusServiceUnavailable, `"signed_out":[{"tenant":"contoso","signed_out":{"reason":"nobody has signed in yet"}}]`, []string{"graphlake: 1 signed_out"}},
		{state.SignIn{Renewed: now}, http.StatusOK, `"status":"ok"`, []string{"graphlake: 1 recovered"}},
		{state.SignIn{Renewed: now, SignedOut: &state.SignedOut{Since: now, Reason: "revoked"}}, http.StatusServiceUnavailable, `"status":"signed_out"`, nil}, // the day was told
	} {
		if err := state.UpdateSignIn(t.Context(), store, contoso.ID, func(s *state.SignIn) { *s = step.known }); err != nil {
			t.Fatal(err)
		}
		h.refresh(t.Context(), now)
		h.notify(t.Context(), now)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/healthz", nil))
		if rec.Code != step.status || !strings.Contains(rec.Body.String(), step.says) {
			t.Errorf("%d %s, want %d, and that it says %s", rec.Code, rec.Body, step.status, step.says)
		}
		if !slices.Equal(told.titles, step.titles) {
			t.Errorf("%+v: told is %q, want %q", step.known, told.titles, step.titles)
		}
		told.titles = nil
	}
}
