package jobs_test

import (
	"slices"
	"testing"

	"graphlake/jobs"
)

func report(outcomes ...jobs.Outcome) jobs.Report {
	var r jobs.Report
	for _, o := range outcomes {
		r.Units = append(r.Units, jobs.UnitReport{Dataset: "calls", Outcome: o})
	}
	r.Conclude()
	return r
}

// The status of a run is that of its worst unit, in the order of the exit statuses.
func TestConclude(t *testing.T) {
	worsening := []jobs.Outcome{jobs.Data, jobs.Interrupted, jobs.Unavailable, jobs.Forbidden, jobs.Failed}
	for i, want := range worsening {
		outcomes := append([]jobs.Outcome{jobs.Empty, jobs.Expired, jobs.NotYet}, worsening[:i+1]...)
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
		{Dataset: "calls", Outcome: jobs.Data, Records: 3, Rows: map[string]int64{"calls": 3, "sessions": 5}, Written: 2, Requests: 7, Throttled: 1, Seconds: 2},
		{Dataset: "users", Outcome: jobs.Forbidden, Requests: 1},
		{Dataset: "calls", Outcome: jobs.Empty, Rows: map[string]int64{"calls": 0, "sessions": 0}, Written: 1, Unchanged: 2, Quarantined: 4, Requests: 2, Seconds: 3},
		{Dataset: "calls", Outcome: jobs.Data, Records: 1, Rows: map[string]int64{"calls": 1, "sessions": 1}, Requests: 1},
	}}
	totals := r.Totals()
	if len(totals) != 2 {
		t.Fatalf("%d totals, want one a dataset", len(totals))
	}
	c, u := totals[0], totals[1]
	if c.Dataset != "calls" || c.Tables != 2 || c.AllRows != 10 || c.Records != 4 || c.Written != 3 || c.Unchanged != 2 ||
		c.Quarantined != 4 || c.Requests != 10 || c.Throttled != 1 || c.Seconds != 3 || !slices.Equal(c.Outcomes, []jobs.Outcome{jobs.Data, jobs.Empty}) {
		t.Errorf("calls: %+v", c)
	}
	if u.Dataset != "users" || u.AllRows != 0 || u.Requests != 1 || !slices.Equal(u.Outcomes, []jobs.Outcome{jobs.Forbidden}) {
		t.Errorf("users: %+v", u)
	}
}
