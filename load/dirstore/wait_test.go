package dirstore

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"graphlake/internal/flock"
	"graphlake/load"
)

// Whoever waits for a lock says so after ten seconds, with who holds it, and gives up after 45.
func TestWaitEnds(t *testing.T) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var log told
		s, err := NewWithOptions(t.Context(), root, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Writable(t.Context()); err != nil {
			t.Fatal(err)
		}
		other := hold(t, filepath.Join(root, staging, "lock"))
		start := time.Now()
		early := time.AfterFunc(tellAfter-time.Second, func() {
			if log.String() != "" {
				t.Errorf("told before %v: %s", tellAfter, log.String())
			}
		})
		defer early.Stop()
		_, err = s.Swap(t.Context(), "raw/x", "", nil)
		if waited := time.Since(start); !errors.Is(err, load.ErrLocked) || waited < waitAtMost || waited > waitAtMost+10*time.Second {
			t.Errorf("after %v: %v, want ErrLocked after %v", waited, err, waitAtMost)
		}
		if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), "waiting for a lock of the lake") {
			t.Errorf("told: %q, want it once", log.String())
		}
		if holder := flock.Holder(other); holder != "" && (!strings.Contains(err.Error(), holder) || !strings.Contains(log.String(), holder)) {
			t.Errorf("the holder is %s; the error is %v, the log %s", holder, err, log.String())
		}
		other.Close()
		if _, err := s.Swap(t.Context(), "raw/x", "", nil); err != nil {
			t.Errorf("once it is free: %v", err)
		}
	})
}

// told is what was logged, for whoever asks meanwhile.
type told struct {
	mu  sync.Mutex
	log bytes.Buffer
}

// Write writes.
func (l *told) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.Write(p)
}

func (l *told) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.String()
}

// The lock of a dataset is not waited for, and its holder is named where the system tells.
func TestHolderOfALock(t *testing.T) {
	s, err := New(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.Lock(t.Context(), "state/contoso/users.lock")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Unlock(t.Context())
	_, err = s.Lock(t.Context(), "state/contoso/users.lock")
	if !errors.Is(err, load.ErrLocked) {
		t.Fatalf("Lock: %v, want ErrLocked", err)
	}
	want := ""
	if _, unknown := os.Stat("/proc/locks"); unknown == nil {
		want = fmt.Sprintf("which process %d (dirstore.test) of user %d holds", os.Getpid(), os.Getuid())
	}
	if runtime.GOOS == "windows" {
		want = fmt.Sprintf("which process %d (dirstore.test.exe) holds", os.Getpid())
	}
	if !strings.Contains(err.Error(), want) {
		t.Errorf("Lock: %v, want who holds it", err)
	}
}

// hold takes the lock on a file as another process does.
func hold(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := flock.Open(name)
	if err == nil {
		err = flock.Try(f)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}
