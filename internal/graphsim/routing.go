package graphsim

import (
	"fmt"
	"time"
)

// routingCount is two where somebody handed the call on: both rows then have its correlationId.
func (t *Tenant) routingCount(c *call) int {
	if c.kind != trunkIn && c.kind != trunkOut {
		return 0
	}
	s := seeded(c.seed, 'x')
	if s.chance(0.04) {
		return 2
	}
	return 1
}

func routingID(c *call, row int) guid {
	s := seeded(c.seed, uint64(row), 'd')
	return drawGUID(&s)
}

// never is how Graph writes an instant that there is none of.
var never = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)

// routingRow writes a row of a call over the customer's own trunk. Its correlationId is the id of the
// call record.
func (t *Tenant) routingRow(w *writer, c *call, row int) {
	s := seeded(c.seed, uint64(row), 'd')
	parties := t.parties(c)
	number, user := parties[0], parties[1]
	if c.kind == trunkOut {
		number, user = user, number
	}
	w.guid("id", drawGUID(&s))
	w.guid("correlationId", c.id)
	var who *person
	line := pick(&s, sites)
	if user.kind == internal {
		p := t.person(user.number)
		who, line = &p, *p.site
	}
	account(w, who)
	start, length := c.start, c.end.Sub(c.start)
	if row > 0 { // to whom it was handed on
		length /= 2
	}
	failed := s.chance(0.08)
	if failed { // without a start of its own, or with that of the invite; and without an end
		if s.chance(0.5) {
			w.null("startDateTime")
		} else {
			w.time("startDateTime", start)
		}
		w.time("inviteDateTime", start)
		w.time("failureDateTime", start.Add(time.Duration(s.between(100, 30_000))*time.Millisecond))
		w.null("endDateTime")
		w.int("duration", 0)
	} else {
		w.time("startDateTime", start)
		w.time("inviteDateTime", start.Add(-time.Duration(s.between(1, 9000))*time.Millisecond))
		w.time("failureDateTime", never)
		w.time("endDateTime", start.Add(length).Truncate(tick))
		w.int("duration", int(length/time.Second))
	}
	ours, theirs := fmt.Sprintf("%s%06d", line.prefix, s.below(1e6)), t.phone(number.number)
	if c.kind == trunkIn {
		w.text("callType", "ByotIn")
		w.text("callerNumber", theirs)
		w.text("calleeNumber", ours)
	} else {
		w.text("callType", pick(&s, []string{"ByotOut", "ByotOut", "ByotOutUserForwarding"}))
		w.text("callerNumber", ours)
		w.text("calleeNumber", theirs)
	}
	signalling(w, failed, &s)
}

func signalling(w *writer, failed bool, s *source) {
	w.bool("successfulCall", !failed)
	w.textOrNull("mediaPathLocation", pick(s, []string{"CHNO", "EUWE", "USWE", "INSO", ""}))
	w.text("signalingLocation", pick(s, []string{"EUNO", "EUWE", "USWE"}))
	if failed {
		answer := pick(s, []struct {
			code   int
			phrase string
		}{{486, "Busy Here"}, {404, "Not Found"}, {503, "Service Unavailable"}, {480, "Temporarily Unavailable"}})
		w.int("finalSipCode", answer.code)
		w.text("finalSipCodePhrase", answer.phrase)
		w.int("callEndSubReason", 560000+answer.code)
	} else {
		w.int("finalSipCode", 0)
		w.text("finalSipCodePhrase", "BYE")
		w.int("callEndSubReason", 540000)
	}
	w.text("trunkFullyQualifiedDomainName", pick(s, []string{"sbc1.contoso.example", "sbc2.contoso.example"}))
	w.bool("mediaBypassEnabled", s.chance(0.3))
}
