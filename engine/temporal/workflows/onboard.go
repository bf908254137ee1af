package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// pastOfNew is how far back a new tenant is read, where nobody says: so long Graph has the most of it.
const pastOfNew = 30 * 24 * time.Hour

// Onboard takes a new tenant in: its access is checked, its past is read, and then each of its jobs runs once, so that nothing is
// missing between the end of the backfill and its first night. What a check finds wanting ends it: it says what is needed.
func (w *Workflows) Onboard(ctx workflow.Context, in OnboardInput) (res OnboardResult, err error) {
	if err := workflow.UpsertTypedSearchAttributes(ctx, tenantKey.ValueSet(in.Tenant)); err != nil {
		return res, err
	}
	fixed := in.Now
	if in.Now.IsZero() {
		in.Now = workflow.Now(ctx).UTC()
	}
	if in.To.IsZero() {
		in.To = in.Now.Truncate(24 * time.Hour)
	}
	if in.From.IsZero() {
		in.From = in.To.Add(-pastOfNew)
	}
	if err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, w.Policy.asking()), CheckActivity, in).Get(ctx, &res.Checked); err != nil {
		return res, askingFailed(ctx, err)
	}
	if !res.Checked.Outcome.ended() {
		res.Outcome = res.Checked.Outcome
		return res, workflow.UpsertTypedSearchAttributes(ctx, outcomeKey.ValueSet(string(res.Outcome)))
	}
	past := BackfillInput{Lake: in.Lake, Tenant: in.Tenant, From: in.From, To: in.To, Now: fixed}
	res.Backfill = &BackfillResult{}
	if err := workflow.ExecuteChildWorkflow(child(ctx, BackfillID(past)), BackfillWorkflow, past).Get(ctx, res.Backfill); err != nil {
		if ctx.Err() != nil {
			return res, ctx.Err()
		}
		res.Backfill.Outcome = OutcomeOf(KindOf(err))
	}
	all := []Outcome{res.Backfill.Outcome}
	for _, job := range res.Checked.Jobs {
		a := Ask{Lake: in.Lake, Tenant: in.Tenant, Job: job, Now: fixed, Back: !fixed.IsZero() && isBack(ctx, fixed)}
		if fixed.IsZero() {
			a.Now = workflow.Now(ctx).UTC()
		}
		day, err := w.tenantDay(ctx, TenantDayID(a), a)
		if err != nil {
			return res, err
		}
		all = append(all, day.Outcome)
		res.Nights = append(res.Nights, day)
	}
	res.Outcome = Together(all)
	return res, workflow.UpsertTypedSearchAttributes(ctx, outcomeKey.ValueSet(string(res.Outcome)))
}
