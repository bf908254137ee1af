package views_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"graphlake/schemas"
	"graphlake/views"
)

var engines = []views.Engine{views.DuckDB, views.Synapse, views.Spark}

// A metric says of itself what its query does: it reads what it names as needed and nothing else, which is a table,
// the newest picture of one, or a metric before it.
func TestMetricsNeedWhatTheyRead(t *testing.T) {
	known := map[string]bool{"coverage": true}
	for _, d := range schemas.BuiltIn() {
		for _, table := range d.Tables {
			known[table.Name] = true
			known[table.Name+"_current"] = d.Mode.Pictures()
		}
	}
	own := regexp.MustCompile(`(?m)(?:^WITH|^\)?,) (\w+) AS `)
	read := regexp.MustCompile(`\b(?:FROM|JOIN) (\w+)`)
	for _, m := range views.Metrics() {
		for _, e := range engines {
			query, err := m.Query(e)
			if err != nil {
				t.Fatal(err)
			}
			within := map[string]bool{"range": true} // a function of DuckDB and Spark
			for _, c := range own.FindAllStringSubmatch(query, -1) {
				within[c[1]] = true
			}
			got := map[string]bool{}
			for _, r := range read.FindAllStringSubmatch(query, -1) {
				if !within[r[1]] {
					got[r[1]] = true
				}
			}
			want := slices.Concat(m.Needs, m.Also)
			for _, name := range want {
				if !got[name] {
					t.Errorf("%s names %s, which its query for %s does not read", m.Name, name, e)
				}
				if !known[name] {
					t.Errorf("%s names %s, of which there is no view before it", m.Name, name)
				}
				delete(got, name)
			}
			for name := range got {
				t.Errorf("%s reads %s for %s and does not name it", m.Name, name, e)
			}
		}
		known[m.Name] = true
	}
}

func TestMetricsAreWhole(t *testing.T) {
	files, err := filepath.Glob("metrics/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range views.Metrics() {
		names = append(names, "metrics/"+m.Name+".sql")
		for what, text := range map[string]string{"topic": m.Topic, "sentence": m.Sentence, "grain": m.Grain, "definition": m.Definition, "example": m.Example} {
			if text == "" {
				t.Errorf("%s has no %s", m.Name, what)
			}
		}
		if len(m.Key) < 2 || m.Key[0] != "tenant_id" {
			t.Errorf("%s has the key %v, want one that begins with the tenant", m.Name, m.Key)
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, files) {
		t.Errorf("metrics are %v, files %v", names, files)
	}
}

// A day or a time is taken of an instant by words only: what engines themselves take follows the zone of the session.
func TestMetricsKnowNoSession(t *testing.T) {
	for _, m := range views.Metrics() {
		body, err := os.ReadFile("metrics/" + m.Name + ".sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"AS DATE)", "AS TIME)", "date_trunc", "DATE_TRUNC", "strftime", "extract(", "now()", "current_date", "CURRENT_"} {
			if strings.Contains(string(body), word) {
				t.Errorf("%s has %s", m.Name, word)
			}
		}
	}
}

// A tenant without telephones has the metrics that can do without, in which there are then none.
func TestMetricsOfWhatIsThere(t *testing.T) {
	calls := views.Lake{Datasets: []schemas.Dataset{schemas.CallRecords, schemas.DirectRoutingCalls, schemas.PSTNCalls}, Missing: map[string]bool{"pstn_calls": true, "direct_routing_calls": true}}
	for _, e := range engines {
		script, err := views.New(e, calls)
		if err != nil {
			t.Fatal(err)
		}
		said := script.String()
		for _, name := range []string{"metric_direct_routing", "metric_pstn_costs", "metric_active_users"} {
			if strings.Contains(said, "VIEW "+quoted(e, name)) || !strings.Contains(script.Notes[len(script.Notes)-1], name) {
				t.Errorf("%s: %s has a view without its table, or none that is said", e, name)
			}
		}
		if _, after, ok := strings.Cut(said, "VIEW "+quoted(e, "metric_calls")); !ok || !strings.Contains(after, "WHERE 1 = 0) AS direct_routing_calls") {
			t.Errorf("%s: metric_calls is not there, or not without direct_routing_calls", e)
		}
	}
}

func quoted(e views.Engine, name string) string {
	switch e {
	case views.Synapse:
		return "[" + name + "]"
	case views.Spark:
		return "`" + name + "`"
	default:
		return `"` + name + `"`
	}
}

// A view of both kinds of conversations has each column of their tables, which are the same.
func TestBothKindsAreWhole(t *testing.T) {
	for _, name := range []string{"all_transcripts", "all_utterances", "all_recordings"} {
		m, ok := views.FindMetric(name)
		if !ok || len(m.Also) != 2 {
			t.Fatalf("%s reads %v, want two tables", name, m.Also)
		}
		query, err := m.Query(views.DuckDB)
		if err != nil {
			t.Fatal(err)
		}
		first, second, _ := strings.Cut(query, "UNION ALL")
		for i, half := range []string{first, second} {
			_, table, _ := schemas.BuiltIn().FindTable(m.Also[i])
			if len(table.Columns) == 0 {
				t.Fatalf("there is no table %s", m.Also[i])
			}
			for _, c := range table.Columns {
				if !regexp.MustCompile(`\b` + c.Name + `\b`).MatchString(half) {
					t.Errorf("%s lacks %s of %s", name, c.Name, table.Name)
				}
			}
		}
	}
}
