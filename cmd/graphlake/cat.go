package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"graphlake/load"
	"graphlake/schemas"
)

type catCommand struct {
	Table  string  `arg:"" help:"A table, as calls; graphlake datasets lists them."`
	Tenant string  `placeholder:"NAME" help:"One of the configured tenants (default: all)."`
	From   instant `placeholder:"DATE" help:"First day."`
	To     instant `placeholder:"DATE" help:"The day after the last."`
}

func (a catCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	_, table, err := findTable(cfg.set, a.Table)
	if err != nil {
		return err
	}
	if a.Tenant != "" && !slices.ContainsFunc(cfg.Tenants, func(t tenantConfig) bool { return t.Name == a.Tenant }) {
		return cfg.noTenant(a.Tenant)
	}
	if !a.From.IsZero() && !a.To.IsZero() && !a.From.Before(a.To.Time) {
		return usage(fmt.Errorf("the range %v is empty or backwards: from has to be before to", schemas.Range{From: a.From.Time, To: a.To.Time}))
	}
	store, err := cfg.openLake(ctx)
	if err != nil {
		return err
	}
	lake := load.New(store, "")
	for _, t := range cfg.Tenants {
		if a.Tenant != "" && t.Name != a.Tenant {
			continue
		}
		for p, err := range lake.Partitions(ctx, load.Tables, table.Name, t.TenantID) {
			if err != nil {
				return err
			}
			if a.outside(p) {
				continue
			}
			if err := printRows(ctx, c.stdout, lake, p, table); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a catCommand) outside(p load.Partition) bool {
	if a.From.IsZero() && a.To.IsZero() {
		return false
	}
	to := a.To.Time
	if to.IsZero() {
		to = p.Date.Add(schemas.Day)
	}
	return !schemas.Range{From: a.From.Time, To: to}.Contains(p.Date)
}

// printRows prints a JSON object a line, the partition columns first, the others in their order.
func printRows(ctx context.Context, w io.Writer, lake *load.Lake, p load.Partition, t schemas.Table) error {
	out := bufio.NewWriter(w)
	for row, err := range lake.Rows(ctx, p, t) {
		if err != nil {
			return err
		}
		fmt.Fprintf(out, `{"tenant_id":%q,"dt":%q`, p.TenantID, p.Date.Format(time.DateOnly))
		for i, value := range row {
			text, err := json.Marshal(value)
			if err != nil {
				return fmt.Errorf("%s, column %s: %w", p, t.Columns[i].Name, err)
			}
			fmt.Fprintf(out, `,%q:%s`, t.Columns[i].Name, text)
		}
		if _, err := out.WriteString("}\n"); err != nil {
			return err
		}
	}
	return out.Flush()
}
