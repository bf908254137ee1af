package graphsim

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

const groupsPath = "/v1.0/groups"

// restless is a tenant of a week in which everybody moves a lot.
func restless(now time.Time) Options {
	return Options{Seed: 1, Users: 120, Moves: 150, From: monday, To: sunday, Now: at(now)}
}

// A lake is what somebody who reads delta makes of it.
type lake struct {
	names           map[string]any
	members, owners map[string]map[string]bool
}

func newLake() *lake {
	return &lake{map[string]any{}, map[string]map[string]bool{}, map[string]map[string]bool{}}
}

// read applies all pages from a link on, and gives the deltaLink at their end.
func (l *lake) read(t *testing.T, tenant *Tenant, link string) string {
	t.Helper()
	for {
		a := get(t, tenant, link)
		if a.status != 200 {
			t.Fatalf("%s: %d %s", link, a.status, a.body)
		}
		for _, g := range a.values(t) {
			id := g["id"].(string)
			if g["@removed"] != nil {
				delete(l.names, id)
				delete(l.members, id)
				delete(l.owners, id)
				continue
			}
			l.names[id] = g["displayName"]
			relate(t, l.members, id, g, "members@delta")
			relate(t, l.owners, id, g, "owners@delta")
		}
		if link = a.text(t, "@odata.nextLink"); link == "" {
			return a.text(t, "@odata.deltaLink")
		}
	}
}

func relate(t *testing.T, of map[string]map[string]bool, id string, g map[string]any, name string) {
	t.Helper()
	if of[id] == nil {
		of[id] = map[string]bool{}
	}
	if g[name] == nil {
		return
	}
	for _, m := range objects(t, g, name) {
		who := m["id"].(string)
		if gone := m["@removed"] != nil; gone != of[id][who] || m["@odata.type"] != "#microsoft.graph.user" {
			t.Fatalf("%s of %s: %v, who was there: %v", name, id, m, of[id][who])
		}
		of[id][who] = m["@removed"] == nil
		if !of[id][who] {
			delete(of[id], who)
		}
	}
}

// A large group comes again on page after page, with other members each time.
func TestGroupsDelta(t *testing.T) {
	o := small()
	o.Users = 400
	tenant := New(o)
	groups, pages := all(t, tenant, groupsPath+"/delta?$select=displayName,members,owners")
	first := tenant.id(groupIDs, everyone).String()
	var parts []int
	seen := map[string]bool{}
	for _, g := range groups {
		if g["id"] != first {
			continue
		}
		if g["displayName"] != "All Company" {
			t.Errorf("the group of all is called %v", g["displayName"])
		}
		members := objects(t, g, "members@delta")
		parts = append(parts, len(members))
		for _, m := range members {
			seen[m["id"].(string)] = true
		}
	}
	if !slices.Equal(parts, []int{150, 150, 100}) || len(seen) != 400 {
		t.Errorf("the group of all has parts of %v with %d members, want 150, 150, 100 and 400", parts, len(seen))
	}
	if ids := distinct(column(groups, "id")); len(ids) != 66 || len(pages) < 6 {
		t.Errorf("%d groups on pages of %v, want 66 on six or more", len(ids), pages)
	}
	bare, pages := all(t, tenant, groupsPath+"/delta?$select=displayName", "Prefer", "odata.maxpagesize=60")
	if keys := slices.Sorted(maps.Keys(bare[0])); !slices.Equal(pages, []int{60, 6}) || !slices.Equal(keys, []string{"displayName", "id"}) {
		t.Errorf("without members: pages of %v with %v", pages, keys)
	}
}

// Whoever follows the deltaLinks of three days has what one has who reads everything on the last.
func TestGroupsFollowed(t *testing.T) {
	const path = groupsPath + "/delta?$select=displayName,members,owners"
	followed := newLake()
	link := followed.read(t, New(restless(monday.Add(time.Hour))), path)
	before := len(followed.names)
	begun := maps.Clone(followed.names)
	for day := 1; day <= 6; day++ {
		link = followed.read(t, New(restless(monday.AddDate(0, 0, day))), link)
	}
	tenant := New(restless(monday.AddDate(0, 0, 6)))
	whole := newLake()
	whole.read(t, tenant, path)
	if !maps.Equal(followed.names, whole.names) {
		t.Errorf("followed are %d groups, read at once %d", len(followed.names), len(whole.names))
	}
	if !maps.EqualFunc(followed.members, whole.members, maps.Equal) || !maps.EqualFunc(followed.owners, whole.owners, maps.Equal) {
		t.Error("the members or the owners that were followed are not those that are read at once")
	}
	var gone, renamed, founded int
	for id, name := range begun {
		now, here := whole.names[id]
		if !here {
			gone++
		} else if now != name {
			renamed++
		}
	}
	founded = len(whole.names) - before + gone
	if gone == 0 || renamed == 0 || founded == 0 {
		t.Errorf("%d groups were deleted, %d renamed, %d founded: want some of each", gone, renamed, founded)
	}
	if again := newLake(); again.read(t, tenant, link) == "" || len(again.names) != 0 {
		t.Errorf("the last deltaLink gave %d groups", len(again.names))
	}
	if a := get(t, New(restless(monday.AddDate(0, 0, 14))), link); a.status != 410 {
		t.Errorf("a deltaLink of eight days gave %d, want 410", a.status)
	}
}

// The lists say what delta says, page by page.
func TestGroupLists(t *testing.T) {
	tenant := New(restless(monday.AddDate(0, 0, 4)))
	whole := newLake()
	whole.read(t, tenant, groupsPath+"/delta?$select=displayName,members,owners")
	groups, pages := all(t, tenant, groupsPath+"?$top=9&$select=id,displayName,resourceProvisioningOptions")
	if len(groups) != len(whole.names) || pages[0] != 9 {
		t.Errorf("%d groups on pages of %v, want %d", len(groups), pages, len(whole.names))
	}
	var teams []string
	for _, g := range groups {
		id := g["id"].(string)
		if g["displayName"] != whole.names[id] {
			t.Errorf("%s is called %v and %v", id, g["displayName"], whole.names[id])
		}
		if list := g["resourceProvisioningOptions"].([]any); len(list) == 1 && list[0] == "Team" {
			teams = append(teams, id)
		}
		members, _ := all(t, tenant, groupsPath+"/"+id+"/members?$select=id&$top=7")
		owners, _ := all(t, tenant, groupsPath+"/"+id+"/owners?$select=id&$top=1")
		if !sameSet(column(members, "id"), whole.members[id]) || !sameSet(column(owners, "id"), whole.owners[id]) {
			t.Errorf("%s lists %d members and %d owners, delta %d and %d", id, len(members), len(owners), len(whole.members[id]), len(whole.owners[id]))
		}
	}
	filtered, _ := all(t, tenant, groupsPath+"?$top=5&$filter=resourceProvisioningOptions/Any(x:x eq 'Team')")
	if !slices.Equal(column(filtered, "id"), teams) || len(teams)*2 < len(groups) || len(teams) == len(groups) {
		t.Errorf("%d of %d groups have a team, the filter finds %d", len(teams), len(groups), len(filtered))
	}
	one := get(t, tenant, groupsPath+"/"+strings.ToUpper(teams[0])+"?$select=id,visibility")
	if one.status != 200 || len(one.json) != 3 {
		t.Errorf("one group is %s", one.body)
	}
}

func sameSet(list []string, set map[string]bool) bool {
	return len(list) == len(set) && !slices.ContainsFunc(list, func(id string) bool { return !set[id] })
}
