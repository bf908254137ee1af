package graphsim

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"
)

// Facts are what happened in a tenant until now, as the generator drew it: for a comparison with the metrics of a lake, row by row.
// Nothing here is read out of an answer. Of calls there are those whose details exist or have existed, of messages those that somebody may read.
// What Graph's records cannot tell is not told apart here either where that is said; Meant is what really became of a leg.
//
// What nobody can read any more is here as whoever has read the tenant in some nights still knows it: what was written in a team that is gone, the
// calendar of somebody who has left.
//
// Ids are those of the tables. Instants have all digits that Graph sends, and tables fewer.
type Facts struct {
	Legs     []LegFact
	Calls    []CallFact
	Persons  []PersonFact
	Menus    []MenuFact
	Journeys []JourneyFact
	Missed   []MissedFact
	Streams  []StreamFact
	Routed   []RoutedFact
	Billed   []BilledFact
	Messages []MessageFact
	Events   []EventFact
	Active   []ActiveFact
	Users    []UserFact
	Teams    []TeamFact
	Products []ProductFact

	Transcripts []TranscriptFact
	Recordings  []RecordingFact
	Attendances []AttendanceFact

	FirstPost, LastPost time.Time // the days of the first and the last message, or event, of a channel
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
	Organizer                  string
	Planned                    time.Time // when its calendar event begins, in its organizer's copy, if it was then, give or take quarterHour; else zero
}

// A PersonFact is somebody in a call (M05, M20): whoever was at an end of an answered or joined leg.
type PersonFact struct {
	Call, Person string
	Kind         string // user, external, pstn
	Stays        int    // that neither overlap nor touch
	First, Last  time.Time
	Talk         time.Duration // of all stays
}

// A MenuFact is a call that reached a menu (M09).
type MenuFact struct {
	Call   string
	Length time.Duration // of all menus of it
	Menus  int
	Queued bool // it went on to a queue; else the caller hung up
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
	From, To               SideFact
}

// A SideFact is an end of a stream that is somebody, or something with an id, of the tenant; else the User is empty (M18). What is not told is
// unknown.
type SideFact struct{ User, Platform, Connection, Band, Subnet string }

// A RoutedFact is a row of Direct Routing (M04, M12, M13).
type RoutedFact struct {
	ID, Call, Trunk string
	Inbound         bool
	User            string // of the tenant; empty if none
	Other           NumberFact
	Result          string // success, busy, no_answer, rejected, bad_number, network
	Code, Reason    int    // of SIP, and Microsoft's
	Phrase          string
	Start           time.Time // of the call
	Invited, Ended  time.Time // how long the trunk was busy
	Ring            time.Duration
	Seconds         int
}

// A NumberFact is a telephone number of the outside.
type NumberFact struct {
	Number  string
	Country string // as ISO names it; empty if nobody can tell
	Masked  bool   // its last digits, or all
}

// A BilledFact is a row of a calling plan as it is now (M14). Amounts are in hundredths.
type BilledFact struct {
	ID, Direction, ChargedTo string
	User                     string // whose line it was; empty if nobody's
	Start                    time.Time
	Other                    NumberFact
	Line                     string // the country of the tenant's own number, as ISO names it
	Context, Operator        string // the former is empty where the row has none
	Currency                 string
	Charge, Connection       int
	Missing                  bool // neither a charge nor a currency
	Seconds                  int
}

// A MessageFact is a message of somebody, or of a bot, which has no author (M23, M25).
type MessageFact struct {
	Table, Thread, ID string
	Team              string // of a channel
	Scope             string // one_on_one, group, meeting; of a chat that nobody is in any more chat_unknown; post, reply
	Created           time.Time
	Author            string
	Other             string    // in a chat of two whoever else is in it now
	Hours             string    // inside, outside, not_known: by the author's clock and working hours as they are now
	Local             time.Time // a midnight: the date by that clock, in UTC where it is not known
}

// An ActiveFact is who was active on a UTC day, in the order of the ids (M31).
type ActiveFact struct {
	Day   time.Time
	Users []string
}

// returnWindow is how long after a missed call people must have spoken for it to be returned.
const returnWindow = 24 * time.Hour

// Facts takes time in proportion to the calls and messages. The nights are those in which somebody has read the tenant, the first first and the last
// now; without any it is read now.
func (t *Tenant) Facts(nights ...time.Time) Facts {
	var f Facts
	now := t.Now().UTC()
	if len(nights) == 0 {
		nights = []time.Time{now}
	}
	active := map[int]map[string]bool{}
	act := func(day int, id string) {
		if active[day] == nil {
			active[day] = map[string]bool{}
		}
		active[day][id] = true
	}
	for day := t.first; day < t.first+t.days; day++ {
		for index := range t.count(day) { // of the logs, in which no call moves to another day
			if c := t.call(day, index); !c.end.After(now) {
				t.factsOfRows(&f, &c, now)
			}
		}
		for c := range t.callsOf(day, now) {
			if !c.kept(now) {
				continue
			}
			legs := t.legFacts(c)
			f.Legs = append(f.Legs, legs...)
			f.Calls = append(f.Calls, t.callFact(c, legs, nights))
			f.Persons = append(f.Persons, personFacts(legs)...)
			if c.kind == queue {
				f.Menus = append(f.Menus, t.menuFacts(c)...)
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
	f.Messages = t.messageFacts(nights)
	for _, m := range f.Messages {
		if m.Author != "" {
			act(dayOf(m.Created), m.Author)
		}
	}
	for day := t.first; day < t.first+t.days; day++ {
		one := ActiveFact{Day: midnight(day)}
		for id := range active[day] {
			if number, ok := t.number(userIDs, id); ok && t.everSeen(int(number), nights) {
				one.Users = append(one.Users, id)
			}
		}
		slices.Sort(one.Users)
		f.Active = append(f.Active, one)
	}
	f.Events = t.eventFacts(nights)
	f.Users, f.Teams, f.Products = t.UserFacts(now), t.teamFacts(nights), t.productFacts(now)
	f.Transcripts, f.Recordings = t.captureFacts(nights)
	f.Attendances = t.attendanceFacts(nights)
	f.FirstPost, f.LastPost = t.posts(nights)
	return f
}

// kept says whether somebody who reads every night has a call: however old it is.
func (c *call) kept(now time.Time) bool { return now.Sub(c.end) >= youngest }

// everSeen says whether somebody was in the directory in some night.
func (t *Tenant) everSeen(number int, nights []time.Time) bool {
	return slices.ContainsFunc(nights, func(night time.Time) bool {
		_, here := t.personAt(number, night)
		return here
	})
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

func (t *Tenant) callFact(c *call, legs []LegFact, nights []time.Time) CallFact {
	one := CallFact{Call: c.id.String(), Organizer: t.key(c.first), Start: c.start, End: c.end, Kind: "one_to_one", Outcome: "unknown", Network: "voip"}
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
	one.Planned = t.plannedFor(c, nights)
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

// menuFacts are the menus of a call, if it reached one.
func (t *Tenant) menuFacts(c *call) []MenuFact {
	j := t.journey(c)
	if j.menu == 0 {
		return nil
	}
	one := MenuFact{Call: c.id.String(), Length: j.menu, Menus: 1, Queued: j.ending != inMenuOnly}
	if j.nested {
		one.Menus = 2
	}
	return []MenuFact{one}
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
				caller, callee := t.sides(c, l, modality, &s)
				for n := range sent + received {
					one := StreamFact{Call: c.id.String(), Session: session.String(), Segment: ids[j].String(), Media: media, Stream: n}
					one.Medium = map[string]string{labels["audio"]: "audio", labels["video"]: "video"}[label]
					one.Medium = cmp.Or(one.Medium, "sharing")
					if one.From, one.To = caller, callee; n >= sent {
						one.From, one.To = callee, caller
					}
					one.Class, one.Poor = t.flow(c, l, streamPlace{j, k, n, modality, n < sent}).verdict(label)
					list = append(list, one)
				}
				media++
			}
		}
	}
	return list
}

// sides are both sides of a medium, as far as its record tells of them. What is drawn of devices and networks comes in this order.
func (t *Tenant) sides(c *call, l *leg, modality string, s *source) (caller, callee SideFact) {
	ends := []party{l.caller, l.callee}
	for _, p := range ends {
		t.deviceInfo(c, p, modality == "audio", s)
	}
	var all [2]SideFact
	for i, p := range ends {
		told := t.network(c, p, s) != nil
		if p.kind != internal && p.kind != bot && p.kind != device {
			continue
		}
		one := SideFact{User: t.key(p), Platform: "unknown", Connection: "unknown", Band: "unknown", Subnet: "unknown"}
		draws := seeded(c.seed, uint64(p.kind), uint64(p.number), 'e')
		if agent, ok := clientAgent(p, &draws).(entity); ok {
			one.Platform, _ = agent.at("platform").(string)
		}
		if told {
			at := t.seat(c, p)
			one.Connection, one.Subnet = at.connection, fmt.Sprintf("10.%d.%d.0", at.a, at.b)
			one.Band = cmp.Or(at.band, "unknown")
		}
		all[i] = one
	}
	return all[0], all[1]
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
		one := RoutedFact{
			ID: routingID(c, row).String(), Call: c.id.String(), Trunk: trunks[way.trunk], Inbound: c.kind == trunkIn,
			Result: cmp.Or(results[way.answer.code], "network"), Code: way.answer.code, Phrase: way.answer.phrase, Reason: 560000 + way.answer.code,
			Start: c.start, Invited: c.start, Ended: c.start.Add(way.ring), Ring: way.ring,
		}
		if way.fate == answered {
			length := c.end.Sub(c.start) / time.Duration(1+row) // the second half was handed on
			one.Phrase, one.Reason, one.Seconds = "BYE", 540000, int(length/time.Second)
			one.Invited, one.Ended = c.start.Add(-way.ring), c.start.Add(length)
		}
		for _, p := range t.parties(c)[:2] {
			switch p.kind {
			case internal:
				one.User = t.key(p)
			case phone:
				_, where := t.line(p.number)
				one.Other = t.numberFact(p, where)
			}
		}
		f.Routed = append(f.Routed, one)
	}
	for row := range t.pstnCount(c) {
		b := t.billed(c, row)
		one := BilledFact{
			ID: pstnID(c, row).String(), Direction: either(b.sort == "user_in" || b.sort == "ucap_in" || b.sort == "conf_in", "inbound", "outbound"),
			ChargedTo: "user", Currency: b.bill.currency, Charge: b.bill.at(now), Connection: b.bill.connection, Missing: b.bill.missing, Seconds: b.duration,
			Start: b.start, Line: b.line.country, Context: b.context(), Operator: b.operator,
			Other: t.numberFact(party{kind: phone, number: b.number}, b.abroad),
		}
		if b.who != nil {
			one.User = b.who.id.String()
		}
		switch b.sort[:4] {
		case "conf":
			one.ChargedTo = "conference"
		case "ucap":
			one.ChargedTo = "voice_app"
		}
		f.Billed = append(f.Billed, one)
	}
}

func (t *Tenant) numberFact(p party, where *site) NumberFact {
	one := NumberFact{Number: t.key(p), Masked: t.masked(p)}
	if where != nil {
		one.Country = where.country
	}
	return one
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

// readableCalls are the calls whose details exist or have existed.
func (t *Tenant) readableCalls(now time.Time) iter.Seq[*call] {
	return func(yield func(*call) bool) {
		for day := t.first; day < t.first+t.days; day++ {
			for c := range t.callsOf(day, now) {
				if c.kept(now) && !yield(c) {
					return
				}
			}
		}
	}
}
