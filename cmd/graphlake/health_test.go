package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/load/dirstore"
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

	state := filepath.Join(dir, "state", contoso.ID, "users.json")
	if err := os.MkdirAll(filepath.Dir(state), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(state, []byte("{"), 0o600); err != nil {
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
