package clock

import (
	"context"
	"slices"
	"time"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// Overdue is a dataset of a tenant of which not all was read that was due when its job should have run.
type Overdue struct {
	Job     string    `json:"job"`
	Tenant  string    `json:"tenant"`
	Dataset string    `json:"dataset"`
	Due     time.Time `json:"due"`  // the time of the job, on the clocks of its zone
	From    time.Time `json:"from"` // where what is missing begins
	// Tables says that raw holds it, and that its tables lag.
	Tables bool `json:"tables,omitempty"`

	mode  schemas.Mode
	never bool // it was not even tried
}

// Tried reports whether anybody has ever asked for the dataset.
func (o Overdue) Tried() bool { return !o.never }

// Late finds what is late: what was due at the newest time of its job that is the job's Late ago, and tables
// that lag what was. The latter is so for a while in every run; it is late if it stays.
func Late(ctx context.Context, store load.Store, jobs []Job, now time.Time) ([]Overdue, error) {
	all := []Overdue{}
	for _, j := range jobs {
		more, err := j.overdue(ctx, store, j.Times.Last(now.Add(-j.Late)))
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// overdue is what a run of the job at an instant would have had to read, and no run has read since.
func (j Job) overdue(ctx context.Context, store load.Store, at time.Time) ([]Overdue, error) {
	if at.IsZero() {
		return nil, nil
	}
	known, err := state.LoadAll(ctx, store, j.Selection.Pairs())
	if err != nil {
		return nil, err
	}
	for pair, st := range known {
		known[pair] = asOf(&st, at)
	}
	asked := j.Selection
	asked.Back = true // what was read since counts, too
	due, err := plan.New(asked, known, at)
	if err != nil {
		return nil, err
	}
	// What has settled is read once more by each run, but nothing is late by that: of days that have settled the
	// state knows when the first of them was read, and no more.
	asked.Lookback = time.Nanosecond
	unread, err := plan.New(asked, known, at)
	if err != nil {
		return nil, err
	}
	missing := map[state.Pair]bool{}
	for _, u := range unread.Units {
		missing[u.Pair()] = missing[u.Pair()] || !u.Expired
	}
	var all []Overdue
	told := map[state.Pair]bool{}
	for _, u := range due.Units {
		if !missing[u.Pair()] {
			continue
		}
		from := schemas.Later(u.Range.From, known[u.Pair()].Since) // for what was before it nobody has asked
		if u.Expired || told[u.Pair()] || !from.Before(u.Range.To) {
			continue
		}
		told[u.Pair()] = true
		all = append(all, Overdue{
			Job: j.Name, Tenant: u.Tenant.Name, Dataset: u.Dataset.Name, Due: at, From: from,
			mode: u.Dataset.Mode, never: known[u.Pair()].Requests == 0,
		})
	}
	return append(all, j.dirty(known, at, told)...), nil
}

// dirty are the datasets whose tables lag on a day before an instant, but for those that were told.
func (j Job) dirty(known map[state.Pair]state.State, at time.Time, told map[state.Pair]bool) []Overdue {
	var all []Overdue
	for _, t := range j.Selection.Tenants {
		for _, d := range j.Selection.Datasets {
			pair := state.Pair{TenantID: t.ID, Dataset: d.Name}
			due := at.UTC().Truncate(schemas.Day)
			if d.Mode.Fleeting() {
				due = at // the picture of the day too
			}
			days := known[pair].Dirty
			if told[pair] || len(days) == 0 {
				continue
			}
			if first := slices.MinFunc(days, time.Time.Compare); first.Before(due) {
				all = append(all, Overdue{Job: j.Name, Tenant: t.Name, Dataset: d.Name, Due: at, From: first, Tables: true, mode: d.Mode})
			}
		}
	}
	return all
}

// asOf is the state as if what was read after an instant had been read then.
func asOf(s *state.State, at time.Time) state.State {
	then := s.Clone()
	for i, c := range then.Coverage {
		then.Coverage[i].Read = schemas.Earlier(c.Read, at.UTC())
	}
	return then
}
