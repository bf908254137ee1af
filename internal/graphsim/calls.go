package graphsim

import (
	"slices"
	"time"
)

// A kind is what sort of call it is; everything else about a call follows from it.
type kind uint8

const (
	direct    kind = iota // between two people
	missed                // nobody answered
	dropped               // broke off in the middle
	pstnOut               // over a calling plan of Microsoft
	pstnIn                //
	trunkOut              // over Direct Routing
	trunkIn               //
	queue                 // from the telephone network to an auto attendant, a call queue and an agent
	voicemail             // nobody answered, and the caller spoke to the machine
	trial                 // a test call
	dialIn                // a meeting with somebody on the telephone
	group                 // three to eight people
	meeting               // up to a hundred
	assembly              // as many as Options.Large
)

// mixture says how many of a thousand calls are of each kind.
var mixture = [...]int{
	direct: 470, missed: 60, dropped: 20, pstnOut: 60, pstnIn: 50, trunkOut: 50, trunkIn: 50, queue: 30, voicemail: 15,
	trial: 10, dialIn: 20, group: 140, meeting: 24, assembly: 1,
}

// A call is what the list says of a record; parties and legs are made from it when they are needed.
type call struct {
	day, index int
	kind       kind
	id         guid
	start, end time.Time
	modalities []string
	callType   string
	version    int
	modified   time.Time
	more       int   // segments that came with late versions
	first      party // the organizer
	other      party // whom the organizer calls, if that is drawn before the rest: paired
	paired     bool  // the call is about an earlier one between the same two
	room       guid  // the call whose link led to this one, too; zero for most
	fate       outcome
	seed       uint64 // draws the rest
}

// A leg is a session: one party's time in the call.
type leg struct {
	number         int
	caller, callee party
	start, end     time.Time
	modalities     []string
	meant          outcome // what became of it, whatever Graph says
	stage, reason  string  // of its failure; without a stage it did not fail
	silent         bool    // no media were seen
	besideAnswer   bool    // it overlaps with the leg in which another agent answered
	test           bool
}

// call is the first version of a day's call.
func (t *Tenant) call(day, index int) call {
	c := t.bare(day, index)
	t.echo(&c)
	return c
}

// bare is a call that is about no earlier one.
func (t *Tenant) bare(day, index int) call {
	number := uint64(day)<<32 | uint64(index)
	s := seeded(t.seed, number, 'c')
	c := call{day: day, index: index, kind: t.kind(day, index), id: t.id(callIDs, number)}
	c.start = t.start(day, index)
	c.first = party{kind: internal, number: t.organizer(&s, c.start)}
	switch c.kind {
	case pstnIn, trunkIn, queue:
		c.first = party{kind: phone, number: s.below(1e6)}
	case group:
		if s.chance(0.02) {
			c.first = party{kind: federated, number: s.below(1e6)}
		}
	case direct, missed:
		if s.chance(0.03) {
			c.first = party{kind: federated, number: s.below(1e6)}
		}
	}
	c.modalities = c.kind.modalities(&s)
	c.callType = "peerToPeer"
	if c.kind >= dialIn || c.kind == queue || c.kind == voicemail {
		c.callType = "groupCall"
	}
	if s.chance(0.01) {
		c.callType = "unknown"
	}
	c.version = 1 + min(s.below(4), s.below(4))
	late, unit := time.Duration(s.between(5*60, 50*60))*time.Second, precision(&s)
	length := c.kind.length(&s).Truncate(precision(&s))
	c.seed = s.next()
	c.fate = t.fateOf(&c)
	switch {
	case c.kind == queue:
		length = t.journey(&c).total
	case c.kind == trunkIn && c.fate != answered, c.kind == trunkOut && c.fate != answered:
		length = c.routing().ring
	case c.kind == pstnIn && c.fate != answered, c.kind == pstnOut && c.fate != answered:
		length = ringing(&s, false)
	}
	c.end = c.start.Add(length)
	c.modified = c.end.Add(late).Truncate(unit)
	return c
}

// kind draws the kind of a call. The middle of every working day has an assembly.
func (t *Tenant) kind(day, index int) kind {
	if index == t.count(day)/2 && !weekend(day) {
		return assembly
	}
	s := seeded(t.seed, uint64(day), uint64(index), 'k')
	rest := s.below(1000)
	for k, share := range mixture {
		if rest < share {
			if kind(k) == direct && midnight(day).Weekday() == time.Monday && s.chance(drownShare) && drowns(t.start(day, index)) {
				return queue
			}
			return kind(k)
		}
		rest -= share
	}
	return direct
}

// length draws how long a call lasts.
func (k kind) length(s *source) time.Duration {
	low, high := 20, 40*60
	switch k {
	case missed, trial:
		low, high = 4, 40
	case voicemail:
		low, high = 25, 120
	case dialIn, group, meeting:
		low, high = 10*60, 70*60
	case assembly:
		low, high = 45*60, 3*60*60
	}
	// The square makes short calls the usual ones.
	u := s.unit()
	return time.Duration((float64(low) + u*u*float64(high-low)) * float64(time.Second))
}

func (k kind) modalities(s *source) []string {
	switch {
	case k > dropped && k < dialIn:
		return []string{"audio"}
	case k >= meeting:
		return []string{"audio", "video", "videoBasedScreenSharing"}
	}
	m := []string{"audio"}
	for _, more := range []string{"video", "videoBasedScreenSharing", "screenSharing", "data"} {
		if s.chance(map[string]float64{"video": 0.35, "videoBasedScreenSharing": 0.15}[more] + 0.01) {
			m = append(m, more)
		}
	}
	return m
}

// parties are all who took part, each once however often they came, the organizer first.
func (t *Tenant) parties(c *call) []party {
	s := seeded(c.seed, 'y')
	size := 2
	switch c.kind {
	case trial:
		size = 1
	case dialIn, group:
		size = s.between(3, 8)
	case meeting:
		size = s.between(9, 60)
		if s.chance(0.1) {
			size = s.between(61, 100)
		}
	case assembly:
		size = max(2, t.Large-s.below(1+t.Large/8))
		if c.index == t.count(c.day)/2 {
			size = max(2, t.Large)
		}
	}
	if c.paired {
		return []party{c.first, c.other}
	}
	list := make([]party, 0, size+2)
	list = append(list, c.first)
	switch c.kind {
	case queue:
		return t.queueParties(c)
	case pstnOut, trunkOut:
		return append(list, party{kind: phone, number: s.below(1e6)})
	case dialIn:
		list = append(list, party{kind: phone, number: s.below(1e6)})
	}
	return t.others(c, list, size, &s)
}

// others fills up the list with people who are not in it yet: a walk through the directory that
// comes to nobody twice, and outsiders where it does not suffice or chance will have it.
// Who leaves on the day is not among them: a call that moves to another day keeps its people.
func (t *Tenant) others(c *call, list []party, size int, s *source) []party {
	step, at, seen := stride(t.Users), s.below(t.Users), 0
	share := 0.01
	switch {
	case size > 2:
		share = 0.06
	case c.first.kind != internal:
		share = 0 // who calls from outside calls somebody of the tenant
	}
	for n := 0; len(list) < size; n++ {
		if seen < t.Users && !s.chance(share) {
			at, seen = (at+step)%t.Users, seen+1
			if p := (party{kind: internal, number: at}); p != list[0] && t.actsAt(at, midnight(c.day+1)) {
				list = append(list, p)
			}
			continue
		}
		p := party{kind: federated, number: s.below(1e9)}
		if size > 2 {
			p.kind = pick(s, outsiders)
		}
		if p.kind == resource || p.kind == device || p.kind == bot {
			p.number = n
		}
		if !slices.ContainsFunc(list, func(other party) bool { return t.same(p, other) }) {
			list = append(list, p)
		}
	}
	return list
}

// same says whether two parties have one id: two telephones may, of which nobody sees the number.
func (t *Tenant) same(a, b party) bool {
	return a == b || a.kind == phone && b.kind == phone && t.phone(a.number) == t.phone(b.number)
}

// stride is a step that has no divisor in common with n, so that a walk by it visits all n.
func stride(n int) int {
	for _, prime := range []int{7919, 104729, 13} {
		if n%prime != 0 {
			return prime % n
		}
	}
	return 1
}

// legs are the sessions of a call, by their start as they were planned.
func (t *Tenant) legs(c *call) []leg {
	var legs []leg
	s := seeded(c.seed, 'l')
	switch parties := t.parties(c); c.kind {
	case queue:
		legs = t.queued(c)
	case voicemail:
		ring := c.start.Add(c.end.Sub(c.start) / 4).Truncate(tick)
		legs = []leg{
			{caller: parties[0], callee: parties[1], end: ring},
			{caller: parties[0], callee: server(pick(&s, []string{"voicemail", "exchangeUnifiedMessagingService"})), start: ring, meant: inMailbox},
		}
		legs[0].refuse(c.fate, &s)
	case trial:
		legs = []leg{{caller: parties[0], callee: server("customBot"), meant: tested, test: true}}
	case dialIn, group, meeting, assembly:
		legs = c.conference(parties, &s)
	default:
		l := leg{caller: parties[0], callee: parties[1]}
		if c.fate != answered {
			l.refuse(c.fate, &s)
		} else if l.silent = t.unseen(c); c.kind == dropped {
			l.broken(&s)
		}
		legs = []leg{l}
	}
	for i := range legs {
		l := &legs[i]
		l.number = i
		if l.start.IsZero() {
			l.start = c.start
		}
		if l.end.IsZero() {
			l.end = c.end
		}
		if l.modalities == nil {
			l.modalities = c.modalities
		}
	}
	return legs
}

func server(role string) party { return party{kind: service, role: role} }

// conference is a call in which everybody talks to a server. Some leave and come back.
func (c *call) conference(parties []party, s *source) []leg {
	roles := []string{"mediaController", "skypeForBusinessAudioVideoMcu", "skypeForBusinessAudioVideoMcu"}
	hub := server(pick(s, roles))
	length := c.end.Sub(c.start)
	legs := make([]leg, 0, len(parties)+len(parties)/6+1)
	legs = append(legs, leg{caller: parties[0], callee: hub, meant: joined}) // the organizer stays, and shows and says everything
	for _, p := range parties[1:] {
		in := c.comes(s)
		out := c.end.Add(-time.Duration(s.unit() * s.unit() * 0.5 * float64(length)))
		l := leg{caller: p, callee: hub, modalities: c.share(p, s), meant: joined}
		if u := s.unit(); u < 0.02 {
			l.broken(s)
		} else if u < 0.025 { // who did not get in
			l.stage, l.reason, l.silent = setup, failed.reason(s), true
			out = in.Add(time.Duration(s.between(1, 20)) * time.Second)
			if out.After(c.end) {
				out = c.end
			}
		}
		for parts := c.visits(s); parts > 0; parts-- {
			away := in.Add(out.Sub(in) / time.Duration(parts))
			l.start, l.end = later(in.Truncate(precision(s)), c.start), away.Truncate(tick)
			if parts > 1 { // gone for the last tenth of this part
				l.end = away.Add(-away.Sub(in) / 10).Truncate(tick)
			}
			legs = append(legs, l)
			in = away
		}
	}
	return legs
}

// comes draws when somebody joins: around the planned start, at times exactly when that is not yet late or just is, at times much
// later; never before the call, nor in its second half.
func (c *call) comes(s *source) time.Time {
	in, length := c.planned(), c.end.Sub(c.start)
	if !c.scheduled() {
		in = c.start
	}
	switch u := s.unit(); {
	case u < 0.55:
		in = in.Add(time.Duration(s.between(-150_000, 60_000)) * time.Millisecond)
	case u < 0.85:
		in = in.Add(time.Duration(s.between(60_000, 299_000)) * time.Millisecond)
	case u < 0.88:
		in = in.Add(lateAfter)
	case u < 0.91:
		in = in.Add(lateAfter + time.Second)
	default:
		in = c.start.Add(time.Duration(s.unit() * 0.4 * float64(length)))
	}
	if most := c.start.Add(length * 9 / 20); in.After(most) {
		in = most
	}
	return later(in, c.start)
}

// lateAfter is how long after the planned start somebody is not yet late.
const lateAfter = 300 * time.Second

func (c *call) visits(s *source) int {
	switch {
	case s.chance(0.02):
		return 3
	case s.chance(0.1):
		return 2
	}
	return 1
}

// share draws which of the call's modalities somebody used.
func (c *call) share(p party, s *source) []string {
	if p.kind == phone || len(c.modalities) == 1 || s.chance(0.5) {
		return c.modalities[:1]
	}
	return c.modalities[:s.between(1, len(c.modalities))]
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// labels are the media of each modality; data has none.
var labels = map[string]string{
	"audio": "main-audio", "video": "main-video", "videoBasedScreenSharing": "applicationsharing-video",
	"screenSharing": "applicationsharing-video",
}

// A segment is a stretch of a session without a change of media.
type segment struct {
	start, end time.Time
	last       bool
	media      []string // modalities
}

// segments cuts a session. All media are in the last segment, the first ones have sound only.
func (c *call) segments(l *leg) []segment {
	s := seeded(c.seed, uint64(l.number), 's')
	count := 1
	if len(l.modalities) > 1 && s.chance(0.3) {
		count = s.between(2, 3)
	}
	if l.number == 0 {
		count += c.more
	}
	list := make([]segment, count)
	length := l.end.Sub(l.start) / time.Duration(count)
	for i := range list {
		from := l.start.Add(time.Duration(i) * length).Truncate(tick)
		list[i] = segment{start: from, end: from.Add(length).Truncate(tick), media: l.modalities[:1]}
	}
	last := &list[count-1]
	last.last, last.end, last.media = true, l.end, l.modalities
	if l.silent { // nothing flowed: a session without media is a session all the same
		for i := range list {
			list[i].media = nil
		}
	}
	return list
}

// streams are how many streams each way a medium has: cameras come in several qualities.
func streams(s *source, modality string) (sent, received int) {
	switch modality {
	case "video":
		return 1, s.between(1, 3)
	case "audio":
		return 1, 1
	case "data":
		return 0, 0
	}
	return s.below(2), 1
}

// medium is the source of everything measured in one medium of a segment.
func (c *call) medium(l *leg, segment, medium int) source {
	return seeded(c.seed, uint64(l.number), uint64(segment), uint64(medium), 'm')
}

// sessionID is the id of a session, and what its two sides draw, the same in the session and its segments.
func (c *call) sessionID(l *leg) (id guid, ends source) {
	ends = seeded(c.seed, uint64(l.number), 'w')
	if l.number > 0 || c.kind >= queue {
		return drawGUID(&ends), ends
	}
	return c.id, ends
}

// segmentIDs are the ids of a session's segments, of which the first has that of the session.
func segmentIDs(session guid, n int, s source) []guid {
	ids := make([]guid, n)
	for i := range ids {
		if ids[i] = session; i > 0 {
			ids[i] = drawGUID(&s)
		}
	}
	return ids
}
