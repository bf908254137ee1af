package cli

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"graphlake/jobs"
	"graphlake/load"
)

type runsCommand struct {
	ID string `arg:"" optional:"" help:"The run whose report is wanted, as the list names it; without it: those of the last month."`
}

func (r runsCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	store, err := cfg.openLake(ctx)
	if err != nil {
		return err
	}
	if r.ID != "" {
		return c.printRun(ctx, store, r.ID)
	}
	all, more, damaged := jobs.LoadReports(ctx, store, time.Now())
	return errors.Join(damaged, c.printRuns(all, more))
}

// runSummary is what the list says of a run.
type runSummary struct {
	Run     string    `json:"run"`
	What    string    `json:"what"`
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
	Status  string    `json:"status"`
	Units   int       `json:"units"`
	Failed  int       `json:"failed"`
	Records int64     `json:"records"`
	Changed int       `json:"changed"` // partitions
	Rows    int64     `json:"rows"`    // that tables have more since, or less
}

func summaryOf(rep jobs.Report) runSummary {
	s := runSummary{Run: rep.Run, What: rep.What, Started: rep.Started, Seconds: max(rep.Ended.Sub(rep.Started).Seconds(), 0), Status: string(rep.Status), Units: len(rep.Units)}
	for _, u := range rep.Units {
		if u.Error != nil {
			s.Failed++
		}
		s.Records += u.Records
		s.Changed += u.Written
	}
	for _, change := range rep.Changes {
		if change.Kind == load.Tables && change.Before != nil {
			s.Rows += change.Rows - *change.Before
		}
	}
	return s
}

func (c *command) printRuns(all []jobs.Report, more int) error {
	runs := []runSummary{}
	for _, rep := range all {
		runs = append(runs, summaryOf(rep))
	}
	if c.Output == "json" {
		return c.printJSON(struct {
			Runs []runSummary `json:"runs"`
			More int          `json:"more"`
		}{runs, more})
	}
	if len(runs) == 0 {
		_, err := fmt.Fprintln(c.stdout, "no run has ended within the last month")
		return err
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "run\twhat\tseconds\tstatus\tunits\tfailed\tchanged\trows")
	for _, r := range runs {
		fmt.Fprintf(w, "%s\t%s\t%.1f\t%s\t%d\t%d\t%d\t%s\n", r.Run, dash(r.What), r.Seconds, r.Status, r.Units, r.Failed, r.Changed, signed(r.Rows))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if more > 0 {
		fmt.Fprintf(c.stdout, "and %d more: the view runs of graphlake sql has all\n", more)
	}
	return nil
}

// signed is how many more, or less.
func signed(n int64) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("%+d", n)
}

// printRun prints what a run did, and which partitions it has changed by how many rows.
func (c *command) printRun(ctx context.Context, store load.Store, id string) error {
	rep, err := jobs.LoadReport(ctx, store, id)
	if errors.Is(err, jobs.ErrNoRun) {
		err = usage(fmt.Errorf("%w; graphlake runs lists those of the last month", err))
	}
	if err != nil || c.Output == "json" {
		if err == nil {
			err = c.printJSON(rep)
		}
		return err
	}
	fmt.Fprintf(c.stdout, "%s %s: %s, began %s, took %.1f s\n", dash(rep.What), rep.Run, rep.Status, instant{rep.Started.Truncate(time.Second)}, rep.Ended.Sub(rep.Started).Seconds())
	if err := c.printReport(rep); err != nil {
		return err
	}
	if len(rep.Changes) == 0 {
		said := "no partition was changed"
		if summaryOf(rep).Changed > 0 {
			said = "which partitions it has changed its report does not say: an earlier version has written it"
		}
		_, err := fmt.Fprintln(c.stdout, said)
		return err
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nkind\ttable\tday\trows\tbefore\tchange")
	for _, change := range rep.Changes {
		before, by := "-", "-"
		if change.Before != nil {
			before, by = fmt.Sprint(*change.Before), signed(change.Rows-*change.Before)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\n", change.Kind, change.Table, change.Date, change.Rows, before, by)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if rep.MoreChanges > 0 {
		fmt.Fprintf(c.stdout, "and %d more\n", rep.MoreChanges)
	}
	return nil
}
