package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
)

type replayCommand struct{ selection }

func (r replayCommand) Run(ctx context.Context, c *command) error {
	cfg, sel, err := c.selected(r.selection)
	if err != nil {
		return err
	}
	if len(sel.Tenants) == 0 && c.Output == "text" {
		return c.printNobody(cfg, r.Shard)
	}
	setup, err := c.setup(ctx, cfg, sel, false)
	if err != nil {
		return err
	}
	defer setup.close(ctx)
	rep, err := setup.run(ctx, r.now(), func(runner *jobs.Runner) (jobs.Report, error) { return runner.Replay(ctx, sel) })
	if err := errors.Join(err, c.printReportOf(rep, "replay"), c.printUnread(rep)); err != nil {
		return err
	}
	return reported(rep)
}

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
