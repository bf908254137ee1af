package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/load"
)

// loadLaneTables adds to a status how the Delta tables stand.
func (c *config) loadLaneTables(ctx context.Context, s store, status *clock.Status, sel plan.Selection) error {
	on, off, err := c.heldLane(ctx, s)
	if err != nil { // it says what there is
		status.Lane = nil
		return err
	}
	status.Lane.On = on != nil
	return status.Lane.LoadTables(ctx, cmp.Or(on, off), sel)
}

// printLane says whether the Delta tables are on, up to when they reach, and what they lack.
func (c *command) printLane(s clock.Status) {
	if s.Lane == nil {
		return
	}
	form := string(s.Lane.Layout)
	if s.Lane.Compact {
		form += ", compact"
	}
	var newest clock.LaneTable
	for _, t := range s.Lane.Tables {
		if t.Written.After(newest.Written) {
			newest = t
		}
	}
	line := fmt.Sprintf("%s: on (%s)", load.DeltaTables, form)
	if !s.Lane.On {
		line = fmt.Sprintf("%s: off (%s): the configuration has no delta, so runs leave the Delta tables as they are", load.DeltaTables, form)
	}
	line += fmt.Sprintf("; %d tables", len(s.Lane.Tables))
	if !newest.Written.IsZero() {
		line += fmt.Sprintf(", the newest version is %d of %s, of %s", newest.Version, newest.Table, instant{newest.Written.Truncate(time.Second)})
	}
	fmt.Fprintln(c.stdout, line)
	for _, t := range s.Lane.Tables {
		if t.Foreign != "" {
			fmt.Fprintf(c.stdout, "%s: foreign: %s\n", load.DeltaTables, t.Foreign)
		}
	}
	lacks := func(d clock.DatasetStatus) bool { return d.NotInLane > 0 }
	if !s.Lane.On || !slices.ContainsFunc(s.Datasets, lacks) {
		return
	}
	days := 0
	for _, d := range s.Datasets {
		days += d.NotInLane
	}
	fmt.Fprintf(c.stdout, "%s: %d days of datasets are missing or out of date: %s\n", load.DeltaTables, days, c.toPaste("replay", "--delta"))
}
