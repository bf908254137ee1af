package jobs

import (
	"sync/atomic"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"

	"graphlake/jobs/plan"
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
}

// newLive is a unit before it has begun; one of a replay asks for nothing.
func newLive(u plan.Unit, asks bool) *live {
	l := &live{Unit: u}
	if asks {
		l.expects = u.Expected()
	}
	return l
}

// end lets go of the reading, which remembers all that it has met.
func (l *live) end(rep *UnitReport) {
	l.records.Store(rep.Records)
	l.reading.Store(nil)
	l.done.Store(true)
}

// moment is what a unit's numbers were at a time.
type moment struct {
	expected                     int
	requests, throttled, records int64
	waited                       time.Duration
	done, known                  bool
	share                        float64
	left                         plan.Cost
}

func (l *live) now() moment {
	m := moment{
		expected: l.expects.Total(), requests: l.count.Requests.Load(), throttled: l.count.Throttled.Load(),
		records: l.records.Load(), waited: l.count.Waited(), done: l.done.Load(),
	}
	if x := l.reading.Load(); x != nil {
		c := x.Counts()
		m.records = int64(c.Read + c.Held)
	}
	switch days := l.days.Load(); {
	case m.done:
		m.known, m.share = true, 1
		return m
	case days > 0:
		m.share = float64(l.derived.Load()) / float64(days)
	case l.Known():
		m.share = min(float64(m.requests)/float64(max(m.expected, 1)), 1)
	}
	m.left = l.expects.Times(1 - m.share)
	m.known = l.Known() && m.expected > 0 && m.requests <= int64(m.expected)
	return m
}
