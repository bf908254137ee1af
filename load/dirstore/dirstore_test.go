package dirstore_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/dirstore"
	"graphlake/load/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) load.Store { return newStore(t, t.TempDir()) })
}

func newStore(t *testing.T, root string) *dirstore.Store {
	t.Helper()
	s, err := dirstore.New(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNewRemovesOldLeftovers(t *testing.T) {
	root := t.TempDir()
	newStore(t, root)
	older := filepath.Join(root, ".staging", "1.part")
	newer := filepath.Join(root, ".staging", "2.part")
	for _, name := range []string{older, newer} {
		if err := os.WriteFile(name, []byte("left by a crash"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(older, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	newStore(t, root)
	if _, err := os.Stat(older); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a leftover of 25 hours is still there (%v)", err)
	}
	if _, err := os.Stat(newer); err != nil {
		t.Errorf("a file that may still be written was removed: %v", err)
	}
}

// Two stores on one directory stand for two processes: they share nothing but the files.
func TestTwoStoresShareADirectory(t *testing.T) {
	root := t.TempDir()
	a, b := newStore(t, root), newStore(t, root)
	v, err := a.Swap(t.Context(), "state/x.json", "", []byte("one"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Swap(t.Context(), "state/x.json", "", []byte("two")); !errors.Is(err, load.ErrConflict) {
		t.Errorf("second creator: %v, want a conflict", err)
	}
	if _, err := b.Swap(t.Context(), "state/x.json", v, []byte("two")); err != nil {
		t.Errorf("swap over the version that the other store gave: %v", err)
	}
}

// A clock that was set back must not bring an old version back.
func TestVersionsGrowWhateverTheClock(t *testing.T) {
	root := t.TempDir()
	s := newStore(t, root)
	first, err := s.Swap(t.Context(), "state/x.json", "", []byte("one"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root, "state", "x.json")
	future := time.Now().Add(time.Hour)
	if err := os.Chtimes(file, future, future); err != nil {
		t.Fatal(err)
	}
	o, err := s.Open(t.Context(), "state/x.json")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if o.Info().Version == first {
		t.Error("a touched file kept its version")
	}
	if _, err := s.Swap(t.Context(), "state/x.json", o.Info().Version, []byte("two")); err != nil {
		t.Fatal(err)
	}
	stat, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if !stat.ModTime().After(future) {
		t.Errorf("modification time went back from %v to %v", future, stat.ModTime())
	}
}

func TestErrorsNameTheCure(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := dirstore.New(t.Context(), filepath.Join(file, "lake"))
	if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "choose another lake") {
		t.Errorf("a lake under a file: %v, want an error with the path and the cure", err)
	}
	s := newStore(t, filepath.Join(root, "lake"))
	if _, err := s.Swap(t.Context(), "state", "", []byte("a file")); err != nil {
		t.Fatal(err)
	}
	_, err = s.Swap(t.Context(), "state/x.json", "", nil)
	if err == nil || !strings.Contains(err.Error(), "a file stands where a directory is needed") {
		t.Errorf("an object under an object: %v", err)
	}
}

func TestReadOnlyDirectory(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	root := t.TempDir()
	if err := os.Chmod(root, 0o555); err != nil {
		t.Fatal(err)
	}
	_, err := dirstore.New(t.Context(), root)
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "write access") {
		t.Errorf("New in a read-only directory: %v", err)
	}
}
