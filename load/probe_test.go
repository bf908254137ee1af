package load_test

import (
	"context"
	"strings"
	"testing"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
)

func TestProbeLeavesNothing(t *testing.T) {
	store := memstore.New()
	for range 2 {
		if err := load.Probe(t.Context(), store); err != nil {
			t.Fatal(err)
		}
	}
	for info, err := range store.List(t.Context(), "") {
		t.Errorf("left %s, %v", info.Name, err)
	}
}

// Whatever a store cannot do, the probe says so: it writes, opens, reads and removes.
func TestProbeTriesEverything(t *testing.T) {
	for n, want := range map[int]string{1: "write state/check/", 2: "read state/check/", 3: "read state/check/", 4: "remove state/check/"} {
		store := storetest.NewFaulty(memstore.New())
		store.FailAt(n, false)
		if err := load.Probe(t.Context(), store); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("call %d fails: error = %v, want %q", n, err, want)
		}
	}
	store := storetest.NewFaulty(memstore.New())
	if err := load.Probe(t.Context(), store); err != nil || store.Calls() != 4 {
		t.Errorf("%d calls, %v", store.Calls(), err)
	}
}

// forgetful keeps other bytes than it was given.
type forgetful struct{ *memstore.Store }

func (f forgetful) Swap(ctx context.Context, name string, old load.Version, data []byte) (load.Version, error) {
	return f.Store.Swap(ctx, name, old, data[1:])
}

func TestProbeComparesWhatItReads(t *testing.T) {
	store := memstore.New()
	if err := load.Probe(t.Context(), forgetful{store}); err == nil || !strings.Contains(err.Error(), "it is not what was written") {
		t.Errorf("error = %v", err)
	}
	for info := range store.List(t.Context(), "") {
		t.Errorf("left %s", info.Name)
	}
}
