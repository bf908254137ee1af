package jobs

import (
	"sync"
	"time"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
)

// Progress says at any time how far a run is. It is for one run or replay, which is given it by its Runner; nil notes
// nothing. It is safe for concurrent use.
type Progress struct {
	Rate float64 // the factor on the published limits that the clients keep; 0 is 1

	mu    sync.Mutex
	run   string
	units []*live
}

// Standing is how far a run is at one instant: a copy, which the run does not change.
type Standing struct {
	Run  string // empty before it has begun
	All  Work
	Each []Work // by tenant and dataset, in the order of the plan
}

// Work adds up the numbers of units at one instant.
type Work struct {
	Tenant, Dataset string // empty in the sum of all

	Units, Done int           // planned, and of these ended, however they ended
	Expected    int64         // requests of all units: at least those that were sent
	Requests    int64         // sent so far
	Records     int64         // read or held so far, or derived by a replay
	Throttled   int64         // answers
	Waited      time.Duration // for a budget or another try, summed over requests
	Outcome     state.Outcome // the worst of those that have ended; empty: none has
	// Share is how much is done, 0 to 1: of the expected requests, or of a replay's days. A unit of which nothing is
	// known has done nothing until it ends.
	Share float64

	// Left is the least time that the budgets allow for the requests that are still expected. It is known if something
	// is expected of all units under way and to come. It is a guess if that is not what units like them took before, but
	// concluded from what was counted in this run: how much of a range was listed, how many parents there are.
	Left           time.Duration
	Known, Guessed bool
}

// name notes the id of the run.
func (p *Progress) name(run string) {
	if p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.run = run
	}
}

// begin notes the units of a run; those of a replay ask for nothing. They are there without a Progress too.
func (p *Progress) begin(units []plan.Unit, asks bool) []*live {
	all := make([]*live, len(units))
	for i, u := range units {
		all[i] = newLive(u, asks)
	}
	if p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.units = all
	}
	return all
}

// Standing is how far the run is now.
func (p *Progress) Standing() Standing {
	p.mu.Lock()
	s := Standing{Run: p.run}
	units := p.units
	p.mu.Unlock()
	moments := make([]moment, len(units))
	for i, l := range units {
		moments[i] = l.now()
	}
	like := newSiblings(units, moments)
	all := sum{}
	var order []state.Pair
	each := map[state.Pair]*sum{}
	for i, l := range units {
		like.fill(l, &moments[i])
		pair := l.Pair()
		if each[pair] == nil {
			order = append(order, pair)
			each[pair] = &sum{Work: Work{Tenant: l.Tenant.Name, Dataset: l.Dataset.Name}}
		}
		all.add(l.Unit, moments[i])
		each[pair].add(l.Unit, moments[i])
	}
	s.All = all.work(p.Rate)
	for _, pair := range order {
		s.Each = append(s.Each, each[pair].work(p.Rate))
	}
	return s
}

// sum adds up units that are under way.
type sum struct {
	Work
	left    plan.Spendings
	weight  float64
	unknown bool
}

func (s *sum) add(u plan.Unit, now moment) {
	s.Units++
	if now.done {
		s.Done++
	}
	if now.done && (s.Outcome == "" || Worse(now.outcome, s.Outcome)) {
		s.Outcome = now.outcome
	}
	s.Expected += now.expected
	s.Requests += now.requests
	s.Records += now.records
	s.Throttled += now.throttled
	s.Waited += now.waited
	weight := float64(max(now.expected, 1))
	s.weight += weight
	s.Share += weight * now.share
	if s.left == nil {
		s.left = plan.Spendings{}
	}
	s.left.Add(u, now.left)
	s.unknown = s.unknown || now.basis == unknown
	s.Guessed = s.Guessed || now.basis == guessed
}

func (s *sum) work(rate float64) Work {
	w := s.Work
	if s.weight > 0 {
		w.Share /= s.weight
	}
	if w.Known = s.Units > 0 && !s.unknown; w.Known {
		w.Left = s.left.Time(rate)
	}
	w.Guessed = w.Guessed && w.Known
	return w
}
