package jobs_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"graphlake/jobs/state"
	"graphlake/schemas"
)

// Observations that are refused every few minutes, for days, are a line of the state.
func TestRefusedObservationsStaySmall(t *testing.T) {
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/users", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"value":[{"id":"ada"}]}`) })
	h.HandleFunc("POST /v1.0/communications/getPresencesByUserId", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":{"code":"Forbidden","message":"not yours"}}`)
	})
	r := newRig(t, h)
	for i := range 40 {
		if rep := r.at(monday.Add(time.Duration(i)*2*time.Hour)).night(t, schemas.Presence); rep.Status != state.Forbidden {
			t.Fatalf("%+v", rep)
		}
	}
	if st := r.state(t, schemas.Presence); len(st.Coverage) > 2 {
		t.Errorf("after four days the coverage has %d parts, want one or two", len(st.Coverage))
	}
}
