package jobs

import (
	"context"
	"time"

	"graphlake/load"
	"graphlake/schemas"
)

// Overdue is a dataset of a tenant of which not all was read that was due when its job should have run.
type Overdue struct {
	Job     string    `json:"job"`
	Tenant  string    `json:"tenant"`
	Dataset string    `json:"dataset"`
	Due     time.Time `json:"due"`  // the time of the job
	From    time.Time `json:"from"` // where what is missing begins

	mode  schemas.Mode
	never bool // it was not even tried
}

// Late finds what is late: what was due at the newest time of its job that is the job's Late ago.
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
	known, err := LoadStates(ctx, store, j.Selection)
	if err != nil {
		return nil, err
	}
	for pair, st := range known {
		known[pair] = st.asOf(at)
	}
	plan, err := NewPlan(j.Selection, known, at)
	if err != nil {
		return nil, err
	}
	var all []Overdue
	told := map[Pair]bool{}
	for _, u := range plan.Units {
		from := later(u.Range.From, known[u.Pair()].Since) // for what was before it nobody has asked
		if u.Expired || told[u.Pair()] || !from.Before(u.Range.To) {
			continue
		}
		told[u.Pair()] = true
		all = append(all, Overdue{j.Name, u.Tenant.Name, u.Dataset.Name, at, from, u.Dataset.Mode, known[u.Pair()].Requests == 0})
	}
	return all, nil
}

// asOf is the state as if what was read after an instant had been read then.
func (s *State) asOf(at time.Time) State {
	then := s.clone()
	for i, c := range then.Coverage {
		then.Coverage[i].Read = earlier(c.Read, at.UTC())
	}
	return then
}
