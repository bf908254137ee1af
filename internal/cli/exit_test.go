package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"testing"

	"graphlake/extract/graph"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
)

func TestExitStatus(t *testing.T) {
	quarantined := []jobs.UnitReport{{Quarantined: 1}}
	for _, c := range []struct {
		name string
		err  error
		want int
	}{
		{"done", reported(jobs.Report{Status: state.Data}), 0},
		{"failed", reported(jobs.Report{Status: state.Failed}), 1},
		{"usage", usage(errors.New("no such flag")), 2},
		{"forbidden", reported(jobs.Report{Status: state.Forbidden}), 3},
		{"quarantined", reported(jobs.Report{Status: state.Data, Units: quarantined}), 4},
		{"skipped", reported(jobs.Report{Status: state.Data, Notes: []plan.Note{{Dataset: "users"}}}), 4},
		{"behind", reported(jobs.Report{Status: state.Data, Units: []jobs.UnitReport{{Behind: 1}}}), 4},
		{"lost", reported(jobs.Report{Status: state.Data, Units: []jobs.UnitReport{{Lost: 1}}}), 4},
		{"doubted", reported(jobs.Report{Status: state.Data, Units: []jobs.UnitReport{{Doubt: &jobs.Doubt{}}}}), 4},
		{"gone on with", reported(jobs.Report{Status: state.Data, Notes: []plan.Note{{Whole: true}}}), 0},
		{"unavailable", reported(jobs.Report{Status: state.Unavailable}), 75},
		{"interrupted", reported(jobs.Report{Status: state.Interrupted}), 75},
		{"what applies first counts", reported(jobs.Report{Status: state.Unavailable, Units: quarantined}), 75},
		{"a refusal outside of a unit", fmt.Errorf("open: %w", &graph.Error{Kind: graph.Unauthorized}), 3},
		{"somebody who has to sign in", fmt.Errorf("ask: %w", &graph.Error{Kind: graph.SignedOut}), 3},
		{"a table of somebody else's", fmt.Errorf("publish: %w", lane.ForeignError{Table: "delta/calls", What: errors.New("appendOnly")}), 3},
		{"a refusal of the lake", fmt.Errorf("open: %w", fs.ErrPermission), 3},
		{"throttled outside of a unit", fmt.Errorf("ask: %w", &graph.Error{Kind: graph.Throttled}), 75},
		{"unavailable outside of a unit", fmt.Errorf("ask: %w", &graph.Error{Kind: graph.Unavailable}), 75},
		{"no connection to the lake", fmt.Errorf("open: %w", &url.Error{Op: "Get", Err: errors.New("refused")}), 75},
		{"no URL", fmt.Errorf("open: %w", &url.Error{Op: "parse", Err: errors.New("colon")}), 1},
		{"a wrong clock", fmt.Errorf("run: %w", jobs.ErrClock), 75},
		{"a lock of another run", fmt.Errorf("accept: %w", load.ErrLocked), 75},
		{"a state that another has changed", fmt.Errorf("accept: %w", load.ErrConflict), 75},
		{"stopped", fmt.Errorf("ask: %w", context.Canceled), 75},
		{"too slow", fmt.Errorf("ask: %w", context.DeadlineExceeded), 75},
		{"anything else", errors.New("disk full"), 1},
	} {
		if got := exitStatus(c.err); got != c.want {
			t.Errorf("%s: exit status %d, want %d", c.name, got, c.want)
		}
	}
}
