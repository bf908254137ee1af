package main

import (
	"context"
	"fmt"
	"slices"

	"graphlake/load"
	"graphlake/schemas"
)

type catCommand struct {
	Table  string  `arg:"" help:"A table, as calls; graphlake datasets lists them."`
	Tenant string  `placeholder:"NAME" help:"One of the configured tenants (default: all)."`
	From   instant `placeholder:"DATE" help:"First day."`
	To     instant `placeholder:"DATE" help:"The day after the last."`
}

func (r catCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	_, table, err := findTable(r.Table)
	if err != nil {
		return err
	}
	if r.Tenant != "" && !slices.ContainsFunc(cfg.Tenants, func(t tenantConfig) bool { return t.Name == r.Tenant }) {
		return usage(fmt.Errorf("there is no tenant %q in %s", r.Tenant, cfg.file))
	}
	lake, err := cfg.openLake(ctx)
	if err != nil {
		return err
	}
	for _, t := range cfg.Tenants {
		if r.Tenant != "" && t.Name != r.Tenant {
			continue
		}
		for p, err := range lake.Partitions(ctx, load.Tables, table.Name, t.TenantID) {
			if err != nil {
				return err
			}
			if r.outside(p) {
				continue
			}
			if err := lake.Cat(ctx, c.stdout, p, table); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r catCommand) outside(p load.Partition) bool {
	if r.From.IsZero() && r.To.IsZero() {
		return false
	}
	to := r.To.Time
	if to.IsZero() {
		to = p.Date.Add(schemas.Day)
	}
	return !schemas.Range{From: r.From.Time, To: to}.Contains(p.Date)
}
