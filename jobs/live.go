package jobs

import (
	"math"
	"sync/atomic"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
)

// live is the numbers of a unit, which may be read while it is under way.
type live struct {
	plan.Unit
	expects plan.Cost // zero in a replay

	count   graph.Counter
	reading atomic.Pointer[extract.Reading]
	records atomic.Int64 // in the end, or of the days that a replay has derived
	days    atomic.Int64 // that a replay has to derive
	derived atomic.Int64 // of these
	done    atomic.Bool
	outcome atomic.Pointer[state.Outcome] // nil before the end

	verdicts *graph.Verdicts // of the last reading, for whoever reads it; nil before
}

// newLive is a unit before it has begun; one of a replay asks for nothing.
func newLive(u plan.Unit, asks bool) *live {
	l := &live{Unit: u}
	if asks {
		l.expects = u.Expected()
	}
	return l
}

// begin is called for a unit that has ended, and is read again. What it has counted stays.
func (l *live) begin() {
	l.done.Store(false)
	l.outcome.Store(nil)
	l.records.Store(0)
}

// end lets go of the reading, which remembers all that it has met.
func (l *live) end(rep *UnitReport) {
	l.records.Store(rep.Records)
	l.reading.Store(nil)
	outcome := rep.Outcome
	l.outcome.Store(&outcome)
	l.done.Store(true)
}

// counted is what a reading has counted so far.
type counted struct {
	extract.Counts
	extract.Reach
}

// moment is what a unit's numbers were at a time.
type moment struct {
	expected                     int64 // never less than were sent
	requests, throttled, records int64
	waited                       time.Duration
	outcome                      state.Outcome // of one that is done
	done                         bool
	basis                        basis
	share                        float64
	left                         plan.Cost
	parents                      int64 // that were listed
}

// basis is what is expected of a unit rests on.
type basis uint8

const (
	unknown basis = iota // nothing but what was sent
	guessed              // what was counted so far, of it or of others like it
	planned              // what its days were before
)

func (l *live) now() moment {
	m := moment{
		requests: l.count.Requests.Load(), throttled: l.count.Throttled.Load(), records: l.records.Load(), waited: l.count.Waited(), done: l.done.Load(),
	}
	var c counted
	if x := l.reading.Load(); x != nil {
		c = counted{x.Counts(), x.Reach()}
		m.records, m.parents = int64(c.Read+c.Held), int64(c.Parents)
	}
	if m.done {
		m.basis, m.share, m.expected = planned, 1, m.requests
		if o := l.outcome.Load(); o != nil {
			m.outcome = *o
		}
		return m
	}
	if days := l.days.Load(); days > 0 {
		m.share = float64(l.derived.Load()) / float64(days)
		return m
	}
	l.estimate(&m, c)
	return m
}

// estimate says how many requests a unit under way takes, by what was counted. A guess holds until the next one.
func (l *live) estimate(m *moment, c counted) {
	source := l.Dataset.Source
	switch {
	case l.Expired:
		m.basis = planned
	case source.Parent != nil && c.Parents > 0:
		asked := l.Unit
		asked.Parents, asked.Density = int64(c.Parents), 1
		m.expect(l.ofParents(asked.Expected().Total(), c, m.requests), 0)
	case source.Parent == nil && c.Span > 0 && float64(c.Spanned) >= leastListed*float64(c.Span):
		part := math.Min(float64(c.Spanned)/float64(c.Span), 1)
		read := int64(c.Read + c.NotYet + c.Gone)
		pages, details := m.requests, int64(0)
		if detail := source.Detail; detail != nil {
			each := float64(len(detail.Queries))
			if detail.Path == "" { // each record has lists of its own
				if each = float64(max(len(detail.Parts), 1)); read >= enoughAsked {
					each = math.Max(1, float64(m.requests)/float64(read))
				}
			}
			listed := float64(c.Listed-c.Repeated-c.Outside-c.Held) / part
			details = int64(math.Ceil(math.Max(listed-float64(read), 0) * each))
			pages = max(m.requests-int64(float64(read)*each), 0)
		}
		m.expect(int64(float64(pages)*(1/part-1)), details)
	case l.Known() && l.expects.Total() > 0:
		total := int64(l.expects.Total())
		if m.basis = planned; m.requests >= total {
			m.expect(1, 0)
			return
		}
		m.expected, m.share = total, float64(m.requests)/float64(total)
		m.left = l.expects.Times(1 - m.share)
	default:
		m.expected = max(int64(l.expects.Total()), m.requests+1)
		if m.requests > 0 && source.Parent == nil && source.Detail == nil { // a list that says of no page how many follow
			m.expect(m.expected-m.requests, 0)
		}
	}
}

// leastListed is the part of a range that has to be listed before the rest is concluded from it.
const leastListed = 0.05

// ofParents is how many requests are left where so many in all are the least: as many a parent as those took who were asked,
// where they are enough to tell.
func (l *live) ofParents(least int, c counted, sent int64) int64 {
	each := float64(least) / float64(c.Parents)
	if c.Asked >= enoughAsked {
		each = math.Max(each, float64(sent)/float64(c.Asked))
	}
	return int64(math.Ceil(each * float64(max(c.Parents-c.Asked, 0))))
}

const enoughAsked = 20

// expect notes a guess how many requests are left, of lists and by id. One more is, as long as it has not ended.
func (m *moment) expect(pages, details int64) {
	m.basis, m.left = guessed, plan.CostOf(int(pages), int(details))
	m.expected = m.requests + max(pages+details, 1)
	m.share = float64(m.requests) / float64(m.expected)
}

// siblings are what units say of others that have not begun: of the same dataset what a day of it takes, of the same tenant
// how many parents there are.
type siblings struct {
	requests map[state.Pair]float64
	days     map[state.Pair]float64
	parents  map[ofTenant]int64
}

// ofTenant is a list of parents of a tenant.
type ofTenant struct{ tenant, path string }

func newSiblings(units []*live, now []moment) siblings {
	s := siblings{map[state.Pair]float64{}, map[state.Pair]float64{}, map[ofTenant]int64{}}
	for i, l := range units {
		if now[i].basis != unknown && now[i].requests > 0 && !l.Expired {
			s.requests[l.Pair()] += float64(now[i].expected)
			s.days[l.Pair()] += daysOf(l.Unit)
		}
		if p := l.Dataset.Source.Parent; p != nil {
			key := ofTenant{l.Tenant.ID, p.Path}
			s.parents[key] = max(s.parents[key], now[i].parents, l.Parents)
		}
	}
	return s
}

func daysOf(u plan.Unit) float64 { return max(u.Range.To.Sub(u.Range.From).Hours()/24, 1) }

// fill estimates a unit of which nothing is known by itself.
func (s siblings) fill(l *live, m *moment) {
	if m.basis != unknown || m.done || l.days.Load() > 0 || l.expects.Total() == 0 || l.Expired {
		return
	}
	total := int64(0)
	if days := s.days[l.Pair()]; days > 0 {
		total = int64(s.requests[l.Pair()] / days * daysOf(l.Unit))
	} else if p := l.Dataset.Source.Parent; p != nil {
		like := l.Unit
		if like.Parents = s.parents[ofTenant{l.Tenant.ID, p.Path}]; like.Parents == 0 {
			return
		}
		like.Density = 1
		total = int64(like.Expected().Total())
	}
	if total == 0 {
		return
	}
	left := max(total-m.requests, 1)
	if detail := l.Dataset.Source.Detail; detail != nil && detail.Path != "" {
		m.expect(min(int64(l.expects.Total()), left), max(left-int64(l.expects.Total()), 0))
		return
	}
	m.expect(left, 0)
}
