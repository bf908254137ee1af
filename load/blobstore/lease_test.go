package blobstore

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"graphlake/load"
)

const lockName = "state/contoso/call_records.lock"

// leases stands in for Blob Storage as far as a lock needs it, in a bubble where a minute takes no
// time: a container whose one blob can be leased.
type leases struct {
	mu     sync.Mutex
	exists bool // the blob
	holder string
	until  time.Time
	silent bool          // takes requests and never answers
	slow   time.Duration // before it answers
	asked  int           // renewals
}

func (s *leases) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	status, code := s.answer(r)
	silent, slow := s.silent, s.slow
	s.mu.Unlock()
	time.Sleep(slow)
	if silent {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return &http.Response{
		StatusCode: status, Request: r, Body: io.NopCloser(strings.NewReader("")),
		Header: http.Header{"X-Ms-Error-Code": {code}, "Etag": {`"0x1"`}},
	}, nil
}

func (s *leases) answer(r *http.Request) (status int, code string) {
	header := func(name string) string { return strings.Join(r.Header[name], "") } // as the SDK spells it
	action := header("x-ms-lease-action")
	if action == "renew" {
		s.asked++
	}
	free := s.holder == "" || !time.Now().Before(s.until)
	switch {
	case s.silent:
	case r.Method == http.MethodGet: // the container's properties
		return http.StatusOK, ""
	case action == "":
		s.exists = s.exists || header("If-Match") == "" // which only the probe has
		return http.StatusCreated, ""
	case !s.exists:
		return http.StatusNotFound, "BlobNotFound"
	case action == "acquire" && (free || s.holder == header("x-ms-proposed-lease-id")):
		s.holder, s.until = header("x-ms-proposed-lease-id"), time.Now().Add(time.Minute)
		return http.StatusCreated, ""
	case action == "acquire":
		return http.StatusConflict, "LeaseAlreadyPresent"
	case s.holder != header("x-ms-lease-id"):
		return http.StatusConflict, "LeaseIdMismatchWithLeaseOperation"
	case action == "renew":
		s.until = time.Now().Add(time.Minute)
	case action == "release":
		s.holder = ""
	}
	return http.StatusOK, ""
}

func (s *leases) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// leased runs a test in a bubble with a lock that was just taken for a minute.
func leased(t *testing.T, test func(t *testing.T, service *leases, l load.Lock, stopRenewing func())) {
	synctest.Test(t, func(t *testing.T) {
		service := &leases{}
		s, err := New(t.Context(), Options{
			ConnectionString: "BlobEndpoint=http://blob.example/lake;SharedAccessSignature=sig=invented",
			Container:        "lake", Transport: &http.Client{Transport: service},
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		l, err := s.Lock(ctx, lockName)
		if err != nil {
			t.Fatal(err)
		}
		wantHeld(t, l, true)
		test(t, service, l, cancel)
	})
}

func wantHeld(t *testing.T, l load.Lock, want bool) {
	t.Helper()
	if err := l.Held(); want && err != nil || !want && !errors.Is(err, load.ErrLockLost) {
		t.Errorf("Held: %v, want the lock to be ours: %t", err, want)
	}
}

func TestLeaseIsRenewedUntilUnlock(t *testing.T) {
	leased(t, func(t *testing.T, service *leases, l load.Lock, _ func()) {
		time.Sleep(time.Hour + time.Second)
		wantHeld(t, l, true)
		if service.asked != 180 {
			t.Errorf("%d renewals in an hour, want one every 20 seconds", service.asked)
		}
		if err := l.Unlock(t.Context()); err != nil || service.holder != "" {
			t.Errorf("Unlock: %v, and the lease is held by %q", err, service.holder)
		}
		wantHeld(t, l, false)
		time.Sleep(time.Hour)
		if service.asked != 180 {
			t.Errorf("%d renewals after Unlock", service.asked-180)
		}
	})
}

// What nobody renews is ours for a minute less the margin, whatever the service might grant after.
func TestLeaseRunsOut(t *testing.T) {
	leased(t, func(t *testing.T, service *leases, l load.Lock, stopRenewing func()) {
		stopRenewing()
		time.Sleep(58*time.Second - time.Nanosecond)
		wantHeld(t, l, true)
		time.Sleep(time.Nanosecond)
		wantHeld(t, l, false)
		if service.asked != 0 {
			t.Errorf("%d renewals after the context ended", service.asked)
		}
	})
}

// The lease counts from the start of the last renewal that was granted, and none hangs beyond it.
func TestSilentService(t *testing.T) {
	leased(t, func(t *testing.T, service *leases, l load.Lock, _ func()) {
		service.set(func() { service.slow = 3 * time.Second })
		time.Sleep(30 * time.Second) // one renewal, from 20 s to 23 s
		service.set(func() { service.silent = true })
		time.Sleep(48*time.Second - time.Nanosecond)
		wantHeld(t, l, true)
		time.Sleep(time.Nanosecond)
		wantHeld(t, l, false)
		synctest.Wait()
		select {
		case <-l.(*lock).stopped:
		default:
			t.Error("a renewal hangs beyond the end of the lease")
		}
		service.set(func() { service.silent = false })
		time.Sleep(time.Hour)
		wantHeld(t, l, false)
	})
}

func TestRenewalThatFailsIsTriedAgain(t *testing.T) {
	leased(t, func(t *testing.T, service *leases, l load.Lock, _ func()) {
		service.set(func() { service.silent = true })
		time.Sleep(39 * time.Second)
		service.set(func() { service.silent = false })
		time.Sleep(time.Hour)
		wantHeld(t, l, true)
		if err := l.Unlock(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Whoever breaks a lease by hand, or removes its blob, ends the lock at the next renewal.
func TestLeaseThatIsTaken(t *testing.T) {
	for what, take := range map[string]func(*leases){
		"by another": func(s *leases) { s.holder = "another" },
		"with blob":  func(s *leases) { s.exists = false },
	} {
		t.Run(what, func(t *testing.T) {
			leased(t, func(t *testing.T, service *leases, l load.Lock, _ func()) {
				service.set(func() { take(service) })
				time.Sleep(20 * time.Second)
				synctest.Wait()
				wantHeld(t, l, false)
				holder := service.holder
				if err := l.Unlock(t.Context()); err != nil || service.holder != holder {
					t.Errorf("Unlock of a lost lock: %v, and the lease of %q is now held by %q", err, holder, service.holder)
				}
				if service.asked != 1 {
					t.Errorf("%d renewals, want none after the refusal", service.asked)
				}
			})
		})
	}
}

func TestUnlockThatFailed(t *testing.T) {
	leased(t, func(t *testing.T, service *leases, l load.Lock, _ func()) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := l.Unlock(ctx)
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "frees itself in 1m0s") {
			t.Errorf("Unlock with a cancelled context: %v, want how long it lasts", err)
		}
		wantHeld(t, l, false)
		if err := l.Unlock(t.Context()); err != nil || service.holder != "" {
			t.Errorf("Unlock again: %v, and the lease is held by %q", err, service.holder)
		}
	})
}

// On a machine that slept the lease ends by its calendar; one whose calendar was set back goes by the time
// that it ran.
func TestLeaseOfAMachineThatSlept(t *testing.T) {
	for _, tt := range []struct {
		name          string
		wall, running time.Duration
		held          bool
	}{
		{"awake", 57 * time.Second, 57 * time.Second, true},
		{"slept, not for long", 57 * time.Second, time.Second, true},
		{"slept", 58 * time.Second, time.Second, false},
		{"calendar set back", -time.Hour, 57 * time.Second, true},
		{"calendar set back long ago", -time.Hour, 58 * time.Second, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := instant{wall: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), running: time.Hour}
			now := start
			l := &lock{name: lockName, time: maxLease, since: start, now: func() instant { return now }}
			wantHeld(t, l, true)
			now = instant{wall: start.wall.Add(tt.wall), running: start.running + tt.running}
			wantHeld(t, l, tt.held)
			now = start
			wantHeld(t, l, tt.held) // lost for ever
		})
	}
}
