package facts

import "github.com/apache/arrow-go/v18/arrow/array"

// What a call was as a whole.
//
// A call is a test if all of its sessions are; without any it is none. Of the participants, users of the lake's tenant are
// members, phones are phones, and other people outsiders, also those whose tenant is not told: Graph leaves it out for
// visitors. Applications, and who has no identity of a known kind, are nobody. A phone takes part, if it is a participant or
// an end of a leg, as a gateway without a number is.

type totalsColumns struct {
	kind, direction, outcome             *array.StringBuilder
	duration                             *array.Float64Builder
	test                                 *array.BooleanBuilder
	sessions, members, outsiders, phones *array.Int32Builder
	organizer                            shapeColumns
}

func (c *calls) bindTotals(f *Facts) []array.Builder {
	const of = "calls"
	t := &c.totals
	return append(t.organizer.bind(f, of, "organizer"),
		give(f, of, "duration_seconds", &t.duration), give(f, of, "is_test", &t.test), give(f, of, "session_count", &t.sessions),
		give(f, of, "member_count", &t.members), give(f, of, "outsider_count", &t.outsiders), give(f, of, "phone_count", &t.phones),
		give(f, of, "call_kind", &t.kind), give(f, of, "direction", &t.direction), give(f, of, "outcome", &t.outcome),
	)
}

// parties are who took part in a call.
type parties struct{ members, outsiders, phones int32 }

func (p parties) all() int32 { return p.members + p.outsiders + p.phones }

func (c *calls) computeTotals(call int, from rows) {
	t := &c.totals
	if c.call.end.IsNull(call) || c.call.start.IsNull(call) {
		t.duration.AppendNull()
	} else {
		t.duration.Append(seconds(c.call.start.Value(call), c.call.end.Value(call)))
	}
	sessions := c.next.session - from.session
	test := len(c.legs) == 0 && sessions > 0
	t.test.Append(test)
	t.sessions.Append(c.sessionCount(from.session, c.next.session))
	p := c.parties(from.participant, c.next.participant)
	t.members.Append(p.members)
	t.outsiders.Append(p.outsiders)
	t.phones.Append(p.phones)
	sort := c.callKind(call, test, p)
	t.kind.Append(sort)
	t.direction.Append(c.direction(call, sort, p))
	t.outcome.Append(c.callOutcome(test))
	t.organizer.append(c.call.organizer.at(call))
}

// sessionCount counts sessions by their ids: one that Graph gives twice is one.
func (c *calls) sessionCount(from, upto int) int32 {
	ids := make(map[string]bool, upto-from)
	for row := from; row < upto; row++ {
		ids[c.session.id.Value(row)] = true
	}
	return int32(len(ids))
}

func (c *calls) parties(from, upto int) (p parties) {
	for row := from; row < upto; row++ {
		switch text(c.participant.kind, row) {
		case "user":
			if text(c.participant.tenant, row) == c.tenant {
				p.members++
			} else {
				p.outsiders++
			}
		case "phone":
			p.phones++
		case "guest", "acsUser", "azureCommunicationServicesUser", "encrypted", "onPremises":
			p.outsiders++
		}
	}
	return p
}

// hasEnd reports whether any end of a leg is of one of two kinds.
func (c *calls) hasEnd(one, other kind) bool {
	for i := range c.legs {
		for _, k := range c.legs[i].kinds {
			if k == one || k == other {
				return true
			}
		}
	}
	return false
}

func (c *calls) callKind(call int, test bool, p parties) string {
	switch {
	case test:
		return "test"
	case c.call.joinURL.IsValid(call):
		return "meeting"
	case c.hasEnd(attendant, queue):
		return "voice_app"
	case p.all() > 2:
		return "group"
	}
	return "one_to_one"
}

func (c *calls) direction(call int, callKind string, p parties) string {
	switch {
	case callKind == "test":
		return "test"
	case callKind == "meeting":
		return "conference"
	case c.call.organizer.id.IsNull(call):
		return "unknown"
	case text(c.call.organizerKind, call) != "user" || text(c.call.organizerTenant, call) != c.tenant:
		return "inbound"
	case p.phones+p.outsiders > 0 || c.hasEnd(pstn, pstn):
		return "outbound"
	}
	return "internal"
}

// best are the outcomes of calls by those of their legs, the best first.
var best = []struct {
	leg  outcome
	call string
}{
	{answered, "answered"}, {joined, "held"}, {toVoicemail, "voicemail"}, {declined, "declined"}, {busy, "busy"}, {missed, "missed"},
	{abandoned, "abandoned"}, {queued, "abandoned"}, {toAttendant, "abandoned"}, {failed, "failed"},
}

func (c *calls) callOutcome(test bool) string {
	if test {
		return "test"
	}
	for _, b := range best {
		for i := range c.legs {
			if c.legs[i].outcome == b.leg {
				return b.call
			}
		}
	}
	return "unknown"
}
