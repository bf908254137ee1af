package graphsim

import (
	"cmp"
	"sync/atomic"
	"time"
)

// Options describe a tenant. The zero value is a tenant of 200 users and the last seven whole days.
type Options struct {
	Seed   int64
	Users  int    // at From; default 200
	Tenant string // the tenant's id; default an invented one

	// From and To bound the days of which there are calls: [From, To), whole UTC days.
	From, To time.Time
	// Now is what the age of a record is measured against: a call is listed once it has ended, its
	// details exist from an hour after that, and both until 30 days after. It may move while requests
	// are answered. Default time.Now.
	Now func() time.Time

	// Late is the share of calls, of all kinds, that get one or two further versions, between 2 and 44
	// hours after they ended. Default 0.05; negative: none.
	Late float64

	// Moves is how much the directory changes: so many users of a thousand a day, from From on, join or
	// leave, or get another manager or job. Default 2; negative: none, and then chats keep their members
	// and topics too.
	Moves float64

	CallsPerUserDay float64 // begun by a user on a working day; default 5
	Large           int     // participants of the largest meetings, of which a working day has at least one; default 400

	// Forbidden is the share of users and teams that nobody may read: what they have answers 403.
	Forbidden float64

	// TranscriptsOff is the tenant's switch that lets no application read transcripts, and NoAttribution the one by which nobody
	// learns who said what.
	TranscriptsOff, NoAttribution bool
	// NoPolicy is the share of organizers whose meetings no application access policy opens.
	NoPolicy float64

	// MessagesPerUserDay is how many messages a user writes in chats on a working day, on average; in
	// channels it is an eighth of that. Default 4; negative: none.
	MessagesPerUserDay float64

	// Rate is how many times faster than published Graph's limits are enforced, measured on the machine's
	// clock and not on Now. 0: no limits.
	Rate float64
	// Fixtures are answered besides, and before, what the tenant makes itself.
	Fixtures []Fixture
	// Faults say how requests fail that nothing is wrong with.
	Faults Faults
	// Sick says what of the tenant is sick, for nights.
	Sick Sick

	Token string   // the only token of an application that is accepted; if empty, and without Bearer, nothing is asked for
	Roles []string // the permissions that it carries, and that of an application that Bearer knows; nil means all
	// Bearer, if there is one, says of any other token whose it is, and whether it is a good one. It is safe for concurrent use.
	Bearer func(token string) (of Bearer, ok bool)
}

// A Tenant answers requests. It is safe for concurrent use.
type Tenant struct {
	Options
	seed     uint64
	first    int // the first day with calls, in days since 1970
	days     int
	shapes   shapes
	throttle *throttle // nil: no limits
	calendar calendar  // who was invited
	captured calendar  // whose calls were transcribed or recorded
	ill      ill
	served   []collection
	agents   [ordersQueue][]int // who answers each queue

	requests, throttled atomic.Uint64
}

// Requests is how many requests came, whatever the answer was.
func (t *Tenant) Requests() uint64 { return t.requests.Load() }

// Throttled is how many requests were refused because a limit was reached.
func (t *Tenant) Throttled() uint64 { return t.throttled.Load() }

// New makes the tenant that the options describe. It panics for a fixture in which Check finds something wrong.
func New(o Options) *Tenant {
	o.Users = cmp.Or(o.Users, 200)
	o.Tenant = cmp.Or(o.Tenant, "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30")
	o.CallsPerUserDay = cmp.Or(o.CallsPerUserDay, 5)
	o.Large = cmp.Or(o.Large, 400)
	o.MessagesPerUserDay = max(0, cmp.Or(o.MessagesPerUserDay, 4))
	o.Late = cmp.Or(o.Late, 0.05)
	o.Moves = cmp.Or(o.Moves, 2)
	o.Faults.Stall = cmp.Or(o.Faults.Stall, 300*time.Millisecond)
	if o.Faults.Kinds == nil {
		for f := range faultKinds {
			o.Faults.Kinds = append(o.Faults.Kinds, Fault(f))
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.To.IsZero() {
		o.To = o.Now()
	}
	if o.From.IsZero() {
		o.From = o.To.AddDate(0, 0, -7)
	}
	t := &Tenant{Options: o, seed: uint64(o.Seed)}
	if o.Rate > 0 {
		t.throttle = newThrottle(o.Rate)
	}
	if t.Sick.Seed != 0 {
		t.Sick.Nights, t.Sick.Share, t.Sick.Page = cmp.Or(o.Sick.Nights, 3), cmp.Or(o.Sick.Share, 0.03), cmp.Or(o.Sick.Page, 5)
		if t.Sick.From.IsZero() {
			t.Sick.From = o.From
		}
		t.ill = ill{heal: o.Sick.Heal, tries: map[string]int{}, lasts: map[string][]byte{}}
	}
	var fixtures []collection
	for i := range o.Fixtures {
		c, err := o.Fixtures[i].collection()
		if err != nil {
			panic(err)
		}
		fixtures = append(fixtures, c)
	}
	t.served = serving(fixtures, collections)
	t.first = dayOf(o.From)
	t.days = max(0, dayOf(o.To)-t.first)
	t.shapes = newShapes(t.first, t.days)
	t.agents = t.newAgents()
	return t
}

const secondsPerDay = 24 * 60 * 60

// dayOf is the UTC day of an instant, in days since 1970.
func dayOf(at time.Time) int {
	seconds := at.Unix()
	day := seconds / secondsPerDay
	if seconds%secondsPerDay < 0 {
		day--
	}
	return int(day)
}

func midnight(day int) time.Time { return time.Unix(int64(day)*secondsPerDay, 0).UTC() }
