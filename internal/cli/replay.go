package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
)

type replayCommand struct {
	selection
	Delta bool `help:"Derive nothing, and publish to the Delta tables of the lake what its plain tables have and they do not."`
}

func (r replayCommand) Run(ctx context.Context, c *command) error {
	cfg, sel, err := c.selected(r.selection)
	if err != nil {
		return err
	}
	if r.Delta && !cfg.Delta.on {
		return usage(fmt.Errorf("replay --delta: %s has no delta, so that the lake has no Delta tables, or keeps them as they are: write there delta: true", cfg.file))
	}
	if len(sel.Tenants) == 0 && c.Output == "text" {
		return c.printNobody(cfg, r.Shard)
	}
	setup, err := c.setup(ctx, cfg, sel, false)
	if err != nil {
		return err
	}
	defer setup.close(ctx)
	if r.Delta {
		rep, err := setup.run(ctx, r.now(), func(runner *jobs.Runner) (jobs.Report, error) { return runner.ReplayLane(ctx, sel) })
		if err := errors.Join(err, c.printReportOf(rep, replayDelta)); err != nil {
			return err
		}
		return reported(rep)
	}
	rep, err := setup.run(ctx, r.now(), func(runner *jobs.Runner) (jobs.Report, error) { return runner.Replay(ctx, sel) })
	if err := errors.Join(err, c.printReportOf(rep, "replay"), c.printUnread(rep)); err != nil {
		return err
	}
	return reported(rep)
}

// replayDelta are the words of the command that publishes to the Delta tables.
const replayDelta = "replay --delta"

// printUnread says of which datasets raw has no day, which is no failure but may not be what was meant.
func (c *command) printUnread(rep jobs.Report) error {
	if c.Output == "json" {
		return nil
	}
	for _, u := range rep.Units {
		told := slices.ContainsFunc(rep.Notes, func(n plan.Note) bool { return n.Dataset == u.Dataset })
		if told || u.Outcome != state.NoRaw {
			continue
		}
		if _, err := fmt.Fprintf(c.stdout, "%s of %s: nothing to replay: raw has no such day; graphlake run reads it\n", u.Dataset, u.Tenant); err != nil {
			return err
		}
	}
	return nil
}
