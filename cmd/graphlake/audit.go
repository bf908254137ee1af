package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"graphlake/jobs"
)

type auditCommand struct {
	selection
	AgainstGraph bool `help:"Compare also with what Graph lists of the days that were read."`
}

func (a auditCommand) Run(ctx context.Context, c *command) error {
	cfg, sel, err := c.selected(a.selection)
	if err != nil {
		return err
	}
	store, err := cfg.openLake(ctx)
	if err != nil {
		return err
	}
	auditor := jobs.Auditor{Store: store, Now: a.now(), Log: c.logger()}
	if a.AgainstGraph {
		if auditor.Clients, err = cfg.clients(sel.Tenants, auditor.Log); err != nil {
			return err
		}
		if auditor.Privacy, err = cfg.privacy(); err != nil {
			return err
		}
		if err := cfg.settled(jobs.Agree(ctx, store, auditor.Privacy)); err != nil {
			return err
		}
	}
	found, err := auditor.Audit(ctx, sel)
	if err := errors.Join(err, c.printAudit(found)); err != nil {
		return err
	}
	if len(found.Findings) > 0 {
		return statusError{status: exitFailed}
	}
	return nil
}

// cures are what to do about a kind of finding, in the order of their use.
var cures = []struct {
	kind jobs.FindingKind
	cure string
}{
	{jobs.FoundForeign, "move the file away, which graphlake has not written: readers take it for the table's"},
	{jobs.FoundUnreadable, "remove the file; then run its range again, or, if it is a table's, replay it"},
	{jobs.FoundGap, "run with --from and --to of the gap"},
	{jobs.FoundMissing, "run the day again with --from and --to, or, if raw is there, replay it"},
	{jobs.FoundLost, "run the day again with --from and --to"},
	{jobs.FoundBehind, "run the day again with --from and --to"},
	{jobs.FoundDirty, "run again: every run begins with the dirty days; if it stays, its report says why"},
	{jobs.FoundOutdated, "replay the days: they were derived by another definition of the tables"},
	{jobs.FoundStale, "replay the day"},
	{jobs.FoundCount, "replay the day"},
	{jobs.FoundOrphan, "replay the day"},
	{jobs.FoundDuplicate, "in a table: replay the day; in raw: it is a fault of graphlake, so keep the files and report it"},
	{jobs.FoundBusy, "audit again when the run that changes the day has ended"},
}

func (c *command) printAudit(a jobs.Audit) error {
	if c.Output == "json" {
		return c.printJSON(a)
	}
	if len(a.Findings) > 0 {
		w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "kind\ttenant\tdataset\ttable\tdt\tcount\twhere")
		for _, f := range a.Findings {
			where := f.Object
			if !f.From.IsZero() {
				where = fmt.Sprintf("%s to %s", instant{f.From}, instant{f.To})
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", f.Kind, dash(f.Tenant), f.Dataset, dash(f.Table), dash(f.Date), f.Count, where)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	for _, n := range a.Notes {
		fmt.Fprintf(c.stdout, "%s: %s\n", n.Dataset, n.Message)
	}
	for _, k := range cures {
		if slices.ContainsFunc(a.Findings, func(f jobs.Finding) bool { return f.Kind == k.kind }) {
			fmt.Fprintf(c.stdout, "%s: %s\n", k.kind, k.cure)
		}
	}
	findings := fmt.Sprintf("%d findings", len(a.Findings))
	switch len(a.Findings) {
	case 0:
		findings = "no findings"
	case 1:
		findings = "1 finding"
	}
	_, err := fmt.Fprintf(c.stdout, "audit: %s in %d days of %d datasets\n", findings, a.Days, a.Datasets)
	return err
}

// dash stands for what is empty, so that columns can be told apart.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
