package jobs_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/load"
	"graphlake/schemas"
)

// A report names each partition that the run has changed, once, with the rows that it has and had: added up they are what the
// lake holds, and a run that changes nothing names none.
func TestAReportNamesWhatChanged(t *testing.T) {
	sim := graphsim.New(graphsim.Options{Users: 6, From: monday, To: monday.Add(3 * schemas.Day), Late: 0.5, Now: func() time.Time { return later }})
	r := newRig(t, sim)
	held := map[string]int64{}
	for _, days := range []int{1, 2, 2} {
		rep := r.run(t, days, schemas.CallRecords, schemas.PSTNCalls)
		written := 0
		for _, u := range rep.Units {
			written += u.Written
		}
		if len(rep.Changes) != written || days == 1 && written == 0 || rep.What != "run" {
			t.Errorf("%s: %d changes, and %d partitions were written", rep.What, len(rep.Changes), written)
		}
		follow(t, held, rep)
		for _, name := range r.objects(t) {
			p, _ := load.ParsePartition(name)
			n, err := r.Lake.Count(t.Context(), p)
			if err != nil || n != held[key(p.Kind, p.Name, p.Date)] {
				t.Errorf("%s has %d rows, and by the reports %d (%v)", name, n, held[key(p.Kind, p.Name, p.Date)], err)
			}
		}
	}
	rep, err := r.Replay(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}})
	if err != nil || len(rep.Changes) != 0 || rep.What != "replay" {
		t.Errorf("a replay of the same changes %v, %v", rep.Changes, err)
	}
	var kept jobs.Report
	if err := json.Unmarshal([]byte(r.text(t, load.ReportObject(rep.Started, rep.Run))), &kept); err != nil || kept.What != "replay" {
		t.Errorf("%+v, %v", kept, err)
	}
}

func key(kind load.Kind, name string, date time.Time) string {
	return fmt.Sprint(kind, " ", name, " ", date.Format(time.DateOnly))
}

// follow adds up the changes of a report.
func follow(t *testing.T, held map[string]int64, rep jobs.Report) {
	t.Helper()
	seen := map[string]bool{}
	for _, c := range rep.Changes {
		k := fmt.Sprint(c.Kind, " ", c.Table, " ", c.Date)
		if c.Before == nil || *c.Before != held[k] || seen[k] || c.TenantID != tenant.ID {
			t.Errorf("%s had %d rows, and the report says %+v, %v", k, held[k], c, c.Before)
		}
		held[k], seen[k] = c.Rows, true
	}
}
