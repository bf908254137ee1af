package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"graphlake/extract/graph"
	"graphlake/jobs"
	"graphlake/jobs/derive"
	"graphlake/jobs/exclude"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
)

// ofKind is for every kind an error that is decided to be of it.
var ofKind = map[string]error{
	"throttled":        &graph.Error{Kind: graph.Throttled},
	"unavailable":      &graph.Error{Kind: graph.Unavailable},
	"unauthorized":     &graph.Error{Kind: graph.Unauthorized},
	"expired cursor":   &graph.Error{Kind: graph.ExpiredCursor},
	"not found":        &graph.Error{Kind: graph.NotFound},
	"rejected":         &graph.Error{Kind: graph.Rejected},
	"incomplete":       &graph.Error{Kind: graph.Incomplete},
	"off":              &graph.Error{Kind: graph.Off},
	"malformed":        &graph.Error{Kind: graph.Malformed},
	"no access policy": &graph.Error{Kind: graph.NoPolicy},
	"no attribution":   &graph.Error{Kind: graph.NoAttribution},
	"signed_out":       &graph.Error{Kind: graph.SignedOut, SignIn: true},
	"nobody":           exclude.ErrNobody,
	"bad record":       derive.ErrTooManyBad,
	"foreign table":    lane.ForeignError{Table: "delta/calls", What: errors.New("its protocol is 3/7")},
	"locked":           load.ErrLocked,
	"conflict":         load.ErrConflict,
	"interrupted":      context.Canceled,
	"failed":           errors.New("disk full"),
}

// exits are the statuses with which a run ends for its worst outcome, as the command says and tests.
var exits = map[state.Outcome]string{
	state.Failed: "1", state.Forbidden: "3", state.Unavailable: "75", state.Interrupted: "75", state.Off: "4",
}

// kindRow is a row of the runbook's table of kinds: the first column and the last.
var kindRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|.*\\| ([0-9]+) \\|$")

// Whoever looks a kind up at night finds the exit status that it has.
func TestRunbookHasTheExitOfEveryKind(t *testing.T) {
	page, err := os.ReadFile("../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, m := range kindRow.FindAllStringSubmatch(string(page), -1) {
		said[m[1]] = m[2]
	}
	if got, want := slices.Sorted(maps.Keys(said)), slices.Sorted(maps.Keys(ofKind)); !slices.Equal(got, want) {
		t.Errorf("docs/runbook.md has the exit of %q, want that of %q", got, want)
	}
	for kind, err := range ofKind {
		var u jobs.UnitReport
		u.Decide(plan.Unit{}, fmt.Errorf("read: %w", err))
		if u.Error.Kind != kind {
			t.Errorf("%v is of kind %q, want %q", err, u.Error.Kind, kind)
		}
		if want := exits[u.Outcome]; said[kind] != want {
			t.Errorf("docs/runbook.md: %s ends with %s, but its outcome %s with %s", kind, said[kind], u.Outcome, want)
		}
	}
}
