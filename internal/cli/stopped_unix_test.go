//go:build unix

package cli

import (
	"maps"
	"slices"
	"syscall"
	"testing"

	"graphlake/load/storetest/azurite"
)

// Who was stopped past the lease and wakes up after a successor has committed overwrites nothing,
// wherever it was stopped: while it read, or while a write was under way to Blob Storage.
func TestStoppedOwner(t *testing.T) {
	t.Parallel()
	connection := azurite.Start(t)
	t.Run("reading", func(t *testing.T) {
		t.Parallel() // each waits for a lease to run out
		s := newSite(t, connection)
		owner := s.start(t, "slow", "users")
		<-s.arrived
		s.wakeTooLate(t, owner, s.gate)
	})
	for _, names := range []string{"/users.json", "/raw/users/", "/tables/user_licenses/", "/tables/users/"} {
		t.Run("writing "+names, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, connection)
			close(s.gate)
			h, blobs := inFront(t, connection, names)
			owner := s.startOn(t, blobs, "slow", "users")
			<-h.arrived
			s.wakeTooLate(t, owner, h.gate)
		})
	}
}

// wakeTooLate stops the owner, lets a successor do its work, opens the gate that the owner waits at,
// and wakes it up.
func (s *site) wakeTooLate(t *testing.T, owner *process, gate chan struct{}) {
	t.Helper()
	owner.signal(t, syscall.SIGSTOP)
	s.succeed(t, s.lease)
	want := s.files(t)
	if len(want) != 3 {
		t.Fatalf("the successor left %v", slices.Sorted(maps.Keys(want)))
	}
	close(gate)
	owner.signal(t, syscall.SIGCONT)
	first := owner.wait(t)
	if got := first.units["users"]; first.status != ExitLater || got.Error.Kind != "conflict" {
		t.Errorf("the owner ends with %d and says %+v, want %d and a conflict", first.status, got, ExitLater)
	}
	if !maps.Equal(s.files(t), want) {
		t.Error("the owner that was stopped has changed what its successor has committed")
	}
}

// On a disk nobody succeeds a process that is only stopped, and it goes on when it wakes up.
func TestStoppedOwnerOnDisk(t *testing.T) {
	t.Parallel()
	s := newSite(t, "")
	owner := s.start(t, "slow", "users")
	<-s.arrived
	owner.signal(t, syscall.SIGSTOP)
	if other := s.start(t, "quick", "users").wait(t); other.status != ExitLater || other.units["users"].Error.Kind != "locked" {
		t.Errorf("the other ends with %d: %+v", other.status, other.units)
	}
	close(s.gate)
	owner.signal(t, syscall.SIGCONT)
	if first := owner.wait(t); first.status != ExitDone {
		t.Errorf("the owner ends with %d: %+v", first.status, first.units)
	}
}
