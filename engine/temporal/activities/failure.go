package activities

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"

	"graphlake/engine/temporal/workflows"
	"graphlake/extract/graph"
	"graphlake/internal/cli"
	"graphlake/internal/foreign"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// never is the delay of what is not tried again.
const never = -1 * time.Second

// failure is an error as Temporal's store may have it: its type is the kind, its text says what is needed, and the result is
// what workflows keep of it when its tries have run out.
func failure(r workflows.UnitResult, again time.Duration) error {
	if r.Needs == "" {
		r.Needs = needOf(r.Kind)
	}
	if r.Outcome == "" {
		r.Outcome = workflows.OutcomeOf(r.Kind)
	}
	if r.Detail == "" {
		r.Detail = string(r.Outcome)
	}
	text := r.Kind
	if r.Needs != "" {
		text += ": " + r.Needs
	}
	o := temporal.ApplicationErrorOptions{NonRetryable: again == never, Details: []any{r}}
	if again > 0 {
		o.NextRetryDelay = again
	}
	return temporal.NewApplicationErrorWithOptions(text, r.Kind, o)
}

// What a round answers that is not, or not any more. Then the workflow begins another.
var (
	errStopped = failure(workflows.UnitResult{Kind: workflows.KindStopped}, never)
	errGone    = failure(workflows.UnitResult{Kind: workflows.KindGone}, never)
)

// needOf is what is needed against an error of a kind: a sentence of ours.
func needOf(kind string) string {
	switch kind {
	case workflows.KindStopped:
		return "another worker: this one is being stopped"
	case workflows.KindGone:
		return "another round: the worker does not have this one, or not any more"
	}
	return cli.NeedOf(kind)
}

// shown is the error of an activity as Temporal may have it. What is not of this package is told here, and only here.
func (a *Activities) shown(ctx context.Context, name string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return err
	}
	if ctx.Err() != nil { // Temporal has cancelled it, and wants to hear just that
		return ctx.Err()
	}
	kind := cli.KindOf(err)
	a.log().WarnContext(ctx, "an activity has failed", "activity", name, "kind", kind, "error", foreign.Printable(err.Error()))
	return failure(workflows.UnitResult{Kind: kind, Outcome: outcomeOf(cli.ExitStatus(err))}, a.again(ctx, kind, err))
}

// again is when what is not the fault of one unit is tried again: what may be over in a while.
func (a *Activities) again(ctx context.Context, kind string, err error) time.Duration {
	switch kind {
	case "throttled", "unavailable", "incomplete", "clock", "interrupted":
		var asked time.Duration
		if e, ok := errors.AsType[*graph.Error](err); ok {
			asked = e.RetryAfter
		}
		return a.policy.Delay(attempt(ctx), asked)
	}
	return never
}

// said is what a panic says, for the log.
func said(p any) string { return foreign.Printable(fmt.Sprint(p)) }

// outcomeOf is the outcome that an exit status of graphlake says.
func outcomeOf(status int) workflows.Outcome {
	switch status {
	case 0:
		return workflows.Done
	case 2:
		return workflows.Usage
	case 3:
		return workflows.Forbidden
	case 4:
		return workflows.Incomplete
	case 75:
		return workflows.Unavailable
	}
	return workflows.Failed
}

// resultOf is what became of a unit, without what its error says.
func resultOf(u plan.Unit, rep jobs.UnitReport) workflows.UnitResult {
	one := jobs.Report{Status: rep.Outcome, Units: []jobs.UnitReport{rep}}
	r := workflows.UnitResult{
		Tenant: rep.Tenant, Dataset: rep.Dataset, From: rep.From, To: rep.To,
		Outcome: outcomeOf(cli.ReportStatus(one, nil)), Detail: string(rep.Outcome),
		Records: rep.Records, Requests: rep.Requests, Written: rep.Written,
	}
	if rep.Error != nil {
		r.Kind, r.Needs = rep.Error.Kind, needOf(rep.Error.Kind)
		if r.Kind == graph.Unauthorized.String() && rep.Outcome == state.Forbidden {
			r.Needs = unauthorizedNeeds(u, one)
		}
	}
	return r
}

// unauthorizedNeeds names what a dataset takes: of who has no token also the permissions, for they may lack too.
func unauthorizedNeeds(u plan.Unit, rep jobs.Report) string {
	what := "the application permission " + permissions(u.Dataset.Requirements()) + ", with admin consent"
	if u.Tenant.Person {
		what = "the delegated permission " + permissions(u.Dataset.Requirements()) + ", which whoever signs in consents to"
	}
	for _, c := range rep.Causes() {
		if c.Cure == jobs.Consent || c.Cure == jobs.SignIn {
			return what
		}
	}
	return "credentials that Entra accepts, and " + what
}

// permissions are what meets requirements, as "A or B, and C".
func permissions(all []schemas.Requirement) string {
	var texts []string
	for _, r := range all {
		names := make([]string, len(r))
		for i, p := range r {
			names[i] = string(p)
		}
		texts = append(texts, strings.Join(names, " or "))
	}
	return strings.Join(texts, ", and ")
}
