package duckdb

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"graphlake/schemas"
	"graphlake/views"
)

// handOn writes what other engines need to answer the examples, for make engines, into a directory: examples.json, with
// the statements that graphlake sql prints of the metrics, and the tables as they are when an example is asked, in a directory each.
func handOn(t *testing.T, dir string, examples []example) {
	t.Helper()
	type asked struct {
		Name, Question string
		Answer         []string
	}
	all := struct {
		Metrics  []string
		Views    map[views.Engine][]string
		Examples []asked
	}{Views: map[views.Engine][]string{}}
	for _, e := range []views.Engine{views.Spark, views.Synapse} {
		script, err := views.New(e, views.Lake{Place: views.Place{Dir: "/lake"}, Datasets: schemas.BuiltIn(), Days: true})
		if err != nil {
			t.Fatal(err)
		}
		all.Views[e] = script.Statements[len(script.Statements)-len(views.Metrics()):]
	}
	for _, m := range views.Metrics() {
		all.Metrics = append(all.Metrics, m.Name)
	}
	for _, e := range examples {
		all.Examples = append(all.Examples, asked{e.name, e.question, e.answer})
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "examples.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// handOnTables writes the tables that metrics read.
func (l *lake) handOnTables(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	tables := map[string]bool{}
	for _, m := range views.Metrics() {
		for _, name := range slices.Concat(m.Needs, m.Also) {
			tables[name] = true
		}
	}
	for _, m := range views.Metrics() {
		delete(tables, m.Name)
	}
	for name := range maps.Keys(tables) {
		l.exec(t, "COPY "+name+" TO '"+strings.ReplaceAll(filepath.Join(dir, name+".parquet"), "'", "''")+"' (FORMAT parquet)")
	}
}
