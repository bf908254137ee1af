package graphsim

import "time"

// Direct Routing: a call over the customer's own trunk. How it went is drawn once, so that its row and its record agree: a row
// that failed belongs to a record without media, whose only session failed in callSetup.

var trunks = [...]string{"sbc1.contoso.example", "sbc2.contoso.example"}

// brokenTrunk fails on every Thursday between these hours of UTC.
const (
	brokenTrunk          = 1
	brokenFrom, brokenTo = 12, 16
	brokenShare          = 0.8
	refusedInShare       = 0.16 // on other days
	refusedOutShare      = 0.1
)

// A sipAnswer is a final answer of SIP to a call that nobody took.
type sipAnswer struct {
	code   int
	phrase string
	fate   outcome
}

var (
	serverDown = sipAnswer{503, "Service Unavailable", failed}

	// Inbound the callee says no; outbound it may be that there is none.
	refusedIn = []sipAnswer{
		{480, "Temporarily Unavailable", unanswered}, {480, "Temporarily Unavailable", unanswered}, {487, "Request Terminated", abandoned},
		{487, "Request Terminated", abandoned}, {486, "Busy Here", busy}, {603, "Decline", declined}, {408, "Request Timeout", unanswered},
	}
	refusedOut = []sipAnswer{
		{486, "Busy Here", busy}, {404, "Not Found", failed}, {480, "Temporarily Unavailable", unanswered},
		{487, "Request Terminated", abandoned}, {484, "Address Incomplete", failed}, {504, "Server Time-out", failed}, serverDown,
	}
)

// A routing is how a call went over its trunk.
type routing struct {
	trunk  int
	answer sipAnswer // the zero value: it was answered
	fate   outcome
	ring   time.Duration // from the invite to the answer or the failure
	handed bool          // on to somebody else
}

func (c *call) routing() routing {
	s := seeded(c.seed, 'R')
	r := routing{trunk: s.below(len(trunks))}
	hour := c.start.Hour()
	switch in := c.kind == trunkIn; {
	case r.trunk == brokenTrunk && c.start.Weekday() == time.Thursday && hour >= brokenFrom && hour < brokenTo && s.chance(brokenShare):
		r.answer = serverDown
	case in && s.chance(refusedInShare):
		r.answer = pick(&s, refusedIn)
	case !in && s.chance(refusedOutShare):
		r.answer = pick(&s, refusedOut)
	}
	r.fate = r.answer.fate
	r.ring = ringing(&s, r.fate == answered)
	if r.fate == failed {
		r.ring = time.Duration(s.between(100, 3000)) * time.Millisecond
	}
	r.handed = r.fate == answered && s.chance(0.04)
	return r
}
