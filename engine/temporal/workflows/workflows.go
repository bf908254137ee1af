package workflows

import (
	"cmp"
	"errors"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// The names of the workflows.
const (
	NightWorkflow     = "Night"
	TenantDayWorkflow = "TenantDay"
	BackfillWorkflow  = "Backfill"
	ReplayWorkflow    = "Replay"
	OnboardWorkflow   = "Onboard"
)

// Workflows are what a worker of a lake's [Queue] registers. They hold nothing but the policy.
type Workflows struct{ Policy Policy }

// Register makes a worker carry them out.
func (w *Workflows) Register(r worker.WorkflowRegistry) {
	for _, of := range []struct {
		name     string
		workflow any
	}{
		{NightWorkflow, w.Night}, {TenantDayWorkflow, w.TenantDay}, {BackfillWorkflow, w.Backfill}, {ReplayWorkflow, w.Replay}, {OnboardWorkflow, w.Onboard},
	} {
		r.RegisterWorkflowWithOptions(of.workflow, workflow.RegisterOptions{Name: of.name})
	}
}

// The search attributes, typed.
var (
	tenantKey  = temporal.NewSearchAttributeKeyKeyword(TenantAttribute)
	jobKey     = temporal.NewSearchAttributeKeyKeyword(JobAttribute)
	outcomeKey = temporal.NewSearchAttributeKeyKeyword(OutcomeAttribute)
	lateKey    = temporal.NewSearchAttributeKeyBool(LateAttribute)
	plannedKey = temporal.NewSearchAttributeKeyTime("TemporalScheduledStartTime") // Temporal's own, of what a schedule starts
)

// TenantDayID is the id of the workflow of a tenant's day: of one that a job has more than once a day, each has its own.
func TenantDayID(a Ask) string { return a.Lake + "/" + a.Tenant + "/" + a.Job + "/" + minute(a.Now) }

// BackfillID is the id of the workflow of a backfill.
func BackfillID(in BackfillInput) string {
	return in.Lake + "/" + in.Tenant + "/backfill/" + minute(in.From) + "/" + minute(in.To)
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02T15:04Z") }

// child is how a workflow starts another. One that is stopped asks its children to end, and waits until their locks are free;
// of one that is gone they are asked to end too. What has ended may be begun again: it reads what is due by then.
func child(ctx workflow.Context, id string) workflow.Context {
	return workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID: id, WaitForCancellation: true,
		ParentClosePolicy:     enums.PARENT_CLOSE_POLICY_REQUEST_CANCEL,
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	})
}

// tenantDay has a child carry out a tenant's day. One of the same id that is under way is waited for as for a lock. The error
// is that this workflow was stopped.
func (w *Workflows) tenantDay(ctx workflow.Context, id string, a Ask) (res TenantDayResult, err error) {
	for try := 0; ; try++ {
		err = workflow.ExecuteChildWorkflow(child(ctx, id), TenantDayWorkflow, a).Get(ctx, &res)
		if !temporal.IsWorkflowExecutionAlreadyStartedError(err) || try >= w.Policy.LockedTries {
			break
		}
		if err := workflow.Sleep(ctx, w.Policy.Locked); err != nil {
			return res, err
		}
	}
	switch {
	case err == nil || ResultOf(err, &res):
		return res, nil
	case ctx.Err() != nil:
		return res, ctx.Err()
	case temporal.IsWorkflowExecutionAlreadyStartedError(err):
		return TenantDayResult{Tenant: a.Tenant, Outcome: Unavailable}, nil
	default: // terminated, or cancelled by somebody
		return TenantDayResult{Tenant: a.Tenant, Outcome: Failed}, nil
	}
}

// ResultOf takes the result out of the error of a workflow that has failed with one, or of an activity.
func ResultOf(err error, result any) bool {
	e, ok := errors.AsType[*temporal.ApplicationError](err)
	return ok && e.HasDetails() && e.Details(result) == nil
}

// KindOf is the kind of an activity's error, as reports have it.
func KindOf(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return cmp.Or(e.Type(), "failed")
	}
	if _, ok := errors.AsType[*temporal.TimeoutError](err); ok {
		return "unavailable"
	}
	return "failed"
}

// failed is the error of a workflow that could do nothing: red in Temporal's own page.
func failed(kind, needs string, result any) error {
	message := kind
	if needs != "" {
		message += ": " + needs
	}
	return temporal.NewApplicationErrorWithOptions(message, kind, temporal.ApplicationErrorOptions{NonRetryable: true, Details: []any{result}})
}

// askingFailed is the error of a workflow that could not even ask what is to be done.
func askingFailed(ctx workflow.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
