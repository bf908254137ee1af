package graphsim

import (
	"slices"
	"time"
)

// A call from the telephone network to a menu or a queue. Its journey is drawn once, from the seed of the call: the sessions, the
// participants, the end of the call and the truth follow from it.

// The resource accounts, by their numbers: a menu, and the queues behind it.
const (
	menuAccount = iota
	supportQueue
	ordersQueue
	closedQueue   // which nobody calls any more
	contactCentre // of a product of somebody else's
)

var accountNames = [...]string{
	menuAccount: "Main Menu", supportQueue: "Support Hotline", ordersQueue: "Orders Desk", closedQueue: "Old Hotline", contactCentre: "Contact Centre",
}

// A queue drowns on Monday morning: three times as many call it, and few get through.
const (
	drownsFrom, drownsTo = 7, 10 // hours of UTC
	drownShare           = 0.06  // of the calls that would be between two
)

func drowns(at time.Time) bool {
	return at.Weekday() == time.Monday && at.Hour() >= drownsFrom && at.Hour() < drownsTo
}

// agentsOfQueue is how many people answer a queue.
const agentsOfQueue = 6

// An ending is how a journey ends.
type ending uint8

const (
	inMenuOnly    ending = iota // the caller heard the menu and hung up
	agentAnswered               //
	left                        // the caller gave up waiting
	toVoicemail                 // after queueTimeout
	forwarded                   // to a number outside: the queue was full
	requeuedAndLeft
)

var endings = [...]string{
	inMenuOnly: "", agentAnswered: "agent_answered", left: "left", toVoicemail: "voicemail", forwarded: "forwarded", requeuedAndLeft: "requeued_and_left",
}

// queueTimeout is how long a queue lets a caller wait for whom a machine answers then.
const queueTimeout = 60 * time.Second

// A journey is the way of a caller through a menu and a queue. All times count from the start of the call.
type journey struct {
	queue    int           // supportQueue or ordersQueue
	menu     time.Duration // how long the menu lasts; 0: there is none
	nested   bool          // the menu led into another one, of which participants say nothing
	ending   ending
	wait     time.Duration // in the queue until it ends, or somebody answers
	again    time.Duration // how long the caller is in the queue again
	rings    []ring
	total    time.Duration
	agent    int // who answered
	external int // the number to which it was forwarded
}

// A ring is a leg from the queue to an agent.
type ring struct {
	agent    int
	from, to time.Duration
	fate     outcome
}

// seconds draws a time between two, in seconds, with whole milliseconds.
func seconds(s *source, low, high float64) time.Duration {
	return time.Duration((low + s.unit()*(high-low)) * float64(time.Second)).Truncate(time.Millisecond)
}

// journey draws the way of a call.
func (t *Tenant) journey(c *call) (j journey) {
	s := seeded(c.seed, 'J')
	j.queue = supportQueue
	if s.chance(0.35) && !drowns(c.start) {
		j.queue = ordersQueue
	}
	if s.chance(0.8) {
		j.menu = seconds(&s, 6, 35)
		j.nested = s.chance(0.15)
	}
	j.external = s.below(1e6)
	chances := []ending{
		agentAnswered, agentAnswered, agentAnswered, agentAnswered, agentAnswered, agentAnswered, agentAnswered, agentAnswered, agentAnswered,
		agentAnswered, agentAnswered, left, left, left, toVoicemail, toVoicemail, forwarded, requeuedAndLeft, inMenuOnly, inMenuOnly,
	}
	if drowns(c.start) {
		chances = []ending{agentAnswered, agentAnswered, left, left, left, left, left, toVoicemail, toVoicemail, requeuedAndLeft}
	}
	if j.ending = pick(&s, chances); j.ending == inMenuOnly && j.menu == 0 {
		j.menu = seconds(&s, 6, 35)
	}
	at := j.menu // since the start
	switch j.ending {
	case inMenuOnly:
		j.total = j.menu
		return j
	case agentAnswered:
		u := s.unit()
		j.wait = time.Duration((3000 + u*u*87_000)) * time.Millisecond
		if drowns(c.start) {
			j.wait = seconds(&s, 60, 400)
		}
		j.ringUntil(t, at, true, &s)
		u = s.unit()
		j.total = at + j.wait + time.Duration(30_000+u*u*870_000)*time.Millisecond
	case left:
		j.wait = seconds(&s, 5, 120)
		if s.chance(0.6) {
			j.ringUntil(t, at, false, &s)
		}
		j.total = at + j.wait
	case toVoicemail:
		j.wait = queueTimeout
		j.ringUntil(t, at, false, &s)
		j.total = at + j.wait + seconds(&s, 10, 60)
	case forwarded:
		j.wait = seconds(&s, 0.5, 2)
		j.total = at + j.wait + seconds(&s, 30, 600)
	case requeuedAndLeft:
		j.wait, j.again = seconds(&s, 30, 60), seconds(&s, 10, 60)
		j.ringUntil(t, at, false, &s)
		j.total = at + j.wait + j.again
	}
	return j
}

// ringUntil draws who is rung in the queue, which begins at an instant of the call: one after the other at the desk for orders,
// else some at once. The last of them answer, or nobody does.
func (j *journey) ringUntil(t *Tenant, at time.Duration, answers bool, s *source) {
	agents := t.agents[j.queue-supportQueue]
	first, end := s.below(len(agents)), at+j.wait
	agent := func(i int) int { return agents[(first+i)%len(agents)] }
	fate := func() outcome {
		return pick(s, []outcome{unanswered, unanswered, unanswered, declined, abandoned, busy})
	}
	if j.queue == ordersQueue {
		most := min(len(agents), 3)
		step := j.wait / time.Duration(most+1)
		from := at
		for i := range most {
			r := ring{agent(i), from, min(from+step, end), fate()}
			if i == most-1 {
				r.to = end
				if answers {
					r = ring{agent(i), end, 0, answered}
				}
			}
			from = r.to
			j.rings = append(j.rings, r)
		}
	} else {
		n := min(len(agents), s.between(2, 5))
		from := max(at, end-seconds(s, 3, 20))
		for i := range n {
			r := ring{agent(i), from, end, fate()}
			switch {
			case answers && i == 0:
				r = ring{agent(i), end, 0, answered}
			case answers && !s.chance(0.15): // they ring a moment longer
				r.to, r.fate = end+200*time.Millisecond, elsewhere
			case answers:
				r.fate = declined
				r.to = from + (end-from)/2
			}
			j.rings = append(j.rings, r)
		}
	}
	if answers {
		i := slices.IndexFunc(j.rings, func(r ring) bool { return r.fate == answered })
		j.agent = j.rings[i].agent
	}
}

// queueParties are who takes part in a journey: Graph names the accounts and everybody who was rung, and of nested menus the first.
func (t *Tenant) queueParties(c *call) []party {
	j := t.journey(c)
	list := []party{c.first}
	if j.menu > 0 {
		list = append(list, party{kind: resource, number: menuAccount})
	}
	if j.ending != inMenuOnly {
		list = append(list, party{kind: resource, number: j.queue})
	}
	for _, r := range j.rings {
		list = append(list, party{kind: internal, number: r.agent})
	}
	if j.ending == forwarded {
		if p := (party{kind: phone, number: j.external}); !t.same(p, c.first) {
			list = append(list, p)
		}
	}
	return list
}

// queued are the legs of a journey.
func (t *Tenant) queued(c *call) (legs []leg) {
	j := t.journey(c)
	s := seeded(c.seed, 'q')
	at := func(d time.Duration) time.Time { return c.start.Add(d) }
	menu, line := server("skypeForBusinessAutoAttendant"), server("skypeForBusinessCallQueues")
	if j.nested {
		half := (j.menu / 2).Truncate(time.Millisecond)
		legs = append(legs, leg{caller: c.first, callee: menu, end: at(half), meant: inMenu},
			leg{caller: c.first, callee: menu, start: at(half), end: at(j.menu), meant: inMenu})
	} else if j.menu > 0 {
		legs = append(legs, leg{caller: c.first, callee: menu, end: at(j.menu), meant: inMenu})
	}
	if j.ending == inMenuOnly {
		return legs
	}
	stays := leg{caller: c.first, callee: line, start: at(j.menu), meant: inQueue}
	if j.ending == toVoicemail || j.ending == requeuedAndLeft {
		stays.end = at(j.menu + j.wait)
	}
	legs = append(legs, stays)
	for _, r := range j.rings {
		l := leg{caller: line, callee: party{kind: internal, number: r.agent}, start: at(r.from), end: at(r.to)}
		if r.fate == answered {
			l.end = c.end
		} else {
			l.refuse(r.fate, &s)
			l.besideAnswer = j.ending == agentAnswered && r.to > j.menu+j.wait
		}
		legs = append(legs, l)
	}
	switch j.ending {
	case toVoicemail:
		legs = append(legs, leg{caller: c.first, callee: server("voicemail"), start: at(j.menu + j.wait), meant: inMailbox})
	case forwarded:
		legs = append(legs, leg{caller: line, callee: party{kind: phone, number: j.external}, start: at(j.menu + j.wait)})
	case requeuedAndLeft:
		legs = append(legs, leg{caller: c.first, callee: line, start: at(j.menu + j.wait), meant: inQueue})
	}
	return legs
}

// newAgents draws who answers the queues: people of Support, as far as there are any.
func (t *Tenant) newAgents() (of [ordersQueue][]int) {
	for q := range of {
		s := seeded(t.seed, uint64(q), 'q')
		at, step := s.below(t.Users), stride(t.Users)
		var others []int
		for n := 0; n < min(t.Users, 400) && len(of[q]) < agentsOfQueue; n++ {
			number := (at + n*max(1, step)) % t.Users
			switch a := t.standing(number); {
			case !a.acts:
			case a.department == "Support":
				of[q] = append(of[q], number)
			default:
				others = append(others, number)
			}
		}
		if of[q] = append(of[q], others[:min(len(others), max(0, 2-len(of[q])))]...); len(of[q]) == 0 {
			of[q] = []int{0}
		}
	}
	return of
}
