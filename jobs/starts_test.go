package jobs_test

import (
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/schemas"
)

// Days that raw holds are listed again by pages that are full, and a day that is new by pages that are as full as those
// of its like lead to expect. What is not held takes two requests besides.
func TestWindowsFollowWhatRawHolds(t *testing.T) {
	t.Parallel()
	now := later
	o := graphsim.Options{Users: 120, Large: 4, From: monday, To: monday.AddDate(0, 0, 4), Now: func() time.Time { return now }}
	r := newRig(t, graphsim.New(o))
	count := func(rep jobs.Report, err error) (pages, records, full int64) {
		t.Helper()
		if err != nil || rep.Incomplete() {
			t.Fatal(err, rep)
		}
		for _, u := range rep.Units {
			pages, records = pages+u.Requests-2*(u.Records-u.Held), records+u.Records
		}
		return pages, records, (records + 59) / 60
	}
	due := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}, Lookback: 2 * schemas.Day}
	count(r.Run(t.Context(), due))

	again := due
	again.From, again.To = monday, monday.AddDate(0, 0, 2)
	if pages, records, full := count(r.Run(t.Context(), again)); records < 500 || pages > full+4 {
		t.Errorf("%d records that are held were listed by %d pages, %d would be full", records, pages, full)
	}

	now = now.AddDate(0, 0, 1)
	r.Now = now
	if pages, records, full := count(r.Run(t.Context(), due)); pages > full+full*3/5 { // half of it is windows of four quiet hours
		t.Errorf("%d records of a day that is held and one that is not were listed by %d pages, %d would be full", records, pages, full)
	}
}
