package jobs_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// charges answers the PSTN log: a call a day, which says more than any column takes.
func charges(asked *int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		*asked++
		fmt.Fprint(w, `{"value":[
			{"id":"a","startDateTime":"2026-11-16T10:00:00Z","duration":7,"novel":"one"},
			{"id":"b","startDateTime":"2026-11-17T10:00:00Z","duration":"PT7S","novel":"two"}]}`)
	})
}

// strict are the PSTN calls that refuse a record without a duration.
func strict() schemas.Dataset { return durations(schemas.Int64) }

func durations(typ schemas.Type) schemas.Dataset {
	d := schemas.PSTNCalls.Read()
	for i, c := range d.Tables[0].Columns {
		if c.Name == "duration_seconds" {
			d.Tables[0].Columns[i].Type, d.Tables[0].Columns[i].Required = typ, true
		}
	}
	return d
}

// wider are these with one column more, and with durations of another type.
func wider() schemas.Dataset {
	d := durations(schemas.JSON)
	columns := slices.Concat(d.Tables[0].Columns, []schemas.Column{{Name: "novel", Path: "novel", Type: schemas.String, Doc: "New."}})
	d.Tables[0].Columns = columns
	return d
}

// A column that is new is null in what was derived before it; a replay fills it, also in the past, and
// empties the quarantine of records that it can read, without a request. A text is in raw only if the lake keeps all content.
func TestReplayAfterAChangeOfTheSchema(t *testing.T) {
	asked := 0
	r := newRig(t, charges(&asked))
	r.Privacy.Content = schemas.FullContent
	if rep := r.days(t, 16, 18, strict()); rep.Status != state.Data || rep.Units[0].Quarantined != 1 {
		t.Fatalf("%+v", rep)
	}
	d := wider()
	novel := func(day int) []string { return r.rows(t, d.Root(), november(day), "pstn_call_id", "novel") }
	quarantined := func() int64 {
		n, err := r.Lake.Count(t.Context(), load.Partition{Kind: load.Quarantine, Name: d.Name, TenantID: tenant.ID, Date: november(17)})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	st := r.state(t, d)
	if !st.Fresh(november(16), strict().Fingerprint(), "") || st.Fresh(november(16), d.Fingerprint(), "") {
		t.Errorf("before: %+v", st.Derived)
	}
	if got := novel(17); len(got) != 0 || quarantined() != 1 {
		t.Errorf("before: %v, %d in quarantine", got, quarantined())
	}
	asked = 0
	rep, err := r.Replay(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{d}})
	if err != nil {
		t.Fatal(err)
	}
	if u := rep.Units[0]; rep.Status != state.Data || asked != 0 || u.Records != 2 || u.Rows["pstn_calls"] != 2 || u.Quarantined != 0 {
		t.Errorf("%d requests, report %+v", asked, u)
	}
	if got := append(novel(16), novel(17)...); !slices.Equal(got, []string{"a one", "b two"}) || quarantined() != 0 {
		t.Errorf("after: %v, %d in quarantine", got, quarantined())
	}
	if st := r.state(t, d); !st.Fresh(november(16), d.Fingerprint(), "") || !st.Fresh(november(17), d.Fingerprint(), "") || len(st.Derived) != 1 {
		t.Errorf("after: %+v", st.Derived)
	}
}

// What is computed is missing in a lake of before, whose tables are outdated; a replay fills it of what raw holds, without a
// request, and as a run would have.
func TestReplayComputes(t *testing.T) {
	sim := graphsim.New(graphsim.Options{Users: 10, From: monday, To: monday.Add(2 * schemas.Day), Large: 12, Now: func() time.Time { return later }})
	var asked atomic.Int64
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { asked.Add(1); sim.ServeHTTP(w, q) }))
	before := schemas.CallRecords.Read()
	if rep := r.run(t, 2, before); rep.Status != state.Data || rep.Units[0].Rows["call_legs"] != 0 {
		t.Fatalf("%+v", rep)
	}
	asked.Store(0)
	rep, err := r.Replay(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}})
	if err != nil || rep.Status != state.Data || asked.Load() != 0 {
		t.Fatalf("%v, %d requests, %+v", err, asked.Load(), rep)
	}
	legs, persons := r.countFacts(t, monday, monday.Add(schemas.Day))
	if u := rep.Units[0]; u.Rows["call_legs"] != legs || u.Rows["call_persons"] != persons || legs == 0 || persons == 0 {
		t.Errorf("%v, want %d legs and %d persons", u.Rows, legs, persons)
	}
	for _, line := range r.rows(t, schemas.CallRecords.Root(), monday, "call_kind") {
		if line == "" || line == "<nil>" {
			t.Error("a call has no kind")
		}
	}
	replayed := r.bytes(t)
	if rep := r.run(t, 2, schemas.CallRecords); rep.Status != state.Data || rep.Units[0].Written > 0 {
		t.Errorf("a run after it wrote %d partitions: %+v", rep.Units[0].Written, rep)
	}
	for name, text := range r.bytes(t) {
		if strings.HasPrefix(name, "tables/") && replayed[name] != text {
			t.Errorf("%s is another after a run", name)
		}
	}
}

// A run derives the days that it reads by the schema that it has, though raw is as it was, and no others.
func TestRunAfterAChangeOfTheSchema(t *testing.T) {
	asked := 0
	r := newRig(t, charges(&asked))
	r.days(t, 16, 18, strict())
	d := wider()
	if rep := r.days(t, 17, 18, d); rep.Status != state.Data {
		t.Fatalf("%+v", rep)
	}
	if got := r.rows(t, d.Root(), november(17), "pstn_call_id", "novel"); !slices.Equal(got, []string{"b two"}) {
		t.Errorf("the day that was read has %v", got)
	}
	st := r.state(t, d)
	if st.Fresh(november(16), d.Fingerprint(), "") || !st.Fresh(november(17), d.Fingerprint(), "") {
		t.Errorf("derived: %+v", st.Derived)
	}
}

// A run works on what no other run holds, and reports the rest.
func TestTwoRuns(t *testing.T) {
	asked, begun, end := 0, make(chan bool), make(chan bool)
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/users/delta", func(w http.ResponseWriter, r *http.Request) {
		begun <- true
		<-end
		fmt.Fprintf(w, `{"value":[{"id":"ada"}],"@odata.deltaLink":"http://%s/v1.0/users/delta?$deltatoken=x"}`, r.Host)
	})
	h.Handle("/", charges(&asked))
	r := newRig(t, h)
	first := make(chan jobs.Report)
	go func() {
		rep, err := r.Run(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.Users}})
		if err != nil {
			t.Error(err)
		}
		first <- rep
	}()
	<-begun
	rep := r.days(t, 16, 18, schemas.Users, strict())
	close(end)
	i := slices.IndexFunc(rep.Units, func(u jobs.UnitReport) bool { return u.Dataset == "users" })
	j := slices.IndexFunc(rep.Units, func(u jobs.UnitReport) bool { return u.Dataset == "pstn_calls" })
	if len(rep.Units) != 2 || i < 0 || j < 0 {
		t.Fatalf("%+v", rep.Units)
	}
	if u := rep.Units[i]; u.Outcome != state.Unavailable || u.Error == nil || u.Error.Kind != "locked" {
		t.Errorf("what another run holds: %+v", u)
	}
	if u := rep.Units[j]; u.Outcome != state.Data || u.Rows["pstn_calls"] != 1 {
		t.Errorf("what none holds: %+v", u)
	}
	if rep := <-first; rep.Status != state.Data || rep.Units[0].Rows["users"] != 1 {
		t.Errorf("the first run: %+v", rep.Units)
	}
	if len(r.state(t, schemas.Users).Dirty) > 0 || len(r.rows(t, schemas.Users.Root(), november(18))) != 1 {
		t.Error("the first run's picture is not whole")
	}
}
