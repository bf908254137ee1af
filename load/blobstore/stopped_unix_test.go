//go:build unix

package blobstore

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"

	"graphlake/load"
	"graphlake/load/storetest/azurite"
)

// An owner that no longer renews its lease is succeeded within the lease time, and knows it without
// asking; also one that was stopped and only now wakes up.
func TestLockPassesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a lease of 15 seconds to run out")
	}
	t.Parallel()
	connection := azurite.Start(t)
	a, b := newStore(t, leaseOptions(connection)), newStore(t, leaseOptions(connection)) // as in two processes
	stopped := startChild(t, connection)
	if said := stopped.ask(t); said != "held: <nil>\n" {
		t.Fatalf("the child says %q", said)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	owner, err := a.Lock(ctx, "other.lock")
	if err != nil {
		t.Fatal(err)
	}
	stopped.Process.Signal(syscall.SIGSTOP)
	cancel() // as if the process had died

	successor := takeOver(t, b, "other.lock")
	wantHeld(t, owner, false)
	if err := owner.Unlock(t.Context()); err != nil {
		t.Errorf("Unlock of a lost lock: %v", err)
	}
	if _, err := a.Lock(t.Context(), "other.lock"); !errors.Is(err, load.ErrLocked) {
		t.Errorf("Lock after the old owner's Unlock: %v, want ErrLocked", err)
	}
	wantHeld(t, successor, true)

	successor = takeOver(t, b, lockName)
	stopped.Process.Signal(syscall.SIGCONT)
	if said := stopped.ask(t); !strings.Contains(said, load.ErrLockLost.Error()) {
		t.Errorf("the child that was stopped says %q, want that it lost its lock", said)
	}
	wantHeld(t, successor, true)
}
