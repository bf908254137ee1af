package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/load"
)

type expireCommand struct {
	Dataset []string `placeholder:"NAME" sep:"," help:"A dataset; may be repeated (default: all that the lake holds, and the reports of runs)."`
	tenantChoice
	DryRun   bool    `help:"Say what would be removed, and stop."`
	OwnClock bool    `help:"Go by this machine's clock alone, where Graph cannot be asked for its time."`
	Now      instant `placeholder:"TIME" help:"What counts as now: the present (default), or a time before it."`

	vacuum bool // afterwards, as a job says
}

func (e expireCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	if cfg.keepsForEver() {
		return usage(fmt.Errorf("%s: privacy.keep does not say how long anything is kept, so nothing may be removed: write there, as an example, keep: {raw: 400d, tables: 800d}",
			cfg.line("$.privacy")))
	}
	sel, err := e.selection(cfg)
	if err != nil {
		return err
	}
	if err := cfg.lakeIsThere(); err != nil {
		return err
	}
	o := jobs.ExpireOptions{DryRun: e.DryRun, OwnClock: e.OwnClock, Whole: len(e.Dataset) == 0 && e.tenantChoice == tenantChoice{}}
	if e.DryRun {
		rep, err := e.dryRun(ctx, c, cfg, sel, o)
		if err := errors.Join(err, c.printExpired(rep)); err != nil {
			return err
		}
		return reported(rep)
	}
	setup, err := c.setup(ctx, cfg, sel, !e.OwnClock)
	if err != nil {
		return err
	}
	defer setup.close(ctx)
	rep, err := setup.run(ctx, selection{Now: e.Now}.now(), func(runner *jobs.Runner) (jobs.Report, error) { return runner.Expire(ctx, sel, o) })
	if rep.Run == "" {
		return err
	}
	if err := errors.Join(err, c.printExpired(rep)); err != nil {
		return err
	}
	return reported(rep)
}

// selection is what may be removed: of all datasets that there are, also those that no job reads any more.
func (e expireCommand) selection(cfg *config) (plan.Selection, error) {
	sel, err := selection{choice: choice{Dataset: e.Dataset, tenantChoice: e.tenantChoice}, Now: e.Now}.ofAll(cfg)
	if len(e.Dataset) == 0 {
		sel.KeepRuns = cfg.keepRuns()
	}
	sel.Vacuum = e.vacuum
	return sel, err
}

// dryRun writes nothing and takes no lock.
func (e expireCommand) dryRun(ctx context.Context, c *command, cfg *config, sel plan.Selection, o jobs.ExpireOptions) (jobs.Report, error) {
	store, err := cfg.openLake(ctx)
	if err != nil {
		return jobs.Report{}, err
	}
	r := jobs.Runner{Now: selection{Now: e.Now}.now(), CheckClock: true, Store: store, Lake: load.New(store, ""), Log: c.logger()}
	if r.Delta, r.DeltaOff, err = cfg.heldLane(ctx, store); err != nil {
		return jobs.Report{}, err
	}
	if !e.OwnClock {
		if r.Clients, err = cfg.clients(sel.Tenants, r.Log); err != nil {
			return jobs.Report{}, err
		}
	}
	return r.Expire(ctx, sel, o)
}

// printExpired prints the report of an expire alone.
func (c *command) printExpired(rep jobs.Report) error {
	if c.Output == "json" {
		return c.printJSON(rep)
	}
	if err := errors.Join(c.printRemoved(rep), c.printCompacted(rep), c.printVacuumed(rep)); err != nil {
		return err
	}
	c.printNotes(rep.Notes)
	return nil
}

// printRemoved prints a line for what was removed of each dataset in raw, tables and quarantine, and for the reports of
// runs.
func (c *command) printRemoved(rep jobs.Report) error {
	if rep.Removed == nil {
		return nil
	}
	var files, bytes int64
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	for _, r := range rep.Removed {
		if r.Files == 0 {
			continue
		}
		if files == 0 {
			fmt.Fprintln(w, "tenant\tdataset\twhat\tfirst\tlast\tdays\tfiles\tbytes")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\n", dash(r.Tenant), dash(r.Dataset), r.What, r.First, r.Last, r.Days, r.Files, r.Bytes)
		files, bytes = files+r.Files, bytes+r.Bytes
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range rep.Removed {
		switch {
		case r.Error != nil && r.Dataset != "":
			fmt.Fprintf(c.stdout, "%s of %s: not all that is too old was removed: %s\n", r.Dataset, r.Tenant, r.Error.Message)
		case r.Error != nil:
			fmt.Fprintln(c.stdout, r.Error.Message)
		}
	}
	failed := slices.ContainsFunc(rep.Removed, func(r jobs.Removal) bool { return r.Error != nil })
	var err error
	switch {
	case files > 0 && rep.DryRun:
		_, err = fmt.Fprintf(c.stdout, "would remove %d files of %d bytes; nothing was changed\n", files, bytes)
	case files > 0:
		_, err = fmt.Fprintf(c.stdout, "removed %d files of %d bytes\n", files, bytes)
	case !failed:
		_, err = fmt.Fprintln(c.stdout, "nothing to remove: nothing is older than privacy.keep allows")
	}
	return err
}

// everything is what a job that reads nothing removes.
func (c *config) everything(t tenantChoice, vacuum bool) (plan.Selection, error) {
	return expireCommand{tenantChoice: t, vacuum: vacuum}.selection(c)
}
