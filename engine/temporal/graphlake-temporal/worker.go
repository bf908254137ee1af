package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"graphlake/engine/temporal/activities"
	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
)

type workerCommand struct {
	Tenants int           `default:"8" help:"How many tenants it reads at once, of each of which it has all requests; 0: none, so that it only derives parts of replays."`
	Parts   int           `default:"2" help:"How many parts of replays it derives at once; 0: none."`
	Listen  string        `placeholder:"HOST:PORT" help:"Serve /healthz there: 200, or 503 when Temporal does not answer or the worker ends; and /metrics for Prometheus (default: nowhere). There is no sign-in."`
	Grace   time.Duration `default:"5m" help:"How long units that are under way have to end when the worker is told to."`
	policyFlags
}

// policyFlags are for tests, which cannot wait for hours.
type policyFlags struct {
	RetryFirst       time.Duration `hidden:"" help:"Until a unit is tried for the second time."`
	RetryMost        time.Duration `hidden:"" help:"Between two tries of a unit."`
	RetryWithin      time.Duration `hidden:"" help:"Of all tries of a unit."`
	RetryLocked      time.Duration `hidden:"" help:"Until what is locked is asked for again."`
	RetryLockedTries int           `hidden:"" help:"How often it is."`
	Heartbeat        time.Duration `hidden:"" help:"After which a worker that says nothing counts as dead."`
	Patience         time.Duration `default:"3m" hidden:"" help:"How long the product itself tries a request again."`
}

// policy is the usual one with what the flags change.
func (f policyFlags) policy() workflows.Policy {
	p := workflows.DefaultPolicy()
	for to, given := range map[*time.Duration]time.Duration{
		&p.First: f.RetryFirst, &p.Most: f.RetryMost, &p.Within: f.RetryWithin, &p.Locked: f.RetryLocked, &p.Heartbeat: f.Heartbeat,
	} {
		if given > 0 {
			*to = given
		}
	}
	if f.RetryLockedTries > 0 {
		p.LockedTries = f.RetryLockedTries
	}
	return p
}

const (
	tenantMemory  = 150 << 20 // a tenant, or a part, takes at most, as the product promises
	activitySlots = 10        // that a tenant takes: its units, what opens and closes a run, what holds it
	otherSlots    = 16        // of what is asked before and after
	sessionsEnd   = 3 * time.Second
	lastEnd       = 30 * time.Second // until what is still held is given up: the locks end with the process, or soon after
)

// Run stays until it is told to end: by a signal, after which units under way have the grace to end, and Temporal gives what
// is left to other workers.
func (w workerCommand) Run(ctx context.Context, c *command) (err error) {
	if w.Tenants < 0 || w.Parts < 0 {
		return cli.Usage(fmt.Errorf("--tenants %d, --parts %d: both are numbers from 0 on", w.Tenants, w.Parts))
	}
	if w.Tenants+w.Parts == 0 {
		return cli.Usage(errors.New("a worker without --tenants and without --parts has nothing to do: give one of them"))
	}
	if os.Getenv("GOMEMLIMIT") == "" { // near it, which is no hard limit, memory is collected more often
		debug.SetMemoryLimit(int64(w.Tenants+w.Parts)*tenantMemory + tenantMemory)
	}
	o := c.options()
	o.Patience, o.Scraped = w.Patience, w.Listen != ""
	engine, err := cli.NewEngine(ctx, o)
	if err != nil {
		return err
	}
	defer engine.Close(ctx)
	log := engine.Log()
	options, err := clientOptions(log)
	if err != nil {
		return err
	}
	options.MetricsHandler = newMetrics(ctx, engine.Meter("go.temporal.io/sdk"))
	t, err := connect(ctx, options)
	if err != nil {
		return err
	}
	defer t.Close()
	if w.Tenants > 0 {
		if err := t.ensureAttributes(ctx, log); err != nil {
			return err
		}
	}
	ctx, failed := context.WithCancelCause(ctx)
	defer failed(nil)
	h := newHealth(t, w.policy().Heartbeat)
	stopped, err := h.start(ctx, w.Listen, engine.Metrics(), log)
	if err != nil {
		return err
	}
	s := &servant{command: w, lake: engine.LakeName(), policy: w.policy(), log: log, activities: activities.New(engine, w.policy()), failed: failed}
	if err := s.start(t.Client); err != nil {
		return err
	}
	h.letGo = s.activities.LetGo
	go h.watch(ctx)
	log.InfoContext(ctx, "worker is there", "address", t.address, "namespace", t.namespace, "version", cli.Version(), "lake", engine.LakeName(), "tenants", w.Tenants, "parts", w.Parts)
	select {
	case <-ctx.Done():
	case err := <-stopped:
		failed(err)
	}
	h.ends.Store(true)
	s.end(context.WithoutCancel(ctx))
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// servant is what a worker process has registered with Temporal.
type servant struct {
	command    workerCommand
	lake       string
	policy     workflows.Policy
	log        *slog.Logger
	activities *activities.Activities
	failed     context.CancelCauseFunc // by an error that no trying again mends

	gate    gate
	workers []worker.Worker
}

// start begins to ask Temporal for work.
func (s *servant) start(c client.Client) error {
	o := worker.Options{
		EnableSessionWorker: true, MaxConcurrentSessionExecutionSize: s.command.Tenants,
		MaxConcurrentActivityExecutionSize: s.command.Tenants*activitySlots + otherSlots,
		MaxHeartbeatThrottleInterval:       s.policy.Heartbeat / 6, // by the answer to a heartbeat an activity learns that it was cancelled
		WorkerStopTimeout:                  sessionsEnd,
		Interceptors:                       []interceptor.WorkerInterceptor{&s.gate},
		DeploymentOptions:                  worker.DeploymentOptions{Version: worker.WorkerDeploymentVersion{DeploymentName: "graphlake", BuildID: cli.Version()}},
		OnFatalError:                       func(err error) { s.failed(fmt.Errorf("the worker: %w", err)) },
	}
	if s.command.Tenants > 0 {
		w := worker.New(c, workflows.Queue(s.lake), o)
		(&workflows.Workflows{Policy: s.policy}).Register(w)
		s.activities.Register(w)
		s.workers = append(s.workers, w)
	}
	if s.command.Parts > 0 {
		o.EnableSessionWorker, o.DisableWorkflowWorker, o.MaxConcurrentSessionExecutionSize = false, true, 0
		o.MaxConcurrentActivityExecutionSize = s.command.Parts
		w := worker.New(c, workflows.CPUQueue(s.lake), o)
		s.activities.RegisterReplay(w)
		s.workers = append(s.workers, w)
	}
	for i, w := range s.workers {
		if err := w.Start(); err != nil {
			s.workers = s.workers[:i]
			s.stop()
			return checked(err, "start the worker")
		}
	}
	return nil
}

// end lets what is under way end while nothing begins, and frees all locks. The workers of the SDK are stopped only then: they
// stop one after the other, and the one of the sessions last, which would begin units for as long as the others wait.
func (s *servant) end(ctx context.Context) {
	s.log.InfoContext(ctx, "worker ends: no unit begins, and those under way have the grace", "grace_seconds", s.command.Grace.Seconds())
	s.gate.close()
	graceful, cancel := context.WithTimeout(ctx, s.command.Grace)
	defer cancel()
	s.activities.Drain(graceful)
	s.stop()
	last, cancel := context.WithTimeout(ctx, lastEnd)
	defer cancel()
	if err := s.activities.Close(last); err != nil {
		s.log.WarnContext(ctx, "not every run could be ended: its locks end by themselves", "error", err)
	}
}

func (s *servant) stop() {
	var all sync.WaitGroup
	for _, w := range s.workers {
		all.Go(w.Stop)
	}
	all.Wait()
}

// gate keeps tenants from coming to a worker that ends. Temporal offers them again, to another one.
type gate struct {
	interceptor.WorkerInterceptorBase
	mu     sync.Mutex
	closed bool // guarded by mu
}

// errEnds is tried again, elsewhere.
var errEnds = temporal.NewApplicationError("the worker ends", workflows.KindStopped)

// createSession is the SDK's activity by which a worker takes a tenant in.
const createSession = "internalSessionCreationActivity"

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

// InterceptActivity implements [interceptor.WorkerInterceptor].
func (g *gate) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &entrance{interceptor.ActivityInboundInterceptorBase{Next: next}, g}
}

type entrance struct {
	interceptor.ActivityInboundInterceptorBase
	gate *gate
}

// ExecuteActivity implements [interceptor.ActivityInboundInterceptor].
func (e *entrance) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	e.gate.mu.Lock()
	closed := e.gate.closed
	e.gate.mu.Unlock()
	if closed && activity.GetInfo(ctx).ActivityType.Name == createSession {
		return nil, errEnds
	}
	return e.Next.ExecuteActivity(ctx, in)
}
