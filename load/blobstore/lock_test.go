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

func leaseOptions(connection string) Options {
	return Options{ConnectionString: connection, Container: "locks", Prefix: "a", LeaseTime: 15 * time.Second}
}

// takeOver takes the lock of an owner that no longer renews its lease.
func takeOver(t *testing.T, s *Store, name string) load.Lock {
	t.Helper()
	for start := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		l, err := s.Lock(t.Context(), name)
		if errors.Is(err, load.ErrLocked) && time.Since(start) < 16*time.Second {
			continue
		}
		if err != nil {
			t.Fatalf("Lock %v after the owner stopped renewing: %v", time.Since(start), err)
		}
		t.Cleanup(func() { l.Unlock(context.WithoutCancel(t.Context())) })
		return l
	}
}

func TestLockOutlivesItsLease(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a lease of 15 seconds to be renewed")
	}
	t.Parallel()
	connection := azurite.Start(t)
	a, b := newStore(t, leaseOptions(connection)), newStore(t, leaseOptions(connection))
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
	options := leaseOptions(azurite.Start(t))
	options.Transport = &http.Client{Transport: lossy}
	s := newStore(t, options)
	first, err := s.Lock(t.Context(), lockName)
	if err != nil {
		t.Fatal(err)
	}
	lossy.armed.Store(true)
	if err := first.Unlock(t.Context()); err != nil || lossy.armed.Load() {
		t.Errorf("Unlock whose answer was lost: %v", err)
	}
	lossy.armed.Store(true)
	second, err := s.Lock(t.Context(), lockName)
	if err != nil || lossy.armed.Load() {
		t.Fatalf("Lock whose answer was lost: %v", err)
	}
	wantHeld(t, second, true)
	if err := second.Unlock(t.Context()); err != nil {
		t.Error(err)
	}
}
