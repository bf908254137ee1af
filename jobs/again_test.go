package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// oneUser is a Graph with a user, and an organization that nobody may read.
func oneUser() http.Handler {
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/users/delta", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"value":[{"id":"ada"}],"@odata.deltaLink":"http://%s/v1.0/users/delta?$deltatoken=1"}`, r.Host)
	})
	h.HandleFunc("GET /v1.0/organization", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":{"code":"Forbidden","message":"not yours"}}`)
	})
	return h
}

// One dataset is read, one is locked and one is refused: the whole is refused, and may do better later for what
// was locked. Of what was not begun the log has a line too, and the seconds are those that it took.
func TestRefusedAndLocked(t *testing.T) {
	r := newRig(t, oneUser())
	var log bytes.Buffer
	r.Log = slog.New(slog.NewTextHandler(&log, nil))
	adatum := plan.Tenant{Name: "adatum", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b31"}
	lock, err := r.Store.Lock(t.Context(), "state/"+adatum.ID+"/users.lock")
	if err != nil {
		t.Fatal(err)
	}
	rep, err := r.Run(t.Context(), plan.Selection{
		Tenants: []plan.Tenant{tenant, adatum}, Datasets: []schemas.Dataset{schemas.Users},
	})
	if err != nil || rep.Status != state.Unavailable || !rep.TryAgain() {
		t.Errorf("%s, %v: %v", rep.Status, rep.TryAgain(), err)
	}
	if users := rep.Totals()[0]; users.Seconds < 0 || users.Seconds > 60 {
		t.Errorf("users took %f seconds", users.Seconds)
	}
	if n := strings.Count(log.String(), `msg="unit ended"`); n != 2 || !strings.Contains(log.String(), "error=locked") {
		t.Errorf("%d units have ended in the log:\n%s", n, &log)
	}
	rep, err = r.Run(t.Context(), plan.Selection{
		Tenants: []plan.Tenant{adatum}, Datasets: []schemas.Dataset{schemas.Users},
	})
	if err = errors.Join(err, lock.Unlock(t.Context())); err != nil || !rep.TryAgain() {
		t.Errorf("locked, %v: %v", rep.TryAgain(), err)
	}
	refused := r.night(t, schemas.Organization)
	if refused.Status != state.Forbidden || refused.TryAgain() {
		t.Errorf("refused: %s, %v", refused.Status, refused.TryAgain())
	}
	refused.Units = append(refused.Units, rep.Units...)
	if refused.Conclude(); refused.Status != state.Forbidden || !refused.TryAgain() {
		t.Errorf("refused and locked: %s, %v", refused.Status, refused.TryAgain())
	}
}

// away is a service that does not answer.
type away struct{ state.Store }

func (away) Lock(context.Context, string) (load.Lock, error) {
	return nil, fmt.Errorf("lease: %w", &url.Error{Op: "Put", URL: "https://contoso.example", Err: errors.New("no route to host")})
}

// A lake whose service is away is no failure, but one to be tried again.
func TestLakeIsAway(t *testing.T) {
	r := newRig(t, oneUser())
	r.Store = away{r.Store}
	rep, err := r.Run(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.Users}})
	if err != nil || rep.Status != state.Unavailable || rep.Units[0].Error.Kind != "unavailable" || !rep.TryAgain() {
		t.Errorf("%+v, %v", rep.Units, err)
	}
}
