package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"graphlake/jobs"
	"graphlake/jobs/audit"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
)

type auditCommand struct {
	selection
	AgainstGraph bool   `help:"Compare also with what Graph lists of the days that were read."`
	Accept       string `enum:",lost" default:"" placeholder:"lost" help:"Note that what is lost of a range is known, and tell it no more; needs --dataset, --from and --to."`
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
	if a.Accept != "" {
		return c.acceptLost(ctx, store, sel, a)
	}
	auditor := audit.Auditor{Store: store, Exclude: cfg.Privacy.Exclude.of(), Now: a.now(), Log: c.logger()}
	if a.AgainstGraph {
		if auditor.Clients, err = cfg.clients(sel.Tenants, auditor.Log); err != nil {
			return err
		}
		if auditor.Privacy, err = cfg.privacy(); err != nil {
			return err
		}
		if err := cfg.settingsError(jobs.CheckSettings(ctx, store, auditor.Privacy)); err != nil {
			return err
		}
	}
	on, off, err := cfg.heldLane(ctx, store)
	if err != nil {
		return err
	}
	auditor.Lane, auditor.LaneOff = cmp.Or(on, off), on == nil
	found, err := auditor.Audit(ctx, sel)
	if err := errors.Join(err, c.printAudit(found, fleeting{sel.Datasets, a.now()})); err != nil {
		return err
	}
	if found.Failures() > 0 {
		return StatusError{Status: ExitFailed}
	}
	return nil
}

// acceptLost notes who has accepted what is lost of a range.
func (c *command) acceptLost(ctx context.Context, store store, sel plan.Selection, a auditCommand) error {
	if len(a.Dataset) == 0 || !sel.Ranged() {
		return usage(errors.New("--accept lost needs --dataset, --from and --to: what is lost, audit and status say"))
	}
	by := "unknown"
	if u, err := user.Current(); err == nil {
		by = u.Username
	}
	all := 0
	for _, t := range sel.Tenants {
		for _, d := range sel.Datasets {
			n, err := state.AcceptLost(ctx, store, state.Pair{TenantID: t.ID, Dataset: d.Name}, state.Accepted{From: sel.From, To: sel.To, By: by, At: time.Now()}, c.logger())
			if err != nil {
				return fmt.Errorf("%s of %s: %w", d.Name, t.Name, err)
			}
			all += n
		}
	}
	if c.Output == "json" {
		return c.printJSON(struct {
			Accepted int    `json:"accepted"`
			By       string `json:"by"`
		}{all, by})
	}
	if all == 0 {
		_, err := fmt.Fprintln(c.stdout, "accepted nothing: nothing that is lost lies whole in that time; graphlake status names what is lost")
		return err
	}
	_, err := fmt.Fprintf(c.stdout, "accepted %d parts as lost, by %s\n", all, by)
	return err
}

// cures are what to do about a kind of finding, in the order of their use.
var cures = []struct {
	kind audit.FindingKind
	cure string
}{
	{audit.FoundForeign, "move the file away, which graphlake has not written: readers take it for the table's"},
	{audit.FoundUnreadable, "remove the file; then run its range again, or, if it is a table's, replay it"},
	{audit.FoundGap, "graphlake run --gaps reads what is not held, or --from and --to of one of them"},
	{audit.FoundMissing, "run the day again with --from and --to, or, if raw is there, replay it"},
	{audit.FoundUnread, "run the day again with --from and --to"},
	{audit.FoundBehind, "run the day again with --from and --to"},
	{audit.FoundRefused, "run again: who could not be read is read from where it stands; all of them, and why, are in --output json and in the view incomplete; a mailbox or team that stays shut has to be opened for the application"},
	{audit.FoundLost, "Graph has forgotten it, so it cannot be had; to be told no more, run graphlake audit --accept lost --dataset NAME --from FROM --to TO"},
	{audit.FoundFuture, "remove the partition: some clock was ahead when it was written"},
	{audit.FoundLeftover, "run graphlake expire: one that was broken off has left it, and the next removes it"},
	{audit.FoundDirty, "run again: every run begins with the dirty days; if it stays, its report says why"},
	{audit.FoundOutdated, "replay the days: they were derived by another definition of the tables"},
	{audit.FoundStale, "replay the day"},
	{audit.FoundCount, "replay the day"},
	{audit.FoundOrphan, "replay the day"},
	{audit.FoundDuplicate, "in raw: run a range that has all days from the first to the last, with --from and --to; in a table alone: replay the day"},
	{audit.FoundMisfits, "a warning: Graph writes values in another way than before; they are null; after an update that reads them, replay the dataset"},
	{audit.FoundLaneForeign, "somebody has given the Delta table another form, and runs fail there: undo that, or remove delta/ and delta.json, and make the Delta tables anew with graphlake replay --delta"},
	{audit.FoundLaneMissing, "graphlake replay --delta puts what the tables have into the Delta tables"},
	{audit.FoundLaneLost, "a Delta table has a file that is not there, and its readers fail: graphlake replay --delta with the range puts it there again"},
	{audit.FoundLaneStale, "a Delta table has other rows than the plain files: graphlake replay --delta with the range makes them the same"},
	{audit.FoundLaneExtra, "a Delta table has a day that the plain files have not, or a file that graphlake has not written: graphlake replay --delta with the range takes it out; graphlake expire, if the day is too old"},
	{audit.FoundBusy, "audit again when the run that changes the day has ended"},
}

func (c *command) printAudit(a audit.Audit, of fleeting) error {
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
			if f.Column != "" {
				where = f.Column
			}
			if len(f.Who) > 0 {
				where += ": " + named(f.Who, len(f.Who))
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", f.Kind, dash(f.Tenant), f.Dataset, dash(f.Table), dash(f.Date), f.Count, where)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	c.printNotes(a.Notes)
	for _, k := range cures {
		if slices.ContainsFunc(a.Findings, func(f audit.Finding) bool { return f.Kind == k.kind }) {
			fmt.Fprintf(c.stdout, "%s: %s\n", k.kind, k.cure)
			for _, command := range c.mends(k.kind, a.Findings, of) {
				fmt.Fprintln(c.stdout, "  "+command)
			}
		}
	}
	findings := fmt.Sprintf("%d findings", a.Failures())
	switch a.Failures() {
	case 0:
		findings = "no findings"
	case 1:
		findings = "1 finding"
	}
	if n := len(a.Findings) - a.Failures(); n > 0 {
		findings += fmt.Sprintf(", %d warnings,", n)
	}
	if u := a.Unreferenced; u != nil && u.Files > 0 {
		c.printDead(u.Files, u.Bytes)
	}
	_, err := fmt.Fprintf(c.stdout, "audit: %s in %d days of %d datasets\n", findings, a.Days, a.Datasets)
	return err
}

// named are the first of so many that could not be read.
func named(who []state.Behind, of int) string {
	var all []string
	for _, b := range who[:min(len(who), mostNamed)] {
		all = append(all, fmt.Sprintf("%s%s since %s (%s)", b.Parent, b.Record, instant{b.Since.Truncate(time.Second)}, b.Reason))
	}
	if of > len(all) {
		all = append(all, "…")
	}
	return strings.Join(all, ", ")
}

// dash stands for what is empty, so that columns can be told apart.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
