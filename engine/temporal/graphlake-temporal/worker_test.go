package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
)

func TestPolicyFlags(t *testing.T) {
	if got := (policyFlags{}).policy(); got != workflows.DefaultPolicy() {
		t.Errorf("without flags %+v", got)
	}
	got := policyFlags{RetryFirst: 1, RetryMost: 2, RetryWithin: 3, RetryLocked: 4, RetryLockedTries: 5, Heartbeat: 6}.policy()
	if want := (workflows.Policy{First: 1, Most: 2, Within: 3, Locked: 4, LockedTries: 5, Heartbeat: 6}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// A worker that ends takes no tenant in, which Temporal tries elsewhere, and does what else it is asked for.
func TestGate(t *testing.T) {
	var g gate
	for _, c := range []struct {
		name   string
		closed bool
	}{{createSession, false}, {"Unit", false}, {createSession, true}, {"Unit", true}} {
		if c.closed {
			g.close()
		}
		var s testsuite.WorkflowTestSuite
		env := s.NewTestActivityEnvironment()
		env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&g}})
		env.RegisterActivityWithOptions(func(context.Context) error { return nil }, activity.RegisterOptions{Name: c.name})
		_, err := env.ExecuteActivity(c.name)
		if refused := c.closed && c.name == createSession; refused != (err != nil) {
			t.Errorf("%s, closed %v: %v", c.name, c.closed, err)
		}
		if failed, ok := errors.AsType[*temporal.ApplicationError](err); err != nil && (!ok || failed.NonRetryable() || failed.Type() != workflows.KindStopped) {
			t.Errorf("%v is not tried elsewhere", err)
		}
	}
}

// asked is Temporal that answers, or not.
type asked struct{ away atomic.Bool }

func (a *asked) CheckHealth(context.Context, *client.CheckHealthRequest) (*client.CheckHealthResponse, error) {
	if a.away.Load() {
		return nil, errors.New("away")
	}
	return &client.CheckHealthResponse{}, nil
}

func TestHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &asked{}
		var letGo atomic.Int64
		h := &health{temporal: to, silent: 2 * time.Minute, letGo: func(context.Context) { letGo.Add(1) }}
		h.answered.Store(time.Now().UnixNano())
		ctx, end := context.WithCancel(t.Context())
		go h.watch(ctx)
		is := func(code int, status string) {
			t.Helper()
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/healthz", nil))
			var body struct{ Status, Version string }
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != code || body.Status != status || body.Version == "" {
				t.Errorf("%d %s, %v; want %d %s", w.Code, w.Body, err, code, status)
			}
		}
		time.Sleep(time.Hour)
		is(http.StatusOK, "ok")
		to.away.Store(true)
		time.Sleep(time.Minute)
		is(http.StatusOK, "ok") // a worker has patience
		if letGo.Load() > 0 {
			t.Error("its tenants were let go at once")
		}
		for range 2 { // each time anew
			time.Sleep(10 * time.Minute)
			is(http.StatusServiceUnavailable, "away")
			to.away.Store(false)
			time.Sleep(time.Minute)
			is(http.StatusOK, "ok")
			to.away.Store(true)
		}
		if n := letGo.Load(); n != 2 {
			t.Errorf("its tenants were let go %d times, while Temporal was away twice", n)
		}
		to.away.Store(false)
		time.Sleep(time.Minute)
		h.ends.Store(true)
		is(http.StatusServiceUnavailable, "ends")
		end()
		synctest.Wait()
	})
}

func TestHealthIsServed(t *testing.T) {
	h := &health{temporal: &asked{}, silent: time.Minute}
	h.answered.Store(time.Now().UnixNano())
	var log strings.Builder
	for _, address := range []string{"nowhere", "127.0.0.1:-1"} {
		if _, err := h.start(t.Context(), address, nil, slog.New(slog.DiscardHandler)); exitStatus(err) != cli.ExitUsage || !strings.Contains(err.Error(), "--listen "+address) {
			t.Errorf("%s: %v", address, err)
		}
	}
	metrics := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("counted 1\n")) })
	if _, err := h.start(t.Context(), "127.0.0.1:0", metrics, slog.New(slog.NewTextHandler(&log, nil))); err != nil {
		t.Fatal(err)
	}
	_, address, _ := strings.Cut(strings.TrimSpace(log.String()), "address=")
	for path, want := range map[string]string{"/healthz": `"status":"ok"`, "/metrics": "counted 1"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var body strings.Builder
		if err := answer.Write(&body); err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(body.String(), want) {
			t.Errorf("%s: %v\n%s", path, err, &body)
		}
	}
}

// What the SDK counts is told by the product's exporter, without a name for each process in it.
func TestMetrics(t *testing.T) {
	kept := prometheus.NewRegistry()
	reader, err := exporter.New(exporter.WithRegisterer(kept), exporter.WithoutScopeInfo())
	if err != nil {
		t.Fatal(err)
	}
	m := newMetrics(t.Context(), sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)).Meter("test"))
	of := m.WithTags(map[string]string{"namespace": "calls"})
	for _, queue := range []string{"graphlake", "0b1c@host-1", "9f2d@host-2"} {
		n := of.WithTags(map[string]string{"task_queue": queue})
		n.Counter("temporal_tasks").Inc(2)
		n.Gauge("temporal_slots").Update(3)
		n.Timer("temporal_latency").Record(1500 * time.Millisecond)
	}
	w := httptest.NewRecorder()
	promhttp.HandlerFor(kept, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, want := range []string{
		`temporal_tasks_total{namespace="calls",task_queue="graphlake"} 2`, `temporal_tasks_total{namespace="calls",task_queue="session"} 4`,
		`temporal_slots{namespace="calls",task_queue="session"} 3`, `temporal_latency_seconds_bucket{namespace="calls",task_queue="session",le="10"} 2`,
		`temporal_latency_seconds_sum{namespace="calls",task_queue="graphlake"} 1.5`,
	} {
		if !strings.Contains(w.Body.String(), want+"\n") {
			t.Errorf("no %s in\n%s", want, w.Body)
		}
	}
}
