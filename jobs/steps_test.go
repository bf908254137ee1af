package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/otel/metric/noop"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
	"graphlake/schemas"
)

// step is the context of one step: it ends with it.
func step[T any](t *testing.T, do func(context.Context) T) T {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	return do(ctx)
}

// begin begins a run, and plans it.
func begin(t *testing.T, r *jobs.Runner, s plan.Selection) (*jobs.Run, plan.Plan) {
	t.Helper()
	run := step(t, func(ctx context.Context) *jobs.Run {
		run, err := jobs.Begin(ctx, r, s)
		if err != nil {
			t.Fatal(err)
		}
		return run
	})
	return run, step(t, func(ctx context.Context) plan.Plan {
		p, err := run.Plan(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return p
	})
}

func end(t *testing.T, run *jobs.Run) jobs.Report {
	t.Helper()
	return step(t, func(ctx context.Context) jobs.Report {
		rep, err := run.End(ctx)
		if err != nil {
			t.Error(err)
		}
		return rep
	})
}

// all reads all units of a plan, those of a dataset one after the other and the datasets side by side.
func all(t *testing.T, run *jobs.Run, p plan.Plan) {
	t.Helper()
	of := map[state.Pair][]int{}
	for i, u := range p.Units {
		of[u.Pair()] = append(of[u.Pair()], i)
	}
	var datasets sync.WaitGroup
	for _, units := range of {
		datasets.Go(func() {
			for _, i := range units {
				step(t, func(ctx context.Context) jobs.UnitReport { return run.Unit(ctx, i) })
			}
		})
	}
	datasets.Wait()
}

// leased is a store whose locks are renewed until the context ends by which they were taken, as those in the cloud are.
// Whatever else it is asked for belongs to a run.
type leased struct {
	state.Store
	mu   sync.Mutex
	runs map[string]bool
}

func (s *leased) Lock(ctx context.Context, name string) (load.Lock, error) {
	l, err := s.Store.Lock(ctx, name)
	return lease{l, ctx}, err
}

type lease struct {
	load.Lock
	renewed context.Context //nolint:containedctx // it is what the lock depends on
}

func (l lease) Held() error {
	if l.renewed.Err() != nil {
		return load.ErrLockLost
	}
	return l.Lock.Held()
}

func (s *leased) Swap(ctx context.Context, name string, base load.Version, data []byte) (load.Version, error) {
	s.mu.Lock()
	s.runs[jobs.RunOf(ctx)] = true
	s.mu.Unlock()
	return cancelable{s.Store}.Swap(ctx, name, base, data)
}

// A run that is taken in steps, each in a context of its own, makes what Runner.Run makes: the same bytes, states and report.
// From its begin to its end it holds its locks and says in the lake that it is alive, and every step belongs to it.
func TestARunInSteps(t *testing.T) {
	datasets := append(slices.Clone(nightly), schemas.CalendarEvents, schemas.ChatMessages)
	sim := func() http.Handler {
		return graphsim.New(graphsim.Options{Users: 8, From: monday, To: monday.Add(2 * schemas.Day), Large: 8, CallsPerUserDay: 1, Now: func() time.Time { return later }})
	}
	whole, r := newRig(t, sim()), newRig(t, sim())
	sel := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: datasets, From: monday, To: monday.Add(2 * schemas.Day)}
	want, err := whole.Run(t.Context(), sel)
	if err != nil {
		t.Fatal(err)
	}

	store := &leased{Store: r.Store, runs: map[string]bool{}}
	r.Store, r.Lake = store, load.New(store, t.TempDir())
	spans := tracetest.NewSpanRecorder()
	r.Telemetry, err = jobs.NewTelemetry(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)), noop.NewMeterProvider())
	if err != nil {
		t.Fatal(err)
	}
	var ticks chan time.Time
	ticks, r.Pulse = byHand()
	run, p := begin(t, &r.Runner, sel)
	if len(run.NotOpen()) > 0 || len(p.Units) != len(want.Units) {
		t.Fatalf("%d units, want %d; not open are %+v", len(p.Units), len(want.Units), run.NotOpen())
	}
	if again, err := run.Plan(t.Context()); err != nil || len(again.Units) != len(p.Units) {
		t.Errorf("planned again are %d units, %v", len(again.Units), err)
	}
	ticks <- time.Now() // somebody listens still
	if beats := heartbeats(t, r.store); len(beats) != 1 || beats[0].Run != run.ID() || beats[0].Units != len(p.Units) {
		t.Errorf("between the steps the lake says %+v", beats)
	}
	if other, err := jobs.Open(t.Context(), &r.Runner, sel); err != nil || len(other.NotOpen()) != len(datasets) {
		t.Errorf("another session has opened something: %v", err)
	}
	all(t, run, p)
	if s := run.Standing(); s.Run != run.ID() || s.All.Done != len(p.Units) || s.All.Requests == 0 {
		t.Errorf("%+v", s)
	}
	got := end(t, run)
	if beats := heartbeats(t, r.store); len(beats) > 0 {
		t.Errorf("in the end the lake says %+v", beats)
	}
	if again := end(t, run); again.Run != got.Run || len(again.Units) != len(got.Units) || !again.Ended.Equal(got.Ended) {
		t.Errorf("ended again: %+v", again)
	}
	if kept, err := jobs.LoadReport(t.Context(), store, run.ID()); err != nil || len(kept.Units) != len(got.Units) || kept.What != "run" {
		t.Errorf("the lake keeps %+v, %v", kept, err)
	}
	sameReport(t, got, want)
	differ(t, "the lake", r.bytes(t), whole.bytes(t))
	for _, d := range datasets {
		if got, want := r.state(t, d), whole.state(t, d); len(got.Asked)+len(got.Dirty) > 0 || !slices.EqualFunc(got.Derived, want.Derived, func(a, b state.Derived) bool { return a.From.Equal(b.From) && a.To.Equal(b.To) }) {
			t.Errorf("%s: %+v", d.Name, got)
		}
	}
	delete(store.runs, "") // of the other session
	if len(store.runs) != 1 || !store.runs[run.ID()] {
		t.Errorf("the lake was written to by %v, want %s", store.runs, run.ID())
	}
	units := 0
	root := spans.Ended()[len(spans.Ended())-1]
	for _, span := range spans.Ended() {
		if span.Name() == "unit" {
			units++
			if span.Parent().SpanID() != root.SpanContext().SpanID() {
				t.Error("a unit's span is not of the run")
			}
		}
	}
	if root.Name() != "run" || units != len(p.Units) {
		t.Errorf("%d spans of units, the last is %s", units, root.Name())
	}
}

// sameReport compares what reports say of their units, but for times and requests: who asks first for what two share differs.
func sameReport(t *testing.T, got, want jobs.Report) {
	t.Helper()
	text := func(rep jobs.Report) (all []string) {
		for _, u := range rep.Units {
			u.Seconds, u.Requests, u.Bytes = 0, 0, 0
			line, err := json.Marshal(u)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(line))
		}
		return append(all, fmt.Sprint(rep.Status, rep.Notes, len(rep.Changes), rep.MoreChanges))
	}
	if got, want := text(got), text(want); !slices.Equal(got, want) {
		t.Errorf("the report\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// ill is a Graph that nobody reaches, or that refuses, until it is well. It counts what it is asked.
type ill struct {
	graph http.Handler
	how   atomic.Pointer[illness] // nil: it is well
	asked atomic.Int64
}

// illness answers in Graph's place, or is why nobody does.
type illness func(http.ResponseWriter, *http.Request) error

func (i *ill) RoundTrip(r *http.Request) (*http.Response, error) {
	i.asked.Add(1)
	w := httptest.NewRecorder()
	if how := i.how.Load(); how == nil {
		i.graph.ServeHTTP(w, r)
	} else if err := (*how)(w, r); err != nil {
		return nil, err
	}
	answer := w.Result()
	answer.Header.Del("Date")
	answer.Request = r
	return answer, nil
}

func (i *ill) falls(how illness) { i.how.Store(&how) }

func (i *ill) recovers() { i.how.Store(nil) }

func refused(status int, after string) illness {
	return func(w http.ResponseWriter, _ *http.Request) error {
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		w.WriteHeader(status)
		return nil
	}
}

func newIll(t *testing.T) (*ill, *rig) {
	i := &ill{graph: graphsim.New(graphsim.Options{Users: 6, From: monday, To: monday.Add(2 * schemas.Day), Now: func() time.Time { return later }})}
	return i, newRigOn(t, graph.Options{Endpoint: "https://graph.test", Transport: i, Tries: 1})
}

var telephone = plan.Selection{
	Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.PSTNCalls, schemas.DirectRoutingCalls}, From: monday, To: monday.Add(2 * schemas.Day),
}

// A unit that was unavailable is read again in the same run, under the same locks: its tenant is asked anew, and in the end
// the lake and the report are as if nothing had been. What was wrong with the tenant as a whole is found out once at each time.
func TestAUnitIsReadAgain(t *testing.T) {
	well, undisturbed := newIll(t)
	want, err := undisturbed.Run(t.Context(), telephone)
	if err != nil || want.Status != state.Data {
		t.Fatalf("%+v, %v", want, err)
	}
	whole := well.asked.Load()
	unreached := func(http.ResponseWriter, *http.Request) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	for name, c := range map[string]struct {
		how   illness
		kind  string
		after time.Duration
		each  int64 // requests that find it out, of two units
	}{
		"nobody is reached": {unreached, "unavailable", 0, 1},
		"503":               {refused(http.StatusServiceUnavailable, ""), "unavailable", 0, 2},
		"503 for long":      {refused(http.StatusServiceUnavailable, "7200"), "throttled", 2 * time.Hour, 2},
		"429":               {refused(http.StatusTooManyRequests, "7200"), "throttled", 2 * time.Hour, 2},
	} {
		t.Run(name, func(t *testing.T) {
			i, r := newIll(t)
			i.falls(c.how)
			run, p := begin(t, &r.Runner, telephone)
			for range 3 {
				before := i.asked.Load()
				for n := range p.Units {
					rep := step(t, func(ctx context.Context) jobs.UnitReport { return run.Unit(ctx, n) })
					if rep.Outcome != state.Unavailable || rep.Error.Kind != c.kind || rep.RetryAfter != c.after {
						t.Errorf("%+v: %+v", rep, rep.Error)
					}
				}
				if asked := i.asked.Load() - before; asked != c.each {
					t.Errorf("%d requests have found it out, want %d", asked, c.each)
				}
			}
			i.recovers()
			for n := range p.Units {
				for range 2 { // the second asks nobody
					if rep := step(t, func(ctx context.Context) jobs.UnitReport { return run.Unit(ctx, n) }); rep.Outcome != state.Data || rep.Error != nil {
						t.Errorf("%+v: %+v", rep, rep.Error)
					}
				}
			}
			if s := run.Standing(); s.All.Done != len(p.Units) || s.All.Outcome != state.Data {
				t.Errorf("%+v", s)
			}
			rep := end(t, run)
			var requests int64
			for _, u := range rep.Units {
				requests += u.Requests
			}
			if requests != i.asked.Load() || requests != whole+3*c.each {
				t.Errorf("the report says %d requests, and %d were sent, want %d", requests, i.asked.Load(), whole+3*c.each)
			}
			for n := range rep.Units {
				rep.Units[n].Throttled = 0
			}
			sameReport(t, rep, want)
			differ(t, "the lake", r.bytes(t), undisturbed.bytes(t))
			if st := r.state(t, schemas.PSTNCalls); len(st.Asked) > 0 || len(st.Dirty) > 0 {
				t.Errorf("asked for %v, dirty %v", st.Asked, st.Dirty)
			}
			asked := i.asked.Load()
			if u := run.Unit(t.Context(), 0); u.Outcome != state.Data || i.asked.Load() != asked {
				t.Errorf("after the end: %+v, and %d requests", u, i.asked.Load()-asked)
			}
		})
	}
}

// What has been refused for good is not asked for again.
func TestWhatIsForbiddenIsAskedOnce(t *testing.T) {
	i, r := newIll(t)
	i.falls(refused(http.StatusForbidden, ""))
	run, _ := begin(t, &r.Runner, telephone)
	for range 2 {
		if rep := run.Unit(t.Context(), 0); rep.Outcome != state.Forbidden || i.asked.Load() != 1 {
			t.Errorf("%+v after %d requests", rep, i.asked.Load())
		}
	}
	if rep := end(t, run); rep.Status != state.Forbidden || rep.Units[1].Outcome != state.Interrupted {
		t.Errorf("%+v", rep)
	}
}

// A unit that is under way is broken off by its own context, be it by a deadline, and by the end of the run, which waits for it.
// Who calls it meanwhile waits, and reads it then. What is left is gone on with by the next run.
func TestAUnitIsBrokenOff(t *testing.T) {
	_, undisturbed := newIll(t)
	if _, err := undisturbed.Run(t.Context(), telephone); err != nil {
		t.Fatal(err)
	}
	i, r := newIll(t)
	under := make(chan struct{})
	i.falls(func(_ http.ResponseWriter, q *http.Request) error {
		under <- struct{}{}
		<-q.Context().Done()
		return q.Context().Err()
	})
	run, p := begin(t, &r.Runner, telephone)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	reports := make(chan jobs.UnitReport, 2)
	for range 2 {
		go func() { reports <- run.Unit(ctx, 0) }()
	}
	<-under
	for range 2 {
		if rep := <-reports; rep.Outcome != state.Interrupted {
			t.Errorf("at a deadline: %+v", rep)
		}
	}
	go func() { reports <- run.Unit(t.Context(), 0) }()
	<-under
	rep := end(t, run)
	if u := <-reports; u.Outcome != state.Interrupted || rep.Status != state.Interrupted || len(rep.Units) != len(p.Units) || rep.Units[1].Outcome != state.Interrupted {
		t.Errorf("at the end: %+v; %+v", u, rep)
	}
	if late := run.Unit(t.Context(), 1); late.Outcome != state.Interrupted {
		t.Errorf("after the end: %+v", late)
	}
	if st := r.state(t, schemas.PSTNCalls); len(st.Asked) != 1 {
		t.Errorf("the next run goes on with %v", st.Asked)
	}
	i.recovers()
	if next, err := r.Run(t.Context(), telephone); err != nil || next.Status != state.Data {
		t.Errorf("%+v, %v", next, err)
	}
	differ(t, "the lake", r.bytes(t), undisturbed.bytes(t))
}

// Of one budget three units are under way whoever calls for them. Who stops waiting for a turn takes none.
func TestAUnitWaitsForItsTurn(t *testing.T) {
	i, r := newIll(t)
	answer := make(chan struct{})
	i.falls(func(w http.ResponseWriter, q *http.Request) error {
		<-answer
		return refused(http.StatusForbidden, "")(w, q)
	})
	run, p := begin(t, &r.Runner, plan.Selection{Tenants: telephone.Tenants, Datasets: []schemas.Dataset{schemas.CallRecords}, From: monday.Add(-3 * schemas.Day), To: later.Truncate(schemas.Day)})
	if len(p.Units) != 5 {
		t.Fatalf("%d units", len(p.Units))
	}
	until := func(begun, waiting int) {
		for b, w := run.UnderWay(); b != begun || w != waiting; b, w = run.UnderWay() {
			time.Sleep(time.Millisecond)
		}
	}
	reports := make(chan jobs.UnitReport)
	for n := range 3 {
		go func() { reports <- run.Unit(t.Context(), n) }()
	}
	until(3, 0)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { reports <- run.Unit(ctx, 3) }()
	until(3, 1)
	cancel()
	if rep := <-reports; rep.Outcome != state.Interrupted || rep.Requests != 0 {
		t.Errorf("who waits no longer: %+v", rep)
	}
	until(3, 0)
	close(answer)
	for range 3 {
		if rep := <-reports; rep.Outcome != state.Forbidden {
			t.Errorf("%+v", rep)
		}
	}
	if rep := run.Unit(t.Context(), 3); rep.Outcome != state.Forbidden {
		t.Errorf("in the end %+v", rep)
	}
	if rep := end(t, run); len(rep.Units) != 5 || rep.Units[4].Outcome != state.Interrupted {
		t.Errorf("%+v", rep)
	}
	until(0, 0)
}

// Twice at once, a unit is read once.
func TestAUnitIsReadOnce(t *testing.T) {
	i, r := newIll(t)
	run, _ := begin(t, &r.Runner, telephone)
	var callers sync.WaitGroup
	var reports [8]jobs.UnitReport
	for n := range reports {
		callers.Go(func() { reports[n] = run.Unit(t.Context(), 0) })
	}
	callers.Wait()
	for _, rep := range reports {
		if rep.Outcome != state.Data || rep.Requests != i.asked.Load() {
			t.Errorf("%+v after %d requests", rep, i.asked.Load())
		}
	}
	end(t, run)
}

// What another run has is not open, and the others are read. A run that never came to plan, or that nobody reads, leaves no lock.
func TestARunWithoutItsDatasets(t *testing.T) {
	i, r := newIll(t)
	lock, err := r.Store.Lock(t.Context(), load.LockObject(tenant.ID, "pstn_calls"))
	if err != nil {
		t.Fatal(err)
	}
	unplanned, err := jobs.Begin(t.Context(), &r.Runner, telephone)
	if err != nil {
		t.Fatal(err)
	}
	if rep := end(t, unplanned); len(rep.Units) != 1 || rep.Units[0].Error.Kind != "locked" || rep.Status != state.Unavailable {
		t.Errorf("unplanned: %+v", rep)
	}
	run, p := begin(t, &r.Runner, telephone)
	not := run.NotOpen()
	if len(not) != 1 || not[0].Dataset != "pstn_calls" || not[0].Error.Kind != "locked" || len(p.Units) != 1 {
		t.Fatalf("%+v, and %d units", not, len(p.Units))
	}
	all(t, run, p)
	rep := end(t, run)
	if len(rep.Units) != 2 || rep.Units[0].Outcome != state.Unavailable || rep.Units[1].Outcome != state.Data {
		t.Errorf("%+v", rep)
	}
	if err := lock.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	asked := i.asked.Load()
	run, _ = begin(t, &r.Runner, telephone)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if rep, err := run.End(ctx); err != nil || rep.Status != state.Interrupted || i.asked.Load() != asked {
		t.Errorf("unread: %+v, %v", rep, err)
	}
	if rep, err := r.Run(t.Context(), telephone); err != nil || rep.Status != state.Data {
		t.Errorf("%+v, %v", rep, err)
	}
}

// A context that ends while a run begins leaves it with what an end of Runner.Run would leave: no lock.
func TestABeginIsBrokenOff(t *testing.T) {
	_, r := newIll(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	run, err := jobs.Begin(ctx, &r.Runner, telephone)
	if err != nil {
		t.Fatal(err)
	}
	if rep := end(t, run); len(rep.Units) != 2 || rep.Status != state.Interrupted {
		t.Errorf("%+v", rep)
	}
	if rep, err := r.Run(t.Context(), telephone); err != nil || rep.Status != state.Data {
		t.Errorf("%+v, %v", rep, err)
	}
}

// A process that dies between two steps leaves what the next run goes on with, to the same bytes.
func TestCrashBetweenSteps(t *testing.T) {
	n := twoDays(t)
	undisturbed := memstore.New()
	n.finish(t, undisturbed)
	for dies := 0; ; dies++ { // before the first unit, after the first, and so on, and before the end
		under := memstore.New()
		store := storetest.NewFaulty(under)
		r := n.runner(t, store)
		run, p := begin(t, &r, n.Selection)
		for i := range min(dies, len(p.Units)) {
			run.Unit(t.Context(), i)
		}
		store.FailAt(store.Calls()+1, false)
		if dies > 0 {
			run.Unit(t.Context(), dies%len(p.Units))
		}
		if _, err := run.End(t.Context()); !errors.Is(err, storetest.ErrDied) {
			t.Errorf("a dead store: %v", err)
		}
		n.finish(t, under)
		differ(t, fmt.Sprintf("after the death behind %d units the lake", dies), asText(files(t, under)), asText(files(t, undisturbed)))
		if got, want := states(t, under), states(t, undisturbed); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("after the death behind %d units:\n%v\nwant\n%v", dies, got, want)
		}
		if dies == len(p.Units) {
			return
		}
	}
}

func asText(all map[string][]byte) map[string]string {
	texts := map[string]string{}
	for name, text := range all {
		texts[name] = string(text)
	}
	return texts
}
