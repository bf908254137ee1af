package jobs

import (
	"slices"
	"time"

	"graphlake/jobs/state"
)

// Total is a dataset's units added up, over ranges and tenants. Its seconds are from the start of
// the first unit to the end of the last, because units run side by side.
type Total struct {
	UnitReport
	Tables   int
	AllRows  int64
	Outcomes []state.Outcome // each that a unit had, once, the first unit's first

	ended time.Time
}

// Totals adds up the units of each dataset, in the order of the plan.
func (r Report) Totals() []Total {
	var totals []Total
	for _, u := range r.Units {
		i := slices.IndexFunc(totals, func(t Total) bool { return t.Dataset == u.Dataset })
		if i < 0 {
			i = len(totals)
			totals = append(totals, Total{UnitReport: UnitReport{Dataset: u.Dataset, Rows: map[string]int64{}, started: u.started}})
		}
		totals[i].add(u)
	}
	return totals
}

func (t *Total) add(u UnitReport) {
	if !slices.Contains(t.Outcomes, u.Outcome) {
		t.Outcomes = append(t.Outcomes, u.Outcome)
	}
	t.UnitReport.add(u)
	for _, n := range u.Rows {
		t.AllRows += n
	}
	t.Tables = len(t.Rows)
	if u.started.Before(t.started) {
		t.started = u.started
	}
	if ended := u.started.Add(time.Duration(u.Seconds * float64(time.Second))); ended.After(t.ended) {
		t.ended = ended
	}
	t.Seconds = t.ended.Sub(t.started).Seconds()
}

// add adds up what was counted.
func (u *UnitReport) add(more UnitReport) {
	u.addRows(more.Rows)
	u.Records += more.Records
	u.Held += more.Held
	u.NotYet += more.NotYet
	u.NotKept += more.NotKept
	u.Gone += more.Gone
	u.Parents += more.Parents
	u.Vanished += more.Vanished
	u.Behind += more.Behind
	u.Who = append(u.Who, more.Who...)
	u.NoPolicy += more.NoPolicy
	u.Lost += more.Lost
	if more.Doubt != nil {
		u.Doubt = more.Doubt
	}
	for column, n := range more.Misfits {
		if u.Misfits == nil {
			u.Misfits = map[string]int64{}
		}
		u.Misfits[column] += n
	}
	u.Quarantined += more.Quarantined
	u.Quarantine = append(u.Quarantine, more.Quarantine...)
	u.Written += more.Written
	u.Unchanged += more.Unchanged
	u.Requests += more.Requests
	u.Bytes += more.Bytes
	u.Throttled += more.Throttled
}
