package report

import (
	"context"
	"fmt"
	"iter"
	"time"

	"graphlake/schemas"
)

// A day of call records is read as five streams side by side: the calls, and of each call its legs, its participants and its
// streams. All lie in the order of the calls' start and id, and within a call in Graph's order (package load), so that a call
// is whole in memory and the day is not. What is counted of a call is metric_calls (kind and outcome are columns), and what
// missed.go, queues.go, active.go and talk.go make of its legs.

// call is a call record with what belongs to it.
type call struct {
	id, organizer string
	masked        bool // the organizer is a number with hidden digits
	start         time.Time
	kind, outcome string
	legs          []leg
	participants  []participant
}

// leg is a row of call_legs.
type leg struct {
	id                   string // of the session
	start, end           time.Time
	callerKind, callerID string
	calleeKind, calleeID string
	outcome              string
}

// participant is a row of call_participants.
type participant struct {
	member      bool   // a user of the tenant
	application bool   // or nothing is known of what it is
	id          string // of the user
	other       string // id of the user, number of the phone, or what Graph calls the participant
	account     string // of a queue or an attendant
	accountName string
}

// CallKind is how many calls were of a kind and ended in an outcome (metric_calls).
type CallKind struct {
	Kind, Outcome string
	Calls         int64
}

// calls reads a day's calls, tests too.
func (r *reader) calls(ctx context.Context, day time.Time) iter.Seq2[call, error] {
	return func(yield func(call, error) bool) {
		legs := pullChildren(r.rows(ctx, "call_legs", day, "call_id", "session_id", "start_time", "end_time",
			"caller_kind", "caller_id", "callee_kind", "callee_id", "outcome"), newLeg)
		defer legs.stop()
		participants := pullChildren(r.rows(ctx, "call_participants", day, "call_id", "identity_kind", "user_tenant_id", "user_id", "phone_id",
			"participant_id", "application_instance_id", "application_instance_display_name"), r.newParticipant)
		defer participants.stop()
		for row, err := range r.rows(ctx, "calls", day, "call_id", "organizer_id", "start_time", "call_kind", "outcome", "organizer_masked") {
			if err != nil {
				yield(call{}, err)
				return
			}
			c := call{id: row.text(0), organizer: known(row.text(1)), start: row.time(2), kind: row.text(3), outcome: row.text(4), masked: row.yes(5)}
			if c.legs, err = legs.of(c.id); err == nil {
				c.participants, err = participants.of(c.id)
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
		if err := legs.ended(); err != nil {
			yield(call{}, fmt.Errorf("call_legs of %s: %w", day.Format(time.DateOnly), err))
		} else if err := participants.ended(); err != nil {
			yield(call{}, fmt.Errorf("call_participants of %s: %w", day.Format(time.DateOnly), err))
		}
	}
}

// known is an id, if it is somebody's.
func known(id string) string {
	if schemas.IsNobody(id) {
		return ""
	}
	return id
}

func newLeg(r row) leg {
	l := leg{id: r.text(1), start: r.time(2), end: r.time(3), outcome: r.text(8)}
	l.callerKind, l.callerID = end(r.text(4), r.text(5))
	l.calleeKind, l.calleeID = end(r.text(6), r.text(7))
	return l
}

// end is the kind and the id of an end of a leg, as in metric_call_legs: who was erased or left out is nobody.
func end(kind, id string) (kindOfEnd, idOfEnd string) {
	if !schemas.IsNobody(id) {
		return kind, id
	}
	if kind == "user" || kind == "external" {
		kind = "nobody"
	}
	return kind, ""
}

func (r *reader) newParticipant(row row) participant {
	kind, user, phone := row.text(1), row.text(3), row.text(4)
	p := participant{
		member:      kind == "user" && row.text(2) == r.tenant,
		application: kind == "" || kind == "applicationInstance",
		id:          user, other: row.text(5),
		account: row.text(6), accountName: row.text(7),
	}
	if phone != "" {
		p.other = phone
	}
	if user != "" {
		p.other = user
	}
	if kind != "applicationInstance" {
		p.account = ""
	}
	return p
}

// children are the rows of a child table, taken call by call.
type children[T any] struct {
	pull   func() (row, error, bool)
	stop   func()
	read   func(row) T
	call   string // that the next one belongs to
	next   T
	waits  bool
	failed error
}

func pullChildren[T any](rows iter.Seq2[row, error], read func(row) T) *children[T] {
	c := &children[T]{read: read}
	c.pull, c.stop = iter.Pull2(rows)
	c.advance()
	return c
}

func (c *children[T]) advance() {
	r, err, more := c.pull()
	c.waits = more && err == nil
	if c.failed = err; c.waits {
		c.call, c.next = r.text(0), c.read(r)
	}
}

// of are the rows of a call, which is asked for in the order of the calls.
func (c *children[T]) of(call string) ([]T, error) {
	var all []T
	for c.waits && c.call == call {
		all = append(all, c.next)
		c.advance()
	}
	return all, c.failed
}

// ended is an error if rows are left: then they were not in the order of the calls, and some were taken for none.
func (c *children[T]) ended() error {
	if c.waits {
		return fmt.Errorf("call %s is not where it is among the calls: replay the day", c.call)
	}
	return c.failed
}

// pass is one walk over the days of the calls of a tenant.
type pass struct {
	days      schemas.Range // that are asked about
	directory *directory
	kinds     map[[2]string]int64
	missed    *misses
	queues    map[queueDay]*Queue
	names     map[string]string // of resource accounts, by id
	active    *activity
	hours     map[string]*Hours // by department
}

// walk reads the days from the first on from which somebody's activity counts, to the last on which a call may be returned.
func (r *reader) walk(ctx context.Context, p *pass) error {
	days := schemas.Range{From: p.days.From.AddDate(0, 0, -daysBack), To: p.days.To.AddDate(0, 0, 2)}
	for _, day := range days.Days() {
		within := p.days.Contains(day)
		talks := talks{}
		for c, err := range r.calls(ctx, day) {
			if err != nil {
				return err
			}
			if within {
				p.count(c, day, talks)
			}
			if !day.Before(p.days.From) {
				p.missed.returned(c)
			}
			if day.Before(p.days.To) {
				p.active.called(c, day)
			}
		}
		for user, spans := range talks {
			p.talked(user, spans)
		}
	}
	return nil
}

// count takes a call of the days that are asked about.
func (p *pass) count(c call, day time.Time, t talks) {
	p.kinds[[2]string{c.kind, c.outcome}]++
	if j, ok := c.journey(); ok {
		p.queued(j, day)
		p.missed.leftQueue(c, j)
	}
	p.missed.leftPeople(c)
	t.add(c)
}
