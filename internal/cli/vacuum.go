package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"graphlake/jobs"
	"graphlake/load/lane"
)

type vacuumCommand struct {
	Dataset []string `placeholder:"NAME" sep:"," help:"A dataset; may be repeated (default: all that there are)."`
	tenantChoice
	OlderThan duration `default:"168h" placeholder:"DURATION" help:"How long ago a file was replaced, at least; 168h is the most. With 0s older versions end now, and whoever reads one fails."`
	DryRun    bool     `help:"Say what would be removed, and stop."`

	compact bool // months first, for a job
}

func (v vacuumCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	if time.Duration(v.OlderThan) > lane.KeepVersions {
		return usage(fmt.Errorf("--older-than %s: Delta tables remember what was replaced for 168h, and a vacuum that is to leave more could not tell it from what nobody needs: want 168h at most",
			time.Duration(v.OlderThan)))
	}
	sel, err := selection{choice: choice{Dataset: v.Dataset, tenantChoice: v.tenantChoice}}.ofAll(cfg)
	if err != nil {
		return err
	}
	store, err := cfg.openLake(ctx)
	if err != nil {
		return err
	}
	on, off, err := cfg.heldLane(ctx, store)
	if err != nil {
		return err
	}
	if on == nil && off == nil {
		return cfg.noLane()
	}
	o := jobs.VacuumOptions{OlderThan: time.Duration(v.OlderThan), DryRun: true, Compact: v.compact}
	if watched := c.Output == "text" && c.stderr.terminal(); v.DryRun || watched {
		r := jobs.Runner{Store: store, Delta: on, DeltaOff: off, Now: time.Now().UTC(), Log: c.logger()}
		rep, err := r.Vacuum(ctx, sel, o) // which writes nothing and takes no lock
		if v.DryRun {
			return cmp.Or(err, c.printLaneReport(rep), reported(rep))
		}
		if err := errors.Join(err, c.printAhead(rep)); err != nil { // who watches sees what goes before it does
			return err
		}
	}
	setup, err := c.setup(ctx, cfg, sel, false)
	if err != nil {
		return err
	}
	defer setup.close(ctx)
	o.DryRun = false
	rep, err := setup.run(ctx, time.Now().UTC(), func(runner *jobs.Runner) (jobs.Report, error) { return runner.Vacuum(ctx, sel, o) })
	if rep.Run == "" {
		return err
	}
	if err := errors.Join(err, c.printLaneReport(rep)); err != nil {
		return err
	}
	return reported(rep)
}

// printLaneReport prints the report of a command that works on the lane alone.
func (c *command) printLaneReport(rep jobs.Report) error {
	if c.Output == "json" {
		return c.printJSON(rep)
	}
	if err := errors.Join(c.printCompacted(rep), c.printVacuumed(rep)); err != nil {
		return err
	}
	c.printNotes(rep.Notes)
	return nil
}

// printAhead prints what is about to go, if anything is.
func (c *command) printAhead(rep jobs.Report) error {
	files, bytes, err := c.printFilesOfLane(rep)
	if err != nil || files == 0 {
		return err
	}
	fmt.Fprintf(c.stdout, "these %d files of %d bytes go from delta/ now\n", files, bytes)
	c.printNotes(rep.Notes)
	return nil
}

// printVacuumed prints what of each dataset was removed of the lane.
func (c *command) printVacuumed(rep jobs.Report) error {
	if rep.Vacuumed == nil {
		return nil
	}
	files, bytes, err := c.printFilesOfLane(rep)
	if err != nil {
		return err
	}
	failed := false
	for _, r := range rep.Vacuumed {
		if r.Error != nil {
			failed = true
			fmt.Fprintf(c.stdout, "%s of %s: not vacuumed whole: %s\n", r.Dataset, r.Tenant, r.Error.Message)
		}
	}
	switch {
	case files > 0 && rep.DryRun:
		_, err = fmt.Fprintf(c.stdout, "would remove %d files of %d bytes from delta/; nothing was changed\n", files, bytes)
	case files > 0:
		_, err = fmt.Fprintf(c.stdout, "removed %d files of %d bytes from delta/\n", files, bytes)
	case !failed:
		_, err = fmt.Fprintln(c.stdout, "nothing to remove from delta/: every file is of a version that may still be read")
	}
	return err
}

// printFilesOfLane prints a line a dataset, and adds up.
func (c *command) printFilesOfLane(rep jobs.Report) (files, bytes int64, err error) {
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	for _, r := range rep.Vacuumed {
		if r.Files == 0 {
			continue
		}
		if files == 0 {
			fmt.Fprintln(w, "tenant\tdataset\twhat\tfiles\tbytes")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\n", r.Tenant, r.Dataset, r.What, r.Files, r.Bytes)
		files, bytes = files+r.Files, bytes+r.Bytes
	}
	return files, bytes, w.Flush()
}
