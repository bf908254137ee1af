package graphsim

import (
	"fmt"
	"iter"
	"strings"
	"time"
)

// A telephoneLog is what tells PSTN and Direct Routing apart.
type telephoneLog struct {
	inclusive bool // whether the end of the range belongs to it
	count     func(*Tenant, *call) int
	row       func(t *Tenant, c *call, row int, now time.Time) entity
	id        func(c *call, row int) guid // what row draws first
}

// The documentation calls the end of the range inclusive for PSTN and exclusive for Direct Routing.
var (
	pstnLog = telephoneLog{true, (*Tenant).pstnCount, (*Tenant).pstnRow, pstnID}

	routingLog = telephoneLog{false, (*Tenant).routingCount, (*Tenant).routingRow, routingID}
)

// longestLog is the longest range of one request. Beyond it Graph has been seen to answer 406
// (pull request 10883 of microsoft-graph-docs); with which words nobody wrote down.
const longestLog = 90 * 24 * time.Hour

// rows are those of a log in the range that the function's arguments say, each at its index.
func (log *telephoneLog) rows(t *Tenant, r *request) (rows, error) {
	s, err := log.span(r.keys[0])
	if err != nil {
		return nil, err
	}
	return func(yield func(int, entity) bool) {
		i := -1
		for c, row := range t.logRows(log, s) {
			if c.end.After(r.now) {
				continue
			}
			if i++; i >= r.from && !yield(i, log.row(t, c, row, r.now)) {
				return
			}
		}
	}, nil
}

// span reads the arguments of the function.
func (log *telephoneLog) span(arguments string) (s stretch, err error) {
	given := map[string]string{}
	for argument := range strings.SplitSeq(arguments, ",") {
		name, value, _ := strings.Cut(argument, "=")
		given[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	var ok [2]bool
	var whole time.Duration
	s.from, _, ok[0] = parseBound(given["fromDateTime"])
	s.to, whole, ok[1] = parseBound(given["toDateTime"])
	if !ok[0] || !ok[1] || len(given) != 2 {
		return s, badRequest("Error in query syntax: the function takes fromDateTime and toDateTime.")
	}
	if s.to.Before(s.from) {
		return s, badRequest("fromDateTime must be before toDateTime.")
	}
	if s.to.Sub(s.from) > longestLog {
		return s, refuse(406, "NotAcceptable", "The range between fromDateTime and toDateTime must not exceed 90 days.")
	}
	if log.inclusive {
		s.to = s.to.Add(whole)
	}
	return s, nil
}

// parseBound reads a date or an instant. An inclusive end takes in the whole date, or the one tick;
// nothing published says how Graph reads a date there, and this reading is the one that hurts more.
func parseBound(text string) (at time.Time, whole time.Duration, ok bool) {
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return at, 24 * time.Hour, true
	}
	at, ok = parseInstant(text)
	return at, tick, ok
}

// logRows are the rows of a log in a span, by start; a call may have more than one.
func (t *Tenant) logRows(log *telephoneLog, s stretch) iter.Seq2[*call, int] {
	return func(yield func(*call, int) bool) {
		at := t.placeOf(s.from)
		for day, index := at.day, at.index; day < t.first+t.days; day, index = day+1, 0 {
			for n := t.count(day); index < n; index++ {
				if !t.start(day, index).Before(s.to) {
					return
				}
				if !t.kind(day, index).telephone() {
					continue
				}
				c := t.call(day, index)
				for row := range log.count(t, &c) {
					if !yield(&c, row) {
						return
					}
				}
			}
		}
	}
}

func (k kind) telephone() bool { return k >= pstnOut && k <= queue || k == dialIn }

// account is whose line it was; a bot's has nobody.
func account(p *person) entity {
	if p == nil {
		return entity{"userId", nil, "userPrincipalName", nil, "userDisplayName", nil}
	}
	return entity{"userId", p.id, "userPrincipalName", p.principal, "userDisplayName", p.name()}
}

// routingCount is two where somebody handed the call on: both rows then have its correlationId.
func (t *Tenant) routingCount(c *call) int {
	switch {
	case c.kind != trunkIn && c.kind != trunkOut:
		return 0
	case c.routing().handed:
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

// routingRow is a row of a call over the customer's own trunk. Its correlationId is the id of the
// call record.
func (t *Tenant) routingRow(c *call, row int, _ time.Time) entity {
	s := seeded(c.seed, uint64(row), 'd')
	parties := t.parties(c)
	number, user := parties[0], parties[1]
	if c.kind == trunkOut {
		number, user = user, number
	}
	e := entity{"id", drawGUID(&s), "correlationId", c.id}
	var who *person
	line := pick(&s, sites)
	if user.kind == internal {
		who = new(t.person(user.number))
		line = *who.site
	}
	e = append(e, account(who)...)
	start, length := c.start, c.end.Sub(c.start)
	if row > 0 { // to whom it was handed on
		length /= 2
	}
	way := c.routing()
	if way.fate != answered { // without a start of its own, or with that of the invite; and without an end
		e = append(e, "startDateTime", when(!s.chance(0.5), start), "inviteDateTime", start, "failureDateTime", start.Add(way.ring).Truncate(tick),
			"endDateTime", nil, "duration", 0)
	} else {
		e = append(e, "startDateTime", start, "inviteDateTime", start.Add(-way.ring), "failureDateTime", never,
			"endDateTime", start.Add(length).Truncate(tick), "duration", int(length/time.Second))
	}
	ours, theirs := fmt.Sprintf("%s%06d", line.prefix, s.below(1e6)), t.phone(number.number)
	if who != nil {
		ours = who.line()
	}
	if c.kind == trunkIn {
		e = append(e, "callType", "ByotIn", "callerNumber", theirs, "calleeNumber", ours)
	} else {
		e = append(e, "callType", pick(&s, []string{"ByotOut", "ByotOut", "ByotOutUserForwarding"}), "callerNumber", ours, "calleeNumber", theirs)
	}
	return append(e, way.signalling(&s)...)
}

func (r *routing) signalling(s *source) entity {
	e := entity{
		"successfulCall", r.fate == answered, "mediaPathLocation", orNull(pick(s, []string{"CHNO", "EUWE", "USWE", "INSO", ""})),
		"signalingLocation", pick(s, []string{"EUNO", "EUWE", "USWE"}),
	}
	if r.fate != answered {
		e = append(e, "finalSipCode", r.answer.code, "finalSipCodePhrase", r.answer.phrase, "callEndSubReason", 560000+r.answer.code)
	} else {
		e = append(e, "finalSipCode", 0, "finalSipCodePhrase", "BYE", "callEndSubReason", 540000)
	}
	return append(e, "trunkFullyQualifiedDomainName", trunks[r.trunk], "mediaBypassEnabled", s.chance(0.3))
}
