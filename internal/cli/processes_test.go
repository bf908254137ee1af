package cli

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"graphlake/load"
)

// While one process works on a dataset, another is told so, and does the others.
func TestTwoProcesses(t *testing.T) {
	everyLake(t, func(t *testing.T, s *site) {
		owner := s.start(t, "slow", "users")
		<-s.arrived
		other := s.start(t, "quick", "users", "pstn_calls").wait(t)
		if got := other.units["users"]; other.status != ExitLater || got.Error.Kind != "locked" {
			t.Errorf("the other ends with %d and says of users %+v, want %d and locked", other.status, got, ExitLater)
		}
		if got := other.units["pstn_calls"]; got.Outcome != "empty" {
			t.Errorf("the other says of PSTN calls %+v, want that there are none", got)
		}
		close(s.gate)
		if first := owner.wait(t); first.status != ExitDone || first.units["users"].Written != 3 {
			t.Errorf("the owner ends with %d: %+v", first.status, first.units)
		}
	})
}

// While a run holds locks another process hears who it is, and when it has ended nobody does.
func TestStatusOfAnotherProcess(t *testing.T) {
	everyLake(t, func(t *testing.T, s *site) {
		owner := s.start(t, "slow", "users")
		<-s.arrived
		host, err := os.Hostname()
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf(`(?m)^at work: run [0-9]+T[0-9]+Z-[a-z0-9]+ on %s, process %d, since 20[0-9T:-]+Z, holds users of contoso; 0 of 1 units, 0 requests, 0 %%$`, regexp.QuoteMeta(host), owner.cmd.Process.Pid)
		if got := s.say(t, "status"); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("while it runs status says\n%s\nwant %s", got, want)
		}
		close(s.gate)
		owner.wait(t)
		if got := s.say(t, "status"); strings.Contains(got, "at work") || strings.Contains(got, "stale") {
			t.Errorf("afterwards status says\n%s", got)
		}
	})
}

// Who was killed is succeeded: on a disk at once, in Blob Storage within the lease time.
func TestKilledOwner(t *testing.T) {
	everyLake(t, func(t *testing.T, s *site) {
		owner := s.start(t, "slow", "users")
		<-s.arrived
		owner.signal(t, syscall.SIGKILL)
		if owner.cmd.Wait() == nil {
			t.Fatal("the owner was killed and ended well")
		}
		s.succeed(t, s.lease)
	})
}

// succeed runs the command until the dataset is not locked any more, which has to be within a time.
func (s *site) succeed(t *testing.T, within time.Duration) {
	t.Helper()
	for start := time.Now(); ; {
		asked := time.Since(start)
		next := s.start(t, "quick", "users").wait(t)
		switch {
		case next.status == ExitDone:
			return
		case next.status != ExitLater || next.units["users"].Error.Kind != "locked" || asked > within:
			t.Fatalf("asked after %v the successor ends with %d: %+v", asked, next.status, next.units)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// files are the bytes of all partitions.
func (s *site) files(t *testing.T) map[string]string {
	t.Helper()
	store := s.open(t)
	all := map[string]string{}
	for info, err := range store.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := load.ParsePartition(info.Name); !ok {
			continue
		}
		o, err := store.Open(t.Context(), info.Name)
		if err != nil {
			t.Fatal(err)
		}
		text := make([]byte, o.Info().Size)
		_, err = o.ReadAt(text, 0)
		if err := errors.Join(err, o.Close()); err != nil {
			t.Fatal(err)
		}
		all[info.Name] = string(text)
	}
	return all
}
