package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load/lane"
	"graphlake/schemas"
)

type runCommand struct {
	selection
	Gaps    bool `help:"Instead of what is due: what status and audit name as not held."`
	DryRun  bool `help:"Print the plan and stop."`
	Believe bool `help:"Take what Graph gives for all that there is, also if it is far less than before."`
	Yes     bool `help:"Read all that is due, also if that is many times what an ordinary night reads."`
}

func (r runCommand) Run(ctx context.Context, c *command) error {
	cfg, sel, err := c.selected(r.selection)
	if err != nil {
		return err
	}
	if err := forSomebody(sel, r.Dataset); err != nil {
		return err
	}
	sel.Believe, sel.Yes, sel.Gaps = r.Believe, r.Yes, r.Gaps
	if err := sel.Check(r.now()); err != nil {
		return usage(err)
	}
	if sel.Expire = cfg.Jobs[r.Job].Expire; sel.Expire {
		sel.KeepRuns = cfg.keepRuns()
	}
	sel.Vacuum = cfg.Jobs[r.Job].Vacuum
	if len(sel.Tenants) == 0 && c.Output == "text" {
		return c.printNobody(cfg, r.Shard)
	}
	if r.DryRun {
		return c.printPlan(ctx, cfg, sel, r.now())
	}
	if len(sel.Datasets) == 0 {
		return c.runWithoutReading(ctx, cfg.Jobs[r.Job], r)
	}
	setup, err := c.setup(ctx, cfg, sel, true)
	if err != nil {
		cfg.notifyOfNoRun(ctx, r.Job, err)
		return err
	}
	defer setup.close(ctx)
	cfg.warnOfNobody(ctx, c.logger())
	now := r.now()
	rep, err := setup.run(ctx, now, func(runner *jobs.Runner) (jobs.Report, error) { return runner.Run(ctx, sel) })
	defer setup.notifyOfRun(ctx, r.Job, now, rep, err)
	if rep.Run == "" { // it has not begun
		return err
	}
	if err := errors.Join(err, c.printReport(rep)); err != nil {
		return err
	}
	return reported(rep)
}

// runWithoutReading runs a job without datasets.
func (c *command) runWithoutReading(ctx context.Context, j jobConfig, r runCommand) error {
	if !j.Expire {
		return vacuumCommand{tenantChoice: r.tenantChoice, OlderThan: duration(lane.KeepVersions), compact: true}.Run(ctx, c)
	}
	return expireCommand{tenantChoice: r.tenantChoice, Now: r.Now, vacuum: j.Vacuum}.Run(ctx, c)
}

// printNobody says why there is no report.
func (c *command) printNobody(cfg *config, s shard) error {
	_, err := fmt.Fprintf(c.stdout, "share %v has none of the tenants of %s\n", s, cfg.file)
	return err
}

func (c *command) printJSON(v any) error {
	e := json.NewEncoder(c.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// printReport prints a line a dataset, units and their partitions added up, and below what the numbers do not say.
func (c *command) printReport(rep jobs.Report) error { return c.printReportOf(rep, "run") }

// printReportOf prints the report of a command that is begun again by that verb.
func (c *command) printReportOf(rep jobs.Report, verb string) error {
	if c.Output == "json" {
		return c.printJSON(rep)
	}
	if len(rep.Units) == 0 && len(rep.Notes) == 0 && len(rep.Removals()) == 0 {
		fmt.Fprintln(c.stdout, "nothing is due: what was selected was read since the last midnight; a range, as --from 2026-11-01 --to 2026-11-02, is read again")
	}
	if err := c.printTotals(rep.Totals()); err != nil {
		return err
	}
	c.printNotes(rep.Notes)
	if err := errors.Join(c.printRemoved(rep), c.printCompacted(rep), c.printVacuumed(rep)); err != nil {
		return err
	}
	for _, u := range rep.Units {
		for _, remark := range c.remarks(u) {
			fmt.Fprintf(c.stdout, "%s of %s, %s to %s: %s\n", u.Dataset, u.Tenant, instant{u.From}, instant{u.To}, remark)
		}
	}
	var without organizersWithout
	for _, u := range rep.Units {
		without.add(u.Tenant, u.Dataset, u.NoPolicy)
	}
	c.printWithoutPolicy(without)
	return c.printCauses(rep, verb)
}

// printNotes prints a line a note.
func (c *command) printNotes(notes []plan.Note) {
	for _, n := range notes {
		if n.Dataset != "" {
			fmt.Fprint(c.stdout, n.Dataset, ": ")
		}
		fmt.Fprintln(c.stdout, n.Message)
	}
}

// remarks are what the numbers of a unit do not say.
func (c *command) remarks(u jobs.UnitReport) []string {
	var all []string
	if u.Outcome == state.Expired {
		kept := ""
		if d, ok := c.set.Find(u.Dataset); ok && d.Retention > 0 {
			kept = fmt.Sprintf(": it has no more than the last %d days", d.Retention/schemas.Day)
		}
		all = append(all, "not read, because Graph has forgotten it, or has begun to"+kept+"; what the lake holds stays")
	}
	if u.NotYet > 0 {
		all = append(all, fmt.Sprintf("%d listed records are too young to be read; a later run reads them", u.NotYet))
	}
	if u.Gone > 0 {
		all = append(all, fmt.Sprintf("%d of what Graph listed, as records or the meetings that lead to them, were not found: Graph has forgotten them", u.Gone))
	}
	if u.NotKept > 0 {
		all = append(all, fmt.Sprintf("%d records are of days that the lake no longer keeps (privacy.keep), and were not written", u.NotKept))
	}
	if u.Behind > 0 {
		all = append(all, fmt.Sprintf("%d parents or records could not be read; a later run reads them from where they stand: %s; all of them: %s", u.Behind, who(u),
			c.toPaste("audit", "--dataset", u.Dataset, "--tenant", u.Tenant)))
	}
	if u.Doubt != nil {
		all = append(all, u.Doubt.String())
	}
	if u.Lost > 0 {
		all = append(all, "Graph has forgotten it before it was read whole; who accepts that says so: "+
			c.toPaste("audit", "--accept", "lost", "--dataset", u.Dataset, "--tenant", u.Tenant, "--from", fmt.Sprint(instant{u.From}), "--to", fmt.Sprint(instant{u.To})))
	}
	if n := len(u.Misfits); n > 0 {
		all = append(all, fmt.Sprintf("values that did not fit their column are null there: %s", counted(u.Misfits)))
	}
	if u.Quarantined > 0 {
		all = append(all, fmt.Sprintf("%d records could not be read; the reasons are in %s", u.Quarantined, strings.Join(u.Quarantine, ", ")))
	}
	return all
}

// mostNamed are named in a line.
const mostNamed = 5

// who are the first of those that are behind, and why.
func who(u jobs.UnitReport) string {
	var all []string
	for _, b := range u.Who[:min(len(u.Who), mostNamed)] {
		all = append(all, fmt.Sprintf("%s%s (%s)", b.Parent, b.Record, b.Reason))
	}
	if int(u.Behind) > len(all) {
		all = append(all, "…")
	}
	return strings.Join(all, ", ")
}

// counted are the numbers of columns, the greatest first.
func counted(columns map[string]int64) string {
	names := slices.SortedFunc(maps.Keys(columns), func(a, b string) int {
		return cmp.Or(cmp.Compare(columns[b], columns[a]), cmp.Compare(a, b))
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s (%d)", name, columns[name])
	}
	if len(names) > mostNamed {
		names = append(names[:mostNamed], "…")
	}
	return strings.Join(names, ", ")
}
