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
