package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"graphlake/load"
)

const lockName = "state/contoso/call_records.lock"

func testLock(t *testing.T, s load.Store) {
	first := lock(t, s, lockName)
	wantHeld(t, first)
	wantLocked(t, s)
	other := lock(t, s, "state/contoso/users.lock")
	wantHeld(t, other)
	if err := other.Unlock(t.Context()); err != nil {
		t.Errorf("Unlock: %v", err)
	}
	wantLocked(t, s) // still: the other name is another lock
	wantHeld(t, first)

	if err := first.Unlock(t.Context()); err != nil {
		t.Errorf("Unlock: %v", err)
	}
	wantLost(t, first)
	second := lock(t, s, lockName)
	if err := first.Unlock(t.Context()); err != nil {
		t.Errorf("Unlock again, while another holds it: %v", err)
	}
	wantLost(t, first)
	wantHeld(t, second)
	wantLocked(t, s)
}

func testLockCancelled(t *testing.T, s load.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	held, err := s.(load.Locker).Lock(ctx, lockName)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	wantLocked(t, s) // the end of its context frees no lock
	if err := held.Unlock(t.Context()); err != nil {
		t.Errorf("Unlock after the context of Lock was cancelled: %v", err)
	}
	if _, err := s.(load.Locker).Lock(ctx, lockName); !errors.Is(err, context.Canceled) {
		t.Errorf("Lock with a cancelled context: %v", err)
	}
	lock(t, s, lockName)
}

// testRacingLockers lets 16 takers at one lock, new and then used; exactly one may have it.
func testRacingLockers(t *testing.T, s load.Store) {
	for range 3 {
		var (
			all   sync.WaitGroup
			start = make(chan struct{})
			held  = make(chan load.Lock, 16)
			lost  atomic.Int32
		)
		for range 16 {
			all.Go(func() {
				<-start
				l, err := s.(load.Locker).Lock(t.Context(), lockName)
				switch {
				case err == nil:
					held <- l
				case errors.Is(err, load.ErrLocked):
					lost.Add(1)
				default:
					t.Errorf("a loser got %v, want ErrLocked", err)
				}
			})
		}
		close(start)
		all.Wait()
		if len(held) != 1 || lost.Load() != 15 {
			t.Fatalf("of 16 takers %d hold the lock and %d found it taken, want 1 and 15", len(held), lost.Load())
		}
		if err := (<-held).Unlock(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func lock(t *testing.T, s load.Store, name string) load.Lock {
	t.Helper()
	l, err := s.(load.Locker).Lock(t.Context(), name)
	if err != nil {
		t.Fatalf("Lock of %s: %v", name, err)
	}
	t.Cleanup(func() { l.Unlock(context.WithoutCancel(t.Context())) })
	return l
}

func wantLocked(t *testing.T, s load.Store) {
	t.Helper()
	if _, err := s.(load.Locker).Lock(t.Context(), lockName); !errors.Is(err, load.ErrLocked) {
		t.Errorf("Lock of %s, which is held: %v, want ErrLocked", lockName, err)
	}
}

func wantHeld(t *testing.T, l load.Lock) {
	t.Helper()
	if err := l.Held(); err != nil {
		t.Errorf("Held: %v, want the lock to be ours", err)
	}
}

func wantLost(t *testing.T, l load.Lock) {
	t.Helper()
	if err := l.Held(); !errors.Is(err, load.ErrLockLost) {
		t.Errorf("Held: %v, want ErrLockLost", err)
	}
}
