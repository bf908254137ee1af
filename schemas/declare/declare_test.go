package declare

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml/parser"
	"github.com/google/go-cmp/cmp"

	"graphlake/schemas"
)

const visits = `name: x_visits
doc: Visits.
mode: windowed
source:
  api: beta
  path: /hosts/{parent}/visits
  query:
    $filter: when ge {from} and when lt {to}
    $top: 100
  headers: {Prefer: a=b}
  parent:
    path: /hosts
    query: {$select: id}
    budget: other
    permissions: [Hosts.Read.All]
  window: {longest: 2d, layout: date, to_included: true}
  detail:
    path: /visits/{id}
    queries: [{}, {$expand: rooms}]
    parts: [{name: guests, path: "/visits/{id}/guests", budget: other, permissions: [{name: Guests.Read.All, id: 00000000-0000-0000-0000-00000000000A}]}]
    end: until
    ready: 90m
    budget: {family: identity, cost: 2}
  budget: teams_other
time: [when, since]
version: version
settle: 1d
lookback: 36h
retention: 30d
removes: true
optional: true
permissions: [Visits.Read, Visits.Read.All]
also: [Rooms.Read, [Hats.Read, Hats.Read.All]]
bodies: {path: note, form: plain}
tables:
  - name: x_visits
    doc: A row per visit.
    key: visit_id
    columns:
      - {name: visit_id, path: id, type: string, public: true}
      - {name: start_time, path: when, else: since, type: timestamp, required: true, doc: When.}
      - {name: host, path: host.name, type: enum}
      - {name: length_ms, path: length, type: milliseconds}
  - name: x_visit_guests
    doc: A row per guest.
    each: guests[]
    key: [visit_id, guest_index]
    columns:
      - {name: visit_id, path: /id, type: string, public: true}
      - {name: guest_index, path: "#", type: int32}
      - {name: removed, path: "/@removed", type: present, doc: Gone.}
`

// A declaration is the value that a literal would be.
func TestParse(t *testing.T) {
	all, err := Parse("visits.yaml", []byte(visits))
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	families := map[string]schemas.Budget{}
	for _, b := range schemas.Families() {
		families[b.Name] = b
	}
	twice := families["identity"]
	twice.Cost = 2
	want := schemas.Dataset{
		Name: "x_visits", Doc: "Visits.", Mode: schemas.Windowed,
		Source: schemas.Source{
			API: "beta", Path: "/hosts/{parent}/visits",
			Query:   []schemas.Param{{Name: "$filter", Value: "when ge {from} and when lt {to}"}, {Name: "$top", Value: "100"}},
			Headers: []schemas.Param{{Name: "Prefer", Value: "a=b"}},
			Parent: &schemas.Parent{
				Path: "/hosts", Query: []schemas.Param{{Name: "$select", Value: "id"}}, Budget: families["other"],
				Permissions: []schemas.Permission{"Hosts.Read.All"},
			},
			Paging: schemas.NextLink,
			Window: schemas.Window{Longest: 48 * time.Hour, Layout: "2006-01-02", ToIncluded: true},
			Detail: &schemas.Detail{
				Path: "/visits/{id}", Queries: [][]schemas.Param{nil, {{Name: "$expand", Value: "rooms"}}},
				Parts: []schemas.Part{{Name: "guests", Path: "/visits/{id}/guests", Budget: families["other"], Permissions: []schemas.Permission{"Guests.Read.All"}}},
				End:   "until", Ready: 90 * time.Minute, Budget: twice,
			},
			Budget: families["teams_other"],
		},
		Time: []schemas.Path{"when", "since"}, Version: "version",
		Settle: 24 * time.Hour, Lookback: 36 * time.Hour, Retention: 720 * time.Hour, Removes: true, Optional: true,
		Permissions: []schemas.Permission{"Visits.Read", "Visits.Read.All"},
		Also:        []schemas.Requirement{{"Rooms.Read"}, {"Hats.Read", "Hats.Read.All"}},
		RoleIDs:     map[schemas.Permission]string{"Guests.Read.All": "00000000-0000-0000-0000-00000000000a"},
		Bodies:      []schemas.Body{{Path: "note", Form: schemas.PlainBody}},
		Tables: []schemas.Table{
			{Name: "x_visits", Doc: "A row per visit.", Key: []string{"visit_id"}, Columns: []schemas.Column{
				{Name: "visit_id", Path: "id", Type: schemas.String, Doc: "What Graph has at id."},
				{Name: "removed", Path: "/@removed", Type: schemas.Present, Doc: "Whether the record is gone. The row is then as it was last known."},
				{Name: "start_time", Path: "when", Else: []schemas.Path{"since"}, Type: schemas.Timestamp, Required: true, Doc: "When."},
				{Name: "host", Path: "host.name", Type: schemas.Enum, Personal: true, Doc: "What Graph has at host.name."},
				{Name: "length_ms", Path: "length", Type: schemas.DurationMS, Doc: "What Graph has at length."},
			}},
			{Name: "x_visit_guests", Doc: "A row per guest.", Each: "guests[]", Key: []string{"visit_id", "guest_index"}, Columns: []schemas.Column{
				{Name: "visit_id", Path: "/id", Type: schemas.String, Doc: "What Graph has at /id."},
				{Name: "guest_index", Path: "#", Type: schemas.Int32, Doc: "What Graph has at #."},
				{Name: "removed", Path: "/@removed", Type: schemas.Present, Doc: "Gone."},
			}},
		},
	}
	if diff := cmp.Diff(want, all[0].Dataset); diff != "" {
		t.Errorf("the dataset (-want +got):\n%s", diff)
	}
}

// What is said of a column and of whose a record is, the value says.
func TestParseMarks(t *testing.T) {
	all, err := Parse("visits.yaml", []byte(strings.NewReplacer(
		"path: host.name, type: enum}", "path: host.name, type: enum}\n      - {name: topic, path: topic, type: string, written: title, quasi: true}\n      - {name: note, path: note, type: long_text, written: text}",
		"bodies: {path: note, form: plain}", "bodies: {path: note, form: plain}\nowner: host.name",
	).Replace(visits)))
	if err != nil {
		t.Fatal(err)
	}
	topic, _ := all[0].Tables[0].Column("topic")
	note, _ := all[0].Tables[0].Column("note")
	if topic.Written != schemas.Title || !topic.Quasi || note.Written != schemas.Text || note.Quasi || !slices.Equal(all[0].Owner, []schemas.Path{"host.name"}) {
		t.Errorf("the topic is %+v, the note %+v, the owner %v", topic, note, all[0].Owner)
	}
}

// Every mistake is said with the file, the line and the path of the key.
func TestParseRefuses(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"an unknown key":                    {"settle: 1d", "settles: 1d", "visits.yaml:27: settles: there is no such key; there are ahead, also, bodies, changed, doc, "},
		"a mark of another kind":            {"type: enum}", "type: enum, written: poem}", `visits.yaml:42: tables[0].columns[2].written: "poem" is no kind of what is written; there are text, title`},
		"a mark that no key can have":       {"name: visit_id, path: id,", "name: visit_id, path: id, quasi: true,", `visits.yaml:40: tables[0].columns[0].quasi: table x_visits: column visit_id: without what is at "id"`},
		"an owner of no column":             {"bodies: {path: note, form: plain}", "owner: guest.id", `visits.yaml:34: owner[0]: owner "guest.id": no column`},
		"an unknown key, below":             {"type: enum}", "kind: enum}", "visits.yaml:42: tables[0].columns[2].kind: there is no such key; there are doc, else, name, path, public, quasi, required, type, written"},
		"a key twice":                       {"settle: 1d", "doc: x", `visits.yaml:27: mapping key "doc" already defined at [2:1]`},
		"a missing key":                     {"permissions: [Visits.Read, Visits.Read.All]\n", "", "visits.yaml:1: permissions: the key is missing"},
		"a missing key, below":              {"{name: host, path: host.name, ", "{name: host, ", "visits.yaml:42: tables[0].columns[2].path: the key is missing"},
		"a text for a duration":             {"settle: 1d", "settle: soon", "visits.yaml:27: settle: want a duration, as 2w, 3d, 72h or 90m"},
		"a list for a text":                 {"doc: Visits.", "doc: [a]", "visits.yaml:2: doc: want a text"},
		"a text for true":                   {"removes: true", "removes: perhaps", "visits.yaml:30: removes: want true or false"},
		"a text for a mapping":              {"bodies: {path: note, form: plain}", "bodies: note", "visits.yaml:34: bodies: want keys with their values"},
		"a mapping for a list":              {"    key: visit_id\n", "    key: {a: b}\n", "visits.yaml:38: tables[0].key: want a text"},
		"a name without x_":                 {"name: x_visits\ndoc", "name: visits\ndoc", `visits.yaml:1: name: the name "visits" has to begin with x_`},
		"a table without x_":                {"  - name: x_visit_guests", "  - name: guests", `visits.yaml:44: tables[1].name: the name "guests" has to begin with x_`},
		"an unknown mode":                   {"mode: windowed", "mode: daily", `visits.yaml:3: mode: "daily" is no mode; there are changes, entities, observations, snapshot, windowed`},
		"an unknown budget":                 {"  budget: teams_other", "  budget: teams", `visits.yaml:24: source.budget: "teams" is no budget; there are call_record_list, `},
		"an unknown family":                 {"family: identity", "family: people", `visits.yaml:23: source.detail.budget.family: "people" is no budget`},
		"a cost of nothing":                 {"cost: 2", "cost: 0", "visits.yaml:23: source.detail.budget.cost: a request that costs nothing would not be paced"},
		"an empty doc":                      {"doc: Visits.", `doc: ""`, "visits.yaml:2: doc: doc is required, and empty"},
		"Latin-1":                           {"doc: Visits.", "doc: Visit\xe9s.", "visits.yaml:2: the text is not UTF-8"},
		"what is above what cannot be read": {"settle: 1d\nlookback: 36h", "settle: 9d\nlookbackk: 36h", "visits.yaml:28: lookbackk: there is no such key"},
		"an unknown type":                   {"type: enum", "type: text", `visits.yaml:42: tables[0].columns[2].type: "text" is no type; there are bool, decimal, digest, enum, `},
		"a type of raw":                     {"type: enum", "type: version", `visits.yaml:42: tables[0].columns[2].type: "version" is no type`},
		"an unknown layout":                 {"layout: date", "layout: hours", `visits.yaml:16: source.window.layout: "hours" is no layout; there are date, milliseconds, seconds`},
		"an unknown parent":                 {"  budget: teams_other", "  budget: teams_other\n  parent: groups", `mapping key "parent" already defined`},
		"an API of none":                    {"api: beta", "api: v2.0", `visits.yaml:5: source.api: source: the API version is "v2.0", want v1.0 or beta`},
		"a path with a host":                {"path: /hosts/{parent}/visits", "path: https://graph/{parent}", `visits.yaml:6: source.path: source: the path "https://graph/{parent}" is none below the API version`},
		"a path with a query":               {"path: /hosts/{parent}/visits", "path: /hosts/{parent}/visits?a=b", `visits.yaml:6: source.path: source: the path`},
		"a template of nobody":              {"path: /hosts/{parent}/visits", "path: /hosts/{parent}/{host}", `visits.yaml:6: source.path: source: "/hosts/{parent}/{host}": {host} is not filled in here; there are {from}, {to}, {select}, {parent}`},
		"a broken template":                 {"path: /hosts/{parent}/visits", "path: /hosts/{parent}/{visits", `visits.yaml:6: source.path: source: "/hosts/{parent}/{visits": a brace has no other`},
		"an id where none is":               {"$top: 100", "$top: '{id}'", `visits.yaml:9: source.query.$top: source: "{id}": {id} is not filled in here`},
		"a broken path":                     {"path: host.name", "path: host..name", `visits.yaml:42: tables[0].columns[2].path: path "host..name": want names divided by dots`},
		"a path into many":                  {"path: host.name", "path: 'hosts[].name'", `visits.yaml:42: tables[0].columns[2].path: table x_visits: column host: path "hosts[].name" goes into a collection`},
		"a key that is no column":           {"    key: visit_id\n", "    key: id\n", "visits.yaml:38: tables[0].key[0]: table x_visits: key column id has to be there"},
		"a column twice":                    {"name: length_ms", "name: host", "visits.yaml:43: tables[0].columns[3].name: table x_visits: column host is there twice"},
		"a lookback too short":              {"lookback: 36h", "lookback: 1h", "visits.yaml:28: lookback: the lookback is shorter than the settle time"},
		"a picture with a time":             {"mode: windowed", "mode: snapshot", "visits.yaml:25: time: mode snapshot: pictures are dated by the run and have no time"},
		"a table twice":                     {"  - name: x_visit_guests", "  - name: x_visits", "visits.yaml:44: tables[1].name: another table, of x_visits, is called x_visits"},
		"a role id of none":                 {"id: 00000000-0000-0000-0000-00000000000A", "id: 7", `visits.yaml:20: source.detail.parts[0].permissions[0].id: "7" is no GUID`},
		"a permission of two lines":         {"[Visits.Read, Visits.Read.All]", `["Visits\nRead"]`, `visits.yaml:32: permissions[0]: "Visits\nRead" is no name of a permission`},
		"a path with a bell":                {"path: /hosts/{parent}/visits", `path: "/hosts/{parent}\a"`, `visits.yaml:6: source.path: source: the path "/hosts/{parent}\a" is none below`},
		"no YAML":                           {"api: beta", "api: [", "visits.yaml:6: "},
		"an alias":                          {"type: enum", "type: *text", "visits.yaml:42: tables[0].columns[2].type: want a text"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(visits, c.from, c.to, 1)
			if text == visits {
				t.Fatalf("%q is not there", c.from)
			}
			all, err := Parse("visits.yaml", []byte(text))
			if err == nil {
				err = errors.Join(clashes(all, schemas.BuiltIn())...)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

// What one key says wrong hides nothing of what another does.
func TestParseSaysEverything(t *testing.T) {
	text := strings.NewReplacer("name: x_visits\ndoc: Visits.", "name: visits\ndoc: \"\"", "api: beta", "api: v2.0",
		"settle: 1d", "settle: 3d", "type: enum", "type: text", "    key: [visit_id, guest_index]", "    key: [guest]").Replace(visits)
	_, err := Parse("visits.yaml", []byte(text))
	for _, want := range []string{"visits.yaml:1: name: ", "visits.yaml:2: doc: ", "visits.yaml:5: source.api: ", "visits.yaml:28: lookback: ", "columns[2].type: ", "tables[1].key[0]: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %s", err, want)
		}
	}
}

// A doc is one line, however it is written: it stands in comments of SQL, which end with their line.
func TestParseDocs(t *testing.T) {
	all, err := Parse("visits.yaml", []byte(strings.NewReplacer("doc: Visits.\n", "doc: |\n  Visits of\n\n  hosts.\n", "doc: When.", `doc: "When.\r\n; DROP"`).Replace(visits)))
	if err != nil {
		t.Fatal(err)
	}
	if got := all[0].Doc + " " + all[0].Tables[0].Columns[2].Doc; got != "Visits of hosts. When. ; DROP" {
		t.Errorf("%q", got)
	}
}

// Some editors write a mark before the text.
func TestParseByteOrderMark(t *testing.T) {
	if all, err := Parse("visits.yaml", []byte("\ufeff"+visits)); err != nil || len(all) != 1 {
		t.Error(all, err)
	}
}

// A configuration may hold datasets, and name files that hold one or several.
func TestRead(t *testing.T) {
	one := strings.ReplaceAll(visits, "x_visit", "x_stay")
	files := map[string]string{"visits.yaml": visits, "stays.yaml": "- " + strings.ReplaceAll(strings.TrimSpace(one), "\n", "\n  ") + "\n", "bad.yaml": "name: x_bad\n"}
	for _, c := range []struct{ text, names, want string }{
		{"[visits.yaml, stays.yaml]", "x_visits x_stays", ""},
		{"[visits.yaml, visits.yaml]", "x_visits x_visits", "at/visits.yaml:1: name: another dataset is called x_visits\nat/visits.yaml:36: tables[0].name: another table, of x_visits, is called x_visits"},
		{"[gone.yaml]", "", "graphlake.yaml:1: datasets[0]: file does not exist; name a file that can be read, relative to this one"},
		{"[bad.yaml]", "x_bad", "at/bad.yaml:1: doc: the key is missing\nat/bad.yaml:1: mode: the key is missing"},
		{"[{name: x_a, path: b}]", "x_a", "graphlake.yaml:1: datasets[0].path: there is no such key"},
		{"visits.yaml", "", "graphlake.yaml:1: datasets: want a list, as [a, b]"},
	} {
		tree, err := parser.ParseBytes([]byte(c.text), 0)
		if err != nil {
			t.Fatal(err)
		}
		all, err := Read("graphlake.yaml", tree.Docs[0].Body, schemas.BuiltIn(), func(name string) (string, []byte, error) {
			text, ok := files[name]
			if !ok {
				return name, nil, fs.ErrNotExist
			}
			return "at/" + name, []byte(text), nil
		})
		var names []string
		for _, d := range all {
			names = append(names, d.Name)
		}
		if got := strings.Join(names, " "); got != c.names || (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %s, %v\nwant %s, %s", c.text, got, err, c.names, c.want)
		}
	}
}

// Whatever is written, it is either a sound dataset or said in lines that begin with the file and a line.
func FuzzParse(f *testing.F) {
	f.Add(visits)
	f.Add("- {name: x_a, doc: a, mode: snapshot, source: {api: v1.0, path: /a, budget: other}, permissions: A, tables: {name: x_a, doc: a, key: a, columns: {name: a, path: a, type: string}}}")
	for _, text := range []string{"", "---\n---\n", "&a [*a]", "? [a]\n: b", "!!x {name: !!y x_a}", "tables: {each: '[]'}", "<<: {name: x_a}", "name: |\n  x_a\n", "- - a"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := Parse("f.yaml", []byte(text))
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				if !strings.HasPrefix(line, "f.yaml:") {
					t.Errorf("%q: %s", text, line)
				}
			}
			return
		}
		for _, d := range all {
			if err := d.Validate(); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}

func TestParsePaging(t *testing.T) {
	for word, want := range map[string]schemas.Paging{
		"": schemas.NextLink, "next_link": schemas.NextLink, "skip": schemas.Skip,
	} {
		text := strings.Replace(visits, "source:\n", "source:\n  paging: "+word+"\n", 1)
		if word == "" {
			text = visits
		}
		all, err := Parse("x.yaml", []byte(text))
		if err != nil || len(all) != 1 || all[0].Source.Paging != want {
			t.Errorf("paging %q is %v, %v; want %v", word, all, err, want)
		}
	}
	again := strings.Replace(strings.Replace(visits, "source:\n", "source:\n  paging: skip\n", 1), "$top: 100", "$skip: 0", 1)
	if _, err := Parse("x.yaml", []byte(again)); err == nil || !strings.Contains(err.Error(), "no $skip of its own") {
		t.Errorf("a $skip beside another: %v", err)
	}
}
