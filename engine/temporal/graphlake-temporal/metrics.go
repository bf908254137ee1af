package main

import (
	"context"
	"maps"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.temporal.io/sdk/client"
)

// metrics gives what Temporal's SDK counts to the product's exporters: how long tasks wait, how many slots are free, what fails.
type metrics struct {
	*instruments
	tags map[string]string
	set  metric.MeasurementOption // of the tags
}

// instruments are those of all tags, by their names.
type instruments struct {
	ctx      context.Context
	meter    metric.Meter
	mu       sync.Mutex // of the maps
	counters map[string]metric.Int64Counter
	gauges   map[string]metric.Float64Gauge
	timers   map[string]metric.Float64Histogram
}

// seconds are the bounds of what is timed: from a call to Temporal up to a unit that is read for an hour.
var seconds = []float64{.01, .1, 1, 10, 60, 600, 3600}

// newMetrics is what counts by a meter; without one, nothing does. The SDK gives no context with what it counts: ctx is for all of it.
func newMetrics(ctx context.Context, m metric.Meter) client.MetricsHandler {
	if m == nil {
		return client.MetricsNopHandler
	}
	return metrics{&instruments{
		ctx: context.WithoutCancel(ctx), meter: m, counters: map[string]metric.Int64Counter{}, gauges: map[string]metric.Float64Gauge{}, timers: map[string]metric.Float64Histogram{},
	}, nil, metric.WithAttributeSet(*attribute.EmptySet())}
}

// WithTags implements [client.MetricsHandler]. The queue of a session is named after its process: all of them count as one.
func (m metrics) WithTags(tags map[string]string) client.MetricsHandler {
	all := maps.Clone(m.tags)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, tags)
	var of []attribute.KeyValue
	for name, value := range all {
		if name == "task_queue" && strings.Contains(value, "@") {
			value = "session"
		}
		of = append(of, attribute.String(name, value))
	}
	return metrics{m.instruments, all, metric.WithAttributeSet(attribute.NewSet(of...))}
}

// Counter implements [client.MetricsHandler].
func (m metrics) Counter(name string) client.MetricsCounter {
	return counter{named(m.instruments, m.counters, name, func() (metric.Int64Counter, error) { return m.meter.Int64Counter(name) }), m}
}

// Gauge implements [client.MetricsHandler].
func (m metrics) Gauge(name string) client.MetricsGauge {
	return gauge{named(m.instruments, m.gauges, name, func() (metric.Float64Gauge, error) { return m.meter.Float64Gauge(name) }), m}
}

// Timer implements [client.MetricsHandler].
func (m metrics) Timer(name string) client.MetricsTimer {
	return timer{named(m.instruments, m.timers, name, func() (metric.Float64Histogram, error) {
		return m.meter.Float64Histogram(name, metric.WithUnit("s"), metric.WithExplicitBucketBoundaries(seconds...))
	}), m}
}

// named is the instrument of a name, made when it is first asked for. With an error there is one, too, which counts nothing.
func named[I any](of *instruments, all map[string]I, name string, create func() (I, error)) I {
	of.mu.Lock()
	defer of.mu.Unlock()
	i, known := all[name]
	if !known {
		i, _ = create()
		all[name] = i
	}
	return i
}

type counter struct {
	metric.Int64Counter
	metrics
}

func (c counter) Inc(n int64) { c.Add(c.ctx, n, c.set) }

type gauge struct {
	metric.Float64Gauge
	metrics
}

func (g gauge) Update(x float64) { g.Record(g.ctx, x, g.set) }

type timer struct {
	metric.Float64Histogram
	metrics
}

func (t timer) Record(d time.Duration) { t.Float64Histogram.Record(t.ctx, d.Seconds(), t.set) }
