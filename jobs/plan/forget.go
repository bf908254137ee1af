package plan

import (
	"time"

	"graphlake/schemas"
)

// Forgotten are the times that Graph still has now and will have forgotten when the plan comes to them, at a factor on the
// published limits: each unit is begun when the budgets that it shares with those before it have been used so far, and what is
// older than Graph keeps it by then is not read. What is forgotten already is a unit of its own, and none of these.
//
// It is an estimate by the expected requests; where these are not known it says too little.
func (p Plan) Forgotten(rate float64, now time.Time) []Gap {
	var all []Gap
	used := Spendings{}
	for _, u := range p.Units {
		if u.Expired {
			continue
		}
		cost := u.Expected()
		if u.Dataset.Retention > 0 {
			begins := now.Add(used.before(u, rate))
			gone := schemas.Range{From: u.Range.From, To: schemas.Earlier(u.Range.To, horizon(u.Dataset, begins))}
			if gone.From.Before(gone.To) {
				all = lengthened(all, Gap{u.Tenant.Name, u.Dataset.Name, gone.From, gone.To})
				cost = cost.Times(1 - float64(gone.To.Sub(gone.From))/float64(u.Range.To.Sub(u.Range.From)))
			}
		}
		used.Add(u, cost)
	}
	return all
}

// lengthened adds a gap, to the one that it goes on with if there is one.
func lengthened(all []Gap, g Gap) []Gap {
	for i, before := range all {
		if before.Tenant == g.Tenant && before.Dataset == g.Dataset && before.To.Equal(g.From) {
			all[i].To = g.To
			return all
		}
	}
	return append(all, g)
}

// before is how long the budgets of a unit are used by what was spent of them.
func (s Spendings) before(u Unit, rate float64) time.Duration {
	own := Spendings{}
	budgets := []schemas.Budget{u.Dataset.Source.Budget}
	if d := u.Dataset.Source.Detail; d != nil {
		budgets = append(budgets, d.Budget)
	}
	for _, b := range budgets {
		if n, ok := s[family{u.Tenant.ID, b.Name}]; ok {
			own[family{u.Tenant.ID, b.Name}] = n
		}
	}
	return own.Time(rate)
}

// Total is what all units ask for, as far as it is known for sure, and as it is expected.
func (p Plan) Total() (least, expected int) {
	for _, u := range p.Units {
		least += u.Requests()
		expected += u.Expected().Total()
	}
	return least, expected
}

// OnTop is what further records of a dataset whose density is not known ask for: requests and their least time, for so many
// records on each day of the plan.
func (p Plan) OnTop(tenant Tenant, d schemas.Dataset, records float64, rate float64) (requests int, least time.Duration) {
	known, more := Spendings{}, Spendings{}
	for _, u := range p.Units {
		if u.Expired || u.Tenant != tenant || u.Dataset.Name != d.Name {
			continue
		}
		cost := u.Expected()
		known.Add(u, cost)
		u.Density += records
		dense := u.Expected()
		more.Add(u, dense)
		requests += dense.Total() - cost.Total()
	}
	return requests, more.Time(rate) - known.Time(rate)
}
