package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"graphlake/schemas"
)

// dbtSources is what dbt takes of sources.yml.
type dbtSources struct {
	Sources []struct {
		Name   string
		Tables []dbtTable
	}
}

type dbtTable struct {
	Name, Description string
	Config            struct {
		Enabled string
		Meta    struct {
			Formatter string
			Location  string `yaml:"external_location"`
		}
	}
	Tests []struct {
		Unique *dbtArguments `yaml:"unique_key"`
		Parent *dbtArguments `yaml:"has_parent"`
	} `yaml:"data_tests"`
	Columns []struct {
		Name, Description string
		Type              string `yaml:"data_type"`
		Config            struct{ Meta map[string]bool }
	}
}

type dbtArguments struct {
	Arguments struct {
		Parent  string
		Columns []string
	}
}

func readSources(t *testing.T) []dbtTable {
	t.Helper()
	files, err := dbtProject(schemas.BuiltIn())
	if err != nil {
		t.Fatal(err)
	}
	var read dbtSources
	if err := yaml.Unmarshal(files["sources.yml"], &read); err != nil {
		t.Fatal(err)
	}
	if len(read.Sources) != 1 || read.Sources[0].Name != "graphlake" {
		t.Fatalf("got %d sources", len(read.Sources))
	}
	return read.Sources[0].Tables
}

// Whoever reads the sources finds every table, and of it every column with what it means and whether it is personal.
func TestDBTHasEveryColumn(t *testing.T) {
	tables := readSources(t)
	for _, d := range schemas.BuiltIn() {
		for _, table := range d.Tables {
			i := slices.IndexFunc(tables, func(s dbtTable) bool { return s.Name == table.Name })
			if i < 0 {
				t.Errorf("%s is no source", table.Name)
				continue
			}
			got := tables[i]
			if got.Description != table.Doc || got.Config.Enabled != "{{ '"+d.Name+"' in var('datasets') }}" {
				t.Errorf("%s: described as %q, and there if %s", table.Name, got.Description, got.Config.Enabled)
			}
			if len(got.Columns) != len(table.Columns)+2 {
				t.Errorf("%s has %d columns, want %d and two of the path", table.Name, len(got.Columns), len(table.Columns))
				continue
			}
			for j, c := range table.Columns {
				g := got.Columns[j]
				if g.Name != c.Name || g.Description != c.Doc || g.Config.Meta["personal"] != c.Personal ||
					g.Config.Meta["singles_out"] != c.Quasi || g.Config.Meta["written"] != (c.Written != 0) {
					t.Errorf("%s: %+v is not %s", table.Name, g, c.Name)
				}
				if !strings.Contains(got.Config.Meta.Location, `"`+c.Name+`"`) {
					t.Errorf("%s: what is read has no %s", table.Name, c.Name)
				}
			}
		}
	}
}

// Jinja would take what it knows out of a description, and a dollar is what the location's own formatter looks for.
func TestDBTIsNotFormatted(t *testing.T) {
	for _, table := range readSources(t) {
		location := strings.ReplaceAll(table.Config.Meta.Location, "{{ env_var('GRAPHLAKE_LAKE') }}", "")
		for _, mark := range []string{"{{", "}}", "{%", "{#", "$", here} {
			if strings.Contains(location, mark) {
				t.Errorf("%s: %s is in its location", table.Name, mark)
			}
			for _, c := range table.Columns {
				if mark != "$" && strings.Contains(c.Description, mark) {
					t.Errorf("%s.%s: %s is in its description", table.Name, c.Name, mark)
				}
			}
		}
	}
}

// By hand: what identifies rows, and what they belong to.
func TestDBTKeysAndParents(t *testing.T) {
	want := map[string]string{
		"calls":                  "",
		"call_sessions":          "source('graphlake', 'calls') by tenant_id, dt, call_id",
		"call_media_streams":     "source('graphlake', 'call_media') by tenant_id, dt, call_id, session_id, session_index, segment_id, media_index",
		"message_events":         "source('graphlake', 'chat_messages') by tenant_id, dt, chat_id, message_id, mailbox_id",
		"message_mentions":       "source('graphlake', 'chat_messages') by tenant_id, dt, chat_id, message_id, mailbox_id",
		"channels":               "source('graphlake', 'teams') by tenant_id, dt, team_id",
		"channel_members":        "", // its teams are another dataset's, whose picture may be of another day
		"subscribed_skus":        "",
		"user_licenses":          "source('graphlake', 'users') by tenant_id, dt, user_id",
		"direct_routing_calls":   "",
		"channel_message_events": "source('graphlake', 'channel_messages') by tenant_id, dt, team_id, channel_id, message_id",
	}
	for _, table := range readSources(t) {
		got := ""
		for _, test := range table.Tests {
			if p := test.Parent; p != nil {
				got = p.Arguments.Parent + " by " + strings.Join(p.Arguments.Columns, ", ")
			}
		}
		if parent, ok := want[table.Name]; ok && got != parent {
			t.Errorf("%s belongs to %q, want %q", table.Name, got, parent)
		}
		if table.Name == "call_sessions" && strings.Join(table.Tests[0].Unique.Arguments.Columns, " ") != "tenant_id dt call_id session_id session_index" {
			t.Errorf("its rows are told apart by %v", table.Tests[0].Unique.Arguments.Columns)
		}
	}
}

// What a model reads, dbt has to know, or it would run before what it needs.
func TestDBTModels(t *testing.T) {
	p := dbt{set: schemas.BuiltIn(), relations: []relation{{Name: "calls"}, {Name: "users_current", Needs: []string{holds("users")}}, {Name: "metric_a"}}}
	got := p.model(relation{Without: map[string]string{"users_current": "(SELECT 1 WHERE 1 = 0)"}, SQL: "WITH own AS (SELECT 1 FROM \"calls\" AS c)\n" +
		"SELECT * FROM own LEFT JOIN users_current ON true\n" +
		"JOIN metric_a AS a ON true\n" +
		"WHERE x = '/@graphlake@/state' AND called IN (SELECT id FROM calls_made)"})
	want := "WITH own AS (SELECT 1 FROM {{ source('graphlake', 'calls') }} AS c)\n" +
		"SELECT * FROM own LEFT JOIN {% if 'users' in var('datasets') %}{{ ref('users_current') }}{% else %}(SELECT 1 WHERE 1 = 0){% endif %} AS users_current ON true\n" +
		"JOIN {{ ref('metric_a') }} AS a ON true\n" +
		"WHERE x = '{{ env_var('GRAPHLAKE_LAKE') }}/state' AND called IN (SELECT id FROM calls_made)\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A question is there where all that it asks is.
func TestDBTQuestions(t *testing.T) {
	all, err := relations(schemas.BuiltIn())
	if err != nil {
		t.Fatal(err)
	}
	p := dbt{set: schemas.BuiltIn(), relations: all}
	questions := 0
	for _, q := range p.Questions() {
		questions++
		if q.Label == "How many licences of each product are assigned, and how many of them to accounts that may not sign in?" {
			if got := strings.Join(q.Reads, " ") + " if " + enabled(q.Needs); got != "user_licenses_current users_current subscribed_skus_current if "+
				"{{ 'organization' in var('datasets') and 'users' in var('datasets') }}" {
				t.Errorf("it reads %s", got)
			}
			return
		}
	}
	t.Errorf("the question is not among %d", questions)
}

// The page of graphlake report shows what docs/report.md says that it does.
func TestDBTReport(t *testing.T) {
	all, err := relations(schemas.BuiltIn())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../docs/report.md")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"coverage"}
	for _, m := range regexp.MustCompile("`(metric_\\w+)`").FindAllStringSubmatch(string(text), -1) {
		want = append(want, m[1])
	}
	slices.Sort(want)
	got := slices.Sorted(slices.Values(dbt{set: schemas.BuiltIn(), relations: all}.Pages()[0].Reads))
	if !slices.Equal(got, slices.Compact(want)) {
		t.Errorf("it reads %v, want %v", got, want)
	}
}

// Who changes nothing of the project builds what a run without a list of datasets has read.
func TestDBTReadsWhatARunWrites(t *testing.T) {
	text, err := os.ReadFile("../../docs/dbt/dbt_project.yml")
	if err != nil {
		t.Fatal(err)
	}
	var project struct{ Vars struct{ Datasets []string } }
	if err := yaml.Unmarshal(text, &project); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, d := range schemas.BuiltIn() {
		if !d.Optional {
			want = append(want, d.Name)
		}
	}
	if !slices.Equal(project.Vars.Datasets, want) {
		t.Errorf("it reads %v, want %v", project.Vars.Datasets, want)
	}
}
