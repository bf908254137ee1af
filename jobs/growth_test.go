package jobs_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/dirstore"
	"graphlake/load/storetest"
	"graphlake/schemas"
)

// grown is a lake on disk that holds some days of calls.
type grown struct {
	runner  jobs.Runner
	store   *storetest.Faulty // counts
	now     atomic.Pointer[time.Time]
	covered state.Coverage // before the night
}

var grownPair = state.Pair{TenantID: tenant.ID, Dataset: schemas.CallRecords.Name}

// newGrown reads four days into a lake, and makes the first of them all the days before: with files as large, and
// a state as if each had been read.
func newGrown(t testing.TB, days int) *grown {
	root := t.TempDir()
	disk, err := dirstore.New(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	g := &grown{store: storetest.NewFaulty(disk)}
	g.now.Store(new(monday.Add(150 * time.Minute)))
	first := monday.Add(-4 * schemas.Day)
	sim := httptest.NewServer(graphsim.New(graphsim.Options{
		Users: 3, Large: 5, From: first, To: monday.Add(20 * 365 * schemas.Day), Now: func() time.Time { return *g.now.Load() },
	}))
	t.Cleanup(sim.Close)
	client, err := graph.New(graph.Options{Endpoint: sim.URL, Token: graph.StaticToken{Secret: "t"}, Rate: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	g.runner = jobs.Runner{
		Store: g.store, Lake: load.New(g.store, t.TempDir()), Clients: map[string]*graph.Client{tenant.ID: client}, Log: slog.New(slog.DiscardHandler),
	}
	g.run(t, plan.Selection{From: first, To: monday})
	g.age(t, root, days-4)
	return g
}

func (g *grown) run(t testing.TB, s plan.Selection) jobs.Report {
	s.Tenants, s.Datasets = []plan.Tenant{tenant}, []schemas.Dataset{schemas.CallRecords}
	g.runner.Now = *g.now.Load()
	rep, err := g.runner.Run(t.Context(), s)
	if err != nil || rep.Status != state.Data {
		t.Fatalf("%v, %+v", err, rep)
	}
	return rep
}

// night reads what is due, and that is three days.
func (g *grown) night(t testing.TB) {
	g.now.Store(new(monday.Add(schemas.Day + 150*time.Minute)))
	read := time.Duration(0)
	for _, u := range g.run(t, plan.Selection{}).Units {
		read += u.To.Sub(u.From)
	}
	if read != 3*schemas.Day {
		t.Fatalf("%v were read", read)
	}
}

// age gives the lake so many more days before its first.
func (g *grown) age(t testing.TB, root string, days int) {
	st, err := state.Load(t.Context(), g.store, grownPair)
	if err != nil {
		t.Fatal(err)
	}
	first := st.Coverage[0].From
	began := first.Add(-time.Duration(days) * schemas.Day)
	g.covered = st.Coverage
	g.covered[0].From = began
	g.forget(t)
	files, err := filepath.Glob(filepath.Join(root, "*", "*", "*", "dt="+first.Format(time.DateOnly), "*.parquet"))
	if err != nil || len(files) != 1+len(schemas.CallRecords.Tables) {
		t.Fatalf("of the first day there are %v, %v", files, err)
	}
	for d := began; d.Before(first); d = d.Add(schemas.Day) {
		for _, file := range files {
			link(t, file, strings.Replace(file, first.Format(time.DateOnly), d.Format(time.DateOnly), 1))
		}
	}
}

func link(t testing.TB, from, to string) {
	if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.Link(from, to)); err != nil {
		t.Fatal(err)
	}
}

// forget takes out of the state what the night has read; the lake still holds it.
func (g *grown) forget(t testing.TB) {
	object, err := g.store.Open(t.Context(), stateObject(schemas.CallRecords))
	if err != nil {
		t.Fatal(err)
	}
	defer object.Close()
	st, err := state.Load(t.Context(), g.store, grownPair)
	if err != nil {
		t.Fatal(err)
	}
	st.Coverage = g.covered
	text, err := json.Marshal(st)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.store.Swap(t.Context(), stateObject(schemas.CallRecords), object.Info().Version, text); err != nil {
		t.Fatal(err)
	}
}

// calls counts what do asks of the store.
func (g *grown) calls(do func()) map[string]int {
	before := g.store.Counts()
	do()
	after := g.store.Counts()
	for method, count := range before {
		after[method] -= count
	}
	return after
}

// What a night asks of the store is the same however much the lake holds, whether it finds a new day or nothing
// new at all.
func TestNightCostsTheSameInALargeLake(t *testing.T) {
	month, years := newGrown(t, 30), newGrown(t, 1000)
	for _, what := range []string{"a new day", "nothing new"} {
		var calls [2]map[string]int
		for i, g := range []*grown{month, years} {
			g.forget(t)
			calls[i] = g.calls(func() { g.night(t) })
		}
		if !maps.Equal(calls[0], calls[1]) || calls[0]["Open"] == 0 || (calls[0]["Commit"] > 0) != (what == "a new day") {
			t.Errorf("%s: in a lake of 30 days %v, of 1000 days %v", what, calls[0], calls[1])
		}
	}
}

func BenchmarkNight(b *testing.B) {
	for _, days := range []int{30, 1000} {
		b.Run(fmt.Sprintf("days=%d", days), func(b *testing.B) {
			g := newGrown(b, days)
			g.night(b) // the new day; what is measured finds nothing new
			total := 0
			for b.Loop() {
				b.StopTimer()
				g.forget(b)
				b.StartTimer()
				for _, n := range g.calls(func() { g.night(b) }) {
					total += n
				}
			}
			b.ReportMetric(float64(total)/float64(b.N), "store-calls/op")
		})
	}
}
