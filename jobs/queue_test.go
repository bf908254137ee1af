package jobs

import (
	"strings"
	"testing"

	"graphlake/jobs/plan"
	"graphlake/schemas"
)

// queueOf is a queue of units, and those that have begun.
func queueOf(units []*live) (*queue, *[]*live) {
	q, begun := newQueue(), new([]*live)
	var all []waiting
	for _, l := range units {
		all = append(all, waiting{l, func() { *begun = append(*begun, l) }})
	}
	q.add(all...)
	return q, begun
}

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
	q, under := queueOf(units)
	begun := func() string {
		var names []string
		for _, l := range *under {
			names = append(names, l.Dataset.Name+l.Tenant.ID)
		}
		*under = nil
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
	q, under := queueOf(units)
	for ended := range units {
		if len(*under)-ended > unitsAtOnce || len(*under) <= ended {
			t.Fatalf("%d have ended and %d have begun", ended, len(*under))
		}
		q.ended((*under)[ended])
	}
}

// What the lake lacks is read before what it holds already.
func TestQueueReadsFirstWhatIsNew(t *testing.T) {
	calls := schemas.Dataset{Name: "calls", Mode: schemas.Windowed}
	var units []*live
	for _, u := range []plan.Unit{{Dataset: calls}, {Dataset: calls}, {Dataset: calls, New: schemas.Day}, {Dataset: calls, Expired: true}} {
		units = append(units, newLive(u, true))
	}
	_, begun := queueOf(units)
	if a, b := (*begun)[0], (*begun)[1]; a != units[2] || b != units[3] {
		t.Errorf("at first %+v and %+v", a.Unit, b.Unit)
	}
}

// Whoever asks for a unit and no longer waits for it takes no turn from others.
func TestQueueDrops(t *testing.T) {
	chats := schemas.Dataset{Name: "chats", Source: schemas.Source{Parent: &schemas.Parent{}}}
	var units []*live
	for range 3 {
		units = append(units, newLive(plan.Unit{Dataset: chats}, true))
	}
	q, begun := queueOf(units)
	if !q.drop(units[1]) || q.drop(units[1]) || q.drop(units[0]) {
		t.Error("what waits can be dropped once, and what has begun cannot")
	}
	q.ended(units[0])
	if len(*begun) != 2 || (*begun)[1] != units[2] {
		t.Errorf("%d have begun", len(*begun))
	}
	q.ended(units[2])
	q.add(waiting{units[1], func() { *begun = append(*begun, units[1]) }})
	if len(*begun) != 3 || q.underWay != 1 {
		t.Errorf("%d have begun, and %d are under way", len(*begun), q.underWay)
	}
}
