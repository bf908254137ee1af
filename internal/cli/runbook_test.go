package cli

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"graphlake/jobs"
	"graphlake/jobs/state"
)

// runbookRow is a row of a table of the runbook: the word that it explains, and the rest.
var runbookRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|(.*)\\|$")

// runbook gives the rows below a heading, in their order.
func runbook(t *testing.T, heading string) [][]string {
	t.Helper()
	page, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n## "+heading+"\n")
	if !found {
		t.Fatalf("docs/runbook.md has no %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	return runbookRow.FindAllStringSubmatch(section, -1)
}

// The runbook names the outcomes of a run beside the status with which it ends for them.
func TestRunbookHasTheExitOfEveryOutcome(t *testing.T) {
	rows := runbook(t, "Exit statuses")
	for _, o := range []state.Outcome{state.Failed, state.Forbidden, state.Unavailable, state.Interrupted} {
		status := fmt.Sprint(exitStatus(reported(jobs.Report{Status: o})))
		for _, row := range rows {
			if named := strings.Contains(row[2], "`"+string(o)+"`"); named != (row[1] == status) {
				t.Errorf("docs/runbook.md: a run that is %s ends with %s; the row of %s says: %s", o, status, row[1], row[2])
			}
		}
	}
}

// deed is what an operator is told to do about a finding.
var deed = regexp.MustCompile(`\b(run|replay|move|remove|report it|audit again)\b`)

// deeds are those of a text, each once.
func deeds(text string) []string {
	all := deed.FindAllString(strings.ToLower(text), -1)
	slices.Sort(all)
	return slices.Compact(all)
}

// An audit prints the cures of the runbook too: of the same findings, in the same order, to do the same.
func TestRunbookHasTheCuresOfAnAudit(t *testing.T) {
	rows := runbook(t, "Findings of an audit")
	if len(rows) != len(cures) {
		t.Fatalf("docs/runbook.md has %d findings, an audit has cures for %d", len(rows), len(cures))
	}
	above := ""
	for i, row := range rows {
		cells := strings.Split(row[2], " | ")
		todo := cells[len(cells)-1]
		if strings.Contains(strings.ToLower(todo), "the same") { // as the row above
			todo += above
		}
		above = todo
		if string(cures[i].kind) != row[1] {
			t.Errorf("the %d. finding of docs/runbook.md is %s, the %d. cure that of %s", i+1, row[1], i+1, cures[i].kind)
		}
		if want, got := deeds(cures[i].cure), deeds(todo); !slices.Equal(got, want) || len(want) == 0 {
			t.Errorf("%s: docs/runbook.md says %q, an audit %q", row[1], got, want)
		}
	}
}
