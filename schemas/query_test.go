package schemas

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	relation = regexp.MustCompile(`\b(?:FROM|JOIN) ([a-z_]+)\b`)
	defined  = regexp.MustCompile(`\b([a-z_]+) AS \(\n`)
	byDate   = regexp.MustCompile(`\b(?:dt|week) (?:>=|=) '2026-11-`)
	aside    = regexp.MustCompile(`--|;|\*/|\bSELECT \*$`)
)

// What a query reads is there, is one of its dataset's tables among others or a metric, and is not all of the past.
// That its columns are there, and that it answers, DuckDB says.
func TestQueries(t *testing.T) {
	for _, d := range BuiltIn() {
		if n := len(d.Queries); n < 1 || n > 3 {
			t.Errorf("%s has %d queries, want one to three", d.Name, n)
		}
		for _, q := range d.Queries {
			if q.Question == "" || !strings.HasSuffix(q.Question, "?") || !strings.HasPrefix(q.SQL, "\n") || aside.MatchString(q.SQL) {
				t.Errorf("%s: %q has to be a question, and its SQL one statement without comments, from a new line on", d.Name, q.Question)
			}
			var own []string
			for _, m := range defined.FindAllStringSubmatch(q.SQL, -1) {
				own = append(own, m[1])
			}
			ours := false
			for _, m := range relation.FindAllStringSubmatch(q.SQL, -1) {
				if slices.Contains(own, m[1]) {
					continue
				}
				name, current := strings.CutSuffix(m[1], "_current")
				of, _, ok := BuiltIn().FindTable(name)
				metric := strings.HasPrefix(name, "metric_") // which there are, DuckDB says
				switch {
				case !ok && !metric, current && !of.Mode.Pictures():
					t.Errorf("%s: %q reads %s, which is no view", d.Name, q.Question, m[1])
				case !current && !byDate.MatchString(q.SQL):
					t.Errorf("%s: %q reads every day of %s", d.Name, q.Question, m[1])
				}
				ours = ours || metric || of.Name == d.Name
			}
			if !ours {
				t.Errorf("%s: %q reads none of its tables", d.Name, q.Question)
			}
		}
	}
}
