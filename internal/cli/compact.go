package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/load"
	"graphlake/load/lane"
)

type compactCommand struct {
	Dataset []string `placeholder:"NAME" sep:"," help:"A dataset; may be repeated (default: all that the lake holds)."`
	tenantChoice
	DryRun bool    `help:"Say what would be rolled, and stop."`
	Now    instant `placeholder:"TIME" help:"What counts as now: the present (default), or a time before it."`
}

func (m compactCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	sel, err := selection{choice: choice{Dataset: m.Dataset, tenantChoice: m.tenantChoice}, Now: m.Now}.ofAll(cfg)
	if err != nil {
		return err
	}
	if err := cfg.lakeIsThere(); err != nil {
		return err
	}
	if err := cfg.mayCompact(ctx); err != nil {
		return err
	}
	o := jobs.CompactOptions{DryRun: m.DryRun}
	if m.DryRun {
		rep, err := m.dryRun(ctx, c, cfg, sel, o)
		if err := errors.Join(err, c.printCompact(rep)); err != nil {
			return err
		}
		return reported(rep)
	}
	setup, err := c.setup(ctx, cfg, sel, false)
	if err != nil {
		return err
	}
	defer setup.close(ctx)
	rep, err := setup.run(ctx, selection{Now: m.Now}.now(), func(runner *jobs.Runner) (jobs.Report, error) { return runner.Compact(ctx, sel, o) })
	if rep.Run == "" {
		return err
	}
	if err := errors.Join(err, c.printCompact(rep)); err != nil {
		return err
	}
	return reported(rep)
}

// mayCompact refuses a lake that has no months to roll, and says how it gets some. It writes nothing.
func (c *config) mayCompact(ctx context.Context) error {
	store, err := c.openLake(ctx)
	if err != nil {
		return err
	}
	on, off, err := c.heldLane(ctx, store)
	held := cmp.Or(on, off)
	switch {
	case err != nil:
		return err
	case held == nil && !c.Delta.on:
		return usage(fmt.Errorf("%s: there are no Delta tables to compact: write there delta: {compact: true}, and make them with graphlake replay --delta", c.line("$")))
	case held == nil:
		return c.noLane()
	case !held.Identity().Compact:
		return usage(fmt.Errorf("%s: the lake %s: %w: write there delta: {compact: true}, remove %s and %s from the lake, and make them anew with graphlake replay --delta",
			c.line("$.delta"), c.Lake, lane.ErrFormDays, load.DeltaTables, load.LaneObject))
	case on == nil:
		return usage(fmt.Errorf("%s: the configuration has the Delta tables of the lake %s off, so they stay as they are: write there delta: {%s}", c.line("$"), c.Lake, held.Identity().Settings))
	}
	return nil
}

// dryRun writes nothing and takes no lock.
func (m compactCommand) dryRun(ctx context.Context, c *command, cfg *config, sel plan.Selection, o jobs.CompactOptions) (jobs.Report, error) {
	store, err := cfg.openLake(ctx)
	if err != nil {
		return jobs.Report{}, err
	}
	r := jobs.Runner{Now: selection{Now: m.Now}.now(), Store: store, Lake: load.New(store, ""), Log: c.logger()}
	if r.Delta, _, err = cfg.heldLane(ctx, store); err != nil {
		return jobs.Report{}, err
	}
	return r.Compact(ctx, sel, o)
}

// printCompact prints the report of a compaction alone.
func (c *command) printCompact(rep jobs.Report) error {
	if c.Output == "json" {
		return c.printJSON(rep)
	}
	if err := c.printCompacted(rep); err != nil {
		return err
	}
	c.printNotes(rep.Notes)
	return nil
}

// printCompacted prints a line for what was rolled of each table.
func (c *command) printCompacted(rep jobs.Report) error {
	if rep.Compacted == nil {
		return nil
	}
	var files, months int
	var bytes, written int64
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	for _, r := range rep.Compacted {
		if r.Months == 0 {
			continue
		}
		if months == 0 {
			fmt.Fprintln(w, "tenant\tdataset\ttable\tfirst\tlast\tmonths\tfiles\tbytes")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\n", r.Tenant, r.Dataset, r.Table, r.First, r.Last, r.Months, r.Files, r.Bytes)
		files, months, bytes, written = files+r.Files, months+r.Months, bytes+r.Bytes, written+r.Written
	}
	if err := w.Flush(); err != nil {
		return err
	}
	failed := false
	for _, r := range rep.Compacted {
		if r.Error != nil {
			failed = true
			fmt.Fprintf(c.stdout, "%s of %s: not all that could be was rolled: %s\n", r.Dataset, r.Tenant, r.Error.Message)
		}
	}
	var err error
	switch {
	case months > 0 && rep.DryRun:
		_, err = fmt.Fprintf(c.stdout, "would roll %d files of %d bytes into %d; nothing was changed\n", files, bytes, months)
	case months > 0:
		_, err = fmt.Fprintf(c.stdout, "rolled %d files of %d bytes into %d of %d bytes\n", files, bytes, months, written)
	case !failed:
		_, err = fmt.Fprintln(c.stdout, "nothing to roll: no month that has ended more than 60 days ago has more than one file of settled days")
	}
	return err
}
