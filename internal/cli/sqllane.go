package cli

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"

	"graphlake/jobs/state"
	"graphlake/load/lane"
	"graphlake/schemas"
	"graphlake/views"
)

// sqlLane is the lane that views are made of; nil: they are of the plain files.
type sqlLane struct {
	held    *lane.Lane
	only    string   // the id of the one tenant whose tables are meant; "": all
	tenants []string // whose tables there may be, by id, where each tenant has its own
}

// lane is that of the lake, be it on or off, if views are to be of it.
func (s sqlCommand) lane(ctx context.Context, cfg *config, store store) (*sqlLane, error) {
	if !s.Delta {
		if s.Tenant != "" {
			return nil, usage(errors.New("--tenant chooses among the Delta tables of tenants, so it needs --delta; the views of plain files have the column tenant_id"))
		}
		return nil, nil
	}
	on, off, err := cfg.heldLane(ctx, store)
	if err != nil {
		return nil, err
	}
	from := &sqlLane{held: cmp.Or(on, off)}
	switch {
	case from.held == nil:
		return nil, cfg.noLane()
	case s.Tenant == "":
		return from, nil
	case from.held.Identity().Layout != lane.PerTenant:
		return nil, usage(errors.New("--tenant needs Delta tables of one tenant each (delta: {layout: per_tenant}), and those of this lake are of all tenants: leave it out, and ask by tenant_id"))
	}
	chosen, err := tenantChoice{Tenant: s.Tenant}.tenants(cfg)
	if err != nil {
		return nil, usage(err)
	}
	from.only = chosen[0].TenantID
	return from, nil
}

// lacks counts the days of a state that the lane is not known to have. Whose they are is kept in mind.
func (l *sqlLane) lacks(st *state.State, tenantID string) (days int) {
	if l == nil || l.only != "" && l.only != tenantID {
		return 0
	}
	if !slices.Contains(l.tenants, tenantID) {
		l.tenants = append(l.tenants, tenantID)
	}
	for _, r := range st.NotInLane(l.held.ID()) {
		days += len(r.Days())
	}
	return days
}

// tables are the Delta tables that there are of some datasets, each with the columns that it lacks.
func (l *sqlLane) tables(ctx context.Context, datasets []schemas.Dataset) (map[string][]views.DeltaTable, error) {
	if l == nil {
		return nil, nil
	}
	tenants := []string{""} // all in one
	if l.held.Identity().Layout == lane.PerTenant {
		tenants = l.tenants
	}
	all := map[string][]views.DeltaTable{}
	for _, d := range datasets {
		for _, t := range d.Tables {
			for _, tenant := range tenants {
				table, err := l.table(ctx, t, tenant)
				if errors.Is(err, fs.ErrNotExist) {
					continue
				}
				if err != nil {
					return nil, err
				}
				all[t.Name] = append(all[t.Name], table)
			}
		}
	}
	return all, nil
}

// table is the Delta table of a tenant, or of all.
func (l *sqlLane) table(ctx context.Context, t schemas.Table, tenantID string) (views.DeltaTable, error) {
	has, err := l.held.Columns(ctx, t, tenantID)
	if err != nil {
		return views.DeltaTable{}, err
	}
	table := views.DeltaTable{Root: l.held.Root(t, tenantID), TenantID: tenantID}
	for _, c := range t.Columns {
		if !slices.Contains(has, c.Name) {
			table.Lacks = append(table.Lacks, c.Name)
		}
	}
	return table, nil
}
