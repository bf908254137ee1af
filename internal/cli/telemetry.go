package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	nometric "go.opentelemetry.io/otel/metric/noop"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	notrace "go.opentelemetry.io/otel/trace/noop"

	"graphlake/internal/foreign"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
)

// flushTimeout is how long the end of the command waits for a collector that is slow or down.
const flushTimeout = 5 * time.Second

// telemetry is what a collector is told, where the standard variables name one, and whoever asks for it here.
type telemetry struct {
	instruments *jobs.Telemetry      // nil: nobody is told
	meters      metric.MeterProvider // what instruments count by; nil: nobody is told
	scrape      http.Handler         // the metrics in Prometheus' format; nil: nobody may ask
	log         *slog.Logger
	closes      []func(context.Context) error
}

// newTelemetry sends spans and metrics where OTEL_EXPORTER_OTLP_ENDPOINT and its kind say, and keeps metrics for whoever scrapes
// them, if somebody may. Nothing of it is global but the handler of errors, so that the libraries, whose spans have URLs in them, stay silent.
func newTelemetry(ctx context.Context, log *slog.Logger, scraped bool) (*telemetry, error) {
	t := &telemetry{log: log}
	spans, err := wanted("TRACES")
	if err != nil {
		return nil, usage(err)
	}
	metrics, err := wanted("METRICS")
	if err != nil || !spans && !metrics && !scraped {
		return t, usage(err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { t.notDelivered(ctx, err) }))
	of, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "graphlake"), attribute.String("service.version", Version())),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, usage(err)
	}
	tracers, meters := trace.TracerProvider(notrace.NewTracerProvider()), metric.MeterProvider(nometric.NewMeterProvider())
	if spans {
		if tracers, err = t.spans(ctx, of); err != nil {
			return nil, usage(err)
		}
	}
	if metrics || scraped {
		if meters, err = t.metrics(ctx, of, metrics, scraped); err != nil {
			return nil, usage(err)
		}
	}
	t.meters = meters
	t.instruments, err = jobs.NewTelemetry(tracers, meters)
	return t, err
}

func (t *telemetry) spans(ctx context.Context, of *resource.Resource) (trace.TracerProvider, error) {
	to, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, err
	}
	p := sdktrace.NewTracerProvider(sdktrace.WithResource(of), sdktrace.WithBatcher(to))
	t.closes = append(t.closes, p.Shutdown)
	return p, nil
}

func (t *telemetry) metrics(ctx context.Context, of *resource.Resource, sent, scraped bool) (metric.MeterProvider, error) {
	options := []sdkmetric.Option{sdkmetric.WithResource(of)}
	if sent {
		to, err := otlpmetrichttp.New(ctx)
		if err != nil {
			return nil, err
		}
		options = append(options, sdkmetric.WithReader(sdkmetric.NewPeriodicReader(to)))
	}
	if scraped {
		kept := prometheus.NewRegistry()
		reader, err := exporter.New(exporter.WithRegisterer(kept), exporter.WithoutScopeInfo())
		if err != nil {
			return nil, err
		}
		t.scrape = promhttp.HandlerFor(kept, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
		options = append(options, sdkmetric.WithReader(reader))
	}
	p := sdkmetric.NewMeterProvider(options...)
	t.closes = append(t.closes, p.Shutdown)
	return p, nil
}

// wanted says by the standard variables whether a signal is to be sent.
func wanted(signal string) (bool, error) {
	of := func(name string) string {
		return cmp.Or(os.Getenv("OTEL_EXPORTER_OTLP_"+signal+"_"+name), os.Getenv("OTEL_EXPORTER_OTLP_"+name))
	}
	exporter := "OTEL_" + signal + "_EXPORTER"
	switch protocol := of("PROTOCOL"); {
	case of("ENDPOINT") == "", os.Getenv(exporter) == "none", strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true"):
		return false, nil
	case !slices.Contains([]string{"", "otlp"}, os.Getenv(exporter)):
		return false, fmt.Errorf("%s is %q: there are otlp and none", exporter, os.Getenv(exporter))
	case protocol != "" && protocol != "http/protobuf":
		return false, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL is %q: there is http/protobuf, whose port is mostly 4318", protocol)
	case of("CLIENT_KEY") != "": // which the exporter reads, whoever else can
		return true, collectorKey.Try(of("CLIENT_KEY"))
	}
	return true, nil
}

// observe tells how far every configured dataset of some tenants is, whether it has just run or not.
func (t *telemetry) observe(ctx context.Context, cfg *config, store state.Store, tenants []plan.Tenant) {
	if t.instruments == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTimeout)
	defer cancel()
	all, err := datasets(nil, cfg)
	if err == nil {
		err = t.instruments.Observe(ctx, store, plan.Selection{Tenants: tenants, Datasets: all})
	}
	if err != nil {
		t.log.WarnContext(ctx, "how far the datasets are could not be read for telemetry", "error", err)
	}
}

// close sends what was not sent yet. A collector that does not take it costs some seconds and a warning.
func (t *telemetry) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTimeout)
	defer cancel()
	errs := make([]error, len(t.closes))
	var all sync.WaitGroup
	for i, end := range t.closes {
		all.Go(func() { errs[i] = end(ctx) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.notDelivered(ctx, err)
	}
}

// notDelivered warns of what the exporters say, who quote the collector's answer.
func (t *telemetry) notDelivered(ctx context.Context, err error) {
	t.log.WarnContext(ctx, "telemetry is not delivered", "error", foreign.Error(err))
}
