package jobs_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"graphlake/internal/fixtures"
	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// In a lake of all datasets with pseudonyms nobody is named, whatever is decoded of it: an id of Outlook has the mailbox
// in it, one of a membership the member, a link to a meeting its organizer.
func TestPseudonymisedLakeNamesNobody(t *testing.T) {
	t.Parallel()
	recorded, err := fixtures.Of("../schemas/testdata", schemas.BuiltIn())
	if err != nil {
		t.Fatal(err)
	}
	clock := at(18, 2)
	sim := graphsim.New(graphsim.Options{
		Seed: 6, Users: 40, From: november(16), To: november(18), Large: 8, CallsPerUserDay: 1, Moves: 30,
		Fixtures: recorded, Now: clock.UTC,
	})
	open, veiled := newRig(t, sim), newRig(t, sim)
	open.Privacy = jobs.Privacy{Content: schemas.FullContent}
	veiled.Privacy = jobs.Privacy{Content: schemas.NoContent, Key: privacy.Key(bytes.Repeat([]byte{7}, 32))}
	for _, r := range []*rig{open, veiled} {
		r.at(clock).days(t, 16, 18, schemas.BuiltIn()...)
		r.at(clock).night(t, schemas.BuiltIn()...) // which takes the pictures
	}
	for _, d := range schemas.BuiltIn() {
		if len(slices.Collect(veiled.eachRow(t, load.Raw, d.Name, schemas.RawTable(d)))) == 0 {
			t.Errorf("%s has no records", d.Name)
		}
	}
	for _, j := range [][4]string{
		{"chats", "calendar_event_id", "calendar_events", "event_id"},
		{"chats", "join_web_url", "calls", "join_web_url"},
		{"calendar_events", "join_url", "calls", "join_web_url"},
		{"calendar_events", "series_master_id", "calendar_events", "series_master_id"},
		{"chat_members", "user_id", "users", "user_id"},
		{"call_participants", "user_principal_name", "users", "user_principal_name"},
		{"event_attendees", "address", "users", "mail"},
	} {
		if a, b := open.joined(t, j), veiled.joined(t, j); a != b || a == 0 {
			t.Errorf("%s.%s is %s.%s in %d values, with pseudonyms in %d", j[0], j[1], j[2], j[3], a, b)
		}
	}
	people := open.names(t)
	if said := open.named(t, people); len(said) < 2*len(schemas.BuiltIn()) {
		t.Errorf("people are found only in %q of a lake that hides nobody", slices.Sorted(maps.Keys(said)))
	}
	for where, who := range veiled.named(t, people) {
		t.Errorf("%s names %q", where, who)
	}
}

// names are the ids, addresses, numbers and names of people in a lake that hides nobody, in small letters.
func (r *rig) names(t *testing.T) map[string]bool {
	t.Helper()
	of := map[string][]string{
		"users":                {"user_id", "user_principal_name", "mail", "display_name", "mobile_phone", "employee_id"},
		"call_participants":    {"user_id", "guest_email", "phone_id"},
		"chat_members":         {"user_id", "email", "display_name"},
		"event_attendees":      {"address"},
		"pstn_calls":           {"user_id", "caller_number", "callee_number"},
		"direct_routing_calls": {"user_id", "user_principal_name", "caller_number", "callee_number"},
	}
	people := map[string]bool{}
	for table, columns := range of {
		for _, name := range columns {
			for _, said := range r.values(t, table, name) {
				if len(said) >= firstLetters && said != "External user" && said != "anonymous" {
					people[strings.ToLower(said)] = true
				}
			}
		}
	}
	if len(people) < 100 {
		t.Fatalf("the tenant has only %d ids, addresses, numbers and names", len(people))
	}
	return people
}

// joined is how many different values of a column another has as well.
func (r *rig) joined(t *testing.T, by [4]string) (n int) {
	t.Helper()
	theirs := map[string]bool{}
	for _, v := range r.values(t, by[2], by[3]) {
		theirs[v] = true
	}
	for _, v := range r.values(t, by[0], by[1]) {
		if theirs[v] {
			n++
			delete(theirs, v)
		}
	}
	return n
}

// values are the texts of a column on all days.
func (r *rig) values(t *testing.T, name, column string) (all []string) {
	t.Helper()
	var table schemas.Table
	for _, d := range schemas.BuiltIn() {
		for _, of := range d.Tables {
			if of.Name == name {
				table = of
			}
		}
	}
	i := slices.IndexFunc(table.Columns, func(c schemas.Column) bool { return c.Name == column })
	if i < 0 {
		t.Fatalf("%s has no column %s", table.Name, column)
	}
	for row := range r.eachRow(t, load.Tables, table.Name, table) {
		if text, ok := row[i].(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// eachRow are the rows of all partitions of a name.
func (r *rig) eachRow(t *testing.T, kind load.Kind, name string, table schemas.Table) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, object := range r.objects(t) {
			p, ok := load.ParsePartition(object)
			if !ok || p.Kind != kind || p.Name != name {
				continue
			}
			for row, err := range r.Lake.Rows(t.Context(), p, table) {
				if err != nil {
					t.Fatal(err)
				}
				if !yield(row) {
					return
				}
			}
		}
	}
}

// named says where in raw and in the tables somebody is named, and one of them.
func (r *rig) named(t *testing.T, people map[string]bool) map[string]string {
	t.Helper()
	found, sought := map[string]string{}, searchFor(people)
	search := func(kind load.Kind, name string, table schemas.Table) {
		for row := range r.eachRow(t, kind, name, table) {
			for i, v := range row {
				text, ok := v.(string)
				if !ok {
					continue
				}
				if who := sought.in(text, 0); who != "" {
					found[fmt.Sprintf("%s %s.%s", kind, name, table.Columns[i].Name)] = who + " in " + text
				}
			}
		}
	}
	for _, d := range schemas.BuiltIn() {
		search(load.Raw, d.Name, schemas.RawTable(d))
		for _, table := range d.Tables {
			search(load.Tables, table.Name, table)
		}
	}
	return found
}

// nameSearch looks for the names of people.
type nameSearch struct {
	people map[string][]string // by their first letters
	nobody map[string]int      // texts that name nobody, with the depth at which that was found: ids come again and again
}

const firstLetters = 7 // which every name has

func searchFor(people map[string]bool) nameSearch {
	s := nameSearch{people: map[string][]string{}, nobody: map[string]int{}}
	for name := range people {
		s.people[name[:firstLetters]] = append(s.people[name[:firstLetters]], name)
	}
	return s
}

// in finds a name in a text, or in what can be decoded of it.
func (s nameSearch) in(text string, depth int) string {
	if before, ok := s.nobody[text]; ok && before <= depth {
		return ""
	}
	who := s.plainly(strings.ToLower(text))
	if who == "" && depth < 4 {
		who = s.decoded(text, depth+1)
	}
	if who == "" {
		s.nobody[text] = depth
	}
	return who
}

// plainly finds a name in a text in small letters.
func (s nameSearch) plainly(text string) string {
	for i := range len(text) - firstLetters + 1 {
		for _, name := range s.people[text[i:i+firstLetters]] {
			if strings.HasPrefix(text[i:], name) {
				return name
			}
		}
	}
	return ""
}

var base64s = strings.NewReplacer("-", "+", "_", "/") // in the alphabet of addresses

// decoded finds a name in what a text says that is encoded as part of an address, or as base64 from any byte on.
func (s nameSearch) decoded(text string, depth int) string {
	if plain, err := url.PathUnescape(text); err == nil && plain != text {
		if who := s.in(plain, depth); who != "" {
			return who
		}
	}
	for run := range strings.FieldsFuncSeq(base64s.Replace(text), func(r rune) bool {
		inside := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '+' || r == '/'
		return !inside
	}) {
		if len(run) < 16 {
			continue // it holds no name
		}
		for shift := range 4 {
			part := run[shift:]
			decoded, err := base64.RawStdEncoding.DecodeString(part[:len(part)-len(part)%4])
			if err != nil {
				continue
			}
			if who := s.in(strings.ToValidUTF8(string(decoded), " "), depth); who != "" {
				return who
			}
		}
	}
	return ""
}
