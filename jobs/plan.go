package jobs

import (
	"fmt"
	"time"

	"graphlake/schemas"
)

// Unit is what is planned, run and reported: a range of a dataset of a tenant.
type Unit struct {
	Tenant  Tenant
	Dataset schemas.Dataset
	Range   schemas.Range
	Expired bool // Graph has forgotten the range, or a part of it
}

// Tenant is a customer's directory: its name in the configuration, and its id, which partitions carry.
type Tenant struct{ Name, ID string }

// Selection is what a run is asked for. A zero From or To is filled in by the plan.
type Selection struct {
	Tenants  []Tenant
	Datasets []schemas.Dataset
	From, To time.Time
	Lookback time.Duration // 0: each dataset's own
}

// Plan is the units of a run, and notes on what was asked for and is not among them.
type Plan struct {
	Units []Unit
	Notes []Note
}

// Note says why a dataset of the selection has no unit.
type Note struct {
	Dataset string `json:"dataset"`
	Message string `json:"message"`
}

// NewPlan says what a run at the instant now has to read. Ranges are widened to whole UTC days,
// because a partition is replaced whole.
func NewPlan(s Selection, now time.Time) (Plan, error) {
	midnight := now.UTC().Truncate(schemas.Day)
	if !s.From.IsZero() && s.To.IsZero() || s.From.IsZero() && !s.To.IsZero() {
		return Plan{}, fmt.Errorf("a range needs both ends: give from and to, or neither")
	}
	if !s.From.IsZero() && !s.From.Before(s.To) {
		return Plan{}, fmt.Errorf("the range %v is empty or backwards: from has to be before to", schemas.Range{From: s.From, To: s.To})
	}
	// Days that have not begun hold nothing, which is not the same as being empty.
	if tomorrow := midnight.Add(schemas.Day); s.To.After(tomorrow) {
		s.To = tomorrow
	}
	if !s.From.IsZero() && !s.From.Before(s.To) {
		return Plan{}, fmt.Errorf("the range begins on %s, which is not there yet", s.From.Format(time.DateOnly))
	}
	var p Plan
	for _, d := range s.Datasets {
		if d.Mode.Pictures() {
			if !s.To.IsZero() && s.To.Before(midnight) {
				p.Notes = append(p.Notes, Note{d.Name, "skipped: a picture of a past day cannot be taken any more"})
				continue
			}
			p.add(s.Tenants, d, schemas.Range{From: midnight, To: midnight.Add(schemas.Day)}, now)
			continue
		}
		for _, r := range unitRanges(d, s.span(d, midnight)) {
			p.add(s.Tenants, d, r, now)
		}
	}
	return p, nil
}

func (p *Plan) add(tenants []Tenant, d schemas.Dataset, r schemas.Range, now time.Time) {
	expired := d.Retention > 0 && r.From.Before(now.Add(-d.Retention))
	for _, t := range tenants {
		p.Units = append(p.Units, Unit{Tenant: t, Dataset: d, Range: r, Expired: expired})
	}
}

// span is the range that was asked for, or else the lookback up to the last midnight.
func (s Selection) span(d schemas.Dataset, midnight time.Time) schemas.Range {
	if !s.From.IsZero() {
		return schemas.Range{From: s.From, To: s.To}.WholeDays()
	}
	lookback := s.Lookback
	if lookback == 0 {
		lookback = d.Lookback
	}
	return schemas.Range{From: midnight.Add(-lookback), To: midnight}.WholeDays()
}

// unitRanges cuts a range so that a unit is the longest range that one request of the dataset
// takes, but at least a day: what fails is then small, and no request is asked twice.
func unitRanges(d schemas.Dataset, r schemas.Range) []schemas.Range {
	return r.Split(max(d.Source.Window.Step().Truncate(schemas.Day), schemas.Day))
}

// Requests is the least number of requests that the unit takes: those that are known before it is read.
func (u Unit) Requests() int {
	return len(u.Range.Split(u.Dataset.Source.Window.Step()))
}

// Shortest is the least time that the published budgets allow for the known requests of the units.
func (p Plan) Shortest(rate float64) time.Duration {
	type family struct{ tenant, budget string }
	spent := map[family]time.Duration{}
	var longest time.Duration
	for _, u := range p.Units {
		b := u.Dataset.Source.Budget
		if u.Expired || b.First.Requests == 0 {
			continue
		}
		per := float64(b.First.Per) / float64(b.First.Requests) / rate
		f := family{u.Tenant.ID, b.Name}
		spent[f] += time.Duration(per * float64(u.Requests()*max(b.Cost, 1)))
		longest = max(longest, spent[f])
	}
	return longest
}
