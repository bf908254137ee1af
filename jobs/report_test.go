package jobs_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/jobs"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

func report(outcomes ...state.Outcome) jobs.Report {
	var r jobs.Report
	for _, o := range outcomes {
		r.Units = append(r.Units, jobs.UnitReport{Dataset: "calls", Outcome: o})
	}
	r.Conclude()
	return r
}

// The status of a run is that of its worst unit, in the order of the exit statuses.
func TestConclude(t *testing.T) {
	worsening := []state.Outcome{state.Data, state.Interrupted, state.Unavailable, state.Forbidden, state.Failed}
	for i, want := range worsening {
		outcomes := append([]state.Outcome{state.Empty, state.Expired, state.NotYet}, worsening[:i+1]...)
		if got := report(outcomes...).Status; got != want {
			t.Errorf("%v: status %s, want %s", outcomes, got, want)
		}
		slices.Reverse(outcomes)
		if got := report(outcomes...).Status; got != want {
			t.Errorf("%v: status %s, want %s", outcomes, got, want)
		}
	}
}

func TestTotals(t *testing.T) {
	r := jobs.Report{Units: []jobs.UnitReport{
		{Dataset: "calls", Outcome: state.Data, Records: 3, Rows: map[string]int64{"calls": 3, "sessions": 5}, Written: 2, Requests: 7, Throttled: 1, Seconds: 2},
		{Dataset: "users", Outcome: state.Forbidden, Requests: 1},
		{Dataset: "calls", Outcome: state.Empty, Rows: map[string]int64{"calls": 0, "sessions": 0}, Written: 1, Unchanged: 2, Quarantined: 4, Requests: 2, Seconds: 3},
		{Dataset: "calls", Outcome: state.Data, Records: 1, Rows: map[string]int64{"calls": 1, "sessions": 1}, Requests: 1},
	}}
	totals := r.Totals()
	if len(totals) != 2 {
		t.Fatalf("%d totals, want one a dataset", len(totals))
	}
	c, u := totals[0], totals[1]
	if c.Dataset != "calls" || c.Tables != 2 || c.AllRows != 10 || c.Records != 4 || c.Written != 3 || c.Unchanged != 2 ||
		c.Quarantined != 4 || c.Requests != 10 || c.Throttled != 1 || c.Seconds != 3 || !slices.Equal(c.Outcomes, []state.Outcome{state.Data, state.Empty}) {
		t.Errorf("calls: %+v", c)
	}
	if u.Dataset != "users" || u.AllRows != 0 || u.Requests != 1 || !slices.Equal(u.Outcomes, []state.Outcome{state.Forbidden}) {
		t.Errorf("users: %+v", u)
	}
}

// Who is refused is told all that a dataset needs, also to list those whom it is read for.
func TestRefusalNamesWhatIsNeeded(t *testing.T) {
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/users", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":{"code":"Forbidden","message":"not yours"}}`)
	})
	rep := newRig(t, h).run(t, 1, schemas.ChatMessages)
	want := "chat_messages needs the application permission Chat.Read.All, and User.ReadBasic.All or User.Read.All"
	if u := rep.Units[0]; u.Outcome != state.Forbidden || !strings.Contains(u.Error.Message, want) {
		t.Errorf("%+v %+v, want it to say %q", u, u.Error, want)
	}
}

// What Graph says of a refusal may name somebody: a lake with pseudonyms keeps none of it.
func TestAReportWithPseudonymsNamesNobody(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":{"code":"Forbidden","message":"Ada Byron (ada@contoso.com) is not yours"}}`)
	})
	r := newRig(t, h)
	for _, p := range []jobs.Privacy{bare, veiled} {
		r.Privacy = p
		rep := r.run(t, 1, schemas.PSTNCalls)
		kept := r.text(t, "runs/dt="+rep.Started.Format(time.DateOnly)+"/"+rep.Run+".json")
		if named := strings.Contains(kept, "Ada Byron"); named != (len(p.Key) == 0) || !strings.Contains(kept, "unauthorized") {
			t.Errorf("with %v the lake keeps %s", p, kept)
		}
		if said := rep.Units[0].Error.Message; !strings.Contains(said, "Ada Byron") || strings.Contains(said+kept, "ada@") {
			t.Errorf("the run says %s", said)
		}
	}
}
