package duckdb

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"graphlake/schemas"
)

var (
	viewOf   = regexp.MustCompile(`CREATE OR ALTER VIEW \[(\w+)\]`)
	declared = regexp.MustCompile(`(?m)^    \[(\w+)\] VARCHAR\((\d+)\) COLLATE Latin1_General_100_BIN2_UTF8,?$`)
)

// lengths compares what Synapse is told of strings, whose lengths are in bytes, with the longest of the demo
// and of the fixtures.
func (l *lake) lengths(t *testing.T) {
	seen := 0
	for _, statement := range l.statements(t, "synapse") {
		view := viewOf.FindStringSubmatch(statement)
		if view == nil {
			continue
		}
		columns := declared.FindAllStringSubmatch(statement, -1)
		if len(columns) == 0 { // it reads another view, or the runs
			continue
		}
		fixture := longestOfFixture(t, view[1])
		for _, c := range columns {
			room, err := strconv.ParseInt(c[2], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			n := max(fixture[c[1]], l.number(t, `SELECT coalesce(max(strlen("%s")), 0) FROM %s`, c[1], view[1]))
			if n > room {
				t.Errorf("%s.%s has a value of %d bytes and room for %d", view[1], c[1], n, room)
			}
			if n > 0 {
				seen++
			}
		}
	}
	if seen < 300 {
		t.Errorf("%d columns have a value and a length, which is too few to say anything", seen)
	}
}

// longestOfFixture is the length in bytes of the longest value of each text column in a table's golden file.
func longestOfFixture(t *testing.T, table string) map[string]int64 {
	t.Helper()
	d, _, _ := schemas.BuiltIn().FindTable(table)
	file, err := os.ReadFile(filepath.Join(root, "schemas", "testdata", d.Name, table+".golden"))
	if err != nil {
		t.Fatal(err)
	}
	longest := map[string]int64{}
	for line := range strings.Lines(string(file)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("%v in %.200s", err, line)
		}
		for column, value := range row {
			text, _ := value.(string)
			longest[column] = max(longest[column], int64(len(text)))
		}
	}
	return longest
}
