package jobs_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
	"graphlake/schemas"
)

// byHand are ticks that a test gives.
func byHand() (ticks chan time.Time, pulse *jobs.Pulse) {
	ticks = make(chan time.Time)
	return ticks, &jobs.Pulse{Host: "here", PID: 7, Ticks: func() (<-chan time.Time, func()) { return ticks, func() {} }}
}

func heartbeats(t *testing.T, store load.Store) []state.Heartbeat {
	t.Helper()
	all, err := state.LoadHeartbeats(t.Context(), store)
	if err != nil {
		t.Error(err)
	}
	return all
}

// A run says whose locks it holds, what it reads and how far it is, and takes away what a crash has left of the same locks.
func TestARunSaysThatItIsAlive(t *testing.T) {
	sim := graphsim.New(graphsim.Options{Users: 6, From: monday, To: monday.Add(2 * schemas.Day), Now: func() time.Time { return later }})
	ticks, pulse := byHand()
	var once sync.Once
	var r *rig
	r = newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if strings.Contains(q.URL.Path, "callRecords") {
			once.Do(func() {
				tick := time.Now().Add(time.Minute)
				ticks <- tick
				ticks <- tick // which is taken when the first has been written
				all := heartbeats(t, r.store)
				if len(all) != 2 || all[1].Run != "another" {
					t.Errorf("%+v", all)
					return
				}
				h := all[0]
				held, ok := h.Holds(state.Pair{TenantID: tenant.ID, Dataset: "pstn_calls"})
				if !ok || !held.Reads(schemas.Range{From: monday, To: monday.Add(time.Hour)}) || held.Reads(schemas.Range{From: monday.Add(3 * schemas.Day), To: monday.Add(4 * schemas.Day)}) {
					t.Errorf("%+v", held)
				}
				if h.What != "run" || h.Host != "here" || h.PID != 7 || h.Units != 3 || h.Stale(tick.Add(time.Minute)) || !h.Stale(tick.Add(time.Hour)) {
					t.Errorf("%+v", h)
				}
			})
		}
		sim.ServeHTTP(w, q)
	}))
	for run, dataset := range map[string]string{"another": "users", "crashed": "pstn_calls"} {
		h := state.Heartbeat{Run: run, Beat: time.Now(), Datasets: []state.HeldDataset{{TenantID: tenant.ID, Dataset: dataset}}}
		if _, err := h.Write(t.Context(), r.store, ""); err != nil {
			t.Fatal(err)
		}
	}
	r.Pulse, r.Progress = pulse, &jobs.Progress{}
	if rep := r.run(t, 2, schemas.CallRecords, schemas.PSTNCalls); rep.Status != state.Data {
		t.Errorf("%+v", rep)
	}
	if all := heartbeats(t, r.store); len(all) != 1 || all[0].Run != "another" {
		t.Errorf("afterwards: %+v", all)
	}
	if _, err := r.Replay(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.PSTNCalls}}); err != nil {
		t.Error(err)
	}
	if all := heartbeats(t, r.store); len(all) != 1 {
		t.Errorf("after a replay: %+v", all)
	}
}

// deaf is a store that takes no heartbeat.
type deaf struct{ state.Store }

func (d deaf) Swap(ctx context.Context, name string, old load.Version, data []byte) (load.Version, error) {
	if strings.HasPrefix(name, load.Heartbeats) {
		return "", errors.New("full")
	}
	return d.Store.Swap(ctx, name, old, data)
}

// Nothing depends on a heartbeat: a run that cannot write one goes on.
func TestARunWithoutAHeartbeat(t *testing.T) {
	sim := graphsim.New(graphsim.Options{Users: 6, From: monday, To: monday.Add(2 * schemas.Day), Now: func() time.Time { return later }})
	r := newRig(t, sim)
	_, r.Pulse = byHand()
	r.Store = deaf{r.store}
	if rep := r.run(t, 2, schemas.PSTNCalls); rep.Status != state.Data {
		t.Errorf("%+v", rep)
	}
}

// A crash leaves a heartbeat, and the next run takes it away.
func TestACrashLeavesAHeartbeat(t *testing.T) {
	n := newNight(t, 19, false)
	for _, at := range []int{40, 60} {
		under := memstore.New()
		store := storetest.NewFaulty(under)
		store.FailAt(at, false)
		n.beats(t, store)
		if all := heartbeats(t, under); len(all) != 1 {
			t.Fatalf("a crash at call %d has left %d heartbeats", at, len(all))
		}
		n.beats(t, under)
		if all := heartbeats(t, under); len(all) != 0 {
			t.Errorf("after the next run: %+v", all)
		}
	}
}

func (n night) beats(t *testing.T, store state.Store) {
	r := n.runner(t, store)
	_, r.Pulse = byHand()
	_, _ = r.Run(t.Context(), n.Selection)
}
