package activities_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/proto"

	"graphlake/engine/temporal/activities"
	"graphlake/engine/temporal/internal/tenants"
	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
	"graphlake/internal/graphsim"
	"graphlake/load"
)

var (
	monday = time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	night  = time.Date(2026, 11, 18, 2, 30, 0, 0, time.UTC)
)

const jobsOfRig = `  nightly:
    datasets: [users, call_records, calendar_events]
    schedule: "30 2 * * *"
  tidy: {expire: true}
privacy: {keep: {raw: 400d, tables: 800d}}`

// rig is tenants of a Graph behind HTTP, and a lake in a directory. Workers come and go.
type rig struct {
	*tenants.Graph
	dir, config string
	heard       heard
}

func newRig(t *testing.T, n int) *rig {
	t.Helper()
	return newRigOf(t, n, func(int) graphsim.Options { return graphsim.Options{Users: 6, Large: 8, CallsPerUserDay: 1} })
}

func newRigOf(t *testing.T, n int, options func(int) graphsim.Options) *rig {
	t.Helper()
	r := &rig{dir: t.TempDir()}
	r.Graph = tenants.New(tenants.Make(n, func(i int) graphsim.Options {
		o := options(i)
		o.From, o.To = monday, monday.AddDate(0, 0, 2)
		if o.Now == nil {
			o.Now = func() time.Time { return night }
		}
		return o
	}))
	url, err := r.Serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range r.Environment("worker") {
		name, token, _ := strings.Cut(v, "=")
		t.Setenv(name, token)
	}
	r.config = filepath.Join(r.dir, "graphlake.yaml")
	text := tenants.Configuration{Lake: filepath.Join(r.dir, "lake"), URL: url, Jobs: jobsOfRig}.YAML(r.Graph)
	if err := os.WriteFile(r.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return r
}

// beating is a policy by which a test sees a heart beat.
func beating() workflows.Policy {
	p := workflows.DefaultPolicy()
	p.Heartbeat = 6 * time.Second
	return p
}

// journal is what a worker logs, which a test may read meanwhile.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(text []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(text)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// process is a worker without a server.
type process struct {
	*activities.Activities
	*rig
	engine *cli.Engine
	log    *journal
}

func (r *rig) engineOn(t *testing.T, lake string, stderr io.Writer) *cli.Engine {
	t.Helper()
	e, err := cli.NewEngine(t.Context(), cli.EngineOptions{Config: r.config, Lake: lake, LogFormat: "json", Stderr: stderr, Patience: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close(context.Background()) })
	return e
}

func (r *rig) worker(t *testing.T) *process { return r.workerOf(t, workflows.DefaultPolicy()) }

func (r *rig) workerOf(t *testing.T, policy workflows.Policy) *process {
	t.Helper()
	p := &process{rig: r, log: new(journal)}
	p.engine = r.engineOn(t, "", p.log)
	p.Activities = activities.New(p.engine, policy)
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p
}

// heard is all that went to Temporal, or would have.
type heard struct {
	mu   sync.Mutex
	all  [][]byte
	seen int // heartbeats
}

func (h *heard) Encode(payloads []*common.Payload) ([]*common.Payload, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range payloads {
		h.all = append(h.all, bytes.Clone(p.GetData()))
	}
	return payloads, nil
}

func (h *heard) Decode(payloads []*common.Payload) ([]*common.Payload, error) { return payloads, nil }

func (h *heard) failure(err error) {
	text, failed := proto.Marshal(temporal.GetDefaultFailureConverter().ErrorToFailure(err))
	if failed != nil {
		text = []byte(err.Error())
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, text)
}

func (h *heard) beats() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seen
}

// call carries out an activity, as a worker does. Its context ends when ctx does.
func call[Out any](ctx context.Context, p *process, name string, in any) (out Out, err error) {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.SetTestTimeout(time.Minute)
	env.SetWorkerOptions(worker.Options{BackgroundActivityContext: ctx})
	env.SetDataConverter(converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), &p.heard))
	env.SetOnActivityHeartbeatListener(func(_ *activity.Info, _ converter.EncodedValues) {
		p.heard.mu.Lock()
		defer p.heard.mu.Unlock()
		p.heard.seen++
	})
	p.Register(env)
	p.RegisterReplay(env)
	value, err := env.ExecuteActivity(name, in)
	if err != nil {
		p.heard.failure(err)
		return out, err
	}
	return out, value.Get(&out)
}

// do is call of what is not to fail.
func do[Out any](t *testing.T, p *process, name string, in any) Out {
	t.Helper()
	out, err := call[Out](t.Context(), p, name, in)
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, p.log)
	}
	return out
}

// failed is what an error says to a workflow.
func failed(t *testing.T, err error) (kind string, again time.Duration, never bool, res workflows.UnitResult) {
	t.Helper()
	e, ok := errors.AsType[*temporal.ApplicationError](err)
	if !ok {
		t.Fatalf("%T %v", err, err)
	}
	if err := e.Details(&res); err != nil {
		t.Fatal(err)
	}
	return e.Type(), e.NextRetryDelay(), e.NonRetryable(), res
}

// bytesOf are the partitions of the lake.
func bytesOf(t *testing.T, lake string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(lake), ".", func(name string, d fs.DirEntry, err error) error {
		if _, ok := load.ParsePartition(name); err != nil || d.IsDir() || !ok {
			return err
		}
		text, err := os.ReadFile(filepath.Join(lake, name))
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (r *rig) lake() string { return filepath.Join(r.dir, "lake") }

func differ(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s has %d bytes, want %d", name, len(got[name]), len(text))
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s should not be there", name)
		}
	}
	if len(want) == 0 {
		t.Error("there is nothing to compare")
	}
}

// locks are those that somebody has, by whether they can be taken.
func (p *process) isLocked(t *testing.T, name string) bool {
	t.Helper()
	l, err := p.engine.Store().Lock(t.Context(), name)
	if errors.Is(err, load.ErrLocked) {
		return true
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	return false
}

func (r *rig) ask(key string) workflows.Ask {
	return workflows.Ask{Lake: "lake", Tenant: "tenant-001", Job: "nightly", Now: night, Back: true, Key: key, At: []byte("here")}
}
