package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
	if err := forSomebody(sel, p.Dataset); err != nil {
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
	Units     []plannedUnit `json:"units"`
	Notes     []plan.Note   `json:"notes"`
	Gaps      []plan.Gap    `json:"gaps"`
	Forgotten []plan.Gap    `json:"forgotten"` // what Graph has now and will have forgotten when it would be read
	Requests  int           `json:"requests"`
	Requested int           `json:"expected_requests"`
	Shortest  float64       `json:"shortest_seconds"` // for the known requests
	Expected  float64       `json:"expected_seconds"`
}

func (c *command) printPlan(ctx context.Context, cfg *config, sel plan.Selection, now time.Time) error {
	p, err := newPlan(ctx, cfg, sel, now)
	if err != nil {
		return err
	}
	rate := cfg.Graph.Rate
	forgotten := p.Forgotten(rate, now)
	if c.Output == "text" {
		return c.printPlanText(p, forgotten, rate)
	}
	out := planOutput{ // lists in JSON also where they are empty
		Units: []plannedUnit{}, Notes: append([]plan.Note{}, p.Notes...), Gaps: append([]plan.Gap{}, p.Gaps...), Forgotten: append([]plan.Gap{}, forgotten...),
		Shortest: p.Shortest(rate).Seconds(), Expected: p.ExpectedTime(rate).Seconds(),
	}
	out.Requests, out.Requested = p.Total()
	for _, u := range p.Units {
		out.Units = append(out.Units, plannedUnit{u.Tenant.Name, u.Dataset.Name, u.Range.From, u.Range.To, u.Requests(), u.Expected().Total(), u.Expired})
	}
	return c.printJSON(out)
}

// printPlanText prints the sum, a line for what follows one another of a dataset, and what is to be known besides.
func (c *command) printPlanText(p plan.Plan, forgotten []plan.Gap, rate float64) error {
	fmt.Fprintln(c.stdout, total(p, rate))
	if len(p.Units) > 0 {
		w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "tenant\tdataset\tfrom\tto\trequests")
		for _, l := range lines(p.Units) {
			fmt.Fprintf(w, "%s\t%s\t%v\t%v\t%s\n", l.Tenant, l.Dataset, instant{l.From}, instant{l.To}, l.requests())
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	c.printNotes(p.Notes)
	for _, g := range p.Gaps {
		fmt.Fprintf(c.stdout, "%s of %s, %v to %v: not in the lake, and only read by a run with that range, or with --gaps\n", g.Dataset, g.Tenant, instant{g.From}, instant{g.To})
	}
	for _, g := range forgotten {
		fmt.Fprintf(c.stdout, "%s of %s, %v to %v: Graph has it now, and will have forgotten it before it is read\n", g.Dataset, g.Tenant, instant{g.From}, instant{g.To})
	}
	for _, line := range expectations(p, rate) {
		fmt.Fprintln(c.stdout, line)
	}
	return nil
}

// total says how much all of a plan is.
func total(p plan.Plan, rate float64) string {
	if len(p.Units) == 0 {
		return "nothing to read"
	}
	least, expected := p.Total()
	unit := "units"
	if len(p.Units) == 1 {
		unit = "unit"
	}
	text := fmt.Sprintf("%d %s, at least %s requests: %v by the published limits", len(p.Units), unit, thousands(float64(least)), rounded(p.Shortest(rate)))
	if expected > least {
		text += fmt.Sprintf("; expected %s: %v", thousands(float64(expected)), rounded(p.ExpectedTime(rate)))
	}
	return text
}

// rounded is a duration as people write it: 4s, 9m8s, 12m, 3h20m, 2h.
func rounded(d time.Duration) string {
	to := time.Second
	if d >= 10*time.Minute {
		to = time.Minute
	}
	text := d.Round(to).String()
	if whole, ok := strings.CutSuffix(text, "m0s"); ok {
		text = whole + "m"
	}
	if whole, ok := strings.CutSuffix(text, "h0m"); ok {
		text = whole + "h"
	}
	return text
}

// lines joins units of a dataset that follow one another.
func lines(units []plan.Unit) []*plannedUnit {
	var all []*plannedUnit
	for _, u := range units {
		next := &plannedUnit{u.Tenant.Name, u.Dataset.Name, u.Range.From, u.Range.To, u.Requests(), u.Expected().Total(), u.Expired}
		if i := slices.IndexFunc(all, func(l *plannedUnit) bool {
			return l.Tenant == next.Tenant && l.Dataset == next.Dataset && l.Expired == next.Expired && l.To.Equal(next.From)
		}); i >= 0 {
			all[i].To = next.To
			all[i].Requests += next.Requests
			all[i].Expected += next.Expected
			continue
		}
		all = append(all, next)
	}
	return all
}

// requests says how many a line takes, as far as that can be known.
func (u plannedUnit) requests() string {
	switch {
	case u.Expired:
		return "none: Graph has forgotten it"
	case u.Expected > u.Requests:
		return fmt.Sprintf("at least %s, expected %s", thousands(float64(u.Requests)), thousands(float64(u.Expected)))
	}
	return "at least " + thousands(float64(u.Requests))
}

// perDay is of how many records a day is said what they take, where nothing is known of a tenant.
const perDay = 1000

// expectations say, a dataset of a tenant each, what is expected, and from what.
func expectations(p plan.Plan, rate float64) []string {
	var lines []string
	for _, u := range p.Units {
		if u.Expired || u.Dataset.Mode.Pictures() {
			continue
		}
		line := fmt.Sprintf("%s of %s: expected by %s records a day so far", u.Dataset.Name, u.Tenant.Name, thousands(u.Density))
		if u.Density == 0 {
			line = fmt.Sprintf("%s of %s: how many records a day has is not known yet", u.Dataset.Name, u.Tenant.Name)
			more := ", so further pages come on top"
			if n, least := p.OnTop(u.Tenant, u.Dataset, perDay, rate); n > 0 {
				more = fmt.Sprintf("; each %s a day take %s requests more, and %v", thousands(perDay), thousands(float64(n)), rounded(least))
			}
			line += more
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
