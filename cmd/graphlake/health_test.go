package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"graphlake/jobs"
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
	times, err := jobs.ParseTimes("30 2 * * *", "")
	if err != nil {
		t.Fatal(err)
	}
	contoso := jobs.Tenant{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}
	h := &health{store: store, jobs: []jobs.Job{{Name: "night", Times: times, Selection: jobs.Selection{
		Tenants: []jobs.Tenant{contoso}, Datasets: []schemas.Dataset{schemas.Users},
	}}}}
	ask := func(want string) {
		t.Helper()
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/healthz", nil))
		if rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%d %s, want that it says %s", rec.Code, rec.Body, want)
		}
	}
	h.look(t.Context(), time.Now())
	ask(`"dataset":"users"`)
	h.look(t.Context(), time.Now().Add(-11*time.Minute))
	ask("the lake has not answered since")

	state := filepath.Join(dir, "state", contoso.ID, "users.json")
	if err := os.MkdirAll(filepath.Dir(state), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(state, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.look(t.Context(), time.Now())
	ask("the states in the lake could not be read")
}
