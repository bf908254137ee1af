package jobs

import (
	"cmp"
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"graphlake/jobs/plan"
)

type runKey struct{}

// RunOf is the id of the run that a context belongs to, and "" outside of one. Clients outlive a run
// and serve many, so it is the context that knows which of them a line of the log is about.
func RunOf(ctx context.Context) string {
	id, _ := ctx.Value(runKey{}).(string)
	return id
}

// begin gives a run its id, which the context carries from here on, with the span of what it is.
func (r *Runner) begin(ctx context.Context, what string, rep *Report, s plan.Selection) (context.Context, trace.Span) {
	rep.begin()
	rep.Run = cmp.Or(r.RunID, rep.Run)
	rep.What = what
	r.Progress.name(rep.Run)
	ctx = context.WithValue(ctx, runKey{}, rep.Run)
	ctx, span := r.Telemetry.start(ctx, what, attribute.String("graphlake.run", rep.Run))
	r.Log.InfoContext(ctx, "run begins", "tenants", len(s.Tenants), "datasets", len(s.Datasets))
	return ctx, span
}

// reporting does what a command is asked for, as a run that the lake keeps the report of. Of a dry run it keeps none.
func (r *Runner) reporting(ctx context.Context, what string, s plan.Selection, rep *Report, do func(context.Context)) error {
	if rep.DryRun {
		rep.begin()
		do(ctx)
		rep.conclude()
		rep.Ended = time.Now().UTC().Truncate(time.Millisecond)
		return nil
	}
	ctx, span := r.begin(ctx, what, rep, s)
	do(ctx)
	return r.end(ctx, span, rep)
}

// end gives the report its status and keeps it.
func (r *Runner) end(ctx context.Context, span trace.Span, rep *Report) error {
	rep.conclude()
	endRun(span, rep)
	r.Telemetry.countRun(ctx, rep)
	err := rep.keep(ctx, r.Store, r.Privacy)
	var sum UnitReport
	failed := 0
	for _, u := range rep.Units {
		sum.Requests += u.Requests
		sum.Throttled += u.Throttled
		if u.Error != nil {
			failed++
		}
	}
	r.Log.InfoContext(ctx, "run ended", "status", rep.Status, "units", len(rep.Units), "failed", failed,
		"requests", sum.Requests, "throttled", sum.Throttled, "seconds", rep.Ended.Sub(rep.Started).Seconds())
	return err
}

// ended tells what became of a unit. Of an error it says the kind only: the report has its words.
func (r *Runner) ended(ctx context.Context, span trace.Span, rep *UnitReport) {
	endUnit(span, rep)
	r.Telemetry.count(ctx, rep)
	args := []any{"tenant", rep.Tenant, "dataset", rep.Dataset}
	if !rep.To.IsZero() { // an erasure has no range
		args = append(args, "from", rep.From, "to", rep.To)
	}
	args = append(args, "outcome", rep.Outcome, "records", rep.Records, "held", rep.Held, "written", rep.Written, "unchanged", rep.Unchanged, "requests", rep.Requests, "seconds", rep.Seconds)
	if rep.Error != nil {
		args = append(args, "error", rep.Error.Kind)
	}
	r.Log.InfoContext(ctx, "unit ended", args...)
}
