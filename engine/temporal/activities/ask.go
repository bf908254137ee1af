package activities

import (
	"context"
	"errors"
	"slices"

	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
	"graphlake/load"
)

// namesOfTenants are the tenants that a job reads; none, where it only removes.
func (a *Activities) namesOfTenants(_ context.Context, in workflows.NightInput) ([]string, error) {
	if in.Job != "" {
		j, err := a.jobOf(in.Job)
		if err != nil || !j.Reads {
			return []string{}, err
		}
	}
	names := []string{}
	for _, t := range a.engine.Tenants() {
		if len(in.Tenants) == 0 || slices.Contains(in.Tenants, t.Name) {
			names = append(names, t.Name)
		}
	}
	for _, name := range in.Tenants {
		if _, err := a.tenantOf(name); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// conclude removes what a job removes at its end, of the whole lake, and tells whoever is to know what is late.
func (a *Activities) conclude(ctx context.Context, in workflows.NightInput) (workflows.Concluded, error) {
	if in.Now.IsZero() {
		return workflows.Concluded{}, errNoNow
	}
	if _, err := a.jobOf(in.Job); err != nil {
		return workflows.Concluded{}, err
	}
	defer a.beat(ctx, nothing)()
	if attempt(ctx) == 1 {
		a.engine.NotifyOfLate(ctx, in.Now)
	}
	rep, did, err := a.engine.Tidy(ctx, in.Job, in.Now)
	if err != nil && rep.Run == "" {
		return workflows.Concluded{}, err
	}
	if !did {
		return workflows.Concluded{Outcome: workflows.Done}, nil
	}
	a.engine.Ended(ctx, in.Job, nil, rep, err)
	c := workflows.Concluded{Run: rep.Run, Outcome: outcomeOf(cli.ReportStatus(rep, err))}
	if c.Outcome == workflows.Unavailable { // a night that has not ended has its datasets locked
		return c, failure(workflows.UnitResult{Kind: "locked"}, a.policy.Locked)
	}
	return c, nil
}

// check tries what reading a tenant takes.
func (a *Activities) check(ctx context.Context, in workflows.OnboardInput) (workflows.Checked, error) {
	t, err := a.tenantOf(in.Tenant)
	if err != nil {
		return workflows.Checked{}, err
	}
	defer a.beat(ctx, nothing)()
	held, err := a.holdTenant(ctx, t.ID, nil) // what it asks counts in the tenant's budgets too
	if errors.Is(err, load.ErrLocked) {
		return workflows.Checked{}, failure(workflows.UnitResult{Tenant: in.Tenant, Kind: "locked"}, a.policy.Locked)
	}
	if err != nil {
		return workflows.Checked{}, err
	}
	defer a.letGo(ctx, held)
	found, err := a.engine.Check(ctx, in.Tenant)
	if err = errors.Join(err, ctx.Err()); err != nil {
		return workflows.Checked{}, err
	}
	c := workflows.Checked{Outcome: outcomeOf(found.ExitStatus), Jobs: []string{}, Needs: found.Needs}
	if c.Outcome == workflows.Unavailable {
		return c, failure(workflows.UnitResult{Tenant: in.Tenant, Kind: "unavailable"}, a.policy.Delay(attempt(ctx), 0))
	}
	for _, j := range a.engine.Jobs() {
		if j.Schedule != "" && j.Reads {
			c.Jobs = append(c.Jobs, j.Name)
		}
	}
	return c, nil
}
