package graphsim

import (
	"cmp"
	"iter"
	"slices"
	"time"
)

// Facts are what happened in a tenant until now, as the generator drew it: for a comparison with the metrics of a lake, row by row.
// Nothing here is read out of an answer. Of calls there are those whose details exist, of messages those that somebody may read.
// What Graph's records cannot tell is not told apart here either where that is said; Meant is what really became of a leg.
//
// Ids are those of the tables. Instants have all digits that Graph sends, and tables fewer.
type Facts struct {
	Legs     []LegFact
	Calls    []CallFact
	Persons  []PersonFact
	Journeys []JourneyFact
	Missed   []MissedFact
	Streams  []StreamFact
	Routed   []RoutedFact
	Billed   []BilledFact
	Messages []MessageFact
	Active   []ActiveFact
}

// An EndFact is one end of a leg. The ID is that of a user, an external or a telephone number; empty where the record has none.
type EndFact struct {
	Kind string // user, external, pstn, queue, attendant, voicemail, conference, service
	ID   string
}

// A LegFact is a session that is no test (M01).
type LegFact struct {
	Call, Session  string
	Start, End     time.Time
	Caller, Callee EndFact
	Meant          string // what really became of it
	Outcome        string // what can be known of that by the record as it is now
	Evidence       string // by which rule
	Dropped        bool
	Talk           time.Duration // of what is known to be answered or joined
}

// A CallFact is a call (M02).
type CallFact struct {
	Call                       string
	Start, End                 time.Time
	Kind                       string // test, meeting, voice_app, group, one_to_one
	Direction                  string // test, conference, inbound, outbound, internal
	Network                    string // direct_routing, other_pstn, voip
	Outcome                    string
	Members, Outsiders, Phones int
	Planned                    time.Time // when its calendar event begins, in its organizer's copy as it is now; zero if there is none
}

// A PersonFact is somebody in a call (M05, M20): whoever was at an end of an answered or joined leg.
type PersonFact struct {
	Call, Person string
	Kind         string // user, external, pstn
	Stays        int    // that neither overlap nor touch
	First, Last  time.Time
	Talk         time.Duration // of all stays
}

// A JourneyFact is a call that reached a queue (M08).
type JourneyFact struct {
	Call, Caller      string
	Accounts          []string // that participants name, in the order of their ids
	Queue             string   // the name of the queue
	Result            string   // agent_answered, left, voicemail, forwarded, requeued_and_left
	Menu, Wait, Talk  time.Duration
	Queued, Left      time.Time
	AgentsRung, Turns int
	Agent             string // who answered; a number, if it was forwarded
}

// A MissedFact is a call that a person or a queue did not take, and whether they spoke within returnWindow (M07).
type MissedFact struct {
	Call, Target string // a user; empty for a queue
	Other        string // the caller
	Ended        time.Time
	CanMatch     bool
	Returned     time.Time // zero: never
	CalledBack   bool      // one of the calls in which they spoke was begun by the target's side
}

// A StreamFact is the verdict on a stream (M15, M16).
type StreamFact struct {
	Call, Session, Segment string
	Media, Stream          int
	Medium                 string // audio, video, sharing
	Class                  string // good, poor, unclassified
	Poor                   bool   // by the rules of Call Record Insights
}

// A RoutedFact is a row of Direct Routing (M13).
type RoutedFact struct {
	ID, Call, Trunk string
	Inbound         bool
	Result          string // success, busy, no_answer, rejected, bad_number, network
	Code            int
	Ring            time.Duration
}

// A BilledFact is a row of a calling plan as it is now (M14). Amounts are in hundredths.
type BilledFact struct {
	ID, Direction, ChargedTo string
	Country                  string // where the other number is, as ISO names it; empty if nobody can tell
	Currency                 string
	Charge, Connection       int
	Missing                  bool // neither a charge nor a currency
	Seconds                  int
}

// A MessageFact is a message of somebody (M23, M25).
type MessageFact struct {
	Table, Thread, ID string
	Created           time.Time
	Author            string
	Hours             string // inside, outside, not_known: by the author's clock and working hours as they are now
}

// An ActiveFact is who was active on a UTC day, in the order of the ids (M31).
type ActiveFact struct {
	Day   time.Time
	Users []string
}

// returnWindow is how long after a missed call people must have spoken for it to be returned.
const returnWindow = 24 * time.Hour

// Facts takes time in proportion to the calls and messages.
func (t *Tenant) Facts() Facts {
	var f Facts
	now := t.Now().UTC()
	active := map[int]map[string]bool{}
	act := func(day int, id string) {
		if active[day] == nil {
			active[day] = map[string]bool{}
		}
		active[day][id] = true
	}
	for day := t.first; day < t.first+t.days; day++ {
		for c := range t.callsOf(day, now) {
			if !c.end.After(now) {
				t.factsOfRows(&f, c, now)
			}
			if !c.readable(now) {
				continue
			}
			legs := t.legFacts(c)
			f.Legs = append(f.Legs, legs...)
			f.Calls = append(f.Calls, t.callFact(c, legs, now))
			f.Persons = append(f.Persons, personFacts(legs)...)
			if c.kind == queue {
				f.Journeys = append(f.Journeys, t.journeyFacts(c)...)
			}
			f.Streams = append(f.Streams, t.streamFacts(c)...)
			for _, l := range legs {
				if l.Caller.Kind == "user" && (l.Callee.Kind != "conference" || l.Outcome == "joined") {
					act(day, l.Caller.ID)
				}
				if l.Callee.Kind == "user" && (l.Outcome == "answered" || l.Outcome == "declined") {
					act(day, l.Callee.ID)
				}
			}
		}
	}
	f.Missed = t.missedFacts(f.Calls, now)
	for m := range t.writtenMessages(now) {
		f.Messages = append(f.Messages, m)
		act(dayOf(m.Created), m.Author)
	}
	for day := t.first; day < t.first+t.days; day++ {
		one := ActiveFact{Day: midnight(day)}
		for id := range active[day] {
			if number, ok := t.number(userIDs, id); ok && int(number) < t.everybody(now) {
				one.Users = append(one.Users, id)
			}
		}
		slices.Sort(one.Users)
		f.Active = append(f.Active, one)
	}
	return f
}

// endFact is an end as the record shows it.
func (t *Tenant) endFact(c *call, p party) EndFact {
	switch p.kind {
	case service:
		return EndFact{Kind: roleKinds[p.role]}
	case phone:
		if c.kind == pstnIn || c.kind == pstnOut {
			return EndFact{Kind: "pstn"} // a gateway of Microsoft, of which the record has no number
		}
		return EndFact{"pstn", t.key(p)}
	case internal, bot, device: // an application or a device of the tenant has its id, too
		return EndFact{"user", t.key(p)}
	}
	return EndFact{"external", t.key(p)}
}

var roleKinds = map[string]string{
	"voicemail": "voicemail", "exchangeUnifiedMessagingService": "voicemail", "skypeForBusinessCallQueues": "queue",
	"skypeForBusinessAutoAttendant": "attendant", "mediaController": "conference", "skypeForBusinessAudioVideoMcu": "conference",
	"customBot": "service",
}

func (t *Tenant) legFacts(c *call) (list []LegFact) {
	legs := t.legs(c)
	for i := range legs {
		l := &legs[i]
		if l.test {
			continue
		}
		id, _ := c.sessionID(l)
		known, evidence := c.known(l)
		one := LegFact{
			Call: c.id.String(), Session: id.String(), Start: l.start, End: l.end, Caller: t.endFact(c, l.caller), Callee: t.endFact(c, l.callee),
			Meant: l.meant.String(), Outcome: known.String(), Evidence: evidence, Dropped: l.stage == midcall,
		}
		if known == answered || known == joined {
			one.Talk = max(0, l.end.Sub(l.start))
		}
		list = append(list, one)
	}
	return list
}

// orderOfOutcomes says which outcome of its legs a call has: the first that there is. Who only waited gave up.
var orderOfOutcomes = []string{"answered", "joined", "voicemail", "declined", "busy", "missed", "abandoned", "queued", "attendant", "failed"}

func (t *Tenant) callFact(c *call, legs []LegFact, now time.Time) CallFact {
	one := CallFact{Call: c.id.String(), Start: c.start, End: c.end, Kind: "one_to_one", Outcome: "unknown", Network: "voip"}
	for _, p := range t.parties(c) {
		switch p.kind {
		case internal:
			one.Members++
		case phone:
			one.Phones++
		case federated, visitor, guest, acs, encrypted, onPremises:
			one.Outsiders++
		}
	}
	switch {
	case c.kind == trial:
		one.Kind, one.Direction, one.Outcome = "test", "test", "test"
		return one
	case c.kind >= dialIn:
		one.Kind, one.Direction = "meeting", "conference"
	case c.kind == queue:
		one.Kind = "voice_app"
	}
	switch {
	case one.Direction != "":
	case c.first.kind != internal:
		one.Direction = "inbound"
	case one.Phones+one.Outsiders > 0:
		one.Direction = "outbound"
	default:
		one.Direction = "internal"
	}
	switch {
	case c.kind == trunkIn || c.kind == trunkOut:
		one.Network = "direct_routing"
	case one.Phones > 0:
		one.Network = "other_pstn"
	}
	best := len(orderOfOutcomes)
	for _, l := range legs {
		if i := slices.Index(orderOfOutcomes, l.Outcome); i >= 0 {
			best = min(best, i)
		}
	}
	if best < len(orderOfOutcomes) {
		one.Outcome = orderOfOutcomes[best]
	}
	switch one.Outcome {
	case "joined":
		one.Outcome = "held"
	case "queued", "attendant":
		one.Outcome = "abandoned"
	}
	if c.scheduled() {
		if e, there := t.meeting(c).asOf(now); there && e.in(e.organizer) {
			one.Planned = e.start
		}
	}
	return one
}

// personFacts are the stays of a call, of one person after the other.
func personFacts(legs []LegFact) (list []PersonFact) {
	stays := map[EndFact][]stretch{}
	var order []EndFact
	for _, l := range legs {
		if l.Outcome != "answered" && l.Outcome != "joined" {
			continue
		}
		for _, end := range []EndFact{l.Caller, l.Callee} {
			if end.ID == "" {
				continue
			}
			if stays[end] == nil {
				order = append(order, end)
			}
			stays[end] = append(stays[end], stretch{l.Start, l.End})
		}
	}
	for _, end := range order {
		all := stays[end]
		slices.SortFunc(all, func(a, b stretch) int { return cmp.Or(a.from.Compare(b.from), a.to.Compare(b.to)) })
		one := PersonFact{Call: legs[0].Call, Person: end.ID, Kind: end.Kind, First: all[0].from}
		var until time.Time
		for _, s := range all {
			if one.Stays == 0 || s.from.After(until) {
				one.Stays++
				until = s.from
			}
			if s.to.After(until) {
				one.Talk += s.to.Sub(later(s.from, until))
				until = s.to
			}
			one.Last = later(one.Last, s.to)
		}
		list = append(list, one)
	}
	return list
}

// journeyFacts are the journey of a call, if it reached a queue.
func (t *Tenant) journeyFacts(c *call) []JourneyFact {
	j := t.journey(c)
	if j.ending == inMenuOnly {
		return nil
	}
	one := JourneyFact{
		Call: c.id.String(), Caller: t.key(c.first), Queue: accountNames[j.queue], Result: endings[j.ending], Menu: j.menu, Wait: j.wait + j.again,
		Queued: c.start.Add(j.menu), Left: c.end, AgentsRung: len(j.rings), Turns: 1,
	}
	switch j.ending {
	case agentAnswered:
		one.Agent, one.Talk = t.id(userIDs, uint64(j.agent)).String(), c.end.Sub(one.Queued.Add(j.wait))
	case forwarded:
		one.Agent, one.Talk = t.phone(j.external), c.end.Sub(one.Queued.Add(j.wait))
	case toVoicemail:
		one.Left = one.Queued.Add(j.wait)
	case requeuedAndLeft:
		one.Turns = 2
	}
	for _, p := range t.parties(c) {
		if p.kind == resource {
			one.Accounts = append(one.Accounts, t.key(p))
		}
	}
	slices.Sort(one.Accounts)
	return []JourneyFact{one}
}

func (t *Tenant) streamFacts(c *call) (list []StreamFact) {
	legs := t.legs(c)
	for i := range legs {
		l := &legs[i]
		if l.test {
			continue
		}
		session, ends := c.sessionID(l)
		segments := c.segments(l)
		ids := segmentIDs(session, len(segments), ends)
		for j, part := range segments {
			media := 0
			for k, modality := range part.media {
				label := labels[modality]
				if label == "" {
					continue
				}
				s := c.medium(l, j, k)
				sent, received := streams(&s, modality)
				for n := range sent + received {
					one := StreamFact{Call: c.id.String(), Session: session.String(), Segment: ids[j].String(), Media: media, Stream: n}
					one.Medium = map[string]string{labels["audio"]: "audio", labels["video"]: "video"}[label]
					one.Medium = cmp.Or(one.Medium, "sharing")
					one.Class, one.Poor = t.flow(c, l, streamPlace{j, k, n, modality, n < sent}).verdict(label)
					list = append(list, one)
				}
				media++
			}
		}
	}
	return list
}

// results are the classes of what a trunk's partner answers.
var results = map[int]string{
	0: "success", 486: "busy", 600: "busy", 408: "no_answer", 480: "no_answer", 487: "no_answer", 403: "rejected", 603: "rejected",
	404: "bad_number", 410: "bad_number", 484: "bad_number", 604: "bad_number",
}

// factsOfRows adds the rows of the telephone logs.
func (t *Tenant) factsOfRows(f *Facts, c *call, now time.Time) {
	for row := range t.routingCount(c) {
		way := c.routing()
		f.Routed = append(f.Routed, RoutedFact{
			ID: routingID(c, row).String(), Call: c.id.String(), Trunk: trunks[way.trunk], Inbound: c.kind == trunkIn,
			Result: cmp.Or(results[way.answer.code], "network"), Code: way.answer.code, Ring: way.ring,
		})
	}
	for row := range t.pstnCount(c) {
		b, _ := t.billed(c, row)
		one := BilledFact{
			ID: pstnID(c, row).String(), Direction: either(b.sort == "user_in" || b.sort == "ucap_in" || b.sort == "conf_in", "inbound", "outbound"),
			ChargedTo: "user", Currency: b.bill.currency, Charge: b.bill.at(now), Connection: b.bill.connection, Missing: b.bill.missing, Seconds: b.duration,
		}
		switch b.sort[:4] {
		case "conf":
			one.ChargedTo = "conference"
		case "ucap":
			one.ChargedTo = "voice_app"
		}
		if b.abroad != nil {
			one.Country = b.abroad.country
		}
		f.Billed = append(f.Billed, one)
	}
}

// A spoken call is one in which people talked, as who was in it.
type spoken struct {
	start time.Time
	by    string // whoever began it
	ours  bool   // and is one of the tenant
}

// missedFacts are the calls that nobody took, with the first call after each in which the two talked.
func (t *Tenant) missedFacts(calls []CallFact, now time.Time) (list []MissedFact) {
	outcome := map[string]CallFact{}
	for _, c := range calls {
		outcome[c.Call] = c
	}
	const anybody = "" // of the tenant
	talked := map[[2]string][]spoken{}
	for c := range t.readableCalls(now) {
		of := outcome[c.id.String()]
		if of.Outcome != "answered" || of.Kind != "one_to_one" && of.Kind != "voice_app" {
			continue
		}
		one := spoken{c.start, t.key(c.first), c.first.kind == internal}
		parties := t.parties(c)
		for _, p := range parties {
			if p.kind != internal {
				continue
			}
			for _, q := range parties {
				if q == p {
					continue
				}
				pair := [2]string{t.key(p), t.key(q)}
				talked[pair] = append(talked[pair], one)
				pair[0] = anybody
				talked[pair] = append(talked[pair], one)
			}
		}
	}
	for c := range t.readableCalls(now) {
		of := outcome[c.id.String()]
		one := MissedFact{Call: of.Call, Other: t.key(c.first), CanMatch: !t.masked(c.first)}
		switch {
		case of.Kind == "one_to_one" && slices.Contains([]string{"missed", "declined", "busy", "abandoned", "voicemail"}, of.Outcome):
			legs := t.legs(c)
			known, _ := c.known(&legs[0])
			if legs[0].callee.kind != internal || known < unanswered || known > abandoned {
				continue
			}
			one.Target, one.Ended = t.key(legs[0].callee), legs[0].end
		case of.Kind == "voice_app" && c.kind == queue && t.lost(c):
			j := t.journeyFacts(c)[0]
			one.Ended = j.Left
		default:
			continue
		}
		for _, s := range talked[[2]string{one.Target, one.Other}] {
			if !one.CanMatch || s.start.Before(one.Ended) || !s.start.Before(one.Ended.Add(returnWindow)) {
				continue
			}
			if one.Returned.IsZero() || s.start.Before(one.Returned) {
				one.Returned = s.start
			}
			one.CalledBack = one.CalledBack || s.ours && (one.Target == anybody || s.by == one.Target)
		}
		list = append(list, one)
	}
	return list
}

// readableCalls are the calls whose details exist.
func (t *Tenant) readableCalls(now time.Time) iter.Seq[*call] {
	return func(yield func(*call) bool) {
		for day := t.first; day < t.first+t.days; day++ {
			for c := range t.callsOf(day, now) {
				if c.readable(now) && !yield(c) {
					return
				}
			}
		}
	}
}

// writtenMessages are the messages of people that may be read, each once.
func (t *Tenant) writtenMessages(now time.Time) iter.Seq[MessageFact] {
	return func(yield func(MessageFact) bool) {
		for m := range t.readableChatMessages(now) {
			if one, ok := t.messageFact("chat_messages", &m, now); ok && !yield(one) {
				return
			}
		}
		for _, team := range t.readableTeams(now) {
			for _, th := range t.channelThreads(team, now) {
				for day := t.first; day < t.first+t.days; day++ {
					for _, m := range t.channelDay(th, day, now) {
						if one, ok := t.messageFact("channel_messages", &m, now); ok && !yield(one) {
							return
						}
					}
				}
			}
		}
	}
}

func (t *Tenant) messageFact(table string, m *message, now time.Time) (one MessageFact, ok bool) {
	who, ok := t.sender(m)
	if !ok || who.kind != internal && who.kind != federated && who.kind != visitor && who.kind != skype {
		return one, false
	}
	one = MessageFact{Table: table, Thread: m.thread.id, ID: m.id(), Created: m.created, Author: t.key(who), Hours: "not_known"}
	if who.kind == internal {
		one.Hours = t.hoursOf(who.number, m.created, now)
	}
	return one, true
}

// hoursOf says whether an instant is inside somebody's working hours, by the clock of the place for which they have set them.
func (t *Tenant) hoursOf(number int, at, now time.Time) string {
	p, here := t.personAt(number, now)
	m := mailbox{person: &p}
	hours, known := m.hours()
	if !here || !p.hasMailbox() || t.forbidden(userIDs, number) || !known {
		return "not_known"
	}
	local := at.In(hours.clock)
	day := local.Weekday()
	since := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second +
		time.Duration(local.Nanosecond())
	yesterday := (day + 6) % 7
	inside := false
	switch {
	case hours.from < hours.to:
		inside = hours.works(day) && since >= hours.from && since < hours.to
	case since >= hours.from:
		inside = hours.works(day)
	case since < hours.to: // the shift that began the day before
		inside = hours.works(yesterday)
	}
	return either(inside, "inside", "outside")
}
