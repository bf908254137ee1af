package jobs

import "time"

// Requests is the least number of requests that the unit takes: those that are known before it is read.
func (u Unit) Requests() int {
	if u.Expired {
		return 0
	}
	return len(u.Range.Split(u.Dataset.Source.Window.Step()))
}

// Shortest is the least time that the published budgets allow for the known requests of the units.
func (p Plan) Shortest(rate float64) time.Duration {
	type family struct{ tenant, budget string }
	spent := map[family]time.Duration{}
	var longest time.Duration
	for _, u := range p.Units {
		b := u.Dataset.Source.Budget
		if b.First.Requests == 0 {
			continue
		}
		per := float64(b.First.Per) / float64(b.First.Requests) / rate
		f := family{u.Tenant.ID, b.Name}
		spent[f] += time.Duration(per * float64(u.Requests()*max(b.Cost, 1)))
		longest = max(longest, spent[f])
	}
	return longest
}

// density is how many records a day the settled past had.
func (all Coverage) density() float64 {
	var records int64
	var length time.Duration
	for _, c := range all {
		if c.Held() {
			records += c.Records
			length += c.To.Sub(c.From)
		}
	}
	if length <= 0 {
		return 0
	}
	return float64(records) / (length.Hours() / 24)
}
