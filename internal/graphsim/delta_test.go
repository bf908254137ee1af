package graphsim

import (
	"slices"
	"strings"
	"testing"
)

func TestUsersDelta(t *testing.T) {
	o := small()
	o.Users = 250
	tenant := New(o)
	for _, path := range []string{"/v1.0/users/delta", "/v1.0/users/delta()", "/v1.0/users/microsoft.graph.delta()"} {
		users, pages := all(t, tenant, path+"?$select=displayName,manager")
		if !slices.Equal(pages, []int{100, 100, 50}) || len(distinct(column(users, "id"))) != 250 {
			t.Errorf("%s: pages of %v with %d ids, want 100, 100, 50 and 250", path, pages, len(distinct(column(users, "id"))))
		}
	}
	_, pages := all(t, tenant, "/v1.0/users/delta", "Prefer", "odata.maxpagesize=90")
	if !slices.Equal(pages, []int{90, 90, 70}) {
		t.Errorf("with maxpagesize=90: pages of %v", pages)
	}
}

// The links carry the selection, and a deltaLink leads to no changes and to the next deltaLink.
func TestDeltaLinks(t *testing.T) {
	o := small()
	o.Users = 120
	tenant := New(o)
	first := get(t, tenant, "/v1.0/users/delta?$select=department")
	last := get(t, tenant, first.text(t, "@odata.nextLink"))
	if keys := last.values(t)[0]; len(keys) > 2 || keys["id"] == nil {
		t.Errorf("a user of the second page is %v, want id and department", keys)
	}
	if first.text(t, "@odata.deltaLink") != "" || last.text(t, "@odata.nextLink") != "" {
		t.Error("a page has both links, or the wrong one")
	}
	link := last.text(t, "@odata.deltaLink")
	changes := get(t, tenant, link)
	if len(changes.values(t)) != 0 || changes.text(t, "@odata.deltaLink") == "" {
		t.Errorf("the deltaLink gave %s", changes.body)
	}
	latest := get(t, tenant, "/v1.0/users/delta?$deltatoken=latest&$select=department")
	if len(latest.values(t)) != 0 || latest.text(t, "@odata.deltaLink") != link {
		t.Errorf("$deltatoken=latest gave %s", latest.body)
	}
	o.Seed = 2
	if a := get(t, New(o), link); a.status != 410 || a.text(t, "error", "code") != "syncStateNotFound" {
		t.Errorf("a deltaLink of another state of the directory: %d %s, want 410", a.status, a.body)
	}
}

// Managers are a tree whose root is the first user, and guests neither lead nor are led.
func TestManagers(t *testing.T) {
	o := small()
	o.Users = 500
	users, _ := all(t, New(o), "/v1.0/users/delta?$select=userType,manager")
	boss, guests := map[string]string{}, map[string]bool{}
	for _, u := range users {
		id := u["id"].(string)
		guests[id] = u["userType"] == "Guest"
		if list, ok := u["manager@delta"].([]any); ok {
			above := list[0].(map[string]any)
			boss[id], _ = above["id"].(string)
			if above["@odata.type"] != "#microsoft.graph.user" {
				t.Fatalf("manager@delta is %v", list)
			}
		}
	}
	var tops, outside int
	for id, guest := range guests {
		switch above := boss[id]; {
		case guest:
			outside++
			if above != "" {
				t.Errorf("the guest %s has a manager", id)
			}
		case above == "":
			tops++
		case guests[above]:
			t.Errorf("%s is led by a guest", id)
		}
		for steps := 0; boss[id] != ""; steps++ {
			if id = boss[id]; steps > 10 {
				t.Fatal("the managers go round in a circle")
			}
		}
	}
	if tops != 1 || outside < 3 || outside > 25 {
		t.Errorf("%d people without a manager and %d guests of 500, want 1 and about 10", tops, outside)
	}
}

func TestOrdinaryProperties(t *testing.T) {
	a := get(t, New(small()), "/v1.0/users/delta")
	for _, u := range a.values(t) {
		for name := range u {
			if !slices.Contains(strings.Fields(ordinary), name) {
				t.Fatalf("%s is sent without a $select", name)
			}
		}
	}
	if !strings.HasSuffix(a.text(t, "@odata.context"), "$metadata#users") {
		t.Error("the context is " + a.text(t, "@odata.context"))
	}
}
