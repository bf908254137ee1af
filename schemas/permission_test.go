package schemas

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNeeds(t *testing.T) {
	calls, logs := Requirement{"Calls"}, Requirement{"Logs", "Calls"}
	people, groups := Requirement{"People", "Directory"}, Requirement{"Groups", "Directory"}
	for _, c := range []struct {
		name         string
		requirements []Requirement
		want         string
	}{
		{"none", nil, ""},
		{"the least privileged", []Requirement{people}, "People"},
		{"one that covers another", []Requirement{logs, calls}, "Calls"},
		{"none that covers more than is needed", []Requirement{people, groups}, "Groups People"},
		{"one for all, where somebody needs it anyway", []Requirement{groups, people, {"Directory"}}, "Directory"},
		{"once", []Requirement{logs, logs}, "Logs"},
		{"two that cover each other", []Requirement{{"A", "B"}, {"B", "A"}}, "B"},
	} {
		var got []string
		for _, p := range Needs(c.requirements) {
			got = append(got, string(p))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

func TestRequirementIsMetByTheLeastPrivileged(t *testing.T) {
	r := Requirement{"People", "Directory"}
	for _, c := range []struct {
		granted []Permission
		want    Permission
		ok      bool
	}{
		{[]Permission{"Directory", "People"}, "People", true},
		{[]Permission{"Mail", "Directory"}, "Directory", true},
		{[]Permission{"Mail"}, "", false},
		{nil, "", false},
	} {
		if got, ok := r.MetBy(c.granted); got != c.want || ok != c.ok {
			t.Errorf("with %v granted: %q, %v", c.granted, got, ok)
		}
	}
}

// Who reads a dataset for each user has to be able to list the users, and to grant all by its id.
func TestEveryRequirementCanBeGranted(t *testing.T) {
	for _, c := range []struct {
		dataset Dataset
		want    int
	}{{Users, 1}, {Presence, 2}, {Teams, 2} /* for its channels */, {ChannelMembers, 3} /* for the teams and for the channels */} {
		if got := len(c.dataset.Requirements()); got != c.want {
			t.Errorf("%s has %d requirements", c.dataset.Name, got)
		}
	}
	for _, d := range BuiltIn() {
		for _, r := range d.Requirements() {
			if len(r) == 0 || BuiltIn().RoleID(r[0]) == "" {
				t.Errorf("%s: the requirement %v has no permission with an id that is known", d.Name, r)
			}
		}
	}
}

func TestGrants(t *testing.T) {
	listed := map[Permission]bool{}
	for _, p := range Products() {
		for i, g := range p.Grants() {
			if g.Permission != p.Permissions[i] || g.Purpose == "" {
				t.Errorf("%s: the grant of %s is %+v", p.Name, p.Permissions[i], g)
			}
			if len(g.Permission.Feeds(BuiltIn())) > 0 && g.Type != Application {
				t.Errorf("%s feeds datasets, but is %v", g.Permission, g.Type)
			}
			if g.Type != Application && g.Cannot == "" {
				t.Errorf("%s is %v: a batch job cannot use it, and should say why", g.Permission, g.Type)
			}
			for _, name := range g.By {
				if _, ok := BuiltIn().Find(name); !ok {
					t.Errorf("%s is said to be fulfilled by %s, which is no dataset", g.Permission, name)
				}
			}
			if len(g.Permission.Feeds(BuiltIn())) == 0 && len(g.By) == 0 && g.Cannot == "" {
				t.Errorf("%s feeds no dataset, and nothing says why", g.Permission)
			}
			if known := g.ID() != ""; known != (g.Type != Custom && g.Permission != "user.impersonation") {
				t.Errorf("the id of %s is %q", g.Permission, g.ID())
			}
			listed[g.Permission] = true
		}
	}
	if len(grants) != len(listed) {
		t.Errorf("%d grants, but products have %d", len(grants), len(listed))
	}
}

// The reference next to Graph's types names the permissions of each product, and their ids.
func TestGrantsAgreeWithTheReference(t *testing.T) {
	ids := map[string]string{}
	for _, f := range table(t, "permission_ids.tsv") {
		ids[f[1]+" "+f[0]] = f[2]
	}
	check := func(kind string, known map[Permission]string) {
		for p, id := range known {
			if want := ids[kind+" "+string(p)]; id != want {
				t.Errorf("the id of %s (%s) is %s, want %q", p, kind, id, want)
			}
		}
	}
	check("application", roleIDs)
	check("delegated", scopeIDs)
	delegated := map[string]bool{}
	for _, f := range table(t, "graph/permissions_by_endpoint.tsv") {
		if len(f) > 3 {
			for name := range strings.SplitSeq(f[3], ", ") {
				delegated[strings.TrimSuffix(name, "*")] = true
			}
		}
	}
	for p := range roleIDs {
		if alone := ids["delegated "+string(p)] == "" && !delegated[string(p)]; p.IsRoleAlone() != alone {
			t.Errorf("%s is of applications alone: %v, want %v", p, p.IsRoleAlone(), alone)
		}
	}
	want := map[string][]string{}
	for _, f := range table(t, "permissions.tsv") {
		if product, name := f[0], f[3]; name != "N/A" && !slices.Contains(want[product], name) {
			want[product] = append(want[product], name)
		}
	}
	for _, p := range Products() {
		var have []string
		for _, name := range p.Permissions {
			have = append(have, string(name))
		}
		slices.Sort(have)
		slices.Sort(want[p.Name])
		if !slices.Equal(have, want[p.Name]) {
			t.Errorf("%s has\n%v, want\n%v", p.Name, have, want[p.Name])
		}
		delete(want, p.Name)
	}
	if len(want) > 0 {
		t.Errorf("no product for %v", want)
	}
}

// table is a table of the reference, without its comments and its head.
func table(t *testing.T, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(filepath.Dir(filepath.Dir(reference(t))), name))
	if err != nil {
		t.Skipf("the reference has no %s", name)
	}
	var rows [][]string
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			rows = append(rows, strings.Split(strings.TrimRight(line, "\n"), "\t"))
		}
	}
	return rows[1:]
}
