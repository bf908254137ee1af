package schemas

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// What can be read for one person is a dataset like the others: only how it is read differs.
func TestOfPerson(t *testing.T) {
	var names []string
	for _, d := range BuiltIn() {
		of, ok := d.OfPerson()
		if ok != (d.Person != nil) {
			t.Errorf("%s: for one person %v", d.Name, ok)
		}
		if !ok {
			continue
		}
		names = append(names, d.Name)
		if again, _ := of.OfPerson(); !reflect.DeepEqual(again, of) {
			t.Errorf("%s: of a person for a person it is another", d.Name)
		}
		if of.Fingerprint() != d.Fingerprint() || !slices.Equal(of.Select(), d.Select()) || of.Mode != d.Mode || of.Lookback != d.Lookback {
			t.Errorf("%s: the tables or times for one person are others", d.Name)
		}
		if of.Source.Parent != signedIn || of.Source.Label != d.Source.Label || of.Source.API != d.Source.API {
			t.Errorf("%s: the source for one person is %+v", d.Name, of.Source)
		}
		if (of.Source.Detail == nil) != (d.Source.Detail == nil) || of.Source.Detail != nil && len(of.Source.Detail.Parts) != len(d.Source.Detail.Parts) {
			t.Errorf("%s: for one person other parts are read", d.Name)
		}
		if of.Removes && len(of.Source.Between) > 0 {
			t.Errorf("%s: an event that is gone would remove what it led to", d.Name)
		}
		for _, r := range of.Requirements() {
			if len(r) == 0 || BuiltIn().ScopeID(r[0]) == "" {
				t.Errorf("%s: the requirement %v has no delegated permission with an id that is known", d.Name, r)
			}
		}
	}
	if want := "presence mailbox_settings joined_teams calendar_events chats transcripts"; strings.Join(names, " ") != want {
		t.Errorf("for one person are %v, want %s", names, want)
	}
	if got := ForPerson(BuiltIn()); len(got) != len(names) {
		t.Errorf("%d datasets for one person, want %d", len(got), len(names))
	}
}

// The reference says of each request by which delegated permissions it is answered.
func TestDelegatedPermissionsAgreeWithTheReference(t *testing.T) {
	delegated := map[string][]string{}
	for _, f := range table(t, "graph/permissions_by_endpoint.tsv") {
		if f[0] == "GET" && len(f) > 3 {
			delegated[strings.ToLower(f[1])] = strings.Split(f[3], ", ")
		}
	}
	check := func(d Dataset, path string, need Requirement) {
		row := delegated[strings.ToLower(braces.ReplaceAllString(path, "{id}"))]
		if row == nil {
			t.Errorf("%s: the reference does not know %s", d.Name, path)
			return
		}
		for i, p := range need {
			j := slices.IndexFunc(row, func(name string) bool { return strings.TrimSuffix(name, "*") == string(p) })
			if j < 0 || i == 0 && d.Name != "chats" && !strings.HasSuffix(row[j], "*") {
				t.Errorf("%s: %s with %s, and the reference has %v", d.Name, path, p, row)
			}
		}
	}
	for _, d := range ForPerson(BuiltIn()) {
		check(d, d.Source.Path, d.Permissions)
		for _, b := range d.Source.Between {
			check(d, b.Path, b.Permissions)
		}
		if d.Source.Detail != nil {
			for _, part := range d.Source.Detail.Parts {
				check(d, part.Path, d.Permissions)
			}
		}
	}
}

func TestValidateForOnePerson(t *testing.T) {
	of := func(p *Person) error {
		d := sound()
		d.own(nil)
		d.Person = p
		return d.Validate()
	}
	if err := of(&Person{Permissions: Requirement{"Visits.Read"}}); err != nil {
		t.Error(err)
	}
	for want, p := range map[string]*Person{
		"the delegated permissions are required":  {},
		"the path \"visits\" is none":             {Permissions: Requirement{"Visits.Read"}, Source: &Source{API: "v1.0", Path: "visits", Paging: NextLink, Budget: Budget{Name: "visits"}}},
		"parents need a path and a budget":        {Permissions: Requirement{"Visits.Read"}, Source: &Source{API: "v1.0", Path: "/visits", Paging: NextLink, Budget: Budget{Name: "visits"}}},
		"the paging is none of NextLink, Delta, ": {Permissions: Requirement{"Visits.Read"}, Source: &Source{API: "v1.0", Path: "/visits/{parent}", Budget: Budget{Name: "visits"}}},
	} {
		if err := of(p); err == nil || !strings.Contains(err.Error(), "for one person: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
