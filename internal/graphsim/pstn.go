package graphsim

import (
	"fmt"
	"time"
)

// Calling plans: what Microsoft bills. The ids of a row lead nowhere: neither its own nor its callId is that of a call record.

// pstnCount is how many rows a call has: none where nobody answered.
func (t *Tenant) pstnCount(c *call) int {
	switch {
	case c.kind == queue && t.journey(c).ending == forwarded:
		return 2 // in, and out again
	case (c.kind == pstnIn || c.kind == pstnOut) && c.fate == answered, c.kind == queue, c.kind == dialIn:
		return 1
	}
	return 0
}

func pstnID(c *call, row int) guid {
	s := seeded(c.seed, uint64(row), 'p')
	return drawGUID(&s)
}

// A billed call is what a row says of a call over a calling plan.
type billed struct {
	who          *person // nil for a resource account, and for a conference
	line         site    // where the tenant's number is
	sort         string
	ours, theirs string
	number       int   // theirs
	abroad       *site // where the other number is; nil if nobody can tell
	out          bool
	start        time.Time
	duration     int // seconds
	bill         bill
	callID       string // not unique: a transfer keeps the number, and the media server's address is shared
	destination  string // the name of a country; empty where the row has none
	licence      entity
	inventory    string
	operator     string
}

// A bill is in hundredths of its currency. Some rows have neither; nobody published why.
type bill struct {
	amount, connection int
	currency           string
	missing            bool
	tollFree           bool
	corrected          time.Time // from when on the amount is this; zero: it was never another one
	before             int       // the amount until then
}

// correctedAfter is how long after the end of a call a wrong charge is corrected.
const correctedAfter = 20 * time.Hour

// billed draws a row. The first that is drawn is its id.
func (t *Tenant) billed(c *call, row int) (b billed) {
	s := seeded(c.seed, uint64(row), 'p')
	drawGUID(&s)
	parties := t.parties(c)
	b.start, b.duration = c.start, int(c.end.Sub(c.start)/time.Second)
	b.line = pick(&s, sites)
	number := c.first.number
	switch c.kind {
	case pstnOut:
		b.out, number = true, parties[1].number
		b.sort = pick(&s, []string{"user_out", "user_out", "user_out", "user_out_transfer", "user_out_forwarding"})
		b.who = new(t.person(c.first.number))
	case pstnIn:
		b.sort = "user_in"
		if parties[1].kind == internal {
			b.who = new(t.person(parties[1].number))
		}
	case dialIn:
		number, b.sort = parties[1].number, pick(&s, []string{"conf_in", "conf_out"})
		b.out = b.sort == "conf_out"
	default:
		b.sort = "ucap_in"
		if row > 0 {
			j := t.journey(c)
			b.out, b.sort, number = true, "ucap_out", j.external
			b.start = c.start.Add(j.menu + j.wait)
			b.duration = int(c.end.Sub(b.start) / time.Second)
		}
	}
	if b.who != nil {
		b.line = *b.who.site
	}
	b.ours = fmt.Sprintf("%s%06d", b.line.prefix, s.below(1e6))
	if b.who != nil {
		b.ours = b.who.line()
	}
	b.number = number
	b.theirs, b.abroad = t.line(number)
	b.bill = b.draw(c, &s)
	b.callID = fmt.Sprintf("%d_%d@198.51.100.%d", 1_000_000+c.seed%1_000_003, s.below(500), s.between(1, 9))
	b.destination = b.called(&s)
	if c.kind == dialIn {
		b.licence = entity{"conferenceId", fmt.Sprintf("%09d", s.below(1e9)), "licenseCapability", "MCOMEETADD"}
	} else {
		b.licence = entity{"conferenceId", nil, "licenseCapability", pick(&s, []string{"MCOPSTN1", "MCOPSTN2", "MCOPSTNPP", "MCOPSTNU"})}
	}
	b.inventory = either(b.bill.tollFree, "Toll-Free", pick(&s, []string{"Subscriber", "Subscriber", "Service", ""}))
	b.operator = either(s.chance(0.3), "Fabrikam Telecom", "Microsoft")
	return b
}

// draw draws what a row costs: two of five calls to the outside, as far as no plan covers them, and whatever comes in over a
// number that is free for the caller.
func (b *billed) draw(c *call, s *source) bill {
	minutes := (b.duration + 59) / 60
	one := bill{currency: b.line.currency, tollFree: !b.out && s.chance(0.15)}
	abroad := b.abroad != nil && b.abroad.country != b.line.country
	switch {
	case b.out && (abroad || s.chance(0.25)):
		one.amount, one.connection = minutes*pick(s, []int{2, 5, 9, 34}), pick(s, []int{0, 0, 5, 12})
	case one.tollFree:
		one.amount = minutes * 6
	}
	switch u := s.unit(); {
	case u < 0.03:
		return bill{missing: true, tollFree: one.tollFree}
	case u < 0.08 && one.amount > 0:
		one.corrected, one.before = c.end.Add(correctedAfter), one.amount*2
	}
	return one
}

// at is what the row says at an instant.
func (o bill) at(now time.Time) int {
	if now.Before(o.corrected) {
		return o.before
	}
	return o.amount
}

var countryNames = map[string]string{"CH": "Switzerland", "PT": "Portugal", "US": "United States", "IN": "India"}

// called is the country that was called, by name; of a call that came in it is that of the number called, and told of half.
func (b *billed) called(s *source) string {
	told := s.chance(0.5)
	switch {
	case b.out && b.abroad != nil:
		return countryNames[b.abroad.country]
	case !b.out && told:
		return countryNames[b.line.country]
	}
	return ""
}

func (b *billed) context() string {
	switch {
	case !b.out || b.abroad == nil:
		return ""
	case b.abroad.country == b.line.country:
		return "Domestic"
	}
	return "International"
}

func (t *Tenant) pstnRow(c *call, row int, now time.Time) entity {
	b := t.billed(c, row)
	e := entity{"id", pstnID(c, row), "callId", b.callID}
	caller, callee := b.theirs, b.ours
	if b.out {
		caller, callee = b.ours, b.theirs
	}
	e = append(append(e, account(b.who)...), "startDateTime", b.start, "endDateTime", b.start.Add(time.Duration(b.duration)*time.Second),
		"duration", b.duration, "callType", b.sort, "callerNumber", caller, "calleeNumber", callee,
		"tenantCountryCode", "CH", "usageCountryCode", b.line.country, "destinationContext", orNull(b.context()),
		"charge", when(!b.bill.missing, cents(b.bill.at(now))), "connectionCharge", when(!b.bill.missing, cents(b.bill.connection)), "currency", orNull(b.bill.currency),
		"destinationName", orNull(b.destination))
	return append(append(e, b.licence...), "inventoryType", orNull(b.inventory),
		"operator", b.operator, "callDurationSource", either(b.operator == "Microsoft", "microsoft", "operator"))
}
