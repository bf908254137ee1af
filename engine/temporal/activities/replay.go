package activities

import (
	"context"

	"graphlake/engine/temporal/workflows"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
)

// replay derives a part anew from raw, under the lock of its dataset. Graph is not asked, and nobody holds the tenant for it.
func (a *Activities) replay(ctx context.Context, p workflows.Part) (workflows.UnitResult, error) {
	t, err := a.tenantOf(p.Tenant)
	if err != nil {
		return workflows.UnitResult{}, err
	}
	sel, err := a.selection(workflows.Ask{Tenant: p.Tenant, Datasets: []string{p.Dataset}, From: p.From, To: p.To, Now: p.Now})
	if err != nil {
		return workflows.UnitResult{}, err
	}
	runner := a.engine.ReplayRunner(p.Now)
	defer a.beat(ctx, func() counts { return countsOf(runner.Progress.Standing().All) })()
	rep, err := runner.Replay(ctx, sel)
	if len(rep.Units) == 0 {
		return workflows.UnitResult{}, err
	}
	a.engine.Ended(ctx, "", nil, rep, err)
	u := rep.Units[0]
	r := resultOf(plan.Unit{Tenant: t, Dataset: sel.Datasets[0]}, u)
	r.From, r.To, r.Attempts = p.From, p.To, int(attempt(ctx))
	switch {
	case u.Outcome == state.Interrupted && ctx.Err() != nil:
		return r, ctx.Err()
	case u.Outcome == state.Unavailable && (r.Kind == "locked" || r.Kind == "conflict"):
		return r, failure(r, a.policy.Locked)
	case u.Outcome == state.Unavailable:
		return r, failure(r, a.policy.Delay(attempt(ctx), u.RetryAfter))
	case err != nil: // the report could not be kept
		return r, err
	}
	return r, nil
}
