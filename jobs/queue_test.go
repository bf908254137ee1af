package jobs

import (
	"slices"
	"strings"
	"testing"

	"graphlake/jobs/plan"
	"graphlake/schemas"
)

// Of each budget of a tenant three units are under way, in the order of the plan, and of what is read for parents one
// after the other; nobody waits for another's budget.
func TestQueue(t *testing.T) {
	dataset := func(name, budget string, parents bool) schemas.Dataset {
		d := schemas.Dataset{Name: name, Source: schemas.Source{Budget: schemas.Budget{Name: budget}}}
		if parents {
			d.Source.Parent = &schemas.Parent{}
		}
		return d
	}
	calls, logs := dataset("calls", "list", false), dataset("logs", "records", false)
	chats, channels, teams := dataset("chats", "export", true), dataset("channels", "export", true), dataset("teams", "teams", false)
	contoso, fabrikam := plan.Tenant{Name: "contoso", ID: "1"}, plan.Tenant{Name: "fabrikam", ID: "2"}
	var units []*live
	for _, u := range []plan.Unit{
		{Tenant: contoso, Dataset: calls}, {Tenant: contoso, Dataset: calls}, {Tenant: contoso, Dataset: calls}, {Tenant: contoso, Dataset: calls}, {Tenant: contoso, Dataset: logs},
		{Tenant: contoso, Dataset: chats}, {Tenant: contoso, Dataset: chats}, {Tenant: contoso, Dataset: channels}, {Tenant: contoso, Dataset: teams},
		{Tenant: fabrikam, Dataset: calls},
	} {
		units = append(units, newLive(u, true))
	}
	q := newQueue(units)
	begun := func() string {
		var names []string
		for l := q.next(); l != nil; l = q.next() {
			names = append(names, l.Dataset.Name+l.Tenant.ID)
		}
		return strings.Join(names, " ")
	}
	if got, want := begun(), "calls1 calls1 calls1 logs1 chats1 channels1 teams1 calls2"; got != want {
		t.Errorf("at first %s, want %s", got, want)
	}
	for _, c := range []struct {
		ended int
		want  string
	}{{8, ""}, {0, "calls1"}, {5, "chats1"}, {7, ""}, {9, ""}} {
		q.ended(units[c.ended])
		if got := begun(); got != c.want {
			t.Errorf("after %s has ended: %q, want %q", units[c.ended].Dataset.Name, got, c.want)
		}
	}
	if len(q.waiting) > 0 {
		t.Errorf("%d units were never begun", len(q.waiting))
	}
}

// However many budgets and tenants there are, so many units are under way.
func TestQueueIsBounded(t *testing.T) {
	var units []*live
	for range 30 {
		for _, id := range []string{"1", "2", "3", "4", "5", "6", "7", "8"} {
			units = append(units, newLive(plan.Unit{Tenant: plan.Tenant{ID: id}}, true))
		}
	}
	q := newQueue(units)
	under := []*live{}
	for range units {
		l := q.next()
		if l == nil {
			q.ended(under[0])
			under = under[1:]
			if l = q.next(); l == nil {
				t.Fatalf("%d are under way, one has ended, and none may begin", len(under))
			}
		}
		if under = append(under, l); len(under) > unitsAtOnce {
			t.Fatalf("%d are under way", len(under))
		}
	}
}

// What the lake lacks is read before what it holds already.
func TestQueueReadsFirstWhatIsNew(t *testing.T) {
	calls := schemas.Dataset{Name: "calls", Mode: schemas.Windowed}
	var units []*live
	for _, u := range []plan.Unit{{Dataset: calls}, {Dataset: calls}, {Dataset: calls, New: schemas.Day}, {Dataset: calls, Expired: true}} {
		units = append(units, newLive(u, true))
	}
	q := newQueue(slices.Clone(units))
	if a, b := q.next(), q.next(); a != units[2] || b != units[3] {
		t.Errorf("at first %+v and %+v", a.Unit, b.Unit)
	}
}
