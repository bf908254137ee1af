package notify

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"graphlake/internal/foreign"
)

// Message is what a target gets, as JSON or as a card.
type Message struct {
	Title  string    `json:"title"`
	Test   bool      `json:"test,omitempty"` // somebody tries whether it arrives, and nothing is wrong
	Lake   string    `json:"lake"`
	Time   time.Time `json:"time"`
	Events []Event   `json:"events"`
}

// Event is what became of some datasets of a tenant for the same reason.
type Event struct {
	Kind     Kind      `json:"kind"`
	Of       Kind      `json:"of,omitempty"`       // what has recovered
	Tenant   string    `json:"tenant,omitempty"`   // without one, it is a run as a whole
	Datasets []string  `json:"datasets,omitempty"` // in the order of their names; none: all of the tenant
	Job      string    `json:"job,omitempty"`
	Run      string    `json:"run,omitempty"`    // whose report, in runs/, says more
	Reason   string    `json:"reason,omitempty"` // the kind of the error, as the runbook has it
	Since    time.Time `json:"since,omitzero"`   // of what is late: when it was due; of who is signed out: since when
	Text     string    `json:"text"`
	Cure     string    `json:"cure,omitempty"` // a command
}

func newMessage(lake string, all []entry, now time.Time) Message {
	m := Message{Lake: foreign.Printable(lake), Time: now.UTC().Truncate(time.Second), Events: events(all)}
	m.Title = "graphlake: " + title(m.Events)
	return m
}

func testMessage(lake string, on []Kind, now time.Time) Message {
	var all []entry
	day := now.UTC().Format(time.DateOnly)
	for _, k := range Kinds() {
		if !slices.Contains(on, k) {
			continue
		}
		e := entry{Problem: Problem{Kind: k, Subject: Subject{"example", "call_records"}, Day: day, Job: "nightly"}}
		switch k {
		case Late:
			e.Since = now.UTC().Truncate(time.Hour)
		case SignedOut:
			e.Dataset, e.Job = "", ""
		case Recovered:
			e.Kind, e.Gone = Failed, true
		}
		all = append(all, e)
	}
	m := newMessage(lake, all, now)
	m.Test, m.Title = true, "graphlake: a test, nothing is wrong"
	return m
}

// events puts together what is of one tenant and kind for one reason.
func events(all []entry) []Event {
	var found []Event
	for _, e := range all {
		c := e.Problem
		ev := Event{
			Kind: c.Kind, Tenant: foreign.Printable(c.Tenant), Job: foreign.Printable(c.Job), Run: c.Run, Reason: c.Reason, Since: c.Since,
		}
		if e.Gone {
			ev.Kind, ev.Of, ev.Run, ev.Reason, ev.Since = Recovered, c.Kind, "", "", time.Time{}
		}
		i := slices.IndexFunc(found, func(o Event) bool {
			o.Datasets = nil
			return o.same(ev)
		})
		if i < 0 {
			i = len(found)
			found = append(found, ev)
		}
		if c.Dataset != "" {
			found[i].Datasets = append(found[i].Datasets, foreign.Printable(c.Dataset))
		}
	}
	for i, e := range found {
		slices.Sort(e.Datasets)
		found[i].Text, found[i].Cure = e.text(), e.cure()
	}
	slices.SortStableFunc(found, func(a, b Event) int {
		return cmp.Or(cmp.Compare(slices.Index(Kinds(), a.Kind), slices.Index(Kinds(), b.Kind)), cmp.Compare(a.Tenant, b.Tenant))
	})
	return found
}

func (e Event) same(o Event) bool {
	return e.Kind == o.Kind && e.Of == o.Of && e.Tenant == o.Tenant && e.Job == o.Job && e.Run == o.Run && e.Reason == o.Reason && e.Since.Equal(o.Since)
}

// title counts the datasets of each kind.
func title(all []Event) string {
	var parts []string
	for _, k := range Kinds() {
		n := 0
		for _, e := range all {
			if e.Kind == k {
				n += max(1, len(e.Datasets))
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, k))
		}
	}
	return strings.Join(parts, ", ")
}

// who is what an event is of.
func (e Event) who() string {
	switch {
	case e.Tenant == "":
		return "a run"
	case len(e.Datasets) == 0:
		return e.Tenant
	}
	return fmt.Sprintf("%s of %s", strings.Join(e.Datasets, ", "), e.Tenant)
}

// detail is what is said besides the kind.
func (e Event) detail() string {
	var all []string
	switch {
	case e.Kind == Late && e.Reason == "tables":
		return "its tables lag raw"
	case e.Kind == Late:
		return fmt.Sprintf("due at %s by the job %s, and not read", e.Since.Format(time.RFC3339), e.Job)
	case e.Kind == Lost:
		return "Graph has forgotten some of it before it was read whole"
	case e.Kind == Recovered && e.Of == SignedOut:
		return "somebody has signed in"
	case e.Kind == Recovered:
		return "no longer " + string(e.Of)
	case e.Kind == SignedOut:
		return "nothing of it is read until its person signs in"
	case e.Kind == Refused:
		all = append(all, "credentials or consent are missing")
	case e.Tenant == "":
		all = append(all, "it could not begin")
	}
	if e.Reason != "" {
		all = append(all, e.Reason)
	}
	return strings.Join(all, ": ")
}

func (e Event) text() string {
	return strings.TrimSuffix(fmt.Sprintf("%s: %s: %s", e.who(), e.Kind, e.detail()), ": ")
}

// bareWord is what a shell takes for a word as it stands.
var bareWord = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

// cure is a command that says more, or mends it.
func (e Event) cure() string {
	switch {
	case e.Kind == Recovered:
		return ""
	case e.Kind == SignedOut && bareWord.MatchString(e.Tenant):
		return "graphlake sign-in --tenant " + e.Tenant
	case e.Kind == SignedOut:
		return "graphlake sign-in"
	case e.Kind == Refused, e.Tenant == "":
		return "graphlake check"
	default:
		return "graphlake status"
	}
}
