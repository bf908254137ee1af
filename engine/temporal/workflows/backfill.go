package workflows

import (
	"fmt"
	"slices"

	"go.temporal.io/sdk/workflow"
)

// Backfill reads a range of past days of a tenant, week by week, in the order that the product gives: what Graph forgets soonest
// first. Each week is a tenant's day, beside the nights: what a night has locked is waited for.
func (w *Workflows) Backfill(ctx workflow.Context, in BackfillInput) (res BackfillResult, err error) {
	if err := workflow.UpsertTypedSearchAttributes(ctx, tenantKey.ValueSet(in.Tenant)); err != nil {
		return res, err
	}
	fixed := !in.Now.IsZero()
	if !fixed {
		in.Now = workflow.Now(ctx).UTC()
	}
	var weeks []Ask
	if err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, w.Policy.asking()), WeeksActivity, in).Get(ctx, &weeks); err != nil {
		return res, askingFailed(ctx, err)
	}
	var all []Outcome
	var refused []string
	begun := workflow.Now(ctx)
	for i, week := range weeks {
		if workflow.Now(ctx).Sub(begun) > w.Policy.turn() { // a night that waits for locks has its turn
			if err := workflow.Sleep(ctx, 2*w.Policy.Locked); err != nil {
				return res, err
			}
			begun = workflow.Now(ctx)
		}
		if !fixed {
			week.Now = workflow.Now(ctx).UTC() // what Graph has forgotten by then is not asked for
		}
		week.Back = fixed && isBack(ctx, in.Now)
		if len(week.Datasets) > 0 {
			week.Datasets = slices.DeleteFunc(week.Datasets, func(name string) bool { return slices.Contains(refused, name) })
			if len(week.Datasets) == 0 {
				continue
			}
		}
		day, err := w.tenantDay(ctx, fmt.Sprintf("%s/week-%03d", workflow.GetInfo(ctx).WorkflowExecution.ID, i+1), week)
		if err != nil {
			return res, err
		}
		res.Weeks++
		all = append(all, day.Outcome)
		res.Units, res.Records, res.Requests = res.Units+day.More.Units, res.Records+day.More.Records, res.Requests+day.More.Requests
		for _, u := range day.Units {
			res.Units, res.Records, res.Requests = res.Units+1, res.Records+u.Records, res.Requests+u.Requests
		}
		more := refusedIn(day, week.Datasets)
		if slices.Contains(more, "") { // the tenant as a whole
			break
		}
		refused = append(refused, more...)
	}
	res.Outcome = Together(all)
	return res, workflow.UpsertTypedSearchAttributes(ctx, outcomeKey.ValueSet(string(res.Outcome)))
}

// refusedIn are the datasets that credentials, consent or the configuration do not give: asked for another week they are the
// same. The empty name is the tenant as a whole.
func refusedIn(day TenantDayResult, asked []string) (all []string) {
	for _, name := range append([]string{""}, asked...) {
		n, no := 0, 0
		for _, u := range day.Units {
			if u.Dataset == name {
				n++
				if u.Outcome == Forbidden || u.Outcome == Usage {
					no++
				}
			}
		}
		if n > 0 && n == no && day.More.Units == 0 {
			all = append(all, name)
		}
	}
	return all
}
