package jobs_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/extract/graph"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

var (
	monday = time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	later  = time.Date(2026, 11, 18, 2, 30, 0, 0, time.UTC)
	tenant = plan.Tenant{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}
)

// rig is a lake in memory and a Graph behind HTTP.
type rig struct {
	jobs.Runner
	store    *recorder
	endpoint string
}

// A service that does not tell the time leaves it to the runner; the simulator tells its own.
func newRig(t *testing.T, h http.Handler) *rig {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	r := newRigOn(t, graph.Options{Endpoint: server.URL})
	r.Memory = mem
	return r
}

func newRigOn(t *testing.T, o graph.Options) *rig {
	o.Token, o.Rate = graph.StaticToken{Secret: "t"}, 1e6
	client, err := graph.New(o)
	if err != nil {
		t.Fatal(err)
	}
	store := &recorder{Store: memstore.New()}
	return &rig{store: store, endpoint: o.Endpoint, Runner: jobs.Runner{
		Store: store, Lake: load.New(store, t.TempDir()), Clients: map[string]*graph.Client{tenant.ID: client},
		Now: later, Log: slog.New(slog.DiscardHandler),
	}}
}

func (r *rig) run(t *testing.T, days int, datasets ...schemas.Dataset) jobs.Report {
	t.Helper()
	rep, err := r.Run(t.Context(), plan.Selection{
		Tenants: []plan.Tenant{tenant}, Datasets: datasets, From: monday, To: monday.Add(time.Duration(days) * schemas.Day),
	})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// objects are the names of partitions in the store.
func (r *rig) objects(t *testing.T) []string {
	var names []string
	for info, err := range r.store.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := load.ParsePartition(info.Name); ok {
			names = append(names, info.Name)
		}
	}
	return names
}

// recorder remembers the order in which objects were published.
type recorder struct {
	state.Store
	mu        sync.Mutex
	published []string
}

func (r *recorder) Stage(ctx context.Context, name string) (load.Staged, error) {
	s, err := r.Store.Stage(ctx, name)
	return recorded{s, r, name}, err
}

type recorded struct {
	load.Staged
	to   *recorder
	name string
}

func (s recorded) Commit(ctx context.Context, base load.Condition) (bool, load.Version, error) {
	s.to.mu.Lock()
	s.to.published = append(s.to.published, s.name)
	s.to.mu.Unlock()
	return s.Staged.Commit(ctx, base)
}
