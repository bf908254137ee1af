package workflows

import (
	"cmp"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"
)

const (
	// Tenants of a replay that are under way at once: of children, 2,000 may be.
	tenantsOfReplay = 200
	// Parts in one workflow. Each is three to six events of 51,200 in its history.
	partsOfReplay = 4000
)

// Replay derives tables anew from raw, on any worker: it asks Graph for nothing, so the tenants' budgets do not bind it. Each
// tenant is a child, and of one with very many parts each dataset. The parts of a dataset follow each other, because its
// lock is one; all others go side by side.
func (w *Workflows) Replay(ctx workflow.Context, in ReplayInput) (res ReplayResult, err error) {
	if in.Now.IsZero() {
		in.Now = workflow.Now(ctx).UTC()
	}
	var all []Outcome
	switch {
	case len(in.Tenants) == 1:
		all, err = w.replayTenant(ctx, in, &res)
	default:
		if len(in.Tenants) == 0 {
			night := NightInput{Lake: in.Lake, Now: in.Now}
			if err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, w.Policy.asking()), TenantsActivity, night).Get(ctx, &in.Tenants); err != nil {
				return res, askingFailed(ctx, err)
			}
		}
		var children []ReplayInput
		for _, tenant := range in.Tenants {
			one := in
			one.Tenants = []string{tenant}
			children = append(children, one)
		}
		all, err = w.replays(ctx, children, &res)
	}
	if err != nil {
		return res, err
	}
	res.Outcome = Together(all)
	return res, workflow.UpsertTypedSearchAttributes(ctx, outcomeKey.ValueSet(string(res.Outcome)))
}

// replayTenant replays what one tenant has in raw.
func (w *Workflows) replayTenant(ctx workflow.Context, in ReplayInput, res *ReplayResult) ([]Outcome, error) {
	if err := workflow.UpsertTypedSearchAttributes(ctx, tenantKey.ValueSet(in.Tenants[0])); err != nil {
		return nil, err
	}
	var parts []Part
	if err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, w.Policy.asking()), PartsActivity, in).Get(ctx, &parts); err != nil {
		return nil, askingFailed(ctx, err)
	}
	var pairs [][]Part
	for _, p := range parts {
		i := slices.IndexFunc(pairs, func(of []Part) bool { return of[0].Tenant == p.Tenant && of[0].Dataset == p.Dataset })
		if i < 0 {
			i, pairs = len(pairs), append(pairs, nil)
		}
		pairs[i] = append(pairs[i], p)
	}
	if len(parts) > partsOfReplay && len(pairs) > 1 {
		var children []ReplayInput
		for _, of := range pairs {
			one := in
			one.Datasets = []string{of[0].Dataset}
			children = append(children, one)
		}
		return w.replays(ctx, children, res)
	}
	outcomes := make([]Outcome, len(pairs))
	err := sideBySide(ctx, len(pairs), func(ctx workflow.Context, i int) (err error) {
		outcomes[i], err = w.replayPair(ctx, in.Lake, pairs[i], res)
		return err
	})
	return outcomes, err
}

// replayPair derives the parts of one dataset of one tenant. After one that could not be had, the others are not tried: what
// holds the lock, or does not answer, would be waited for again each time.
func (w *Workflows) replayPair(ctx workflow.Context, lake string, parts []Part, res *ReplayResult) (Outcome, error) {
	var all []Outcome
	for _, p := range parts {
		var u UnitResult
		err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, w.Policy.deriving(lake)), ReplayActivity, p).Get(ctx, &u)
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if err != nil {
			u = resultOf(err, Unit{Dataset: p.Dataset, From: p.From, To: p.To})
		}
		res.Parts++
		res.Records += u.Records
		res.Written += u.Written
		all = append(all, u.Outcome)
		if u.Outcome.ended() {
			res.Days += int((p.To.Sub(p.From) + 24*time.Hour - 1) / (24 * time.Hour))
		}
		if err != nil && u.Outcome == Unavailable {
			break
		}
	}
	return Together(all), nil
}

// replays has children replay, some at once. Their ids say what they are of.
func (w *Workflows) replays(ctx workflow.Context, inputs []ReplayInput, res *ReplayResult) ([]Outcome, error) {
	outcomes := make([]Outcome, len(inputs))
	places := workflow.NewSemaphore(ctx, tenantsOfReplay)
	err := sideBySide(ctx, len(inputs), func(ctx workflow.Context, i int) error {
		if err := places.Acquire(ctx, 1); err != nil {
			return err
		}
		defer places.Release(1)
		in := inputs[i]
		id := workflow.GetInfo(ctx).WorkflowExecution.ID + "/" + in.Tenants[0]
		if len(inputs) > 1 && in.Tenants[0] == inputs[(i+1)%len(inputs)].Tenants[0] {
			id = workflow.GetInfo(ctx).WorkflowExecution.ID + "/" + in.Datasets[0]
		}
		var one ReplayResult
		err := workflow.ExecuteChildWorkflow(child(ctx, id), ReplayWorkflow, in).Get(ctx, &one)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			one.Outcome = OutcomeOf(cmp.Or(KindOf(err), "failed"))
		}
		res.Parts, res.Days = res.Parts+one.Parts, res.Days+one.Days
		res.Records, res.Written = res.Records+one.Records, res.Written+one.Written
		outcomes[i] = one.Outcome
		return nil
	})
	return outcomes, err
}
