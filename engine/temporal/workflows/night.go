package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

const (
	// A night with more tenants is split: each child is some ten events of 51,200 in the history, and 2,000 may be under way.
	tenantsOfNight = 500
	// A night that begins so long after it was planned was missed, and is made up.
	missedAfter = 12 * time.Hour
)

// Night is a job of all its tenants: a child for each, all at once. How many are under way, the workers' places decide. At last
// what the job removes of the whole lake is removed. It ends well if one tenant has; which have not, their own workflows show.
func (w *Workflows) Night(ctx workflow.Context, in NightInput) (res NightResult, err error) {
	res.Outcomes = map[Outcome]int{}
	info := workflow.GetInfo(ctx)
	in.Now = nightTime(ctx, in)
	isPart := info.ParentWorkflowExecution != nil
	if err := workflow.UpsertTypedSearchAttributes(ctx, jobKey.ValueSet(in.Job)); err != nil {
		return res, err
	}
	names := in.Tenants
	if !isPart {
		if err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, w.Policy.asking()), TenantsActivity, in).Get(ctx, &names); err != nil {
			return res, askingFailed(ctx, err)
		}
	}
	if len(names) > tenantsOfNight {
		err = w.partsOfNight(ctx, in, names, &res)
	} else {
		err = w.tenantsOfNight(ctx, in, names, &res)
	}
	if err != nil {
		return res, err
	}
	res.Tenants = len(names)
	res.Outcome = Together(ofTenants(res.Outcomes))
	if !isPart {
		var concluded Concluded
		err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, w.Policy.removing()), ConcludeActivity, in).Get(ctx, &concluded)
		if ctx.Err() != nil {
			return res, ctx.Err()
		}
		if err != nil {
			concluded.Outcome = OutcomeOf(KindOf(err))
		}
		res.Outcome = withConcluded(res.Outcome, concluded.Outcome, len(names))
	}
	return res, workflow.UpsertTypedSearchAttributes(ctx, outcomeKey.ValueSet(string(res.Outcome)))
}

// withConcluded is the outcome of a night of so many tenants with what it removes. Only tenants make a night end well.
func withConcluded(tenants, concluded Outcome, n int) Outcome {
	if n > 0 && tenants.ended() && concluded != Done {
		return Incomplete
	}
	return worse(tenants, concluded)
}

// nightTime is what counts as now: a schedule's night that is made up is still the night of its time.
func nightTime(ctx workflow.Context, in NightInput) time.Time {
	if !in.Now.IsZero() {
		return in.Now
	}
	if planned, ok := workflow.GetTypedSearchAttributes(ctx).GetTime(plannedKey); ok {
		return planned.UTC()
	}
	return workflow.Now(ctx).UTC()
}

// isBack reports whether what counts as now was long over when this workflow began: then clocks are no concern.
func isBack(ctx workflow.Context, now time.Time) bool {
	return workflow.GetInfo(ctx).WorkflowStartTime.Sub(now) > missedAfter
}

// ofTenants lists the outcomes that tenants have had, in a fixed order.
func ofTenants(counts map[Outcome]int) (all []Outcome) {
	for _, o := range outcomes {
		if counts[o] > 0 {
			all = append(all, o)
		}
	}
	return all
}

func (w *Workflows) tenantsOfNight(ctx workflow.Context, in NightInput, names []string, res *NightResult) error {
	back := isBack(ctx, in.Now)
	return sideBySide(ctx, len(names), func(ctx workflow.Context, i int) error {
		a := Ask{Lake: in.Lake, Tenant: names[i], Job: in.Job, Now: in.Now, Back: back}
		if in.Late > 0 {
			a.LateAt = in.Now.Add(in.Late)
		}
		day, err := w.tenantDay(ctx, TenantDayID(a), a)
		if err != nil {
			return err
		}
		res.Outcomes[day.Outcome]++
		res.add(day.More.Units, day.More.Records, day.More.Requests)
		for _, u := range day.Units {
			res.add(1, u.Records, u.Requests)
		}
		return nil
	})
}

// partsOfNight has nights of some of the tenants carry it out.
func (w *Workflows) partsOfNight(ctx workflow.Context, in NightInput, names []string, res *NightResult) error {
	n := (len(names) + tenantsOfNight - 1) / tenantsOfNight
	return sideBySide(ctx, n, func(ctx workflow.Context, i int) error {
		in := in
		in.Tenants = names[i*tenantsOfNight : min((i+1)*tenantsOfNight, len(names))]
		var part NightResult
		id := fmt.Sprintf("%s/part-%d", workflow.GetInfo(ctx).WorkflowExecution.ID, i+1)
		err := workflow.ExecuteChildWorkflow(child(ctx, id), NightWorkflow, in).Get(ctx, &part)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			part.Outcomes = map[Outcome]int{Failed: len(in.Tenants)}
		}
		for _, o := range outcomes {
			if n := part.Outcomes[o]; n > 0 {
				res.Outcomes[o] += n
			}
		}
		res.add(part.Units, part.Records, part.Requests)
		return nil
	})
}

func (r *NightResult) add(units int, records, requests int64) {
	r.Units += units
	r.Records += records
	r.Requests += requests
}

// sideBySide does n things at once and waits for all of them, also if some fail or this workflow is stopped. The error is the
// first one's.
func sideBySide(ctx workflow.Context, n int, do func(ctx workflow.Context, i int) error) (first error) {
	wg := workflow.NewWaitGroup(ctx)
	for i := range n {
		wg.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer wg.Done()
			if err := do(ctx, i); err != nil && (first == nil || temporal.IsCanceledError(first)) {
				first = err
			}
		})
	}
	wg.Wait(ctx) // also once ctx is cancelled: when this has ended, its locks must be free
	return first
}
