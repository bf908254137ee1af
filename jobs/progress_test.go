package jobs_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/schemas"
)

// While a run goes on its numbers only grow, and in the end they are those of its report, also of a replay.
func TestProgressIsTheReport(t *testing.T) {
	sim := graphsim.New(graphsim.Options{Users: 12, From: monday, To: monday.Add(2 * schemas.Day), Large: 20, Now: func() time.Time { return later }})
	p := &jobs.Progress{}
	var mu sync.Mutex
	var last jobs.Standing
	r := newRig(t, http.HandlerFunc(func(rw http.ResponseWriter, q *http.Request) {
		mu.Lock()
		now := p.Standing()
		if now.All.Requests == 0 || now.All.Requests < last.All.Requests || now.All.Records < last.All.Records || now.All.Share > 1 {
			t.Errorf("after %+v came %+v", last.All, now.All)
		}
		last = now
		mu.Unlock()
		sim.ServeHTTP(rw, q)
	}))
	r.Progress = p
	if s := p.Standing(); s.Run != "" || s.All.Known || len(s.Each) != 0 {
		t.Errorf("before the run: %+v", s)
	}
	rep := r.run(t, 2, schemas.CallRecords, schemas.PSTNCalls, schemas.Users)
	if last.Run != rep.Run || last.All.Units != 4 || last.All.Done == 4 || len(last.Each) != 3 {
		t.Errorf("at the last request: %+v", last)
	}
	ended(t, p, rep)
	rep, err := r.Replay(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords, schemas.PSTNCalls}})
	if err != nil {
		t.Fatal(err)
	}
	ended(t, p, rep)
}

// ended compares what is said in the end with the report.
func ended(t *testing.T, p *jobs.Progress, rep jobs.Report) {
	t.Helper()
	s := p.Standing()
	if s.Run != rep.Run || s.All.Done != len(rep.Units) || s.All.Units != len(rep.Units) || s.All.Share != 1 || !s.All.Known || s.All.Left != 0 {
		t.Errorf("in the end: %+v", s)
	}
	totals := rep.Totals()
	if len(totals) != len(s.Each) {
		t.Fatalf("%d datasets, want %d", len(s.Each), len(totals))
	}
	var records int64
	for _, want := range totals {
		records += want.Records
		for _, got := range s.Each {
			if got.Dataset == want.Dataset && (got.Tenant != "contoso" || got.Requests != want.Requests || got.Records != want.Records || got.Throttled != want.Throttled) {
				t.Errorf("%+v, but the report says %+v", got, want)
			}
		}
	}
	if s.All.Records != records || records == 0 {
		t.Errorf("%d records, want %d", s.All.Records, records)
	}
}
