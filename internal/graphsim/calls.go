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
	more       int    // segments that came with late versions
	first      party  // the organizer
	seed       uint64 // draws the rest
}

// A leg is a session: one party's time in the call.
type leg struct {
	number         int
	caller, callee party
	start, end     time.Time
	modalities     []string
	failed         bool
	test           bool
}

// call is the first version of a day's call.
func (t *Tenant) call(day, index int) call {
	number := uint64(day)<<32 | uint64(index)
	s := seeded(t.seed, number, 'c')
	c := call{day: day, index: index, kind: t.kind(day, index), id: t.id(callIDs, number)}
	c.start = t.start(day, index)
	c.end = c.start.Add(c.kind.length(&s).Truncate(precision(&s)))
	c.first = party{kind: internal, number: t.organizer(&s, c.start)}
	switch c.kind {
	case pstnIn, trunkIn, queue:
		c.first = party{kind: phone, number: s.below(1e6)}
	case group:
		if s.chance(0.02) {
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
	c.modified = c.end.Add(time.Duration(s.between(5*60, 50*60)) * time.Second).Truncate(precision(&s))
	c.seed = s.next()
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
	list := make([]party, 0, size+2)
	list = append(list, c.first)
	switch c.kind {
	case pstnOut, trunkOut:
		return append(list, party{kind: phone, number: s.below(1e6)})
	case queue:
		list = append(list, party{kind: resource, number: 0}, party{kind: resource, number: 1 + s.below(3)})
	case dialIn:
		list = append(list, party{kind: phone, number: s.below(1e6)})
	}
	if c.kind == queue {
		size = 4
	}
	return t.others(list, size, &s)
}

// others fills up the list with people who are not in it yet: a walk through the directory that
// comes to nobody twice, and outsiders where it does not suffice or chance will have it.
func (t *Tenant) others(list []party, size int, s *source) []party {
	step, at, seen := stride(t.Users), s.below(t.Users), 0
	share := 0.01
	if size > 2 {
		share = 0.06
	}
	for n := 0; len(list) < size; n++ {
		if seen < t.Users && !s.chance(share) {
			at, seen = (at+step)%t.Users, seen+1
			if p := (party{kind: internal, number: at}); p != list[0] {
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
	parties := t.parties(c)
	s := seeded(c.seed, 'l')
	var legs []leg
	switch c.kind {
	case queue:
		legs = c.queued(parties, &s)
	case voicemail:
		ring := c.start.Add(c.end.Sub(c.start) / 4)
		legs = []leg{
			{caller: parties[0], callee: parties[1], end: ring, failed: true},
			{caller: parties[0], callee: server(pick(&s, []string{"voicemail", "exchangeUnifiedMessagingService"})), start: ring},
		}
	case trial:
		legs = []leg{{caller: parties[0], callee: server("customBot"), test: true}}
	case dialIn, group, meeting, assembly:
		legs = c.conference(parties, &s)
	default:
		legs = []leg{{caller: parties[0], callee: parties[1], failed: c.kind == missed || c.kind == dropped}}
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

// queued is a call that an auto attendant hands to a queue, and the queue to an agent.
func (c *call) queued(parties []party, s *source) []leg {
	length := c.end.Sub(c.start)
	menu := c.start.Add(length / 6).Truncate(precision(s))
	menu = later(menu, c.start)
	answered := menu.Add(length / 5)
	return []leg{
		{caller: parties[0], callee: server("skypeForBusinessAutoAttendant"), end: menu},
		{caller: parties[0], callee: server("skypeForBusinessCallQueues"), start: menu},
		{caller: server("skypeForBusinessCallQueues"), callee: parties[3], start: answered},
	}
}

// conference is a call in which everybody talks to a server. Some leave and come back.
func (c *call) conference(parties []party, s *source) []leg {
	roles := []string{"mediaController", "skypeForBusinessAudioVideoMcu", "skypeForBusinessAudioVideoMcu"}
	hub := server(pick(s, roles))
	length := c.end.Sub(c.start)
	legs := make([]leg, 0, len(parties)+len(parties)/6+1)
	legs = append(legs, leg{caller: parties[0], callee: hub}) // the organizer stays, and shows and says everything
	for _, p := range parties[1:] {
		in := c.start.Add(time.Duration(s.unit() * s.unit() * 0.4 * float64(length)))
		out := c.end.Add(-time.Duration(s.unit() * s.unit() * 0.5 * float64(length)))
		l := leg{caller: p, callee: hub, modalities: c.share(p, s), failed: s.chance(0.02)}
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
	silent := c.kind == missed || (l.failed && s.chance(0.5))
	list := make([]segment, count)
	length := l.end.Sub(l.start) / time.Duration(count)
	for i := range list {
		from := l.start.Add(time.Duration(i) * length).Truncate(tick)
		list[i] = segment{start: from, end: from.Add(length).Truncate(tick), media: l.modalities[:1]}
	}
	last := &list[count-1]
	last.last, last.end, last.media = true, l.end, l.modalities
	if silent { // nothing flowed: a session without media is a session all the same
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
