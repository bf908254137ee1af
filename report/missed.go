package report

import (
	"slices"
	"time"
)

// returnWindow is how long after a missed call the two have to speak for it to be returned.
const returnWindow = 24 * time.Hour

// Missed is what became of calls that somebody, or a queue, did not take (metric_missed_calls).
type Missed struct {
	Missed     int64
	Returned   int64 // the two spoke within 24 hours
	CalledBack int64 // of these: the side that had missed it began one
	Unreturned int64 // 24 hours have passed
	Waiting    int64 // not returned yet, and 24 hours of data have not passed
	Anonymous  int64 // a number that is masked or withheld, or nobody is told, so that no return can be known
}

// Share is how many of those whose return can be known by now were not returned.
func (m Missed) Share() Share { return Share{m.Unreturned, m.Unreturned + m.Returned} }

// queuesMissed is the group of what queues missed, beside the departments.
const queuesMissed = "queues"

// misses are the missed calls of a tenant. One is kept until its window has passed by the start of the calls, which come in
// their order: a call that returns it begins at its end or later, so it comes after it.
type misses struct {
	by      map[string]*Missed // by department
	people  *directory
	pending map[string][]*miss // by the other party
	last    time.Time          // the end of the data
}

type miss struct {
	counted  *Missed
	target   string // a user; "": a queue, for which any user of the tenant may speak
	end      time.Time
	returned bool
	back     bool
}

func (m *misses) counted(group string) *Missed {
	if m.by[group] == nil {
		m.by[group] = &Missed{}
	}
	return m.by[group]
}

// leftPeople takes what people missed of a call: the other party is the organizer, and it ends with the last leg that rang.
func (m *misses) leftPeople(c call) {
	if c.kind != "one_to_one" || c.outcome == "answered" {
		return
	}
	ends := map[string]time.Time{}
	for _, l := range c.legs {
		if l.calleeKind == "user" && slices.Contains([]string{"missed", "declined", "busy", "abandoned"}, l.outcome) {
			if end, ok := ends[l.calleeID]; !ok || l.end.After(end) {
				ends[l.calleeID] = l.end
			}
		}
	}
	for target, end := range ends {
		m.add(c, &miss{counted: m.counted(m.people.department(target)), target: target, end: end})
	}
}

func (m *misses) leftQueue(c call, j journey) {
	if j.result != "agent_answered" && j.result != "forwarded" {
		m.add(c, &miss{counted: m.counted(queuesMissed), end: j.left})
	}
}

func (m *misses) add(c call, one *miss) {
	one.counted.Missed++
	if c.organizer == "" || c.masked {
		one.counted.Anonymous++
		return
	}
	m.pending[c.organizer] = append(m.pending[c.organizer], one)
}

// returned takes a call in which two may have spoken.
func (m *misses) returned(c call) {
	if c.outcome != "answered" || c.kind != "one_to_one" && c.kind != "voice_app" {
		return
	}
	for i, one := range c.participants {
		if !one.member {
			continue
		}
		for j, two := range c.participants {
			if i == j || two.application {
				continue
			}
			for _, p := range m.of(two.other, c.start) {
				if !c.start.Before(p.end) && (p.target == "" || p.target == one.id) {
					p.returned = true
					p.back = p.back || one.id == c.organizer
				}
			}
		}
	}
}

// of are those of another party whose window has not passed at an instant. The others are done.
func (m *misses) of(other string, now time.Time) []*miss {
	left := slices.DeleteFunc(m.pending[other], func(p *miss) bool {
		passed := !now.Before(p.end.Add(returnWindow))
		if passed {
			m.close(p)
		}
		return passed
	})
	if m.pending[other] = left; len(left) == 0 {
		delete(m.pending, other)
	}
	return left
}

func (m *misses) close(p *miss) {
	switch {
	case p.returned:
		p.counted.Returned++
		if p.back {
			p.counted.CalledBack++
		}
	case p.end.Add(returnWindow).After(m.last):
		p.counted.Waiting++
	default:
		p.counted.Unreturned++
	}
}

// closeAll is called after the last call.
func (m *misses) closeAll() {
	for _, all := range m.pending {
		for _, p := range all {
			m.close(p)
		}
	}
	m.pending = nil
}
