package jobs

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// Telemetry tells OpenTelemetry what runs do: docs/telemetry.md lists the names. It says kinds of errors and never
// their words, and no id of a record. It is safe for concurrent use; nil tells nobody.
type Telemetry struct {
	tracer trace.Tracer

	requests, throttled, records, rows, bytes, quarantined, misfits, runs metric.Int64Counter

	waited  metric.Float64Counter
	lag     metric.Float64ObservableGauge
	success metric.Int64ObservableGauge
	renewed metric.Int64ObservableGauge

	mu      sync.Mutex // of what follows
	reached map[state.Pair]reached
	signIns map[string]time.Time // by the tenant's name, when its person's tokens were renewed last
}

// reached is what a state says of how far a dataset is.
type reached struct {
	of      metric.MeasurementOption
	to      time.Time // that raw holds; zero if it holds nothing
	success time.Time // when it was read last; zero if it never was
}

const scope = "graphlake"

// NewTelemetry makes the instruments.
func NewTelemetry(spans trace.TracerProvider, metrics metric.MeterProvider) (*Telemetry, error) {
	t := &Telemetry{tracer: spans.Tracer(scope), reached: map[state.Pair]reached{}, signIns: map[string]time.Time{}}
	m := metrics.Meter(scope)
	var errs []error
	counter := func(name, unit, what string) metric.Int64Counter {
		c, err := m.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(what))
		errs = append(errs, err)
		return c
	}
	t.requests = counter("graphlake.requests", "{request}", "Requests sent to Graph, every try counted.")
	t.throttled = counter("graphlake.throttled", "{answer}", "Answers by which Graph has refused because of a limit.")
	t.records = counter("graphlake.records", "{record}", "Records that Graph has of the ranges that were read.")
	t.rows = counter("graphlake.rows", "{row}", "Rows of the tables that were derived, or found as they are.")
	t.bytes = counter("graphlake.bytes", "By", "Bytes of Graph's answers, decompressed.")
	t.quarantined = counter("graphlake.quarantined", "{record}", "Records that could not be read.")
	t.misfits = counter("graphlake.misfits", "{value}", "Values that did not fit their column, and are null there.")
	t.runs = counter("graphlake.runs", "{run}", "Runs, replays, expires and erasures that have ended, by their status.")
	var err error
	t.waited, err = m.Float64Counter("graphlake.waited", metric.WithUnit("s"),
		metric.WithDescription("Time that requests waited for a budget or another try, summed over requests."))
	errs = append(errs, err)
	t.lag, err = m.Float64ObservableGauge("graphlake.lag", metric.WithUnit("s"), metric.WithDescription("Time from how far raw reaches to now."))
	errs = append(errs, err)
	t.success, err = m.Int64ObservableGauge("graphlake.last_success", metric.WithUnit("s"), metric.WithDescription("When a dataset was read last, in Unix time."))
	errs = append(errs, err)
	t.renewed, err = m.Int64ObservableGauge("graphlake.token_refreshed", metric.WithUnit("s"),
		metric.WithDescription("When the tokens of the person who is signed in to a tenant were renewed last, in Unix time."))
	errs = append(errs, err)
	_, err = m.RegisterCallback(t.observe, t.lag, t.success, t.renewed)
	return t, errors.Join(append(errs, err)...)
}

// Observe reads from the states how far the datasets of a selection are, and when tokens were renewed. What it has found is told until it is
// called again, and the lag grows meanwhile; so it is called after every run.
func (t *Telemetry) Observe(ctx context.Context, store load.Store, s plan.Selection) error {
	if t == nil {
		return nil
	}
	known, err := state.LoadAll(ctx, store, s.Pairs())
	if err != nil {
		return err
	}
	signIns := map[string]time.Time{}
	for _, tenant := range s.Tenants {
		if !tenant.Person {
			continue
		}
		known, err := state.LoadSignIn(ctx, store, tenant.ID)
		if err != nil {
			return err
		}
		if !known.Renewed.IsZero() {
			signIns[tenant.Name] = known.Renewed
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.Copy(t.signIns, signIns)
	for _, tenant := range s.Tenants {
		for _, d := range tenant.Datasets(s.Datasets) {
			pair := state.Pair{TenantID: tenant.ID, Dataset: d.Name}
			st := known[pair]
			r := reached{of: metric.WithAttributes(whose(tenant.Name, d.Name)...), to: st.Coverage.End()}
			for _, c := range st.Coverage {
				if c.Held() {
					r.success = schemas.Later(r.success, c.Read)
				}
			}
			t.reached[pair] = r
		}
	}
	return nil
}

func (t *Telemetry) observe(_ context.Context, o metric.Observer) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.reached {
		if !r.to.IsZero() {
			o.ObserveFloat64(t.lag, max(time.Since(r.to).Seconds(), 0), r.of) // a picture's day ends after it was taken
		}
		if !r.success.IsZero() {
			o.ObserveInt64(t.success, r.success.Unix(), r.of)
		}
	}
	for tenant, at := range t.signIns {
		o.ObserveInt64(t.renewed, at.Unix(), metric.WithAttributes(attribute.String("graphlake.tenant", tenant)))
	}
	return nil
}

// count adds a unit of a report to the counters.
func (t *Telemetry) count(ctx context.Context, u *UnitReport) {
	if t == nil {
		return
	}
	ctx = context.WithoutCancel(ctx) // what was done before a run was stopped counts
	attrs := whose(u.Tenant, u.Dataset)
	of := metric.WithAttributes(attrs...)
	t.requests.Add(ctx, u.Requests, of)
	t.throttled.Add(ctx, u.Throttled, of)
	t.waited.Add(ctx, u.waited.Seconds(), of)
	t.records.Add(ctx, u.Records, of)
	t.bytes.Add(ctx, u.Bytes, of)
	t.quarantined.Add(ctx, u.Quarantined, of)
	for table, n := range u.Rows {
		t.rows.Add(ctx, n, of, metric.WithAttributes(attribute.String("graphlake.table", table)))
	}
	for name, n := range u.Misfits {
		table, column, _ := strings.Cut(name, ".")
		t.misfits.Add(ctx, n, of, metric.WithAttributes(attribute.String("graphlake.table", table), attribute.String("graphlake.column", column)))
	}
}

// countRun adds a run to the counter.
func (t *Telemetry) countRun(ctx context.Context, rep *Report) {
	if t != nil {
		t.runs.Add(context.WithoutCancel(ctx), 1, metric.WithAttributes(attribute.String("graphlake.status", string(rep.Status))))
	}
}

func whose(tenant, dataset string) []attribute.KeyValue {
	return []attribute.KeyValue{attribute.String("graphlake.tenant", tenant), attribute.String("graphlake.dataset", dataset)}
}

// start begins a span.
func (t *Telemetry) start(ctx context.Context, name string, attrs ...attribute.KeyValue) (context.Context, trace.Span) {
	if t == nil {
		return ctx, noop.Span{}
	}
	return t.tracer.Start(ctx, name, trace.WithAttributes(attrs...))
}

// phase begins the span of a part of a unit. That it failed is told; why, the unit says.
func (t *Telemetry) phase(ctx context.Context, name string) (_ context.Context, end func(*error)) {
	ctx, span := t.start(ctx, name)
	return ctx, func(err *error) {
		if *err != nil {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}
