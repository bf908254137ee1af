package cli

import (
	"slices"
	"strings"
	"testing"

	"graphlake/internal/fixtures"
	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// Every dataset, also one that the simulator makes nothing of, goes its whole way: from what check asks to what an
// audit finds.
func TestEveryDataset(t *testing.T) {
	served, err := fixtures.Of("../../schemas/testdata", schemas.BuiltIn())
	if err != nil {
		t.Fatal(err)
	}
	s := simulate(t, graphsim.Options{Users: 8, CallsPerUserDay: 20, Fixtures: served}, "")
	all := []string{"--dataset", strings.Join(names(schemas.BuiltIn()), ",")}
	if status, out := s.command(t, append([]string{"check"}, all...)...); status != ExitDone {
		t.Errorf("check ended with %d:\n%s", status, out)
	}
	night := append([]string{"run", "--now", "2026-11-18T00:00:00Z"}, all...)
	var rep jobs.Report
	if status := s.asJSON(t, &rep, night...); status != ExitDone {
		t.Errorf("run ended with %d: %+v", status, rep)
	}
	read := map[string]bool{}
	for _, u := range rep.Units {
		read[u.Dataset] = read[u.Dataset] || u.Outcome == state.Data
	}
	for _, d := range schemas.BuiltIn() {
		recorded := slices.ContainsFunc(served, func(f graphsim.Fixture) bool { return f.Path == "/"+d.Source.API+d.Source.Path })
		if recorded && !d.Mode.Fleeting() {
			continue // its records are of their own time
		}
		if !read[d.Name] {
			t.Errorf("nothing was read of %s", d.Name)
		}
		if n := s.rows(t, d.Root().Name, 1, 30); n == 0 {
			t.Errorf("%s has no rows", d.Root().Name)
		}
	}
	s.says(t, `"findings": []`, append([]string{"--output", "json", "audit", "--now", "2026-11-18T00:00:00Z"}, all...)...)
	before := s.files(t)
	if status := s.asJSON(t, &rep, append([]string{"replay"}, all...)...); status != ExitDone || len(s.files(t)) != len(before) {
		t.Errorf("replay ended with %d: %+v", status, rep)
	}
}
