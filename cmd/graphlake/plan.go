package main

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
)

type planCommand struct {
	selection
	Gaps bool `help:"What graphlake run --gaps would read."`
}

func (p planCommand) Run(ctx context.Context, c *command) error {
	cfg, sel, err := c.selected(p.selection)
	if err != nil {
		return err
	}
	if sel.Gaps = p.Gaps; sel.Gaps && sel.Ranged() {
		return usage(sel.Check(p.now()))
	}
	return c.printPlan(ctx, cfg, sel, p.now())
}

// newPlan plans by what the lake says of the datasets; one that is not there yet says nothing.
func newPlan(ctx context.Context, cfg *config, sel plan.Selection, now time.Time) (plan.Plan, error) {
	store, err := cfg.openStore(ctx)
	if err != nil {
		return plan.Plan{}, err
	}
	known, err := state.LoadAll(ctx, store, sel.Pairs())
	if err != nil {
		return plan.Plan{}, err
	}
	return plan.New(sel, known, now)
}

type plannedUnit struct {
	Tenant   string    `json:"tenant"`
	Dataset  string    `json:"dataset"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Requests int       `json:"requests"` // that are known for sure
	Expected int       `json:"expected_requests"`
	Expired  bool      `json:"expired"`
}

type planOutput struct {
	Units    []plannedUnit `json:"units"`
	Notes    []plan.Note   `json:"notes"`
	Gaps     []plan.Gap    `json:"gaps"`
	Shortest float64       `json:"shortest_seconds"` // for the known requests
	Expected float64       `json:"expected_seconds"`
}

func (c *command) printPlan(ctx context.Context, cfg *config, sel plan.Selection, now time.Time) error {
	p, err := newPlan(ctx, cfg, sel, now)
	if err != nil {
		return err
	}
	if c.Output == "text" {
		return c.printPlanText(p, cfg.Graph.Rate)
	}
	out := planOutput{ // lists in JSON also where they are empty
		Units: []plannedUnit{}, Notes: append([]plan.Note{}, p.Notes...), Gaps: append([]plan.Gap{}, p.Gaps...),
		Shortest: p.Shortest(cfg.Graph.Rate).Seconds(), Expected: p.ExpectedTime(cfg.Graph.Rate).Seconds(),
	}
	for _, u := range p.Units {
		out.Units = append(out.Units, plannedUnit{u.Tenant.Name, u.Dataset.Name, u.Range.From, u.Range.To, u.Requests(), u.Expected().Total(), u.Expired})
	}
	return c.printJSON(out)
}

func (c *command) printPlanText(p plan.Plan, rate float64) error {
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "tenant\tdataset\tfrom\tto\trequests")
	for _, u := range p.Units {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", u.Tenant.Name, u.Dataset.Name, day(u.Range.From), day(u.Range.To), requests(u))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	c.printNotes(p.Notes)
	for _, g := range p.Gaps {
		fmt.Fprintf(c.stdout, "%s of %s, %s to %s: not in the lake, and only read by a run with that range, or with --gaps\n", g.Dataset, g.Tenant, day(g.From), day(g.To))
	}
	for _, line := range expectations(p.Units) {
		fmt.Fprintln(c.stdout, line)
	}
	_, err := fmt.Fprintf(c.stdout, "%d units; the published limits allow for their known requests in %v, for the expected ones in %v\n",
		len(p.Units), p.Shortest(rate).Round(time.Second), p.ExpectedTime(rate).Round(time.Second))
	return err
}

// requests says how many a unit takes, as far as that can be known.
func requests(u plan.Unit) string {
	switch {
	case u.Expired:
		return "none: Graph has forgotten it"
	case u.Expected().Total() > u.Requests():
		return fmt.Sprintf("at least %d, expected %d", u.Requests(), u.Expected().Total())
	}
	return fmt.Sprintf("at least %d", u.Requests())
}

// expectations say, a dataset of a tenant each, what is expected, and from what.
func expectations(units []plan.Unit) []string {
	var lines []string
	for _, u := range units {
		if u.Expired || u.Dataset.Mode.Pictures() {
			continue
		}
		line := fmt.Sprintf("%s of %s: expected by %s records a day so far", u.Dataset.Name, u.Tenant.Name, thousands(u.Density))
		if u.Density == 0 {
			line = fmt.Sprintf("%s of %s: how many records a day has is not known yet, so further pages and details come on top", u.Dataset.Name, u.Tenant.Name)
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// thousands writes a number as people read it: 3,412; a small one with its first digits.
func thousands(f float64) string {
	if f < 10 {
		return fmt.Sprintf("%.2g", f)
	}
	text := fmt.Sprintf("%.0f", f)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
