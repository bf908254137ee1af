package servertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	"go.temporal.io/server/temporaltest"

	"graphlake/engine/temporal/internal/tenants"
	"graphlake/engine/temporal/payload"
	"graphlake/engine/temporal/workflows"
	"graphlake/internal/graphsim"
)

// night is the instant that all tenants and all workers take for now.
var night = time.Date(2026, 11, 24, 2, 30, 0, 0, time.UTC)

const (
	job      = "nightly"
	datasets = "call_records, pstn_calls, direct_routing_calls, users"
	nightly  = "  nightly:\n    schedule: \"30 2 * * *\"\n    lookback: 48h\n    datasets: [" + datasets + "]\n"
)

// options are those of a tenant that is read in a second.
func options(i int) graphsim.Options {
	return graphsim.Options{
		Users: 3 + i%4, CallsPerUserDay: 2, Large: 8, Late: 0.3, Moves: 20, From: night.AddDate(0, 0, -7).Truncate(24 * time.Hour), To: night.Truncate(24 * time.Hour),
		Now: func() time.Time { return night },
	}
}

// rig is a server, tenants, a lake for workers and one for graphlake.
type rig struct {
	*testing.T
	client        client.Client
	converter     converter.DataConverter // of payloads
	graph         *tenants.Graph
	dir           string // of the lakes
	configuration tenants.Configuration
	environment   []string // besides the tokens
	deadline      context.Context

	// twins answer graphlake alone: of the limits of the tenants it uses nothing up.
	twins map[string]*graphsim.Tenant

	lakeName string // of the engine, in queues and in ids of workflows

	mu      sync.Mutex
	workers []*worker
	between []tenants.Interceptor
}

// setup is what a rig may have that others have not.
type setup struct {
	tenants []*tenants.Tenant
	jobs    string // of the configuration; empty: nightly
	rate    float64
	delta   string
	key     string   // by which payloads are encrypted
	others  []string // keys with which some workers may encrypt
}

func newRig(t *testing.T, s setup) *rig {
	t.Helper()
	r := &rig{T: t, graph: tenants.New(s.tenants), twins: map[string]*graphsim.Tenant{}, dir: t.TempDir(), deadline: t.Context()}
	for _, one := range s.tenants {
		r.twins[one.Name] = graphsim.New(one.Options)
	}
	if at, ok := t.Deadline(); ok {
		ctx, cancel := context.WithDeadline(t.Context(), at.Add(-10*time.Second)) // no worker outlives us
		t.Cleanup(cancel)
		r.deadline = ctx
	}
	quiet := client.Options{Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))}
	if err := payload.Options(s.key, s.others, &quiet); err != nil {
		t.Fatal(err)
	}
	server := temporaltest.NewServer(temporaltest.WithT(t), temporaltest.WithBaseClientOptions(quiet))
	r.client, r.converter = server.GetDefaultClient(), quiet.DataConverter
	if r.converter == nil {
		r.converter = converter.GetDefaultDataConverter()
	}
	r.environment = []string{
		"TEMPORAL_ADDRESS=" + server.GetFrontendHostPort(), "TEMPORAL_NAMESPACE=" + server.GetDefaultNamespace(), "GRAPHLAKE_TEMPORAL_KEY=" + s.key,
	}
	r.graph.Intercept(r.intercept)
	url, err := r.graph.Serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.jobs == "" {
		s.jobs = nightly
	}
	r.configuration = tenants.Configuration{URL: url, Rate: s.rate, Delta: s.delta, Jobs: s.jobs}
	for _, lake := range []string{"engine", "alone"} {
		c := r.configuration
		c.Lake = filepath.Join(r.dir, lake, "lake")
		if lake == "engine" {
			r.lakeName = c.LakeName()
		}
		if err := os.Mkdir(filepath.Dir(c.Lake), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(r.file(lake), []byte(c.YAML(r.graph)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for _, w := range r.workers {
			w.end(syscall.SIGKILL)
			if t.Failed() {
				t.Logf("%s wrote:\n%s", w.name, w.complaints())
			}
		}
	})
	return r
}

// file is the configuration of the lake of engine, or of that of graphlake alone.
func (r *rig) file(lake string) string { return filepath.Join(r.dir, lake, "tried.yaml") }

// worker is a process of graphlake-temporal worker.
type worker struct {
	name         string
	cmd          *exec.Cmd
	said         bytes.Buffer // complete once it has ended
	began, ended time.Time
	status       int
}

// The policy with which workers are tried: in the order of seconds, where that of the product is of minutes.
var brisk = []string{
	"--retry-first=1s", "--retry-most=4s", "--retry-locked=1s", "--retry-locked-tries=30", "--heartbeat=6s", "--patience=2s", "--grace=20s",
}

// start starts a worker of a name that none had before. Of the tenants that are named it has wrong tokens.
func (r *rig) start(name string, wrong ...string) *worker {
	r.Helper()
	return r.startOf("engine", name, wrong...)
}

// startOf starts a worker of a lake.
func (r *rig) startOf(lake, name string, wrong ...string) *worker {
	r.Helper()
	w := &worker{name: name, began: time.Now()}
	w.cmd = exec.CommandContext(r.deadline, filepath.Join(bin, "graphlake-temporal"),
		slices.Concat([]string{"--config", r.file(lake), "--log-format", "json", "worker", "--tenants=6"}, brisk)...)
	w.cmd.Env = slices.Concat(os.Environ(), r.environment, r.graph.Environment(name, wrong...))
	w.cmd.Stdout, w.cmd.Stderr = &w.said, &w.said
	if err := w.cmd.Start(); err != nil {
		r.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.workers = append(r.workers, w)
	return w
}

// end sends a signal, and waits until the process has ended.
func (w *worker) end(signal syscall.Signal) {
	if !w.ended.IsZero() {
		return
	}
	_ = w.cmd.Process.Signal(signal) // it may have ended
	_ = w.cmd.Wait()                 // the status says how
	w.ended, w.status = time.Now(), w.cmd.ProcessState.ExitCode()
}

// complaints are the lines that a worker wrote of what went wrong.
func (w *worker) complaints() string {
	var b strings.Builder
	for line := range strings.Lines(w.said.String()) {
		if !strings.Contains(line, `"level":"INFO"`) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// kill ends a worker as a machine does that is switched off.
func (w *worker) kill() {
	w.end(syscall.SIGKILL)
	total.kills.Add(1)
}

// killed reports whether a worker was.
func (r *rig) killed(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.workers, func(w *worker) bool { return w.name == name && w.status < 0 })
}

// of is the worker whose process it was.
func (r *rig) of(pid int) *worker {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range r.workers {
		if w.cmd.Process.Pid == pid {
			return w
		}
	}
	return nil
}

// command runs a command over a lake, and gives what it printed.
func (r *rig) command(status int, program, lake string, args ...string) []byte {
	r.Helper()
	cmd := exec.CommandContext(r.deadline, filepath.Join(bin, program), append([]string{"--config", r.file(lake), "--quiet", "--output", "json"}, args...)...)
	cmd.Env = slices.Concat(os.Environ(), r.environment, r.graph.Environment(alone))
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != status) || err == nil && status != 0 {
		r.Fatalf("%s %s: %v, want status %d\n%s%s", program, strings.Join(args, " "), err, status, out.Bytes(), said.Bytes())
	}
	return out.Bytes()
}

// alone is the name by which graphlake asks the tenants, and the lake that it fills.
const alone = "alone"

// unit is a range of a dataset of a tenant.
type unit struct {
	Tenant, Dataset string
	From, To        time.Time
	Outcome         string
}

// runAlone lets graphlake run, and gives the units of its report.
func (r *rig) runAlone(args ...string) []unit {
	r.Helper()
	var report struct{ Units []unit }
	if err := json.Unmarshal(r.command(0, "graphlake", alone, append([]string{"run"}, args...)...), &report); err != nil {
		r.Fatal(err)
	}
	return report.Units
}

// begin starts a workflow of ours.
func (r *rig) begin(id, name string, input any) client.WorkflowRun {
	r.Helper()
	w, err := r.client.ExecuteWorkflow(r.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: workflows.Queue(r.lakeName)}, name, input)
	if err != nil {
		r.Fatal(err)
	}
	return w
}

// night starts one.
func (r *rig) night(more ...string) client.WorkflowRun {
	r.Helper()
	return r.begin(strings.Join(append([]string{"night"}, more...), "-"), "Night", workflows.NightInput{Lake: r.lakeName, Job: job, Now: night})
}

// patience is how long a workflow may take here.
const patience = 3 * time.Minute

// get waits for the result of a workflow.
func (r *rig) get(w client.WorkflowRun, result any) error {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	err := w.Get(ctx, result)
	if ctx.Err() != nil {
		r.tell()
		r.Fatalf("%s has not ended after %s", w.GetID(), patience)
	}
	return err
}

// tell says how far workflows are.
func (r *rig) tell() {
	r.Helper()
	for _, p := range r.pasts() {
		last := p.events[len(p.events)-1]
		r.Logf("%s %s: the last event is %d, %s", p.workflow, p.id, last.GetEventId(), last)
	}
}

// done waits for the result of a night, all of whose tenants have to be done.
func (r *rig) done(w client.WorkflowRun) workflows.NightResult {
	r.Helper()
	var result workflows.NightResult
	if err := r.get(w, &result); err != nil {
		r.Fatal(err)
	}
	if n := len(r.graph.Tenants); result.Outcome != workflows.Done || result.Tenants != n || result.Outcomes[workflows.Done] != n {
		r.Fatalf("the night: %+v", result)
	}
	return result
}

// wait waits until something holds, for a minute.
func (r *rig) wait(what string, holds func() bool) {
	r.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			r.tell()
			r.Fatalf("after a minute there was still not: %s", what)
		}
	}
}

// askedBy are the requests of a worker.
func (r *rig) askedBy(worker string) []tenants.Request {
	return slices.DeleteFunc(r.graph.Log(), func(q tenants.Request) bool { return q.Worker != worker })
}

// put lets f stand before the tenants, besides others. It is not asked about graphlake alone.
func (r *rig) put(f tenants.Interceptor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.between = append(r.between, f)
}

func (r *rig) intercept(of tenants.Asker, w http.ResponseWriter, q *http.Request) bool {
	if of.Worker == alone {
		r.twins[of.Tenant].ServeHTTP(w, q)
		return true
	}
	r.mu.Lock()
	all := slices.Clone(r.between)
	r.mu.Unlock()
	return slices.ContainsFunc(all, func(f tenants.Interceptor) bool { return f(of, w, q) })
}

// reached is closed when a worker asks for the nth time.
func (r *rig) reached(worker string, nth int64) <-chan struct{} {
	return r.nth(worker, nth, func(*http.Request) bool { return false })
}

// stuck is closed when a worker asks for the nth time, which waits, as all that follow, until the worker gives up or has gone.
func (r *rig) stuck(worker string, nth int64) <-chan struct{} {
	return r.nth(worker, nth, func(q *http.Request) bool {
		<-q.Context().Done()
		return true
	})
}

// nth lets then stand before the tenants from the nth request of a worker on.
func (r *rig) nth(worker string, nth int64, then func(*http.Request) bool) <-chan struct{} {
	var n atomic.Int64
	reached := make(chan struct{})
	r.put(func(of tenants.Asker, _ http.ResponseWriter, q *http.Request) bool {
		if of.Worker != worker {
			return false
		}
		now := n.Add(1)
		if now == nth {
			close(reached)
		}
		return now >= nth && then(q)
	})
	return reached
}

// until waits for a channel to be closed.
func (r *rig) until(what string, c <-chan struct{}) {
	r.Helper()
	select {
	case <-c:
	case <-time.After(time.Minute):
		r.Fatalf("after a minute there was still not: %s", what)
	}
}
