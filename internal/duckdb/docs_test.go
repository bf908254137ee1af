package duckdb

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	fenced = regexp.MustCompile("(?ms)^```sql\n(.*?)^```$")
	hinted = regexp.MustCompile(`(?m)^  duckdb -c "(.*)"$`)
)

// withTexts is how a query of docs/query.md begins that finds something only where a lake keeps texts.
const withTexts = "-- With texts"

// ofLane is how a query of docs/query.md begins that reads Delta tables. Their extension is not to be had for the DuckDB of this module:
// internal/readers asks them.
const ofLane = "-- Delta tables"

// documented runs the queries that readers are told to try, each of which finds something, but for what is wrong, and for gaps and texts,
// which the demo's lake does not have.
func (l *lake) documented(t *testing.T) {
	l.quarantine(t)
	seen := l.views(t)
	seen.addViews(t, l.named(t))
	finds := func(query string) bool {
		return !strings.HasPrefix(query, wrong) && !strings.HasPrefix(query, withTexts) && !slices.Contains(gaps(t), query)
	}
	for _, page := range []struct {
		file    string
		each    *regexp.Regexp
		queries int
	}{
		{"docs/query.md", fenced, 55},
		{"docs/runbook.md", fenced, 1},
		{"README.md", fenced, 1},
		{"internal/demo.sh", hinted, 1},
	} {
		text, err := os.ReadFile(filepath.Join(root, page.file))
		if err != nil {
			t.Fatal(err)
		}
		queries := page.each.FindAllStringSubmatch(string(text), -1)
		if len(queries) != page.queries {
			t.Errorf("%s has %d queries, want %d", page.file, len(queries), page.queries)
		}
		for _, q := range queries {
			if strings.HasPrefix(q[1], ofLane) {
				continue
			}
			query := strings.TrimSuffix(strings.TrimSpace(strings.NewReplacer("'lake/", "'"+l.dir+"/", "$LAKE", l.dir).Replace(q[1])), ";")
			if n := seen.number(t, "SELECT count(*) FROM (%s)", query); n == 0 && finds(query) {
				t.Errorf("%s: nothing is found by\n%s", page.file, query)
			}
			if strings.Contains(query, "/quarantine/") {
				seen.mostFirst(t, query)
			}
		}
	}
}

// quarantine writes three records that could not be read, as graphlake would, with two reasons.
func (l *lake) quarantine(t *testing.T) {
	t.Helper()
	dir := filepath.Join(l.dir, "quarantine", "call_records", "tenant_id=one", "dt=2026-11-22")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	l.exec(t, `COPY (SELECT TIMESTAMPTZ '2026-11-22 10:00:00Z' AS record_time, hash AS record_hash, 'sessions' AS reason_path, reason, '{}' AS record
		FROM (VALUES ('a', 'z: seldom'), ('b', 'a: often'), ('c', 'a: often')) AS v(hash, reason))
		TO '`+filepath.Join(dir, "call_records.parquet")+`' (FORMAT parquet)`)
}

// mostFirst says whether the runbook shows first why most records could not be read.
func (l *lake) mostFirst(t *testing.T, query string) {
	t.Helper()
	got := l.pairs(t, "SELECT reason, records::VARCHAR FROM (%s)", query)
	if len(got) != 2 || got[0] != [2]string{"a: often", "2"} || got[1] != [2]string{"z: seldom", "1"} {
		t.Errorf("the reasons are %v", got)
	}
}
