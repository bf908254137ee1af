package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"graphlake/engine/temporal/workflows"
)

// start is when the workflows of the tests begin.
var start = time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC)

// rig is Temporal's test suite, in skipped time, with workers and a product that do what a test says. Its session activities
// are pending as long as a session is there, as the real ones are; the suite's own end at once, and so no worker of them dies.
type rig struct {
	*testsuite.TestWorkflowEnvironment
	t  *testing.T
	mu sync.Mutex

	// What the test says. Each may be nil.
	worker func(n int) string // that takes the nth session, from 1 on; empty: none does, until the creation times out; dying: one that says nothing more
	open   func(a workflows.Ask, worker string) (workflows.Opened, error)
	unit   func(u workflows.UnitAsk, attempt int) (workflows.UnitResult, error)
	takes  time.Duration // that each unit takes
	ended  workflows.Outcome

	sessions map[string][]byte // the tokens of the activities that stand for open sessions, by worker
	holds    map[string][]byte // of Hold, by key
	closed   map[string]bool   // keys
	taken    int
	log      []string // what the product was asked for, in order
	begun    map[workflows.Unit]time.Time
	underWay map[string]int // units, by dataset
	most     int            // datasets with a unit under way
	overlap  []string       // datasets with two

	attributes []string // what was set of search attributes, and when
}

// watch notes what the workflows set of search attributes.
type watch struct {
	interceptor.WorkerInterceptorBase
	r *rig
}

func (w *watch) InterceptWorkflow(ctx workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &watchIn{interceptor.WorkflowInboundInterceptorBase{Next: next}, w.r}
}

type watchIn struct {
	interceptor.WorkflowInboundInterceptorBase
	r *rig
}

func (w *watchIn) Init(next interceptor.WorkflowOutboundInterceptor) error {
	return w.Next.Init(&watchOut{interceptor.WorkflowOutboundInterceptorBase{Next: next}, w.r})
}

type watchOut struct {
	interceptor.WorkflowOutboundInterceptorBase
	r *rig
}

func (w *watchOut) UpsertTypedSearchAttributes(ctx workflow.Context, all ...temporal.SearchAttributeUpdate) error {
	var set []string
	for key, value := range temporal.NewSearchAttributes(all...).GetUntypedValues() {
		set = append(set, fmt.Sprintf("%s=%v", key.GetName(), value))
	}
	slices.Sort(set)
	w.r.attributes = append(w.r.attributes, workflow.Now(ctx).UTC().Format("2006-01-02T15:04 ")+strings.Join(set, " "))
	return w.Next.UpsertTypedSearchAttributes(ctx, all...)
}

func newRig(t *testing.T, p workflows.Policy) *rig {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	r := &rig{
		TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t, takes: time.Minute, ended: workflows.Done,
		sessions: map[string][]byte{}, holds: map[string][]byte{}, closed: map[string]bool{}, begun: map[workflows.Unit]time.Time{}, underWay: map[string]int{},
	}
	r.SetStartTime(start)
	r.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&watch{r: r}}})
	w := &workflows.Workflows{Policy: p}
	w.Register(r)
	for name, f := range map[string]any{
		"internalSessionCreationActivity": r.createSession, "internalSessionCompletionActivity": r.completeSession,
		workflows.OpenActivity: r.openRun, workflows.HoldActivity: r.holdRun, workflows.UnitActivity: r.readUnit, workflows.CloseActivity: r.closeRun,
	} {
		r.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name})
	}
	return r
}

// day carries out a tenant's day, and gives its result, also if it has failed with one.
func (r *rig) day(a workflows.Ask) (res workflows.TenantDayResult, err error) {
	r.t.Helper()
	return result[workflows.TenantDayResult](r, workflows.TenantDayWorkflow, a)
}

func result[T any](r *rig, name string, in any) (res T, err error) {
	r.t.Helper()
	r.ExecuteWorkflow(name, in)
	if !r.IsWorkflowCompleted() {
		r.t.Fatal("the workflow has not ended")
	}
	if err = r.GetWorkflowError(); err == nil {
		err = r.GetWorkflowResult(&res)
	} else {
		workflows.ResultOf(err, &res)
	}
	return res, err
}

func (r *rig) note(format string, args ...any) { r.log = append(r.log, fmt.Sprintf(format, args...)) }

func (r *rig) noted() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.log)
}

func (r *rig) createSession(ctx context.Context, session string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken++
	info := activity.GetInfo(ctx)
	worker := "first"
	if info.TaskQueue != "default-test-taskqueue__internal_session_creation" { // it was made again, where it was
		worker = info.TaskQueue
	}
	if r.worker != nil {
		worker = r.worker(r.taken)
	}
	if worker == "" {
		r.note("session %d: nobody", r.taken)
		token := info.TaskToken
		r.RegisterDelayedCallback(func() { r.fail(token, temporal.NewTimeoutError(enums.TIMEOUT_TYPE_SCHEDULE_TO_START, nil)) }, scheduleToStart(info.TaskQueue))
		return activity.ErrResultPending
	}
	r.note("session %d: %s", r.taken, worker)
	if worker == dying {
		token := info.TaskToken
		r.RegisterDelayedCallback(func() { r.fail(token, temporal.NewHeartbeatTimeoutError()) }, time.Minute)
		return activity.ErrResultPending
	}
	r.sessions[worker] = info.TaskToken
	r.SignalWorkflow(session, map[string]string{"Taskqueue": worker, "HostName": worker, "ResourceID": worker})
	return activity.ErrResultPending
}

// dying is a worker that has taken a tenant, and is gone before it could say so.
const dying = "dying"

// scheduleToStart is what the workflow has said of the queue: the suite does not know this timeout.
func scheduleToStart(queue string) time.Duration {
	if queue == "default-test-taskqueue__internal_session_creation" {
		return 12 * time.Hour
	}
	return 2 * time.Minute
}

func (r *rig) fail(token []byte, err error) {
	if err := r.CompleteActivity(token, nil, err); err != nil {
		r.t.Error(err)
	}
}

func (r *rig) completeSession(ctx context.Context, _ string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	worker := activity.GetInfo(ctx).TaskQueue
	r.note("session over: %s", worker)
	delete(r.sessions, worker)
	return nil
}

// kill is what the server does when a worker has sent no heartbeat: its session has failed, and nothing of it answers.
func (r *rig) kill(worker string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.note("killed: %s", worker)
	token := r.sessions[worker]
	delete(r.sessions, worker)
	r.fail(token, temporal.NewHeartbeatTimeoutError())
}

func (r *rig) openRun(ctx context.Context, a workflows.Ask) (workflows.Opened, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	worker := activity.GetInfo(ctx).TaskQueue
	r.note("open on %s: %v", worker, a.Datasets)
	return r.open(a, worker)
}

func (r *rig) holdRun(ctx context.Context, h workflows.Held) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed[h.Key] {
		return nil
	}
	r.note("hold")
	r.holds[h.Key] = activity.GetInfo(ctx).TaskToken
	return activity.ErrResultPending
}

func (r *rig) closeRun(ctx context.Context, h workflows.Held) (workflows.Closed, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.note("close on %s", activity.GetInfo(ctx).TaskQueue)
	r.closed[h.Key] = true
	if token := r.holds[h.Key]; token != nil {
		r.fail(token, nil)
	}
	return workflows.Closed{Run: h.Key, Outcome: r.ended}, nil
}

// errNever is of a unit whose worker dies with it.
var errNever = errors.New("no answer")

func (r *rig) readUnit(ctx context.Context, u workflows.UnitAsk) (workflows.UnitResult, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	info := activity.GetInfo(ctx)
	if _, ok := r.begun[u.Unit]; !ok {
		r.begun[u.Unit] = r.Now()
	}
	r.note("%s %02d, try %d", u.Unit.Dataset, u.Unit.Index, info.Attempt)
	res := done(u.Unit)
	var err error
	if r.unit != nil {
		res, err = r.unit(u, int(info.Attempt))
	}
	if err != nil && !errors.Is(err, errNever) {
		return res, err
	}
	r.underWay[u.Unit.Dataset]++
	if r.underWay[u.Unit.Dataset] > 1 {
		r.overlap = append(r.overlap, u.Unit.Dataset)
	}
	n := 0
	for _, units := range r.underWay {
		n += min(units, 1)
	}
	r.most = max(r.most, n)
	if err == nil {
		token := info.TaskToken
		r.RegisterDelayedCallback(func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.underWay[u.Unit.Dataset]--
			if err := r.CompleteActivity(token, res, nil); err != nil {
				r.t.Error(err)
			}
		}, r.takes)
	}
	return res, activity.ErrResultPending
}

func done(u workflows.Unit) workflows.UnitResult {
	return workflows.UnitResult{Dataset: u.Dataset, From: u.From, To: u.To, Outcome: workflows.Done, Detail: "data", Records: 10, Requests: 2, Attempts: 1}
}

// failed is how the activities say that something has failed.
func failed(kind string, after time.Duration, retry bool) error {
	return temporal.NewApplicationErrorWithOptions(kind, kind, temporal.ApplicationErrorOptions{NonRetryable: !retry, NextRetryDelay: after})
}

// plan is n units, of a day each, of each dataset.
func plan(n int, datasets ...string) (all []workflows.Unit) {
	for _, d := range datasets {
		for i := range n {
			from := start.Truncate(24*time.Hour).AddDate(0, 0, i-n)
			all = append(all, workflows.Unit{Index: len(all), Dataset: d, From: from, To: from.AddDate(0, 0, 1)})
		}
	}
	return all
}

// opens opens what is asked for with units of a plan, but for those that have been read.
func opens(all []workflows.Unit) func(workflows.Ask, string) (workflows.Opened, error) {
	return func(a workflows.Ask, _ string) (workflows.Opened, error) {
		o := workflows.Opened{Run: a.Key}
		for _, u := range all {
			if len(a.Datasets) == 0 || slices.Contains(a.Datasets, u.Dataset) {
				o.Units = append(o.Units, u)
			}
		}
		return o, nil
	}
}

func ask() workflows.Ask {
	return workflows.Ask{Lake: "lake", Tenant: "contoso", Job: "nightly", Now: start}
}

// once checks that the result has exactly these units, each once.
func (r *rig) once(res workflows.TenantDayResult, units []workflows.Unit) {
	r.t.Helper()
	var got, want []string
	for _, u := range res.Units {
		got = append(got, u.Dataset+" "+u.From.Format(time.DateOnly))
		if u.Tenant != "contoso" {
			r.t.Errorf("a unit of the tenant %q", u.Tenant)
		}
	}
	for _, u := range units {
		want = append(want, u.Dataset+" "+u.From.Format(time.DateOnly))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.t.Errorf("units of the result\n%q, want\n%q", got, want)
	}
}
