package duckdb

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var fenced = regexp.MustCompile("(?ms)^```sql\n(.*?)^```$")

// documented runs the queries that docs/query.md has for DuckDB on disk, each of which finds something.
func (l *lake) documented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "query.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(page), "\n## DuckDB on disk\n")
	section, _, ends := strings.Cut(section, "\n## ")
	queries := fenced.FindAllStringSubmatch(section, -1)
	if !ok || !ends || len(queries) < 4 {
		t.Fatalf("%d queries are in the section of DuckDB on disk, which is too few", len(queries))
	}
	seen := l.views(t)
	for _, q := range queries {
		if n := seen.number(t, "SELECT count(*) FROM (%s)", strings.TrimSuffix(strings.TrimSpace(q[1]), ";")); n == 0 {
			t.Errorf("nothing is found by\n%s", q[1])
		}
	}
}
