package jobs

import (
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"graphlake/jobs/state"
)

// endRun says in the span of a run what became of it.
func endRun(span trace.Span, rep *Report) {
	span.SetAttributes(attribute.String("graphlake.status", string(rep.Status)), attribute.Int("graphlake.units", len(rep.Units)))
	switch rep.Status {
	case state.Failed, state.Forbidden, state.Unavailable, state.Interrupted:
		span.SetStatus(codes.Error, string(rep.Status))
	}
	span.End()
}

// endUnit says the same of a unit. Of an error it says the kind.
func endUnit(span trace.Span, u *UnitReport) {
	span.SetAttributes(whose(u.Tenant, u.Dataset)...)
	span.SetAttributes(
		attribute.String("graphlake.from", u.From.UTC().Format(time.RFC3339)),
		attribute.String("graphlake.to", u.To.UTC().Format(time.RFC3339)),
		attribute.String("graphlake.outcome", string(u.Outcome)),
		attribute.Int64("graphlake.records", u.Records),
		attribute.Int64("graphlake.requests", u.Requests),
		attribute.Int64("graphlake.throttled", u.Throttled),
		attribute.Float64("graphlake.waited", u.waited.Seconds()),
		attribute.Int64("graphlake.bytes", u.Bytes),
		attribute.Int64("graphlake.quarantined", u.Quarantined),
		attribute.Int64("graphlake.behind", u.Behind),
		attribute.Int64("graphlake.lost", u.Lost),
		attribute.Int("graphlake.written", u.Written),
		attribute.Int("graphlake.unchanged", u.Unchanged),
	)
	if u.Error != nil {
		span.SetAttributes(attribute.String("error.type", u.Error.Kind))
		span.SetStatus(codes.Error, u.Error.Kind)
	}
	span.End()
}
