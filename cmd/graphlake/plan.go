package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"graphlake/jobs"
)

type planCommand struct{ selection }

func (p planCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	sel, err := p.of(cfg)
	if err != nil {
		return err
	}
	return c.printPlan(ctx, cfg, sel, p.now())
}

// newPlan plans by what the lake says of the datasets; one that is not there yet says nothing.
func newPlan(ctx context.Context, cfg *config, sel jobs.Selection, now time.Time) (jobs.Plan, error) {
	store, err := cfg.openStore(ctx)
	if err != nil {
		return jobs.Plan{}, err
	}
	known, err := jobs.LoadStates(ctx, store, sel)
	if err != nil {
		return jobs.Plan{}, err
	}
	return jobs.NewPlan(sel, known, now)
}

type plannedUnit struct {
	Tenant   string    `json:"tenant"`
	Dataset  string    `json:"dataset"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Requests int       `json:"requests"`
	Expired  bool      `json:"expired"`
}

func (c *command) printPlan(ctx context.Context, cfg *config, sel jobs.Selection, now time.Time) error {
	p, err := newPlan(ctx, cfg, sel, now)
	if err != nil {
		return err
	}
	units, notes := []plannedUnit{}, append([]jobs.Note{}, p.Notes...) // lists in JSON also where they are empty
	for _, u := range p.Units {
		units = append(units, plannedUnit{u.Tenant.Name, u.Dataset.Name, u.Range.From, u.Range.To, u.Requests(), u.Expired})
	}
	shortest := p.Shortest(cfg.Graph.Rate)
	if c.Output == "json" {
		return c.printJSON(map[string]any{"units": units, "notes": notes, "shortest_seconds": shortest.Seconds()})
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "tenant\tdataset\tfrom\tto\trequests")
	for _, u := range units {
		requests := fmt.Sprintf("at least %d", u.Requests)
		if u.Expired {
			requests = "none: Graph has forgotten it"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", u.Tenant, u.Dataset, day(u.From), day(u.To), requests)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, n := range p.Notes {
		fmt.Fprintf(c.stdout, "%s: %s\n", n.Dataset, n.Message)
	}
	_, err = fmt.Fprintf(c.stdout, "%d units; the published limits allow for their known requests in %v; further pages and details come on top\n",
		len(units), shortest.Round(time.Second))
	return err
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
