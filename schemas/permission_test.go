package schemas

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNeeds(t *testing.T) {
	of := func(name string, permissions ...Permission) Dataset {
		return Dataset{Name: name, Permissions: permissions}
	}
	calls, logs := of("calls", "Calls"), of("logs", "Logs", "Calls")
	people, groups := of("people", "People", "Directory"), of("groups", "Groups", "Directory")
	for _, c := range []struct {
		name     string
		datasets []Dataset
		want     string
	}{
		{"none", nil, ""},
		{"the least privileged", []Dataset{people}, "People"},
		{"one that covers another", []Dataset{logs, calls}, "Calls"},
		{"none that covers more than is needed", []Dataset{people, groups}, "Groups People"},
		{"one for all, where somebody needs it anyway", []Dataset{groups, people, of("all", "Directory")}, "Directory"},
		{"once", []Dataset{logs, logs}, "Logs"},
		{"two that cover each other", []Dataset{of("a", "A", "B"), of("b", "B", "A")}, "B"},
	} {
		var got []string
		for _, p := range Needs(c.datasets) {
			got = append(got, string(p))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

func TestOpenedByTheLeastPrivileged(t *testing.T) {
	d := Dataset{Permissions: []Permission{"People", "Directory"}}
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
		if got, ok := d.OpenedBy(c.granted); got != c.want || ok != c.ok {
			t.Errorf("with %v granted: %q, %v", c.granted, got, ok)
		}
	}
}

// Whoever reads a dataset has to be able to grant what it needs by its id.
func TestEveryNeededPermissionHasAnID(t *testing.T) {
	for _, d := range All() {
		if d.Permissions[0].RoleID() == "" {
			t.Errorf("%s: the id of %s is not known", d.Name, d.Permissions[0])
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
			if len(g.Permission.Feeds(All())) > 0 && g.Type != Application {
				t.Errorf("%s feeds datasets, but is %v", g.Permission, g.Type)
			}
			if g.Type != Application && g.Cannot == "" {
				t.Errorf("%s is %v: a batch job cannot use it, and should say why", g.Permission, g.Type)
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
