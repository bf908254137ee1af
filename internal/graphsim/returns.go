package graphsim

import (
	"math"
	"sort"
	"time"
)

// Calls are returned, and who did not get through tries again. Nothing is stored: a call that is to be an answer to an earlier one
// looks back from its own start by a drawn delay, and takes what it finds there. So two calls may return the same one, and of what
// was missed some two in five are returned. A call looks back in days that the tenant does not have, too, so that a day is the same
// whatever days there are.

const (
	soonestReturn = time.Minute
	latestReturn  = 30 * time.Hour
	farBack       = 400 // calls that are looked at
)

// How many of the calls of a kind are about an earlier one.
const (
	returningDirect = 0.09 // of those between two
	retryingDirect  = 0.02
	returningPSTN   = 0.3 // of those to the telephone network
	returningTrunk  = 0.15
	retrying        = 0.15 // of what is missed: the caller tries once more, and again in vain
)

// rerunShare of the meetings are the second run of an earlier one of the day, with the same link: everybody had left.
const rerunShare = 0.08

// echo makes of a call one that is about an earlier one, if it is to be.
func (t *Tenant) echo(c *call) {
	s := seeded(c.seed, 'e')
	back := func(delay time.Duration, of func(*call) bool, kinds ...kind) (call, bool) {
		return t.lookBack(c, delay, of, kinds)
	}
	u := s.unit()
	long, short := s.delay(soonestReturn, latestReturn), s.delay(soonestReturn, 20*time.Minute)
	inVain := func(m *call) bool { return m.fate != answered }
	firstInVain := func(m *call) bool { return m.fate != answered && !m.retries() }
	switch {
	case c.kind == direct && u < returningDirect:
		if m, ok := back(long, inVain, missed, voicemail); ok {
			c.pair(t.callee(&m), m.first)
		}
	case c.kind == direct && u < returningDirect+retryingDirect:
		if m, ok := back(short, inVain, missed, voicemail); ok {
			c.pair(m.first, t.callee(&m))
		}
	case c.kind == pstnOut && u < returningPSTN:
		if m, ok := back(long, t.lost, pstnIn, queue); ok && !t.masked(m.first) {
			agent := t.callee(&m)
			if m.kind == queue {
				agent = party{kind: internal, number: pick(&s, t.agents[t.journey(&m).queue-supportQueue])}
			}
			if agent.kind == internal {
				c.pair(agent, m.first)
			}
		}
	case c.kind == trunkOut && u < returningTrunk:
		if m, ok := back(long, inVain, trunkIn); ok && !t.masked(m.first) && t.callee(&m).kind == internal {
			c.pair(t.callee(&m), m.first)
		}
	case c.kind == meeting && u < rerunShare:
		first := func(m *call) bool {
			again := seeded(m.seed, 'e')
			return m.day == c.day && m.first.kind == internal && again.unit() >= rerunShare
		}
		if m, ok := back(0, first, meeting); ok {
			c.first, c.room = m.first, m.id
		}
	case !c.retries():
	case c.kind == missed, c.kind == pstnIn, c.kind == trunkIn:
		if m, ok := back(short, firstInVain, c.kind); ok {
			c.pair(m.first, t.callee(&m))
		}
	case c.kind == queue:
		if m, ok := back(short, func(m *call) bool { return t.lost(m) && !m.retries() }, queue); ok {
			c.first = m.first
		}
	}
}

// pair says who calls whom.
func (c *call) pair(from, to party) { c.first, c.other, c.paired = from, to, true }

// retries says whether a caller tries again with this call. What is tried again is itself no such call, or it would have no end.
func (c *call) retries() bool {
	s := seeded(c.seed, 'y', 'y')
	return s.chance(retrying)
}

// lost says whether somebody called a person or a queue in vain.
func (t *Tenant) lost(c *call) bool {
	if c.kind != queue {
		return c.fate != answered
	}
	switch t.journey(c).ending {
	case left, toVoicemail, requeuedAndLeft:
		return true
	}
	return false
}

// masked says whether nobody can call a number back.
func (t *Tenant) masked(p party) bool {
	if p.kind != phone {
		return false
	}
	key := t.key(p)
	return key == anonymousNumber || key[len(key)-1] == '*'
}

// callee is who is called in a call between two.
func (t *Tenant) callee(c *call) party { return t.parties(c)[1] }

// delay draws a time between two: as often between one and two minutes as between one and two hours.
func (s *source) delay(low, high time.Duration) time.Duration {
	return time.Duration(float64(low) * math.Pow(float64(high)/float64(low), s.unit()))
}

// lookBack finds a call of some kinds that had begun so long before another one, and had ended when that began.
func (t *Tenant) lookBack(c *call, delay time.Duration, of func(*call) bool, kinds []kind) (m call, ok bool) {
	target := c.start.Add(-delay)
	day := dayOf(target)
	index := sort.Search(t.volume(day), func(i int) bool { return !t.start(day, i).Before(target) }) - 1
	for range farBack {
		for index < 0 {
			if day--; day < c.day-3 {
				return m, false
			}
			index = t.volume(day) - 1
		}
		k := t.kind(day, index)
		for _, want := range kinds {
			if k != want {
				continue
			}
			if m = t.bare(day, index); of(&m) && !m.end.After(c.start) {
				if k == c.kind { // a second try: the first is no second itself
					return m, true
				}
				return t.call(day, index), true
			}
		}
		index--
	}
	return m, false
}
