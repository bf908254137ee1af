package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"graphlake/load"
)

func testRacingCreators(t *testing.T, s load.Store) {
	race(t, s, load.Still(""))
}

func testRacingReplacers(t *testing.T, s load.Store) {
	race(t, s, load.Still(put(t, s, "a/b", []byte("before"))))
}

// testRacingEquals lets 16 writers commit the same bytes at once: they agree, so none is refused.
func testRacingEquals(t *testing.T, s load.Store) {
	stale := put(t, s, "a/b", []byte("before"))
	var (
		all     sync.WaitGroup
		start   = make(chan struct{})
		changes atomic.Int32
	)
	for range 16 {
		w := stage(t, s, "a/b", []byte("after"))
		all.Go(func() {
			<-start
			changed, v, err := w.Commit(t.Context(), load.Still(stale))
			if err != nil || v == "" {
				t.Errorf("one of those who wrote the same got %q, %v", v, err)
			}
			if changed {
				changes.Add(1)
			}
		})
	}
	close(start)
	all.Wait()
	if changes.Load() != 1 {
		t.Errorf("%d of 16 writers of the same bytes changed the object, want exactly one", changes.Load())
	}
	wantData(t, s, "a/b", "after")
}

// race lets 16 writers commit at once; exactly one may win, and what it wrote must stand.
func race(t *testing.T, s load.Store, base load.Condition) {
	var (
		all    sync.WaitGroup
		start  = make(chan struct{})
		wins   atomic.Int32
		winner atomic.Value
	)
	for i := range 16 {
		data := fmt.Sprintf("written by %d", i)
		w := stage(t, s, "a/b", []byte(data))
		all.Go(func() {
			<-start
			changed, _, err := w.Commit(t.Context(), base)
			if err == nil && changed {
				wins.Add(1)
				winner.Store(data)
			} else if !errors.Is(err, load.ErrConflict) {
				t.Errorf("a loser got %t, %v; want a conflict", changed, err)
			}
		})
	}
	close(start)
	all.Wait()
	if wins.Load() != 1 {
		t.Fatalf("%d of 16 writers won, want exactly one", wins.Load())
	}
	wantData(t, s, "a/b", winner.Load().(string))
}

// testLostUpdates counts with four workers that often write the same bytes at the same time.
func testLostUpdates(t *testing.T, s load.Store) {
	const workers, each = 4, 8
	if _, err := s.(load.Swapper).Swap(t.Context(), "state/count", "", []byte("0")); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for range each {
				if err := increment(t, s); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	wantData(t, s, "state/count", strconv.Itoa(workers*each))
}

func increment(t *testing.T, s load.Store) error {
	for {
		p, version, err := load.ReadObject(t.Context(), s, "state/count") // whoever replaces it meanwhile
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(string(p))
		if err != nil {
			return err
		}
		_, err = s.(load.Swapper).Swap(t.Context(), "state/count", version, []byte(strconv.Itoa(n+1)))
		if !errors.Is(err, load.ErrConflict) {
			return err
		}
	}
}
