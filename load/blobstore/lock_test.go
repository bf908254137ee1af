package blobstore

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/storetest/azurite"
)

// leaseStores opens two stores on one prefix: they stand for two processes.
func leaseStores(t *testing.T, transport http.RoundTripper) (a, b *Store) {
	o := Options{
		ConnectionString: azurite.Start(t), Container: "locks", Prefix: "a", LeaseTime: 15 * time.Second,
		Transport: &http.Client{Transport: transport},
	}
	return newStore(t, o), newStore(t, o)
}

func TestLockPassesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a lease of 15 seconds to run out")
	}
	t.Parallel()
	a, b := leaseStores(t, http.DefaultTransport)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	owner, err := a.Lock(ctx, lockName)
	if err != nil {
		t.Fatal(err)
	}
	cancel() // as if the process had died
	for start := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		successor, err := b.Lock(t.Context(), lockName)
		if errors.Is(err, load.ErrLocked) && time.Since(start) < 16*time.Second {
			continue
		}
		if err != nil {
			t.Fatalf("Lock %v after the owner stopped renewing: %v", time.Since(start), err)
		}
		defer successor.Unlock(t.Context())
		wantHeld(t, owner, false)
		wantHeld(t, successor, true)
		if err := owner.Unlock(t.Context()); err != nil {
			t.Errorf("Unlock of a lost lock: %v", err)
		}
		break
	}
	if _, err := a.Lock(t.Context(), lockName); !errors.Is(err, load.ErrLocked) {
		t.Errorf("Lock after the old owner's Unlock: %v, want ErrLocked", err)
	}
}

func TestLockOutlivesItsLease(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a lease of 15 seconds to be renewed")
	}
	t.Parallel()
	a, b := leaseStores(t, http.DefaultTransport)
	owner, err := a.Lock(t.Context(), lockName)
	if err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); time.Since(start) < 18*time.Second; time.Sleep(500 * time.Millisecond) {
		wantHeld(t, owner, true)
		if _, err := b.Lock(t.Context(), lockName); !errors.Is(err, load.ErrLocked) {
			t.Fatalf("Lock after %v: %v, want ErrLocked", time.Since(start), err)
		}
	}
	if err := owner.Unlock(t.Context()); err != nil {
		t.Error(err)
	}
}

// A lease that was granted or released, but whose answer was lost, is asked for again by the SDK.
func TestLostAnswersAboutLeases(t *testing.T) {
	t.Parallel() // the SDK waits between its tries
	lossy := &lossyTransport{}
	a, b := leaseStores(t, lossy)
	first, err := a.Lock(t.Context(), lockName)
	if err != nil {
		t.Fatal(err)
	}
	lossy.armed.Store(true)
	if err := first.Unlock(t.Context()); err != nil || lossy.armed.Load() {
		t.Errorf("Unlock whose answer was lost: %v", err)
	}
	lossy.armed.Store(true)
	second, err := b.Lock(t.Context(), lockName)
	if err != nil || lossy.armed.Load() {
		t.Fatalf("Lock whose answer was lost: %v", err)
	}
	wantHeld(t, second, true)
	if err := second.Unlock(t.Context()); err != nil {
		t.Error(err)
	}
}
