package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"syscall"
	"time"

	"graphlake/extract/graph"
	"graphlake/internal/foreign"
	"graphlake/jobs/exclude"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
)

// Cause is why some units were not read, or not derived: one thing, which is told once.
type Cause struct {
	Kind     string // of the errors
	Tenant   string // of all the units
	Datasets []string
	Units    []UnitReport
	Message  string    // of the first, or what is common to all
	From, To time.Time // that the units have together; zero where one has no range
	Cure     Cure
}

// Cure is which command mends a cause, or says more of it.
type Cure uint8

// The cures.
const (
	NoCure  Cure = iota // the message says what to do, and no command does it
	Again               // the units once more
	Same                // the same command, which goes on
	Check               // what the tenant answers
	Consent             // a permission that an administrator grants
	Audit               // what is wrong with the files of the days
	Policy              // an application access policy, which an administrator of Teams grants
	SignIn              // that the person signs in again, by the command that the message names
)

// cause is what a unit's report keeps of its error, beside what it prints.
type cause struct {
	key     string // the same in all units that have failed for the same cause
	message string // instead of the unit's own
	cure    Cure
}

// Causes groups the units that have failed by what has made them fail, in the order of the first of each.
func (r Report) Causes() []Cause {
	var all []Cause
	var keys []string
	for _, u := range r.Units {
		if u.Error == nil {
			continue
		}
		key := fmt.Sprint(u.Tenant, "\x00", u.Error.Kind, "\x00", cmp.Or(u.cause.key, u.Error.Message))
		i := slices.Index(keys, key)
		if i < 0 {
			i = len(all)
			keys = append(keys, key)
			all = append(all, Cause{
				Kind: u.Error.Kind, Tenant: u.Tenant, From: u.From, To: u.To, Cure: u.cause.cure,
			})
		}
		all[i].Message = cmp.Or(all[i].Message, u.cause.message)
		all[i].add(u)
	}
	for i := range all {
		all[i].Message = cmp.Or(all[i].Message, all[i].Units[0].Error.Message)
	}
	return all
}

func (c *Cause) add(u UnitReport) {
	c.Units = append(c.Units, u)
	if !slices.Contains(c.Datasets, u.Dataset) {
		c.Datasets = append(c.Datasets, u.Dataset)
	}
	if u.To.IsZero() || c.To.IsZero() {
		c.From, c.To = time.Time{}, time.Time{}
		return
	}
	if u.From.Before(c.From) {
		c.From = u.From
	}
	if u.To.After(c.To) {
		c.To = u.To
	}
}

// causeOf says of the error of a unit, whose outcome is decided, what it has in common with others.
func (u *UnitReport) causeOf(err error) cause {
	e, ok := errors.AsType[*graph.Error](err)
	number, failed := errors.AsType[syscall.Errno](err)
	switch {
	case errors.Is(err, context.Canceled):
		c := cause{key: "stopped", cure: Same}
		if last := graph.LastTry(err); last != nil {
			c.message = u.Error.Message + "; until then: " + foreign.Printable(last.Error())
		}
		return c
	case errors.Is(err, graph.ErrAnotherPerson):
		return cause{key: "another person", message: foreign.Printable(graph.ErrAnotherPerson.Error()), cure: Again}
	case ok && e.Kind == graph.SignedOut: // whichever request met it, and whatever was said of it
		return cause{key: e.Kind.String(), message: foreign.Printable(e.Error()), cure: SignIn}
	case ok && (e.OfTenant || e.SignIn):
		said := foreign.Printable(e.Error())
		key := said
		switch { // others of the tenant may have met it before that was known
		case e.SignIn:
			key = fmt.Sprint("sign-in ", e.Status, e.Code, e.InnerCode, connection(e.Err))
		case e.Status == 401:
			key = "token"
		}
		return cause{key: key, message: said, cure: Check}
	case is[*exclude.Error](err):
		return cause{key: "exclude", cure: Check}
	case ok && e.Kind == graph.NoPolicy: // whatever it was asked for
		return cause{key: e.Kind.String(), message: "no organizer who was asked has an application access policy of Teams for this application, which an administrator grants, and which works within 30 minutes", cure: Policy}
	case ok && e.Kind == graph.Off, ok && e.Kind == graph.NoAttribution:
		return cause{key: u.Dataset}
	case ok && e.Kind == graph.Unauthorized && e.Status == 403:
		return cause{key: u.Dataset, cure: Consent}
	case ok && e.Kind == graph.Unauthorized:
		return cause{key: "token", cure: Check}
	case ok && e.Kind == graph.Rejected:
		return cause{key: fmt.Sprint(u.Dataset, e.Status, e.Code, e.InnerCode), cure: Check} // the same again is answered alike
	case ok && e.Status == 0 && e.Kind == graph.Unavailable:
		return cause{key: connection(e.Err), cure: Again}
	case ok:
		return cause{key: fmt.Sprint(u.Dataset, e.Status, e.Code, e.InnerCode), cure: Again}
	case is[lane.ForeignError](err): // which says what mends it
		return cause{key: u.Error.Message}
	case u.Error.Kind == "bad record", errors.Is(err, load.ErrDamaged):
		return cause{key: u.Dataset + u.Error.Kind, cure: Audit}
	case u.Error.Kind == "locked", u.Error.Kind == "conflict":
		return cause{key: u.Error.Kind, cure: Again}
	case failed:
		return cause{key: "errno " + strconv.Itoa(int(number)), cure: Again}
	}
	return cause{cure: Again}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// connection is what has happened to a connection, without its addresses: ports differ.
func connection(err error) string {
	if network, ok := errors.AsType[*net.OpError](err); ok && network.Err != nil {
		return network.Op + " " + foreign.Printable(network.Err.Error())
	}
	if err == nil {
		return ""
	}
	return foreign.Printable(err.Error())
}

// worst orders outcomes as the exit statuses do, the worst first; what is not in it is none.
var worst = []state.Outcome{
	state.Failed, state.Forbidden, state.Unavailable, state.Interrupted, state.Doubted, state.Off, state.Expired, state.NoRaw, state.NotYet,
}

// Worse reports whether an outcome is worse than another: "" is better than all.
func Worse(a, b state.Outcome) bool { return badness(a) > badness(b) }

func badness(o state.Outcome) int {
	if o == "" {
		return -1
	}
	if i := slices.Index(worst, o); i >= 0 {
		return len(worst) - i
	}
	return 0
}
