package plan

import (
	"cmp"
	"math"
	"time"

	"graphlake/jobs/state"
	"graphlake/schemas"
)

// Requests is the least number of requests that the unit takes: those that are known before it is read.
func (u Unit) Requests() int { return u.least().Total() }

// Cost is what a unit asks of Graph, in requests.
type Cost struct {
	windows int // first pages of the list
	pages   int // all of its pages
	details int
}

// Total is the number of requests, of the list and by id.
func (c Cost) Total() int { return c.pages + c.details }

// CostOf is a cost of so many pages of lists, each the first of its window, and requests by id.
func CostOf(pages, details int) Cost { return Cost{windows: pages, pages: pages, details: details} }

// Times is a part of a cost, in whole requests.
func (c Cost) Times(part float64) Cost {
	of := func(n int) int { return int(math.Ceil(float64(n) * part)) }
	return Cost{of(c.windows), of(c.pages), of(c.details)}
}

func (u Unit) least() Cost {
	if u.Expired {
		return Cost{}
	}
	n := len(u.Range.Split(u.Dataset.Source.Window.Step()))
	return Cost{windows: n, pages: n}
}

// Known reports whether what is expected says more than the least: of what was never read, nothing else is known.
func (u Unit) Known() bool {
	return u.Density > 0 && (u.Dataset.Source.Parent == nil || u.Parents > 0)
}

// Expected is what the unit takes if its days are as those that raw holds: the least, if that is not known. Further
// versions, and pages of children, come on top.
func (u Unit) Expected() Cost {
	c := u.least()
	source := u.Dataset.Source
	if p := source.Parent; p != nil && u.Parents > 0 {
		batch := int64(max(p.Batch, 1))
		asked := int((u.Parents + batch - 1) / batch)
		c.windows, c.pages = c.windows*asked, c.pages*asked
	}
	if n := len(source.Between); n > 0 { // what is between a parent and a record is listed again for each
		c.details = int(math.Ceil(u.Density*inDays(u.Range.To.Sub(u.Range.From)))) * n
	}
	if u.Expired || u.Dataset.Mode.Pictures() { // changes are not counted by the day
		return c
	}
	if source.Window.Page > 0 {
		listed := u.Density * inDays(u.Range.To.Sub(u.Range.From))
		c.pages = max(c.pages, int(math.Ceil(listed/float64(source.Window.Page))))
	}
	if n, _ := readByID(u.Dataset); n > 0 {
		days := u.New
		if u.Dataset.Version == "" { // what is held is read again
			days = u.Range.To.Sub(u.Range.From)
		}
		c.details += int(math.Ceil(u.Density*inDays(days))) * n
	}
	return c
}

// readByID is how many requests a record takes that is read whole, and of which budget: of parts that stand in the place of others none.
func readByID(d schemas.Dataset) (requests int, budget schemas.Budget) {
	detail := d.Source.Detail
	if detail == nil {
		return 0, budget
	}
	budget = detail.Budget
	if budget.Name == "" && len(detail.Parts) > 0 { // it is whole as it is listed, but for its parts
		budget = detail.Parts[0].Budget
	}
	return len(detail.Queries) + len(detail.Parts), budget
}

func inDays(d time.Duration) float64 { return float64(d) / float64(schemas.Day) }

// Shortest is the least time that the published budgets, times a rate, allow for the known requests.
func (p Plan) Shortest(rate float64) time.Duration { return p.time(rate, Unit.least) }

// ExpectedTime is the same for the expected requests.
func (p Plan) ExpectedTime(rate float64) time.Duration { return p.time(rate, Unit.Expected) }

func (p Plan) time(rate float64, of func(Unit) Cost) time.Duration {
	all := Spendings{}
	for _, u := range p.Units {
		all.Add(u, of(u))
	}
	return all.Time(rate)
}

// Spendings are what each family of each tenant is asked for; they are used side by side.
type Spendings map[family]spending

type family struct{ tenant, budget string }

// Add spends what a unit asks for: its list of the source's budget, what is read by id of the detail's.
func (s Spendings) Add(u Unit, c Cost) {
	list := u.Dataset.Source.Budget
	if between := u.Dataset.Source.Between; len(between) > 0 {
		list = between[0].Budget
	}
	s.spend(u.Tenant, list, c.windows, c.pages)
	if n, budget := readByID(u.Dataset); n > 0 {
		s.spend(u.Tenant, budget, c.details, c.details)
	}
}

func (s Spendings) spend(t Tenant, b schemas.Budget, first, all int) {
	f := family{t.ID, b.Name}
	n := s[f]
	n.first += first * max(b.Cost, 1)
	n.all += all * max(b.Cost, 1)
	n.limits = b
	s[f] = n
}

// Time is the longest that a family takes, at a factor on its limits; 0 is 1.
func (s Spendings) Time(rate float64) time.Duration {
	longest := 0.
	for _, n := range s {
		longest = max(longest, n.seconds())
	}
	return time.Duration(longest / cmp.Or(rate, 1) * float64(time.Second))
}

// spending is what a family is asked for: first pages and single objects, and these with further pages.
type spending struct {
	first, all int
	limits     schemas.Budget
}

// seconds is the least time that a family's limits allow. Further pages have a limit of their own, or
// count as first ones.
func (s spending) seconds() float64 {
	first, next := perSecond(s.limits.First), perSecond(s.limits.Next)
	switch {
	case first == 0:
		return 0
	case next == 0:
		return float64(s.all) / first
	}
	// Windows may be shorter than they have to be, so that first pages take the place of further ones.
	return max(float64(s.first)/first, float64(s.all)/(first+next))
}

func perSecond(l schemas.Limit) float64 {
	if l.Per == 0 {
		return 0
	}
	return float64(l.Requests) / l.Per.Seconds()
}

// density is how many records a day the held past had.
func density(all state.Coverage) float64 {
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
	return float64(records) / inDays(length)
}
