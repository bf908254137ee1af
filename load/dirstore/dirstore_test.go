package dirstore_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/dirstore"
	"graphlake/load/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) load.Store {
		if strings.HasSuffix(t.Name(), "/Snapshot") && os.Getenv("GRAPHLAKE_WINE") != "" {
			t.Skip("Wine replaces no file that is open")
		}
		return newStore(t, t.TempDir())
	})
}

// Of what is removed nothing is left, nor of the directories that it alone was in; what lies beside it stays.
func TestEmptyDirectoriesGo(t *testing.T) {
	root := t.TempDir()
	s := newStore(t, root)
	for _, name := range []string{"raw/calls/tenant_id=a/dt=2026-11-01/calls.parquet", "raw/calls/tenant_id=a/dt=2026-11-02/calls.parquet"} {
		if _, err := s.Swap(t.Context(), name, "", []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	for _, day := range []string{"01", "02"} {
		name := "raw/calls/tenant_id=a/dt=2026-11-" + day + "/calls.parquet"
		if err := s.Remove(t.Context(), name, load.Condition{}); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(root, filepath.Dir(name))); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the directory of %s is still there: %v", name, err)
		}
	}
	if left, err := os.ReadDir(root); err != nil || len(left) != 1 || left[0].Name() != load.Staging {
		t.Errorf("left are %v, %v; want the directory of drafts alone", left, err)
	}
}

func newStore(t *testing.T, root string) *dirstore.Store {
	t.Helper()
	s, err := dirstore.New(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A lake that is only read, perhaps by a mistyped name, is left as it is.
func TestReadingWritesNothing(t *testing.T) {
	root := filepath.Join(t.TempDir(), "typo")
	s := newStore(t, root)
	for info, err := range s.List(t.Context(), "") {
		t.Errorf("List gives %v, %v", info, err)
	}
	if _, err := s.Open(t.Context(), "tables/x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open: %v, want fs.ErrNotExist", err)
	}
	if _, err := os.Stat(root); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading made %s (%v)", root, err)
	}
	if err := s.Writable(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, ".staging")); err != nil {
		t.Errorf("after Writable: %v", err)
	}
}

// What stood in the way of the first write does not stand in the way of the next.
func TestWritableIsTriedAgain(t *testing.T) {
	root := filepath.Join(t.TempDir(), "lake")
	s := newStore(t, root)
	if err := os.WriteFile(root, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"Writable": s.Writable(t.Context()),
		"Stage":    second(s.Stage(t.Context(), "a/b")),
		"Swap":     second(s.Swap(t.Context(), "a/b", "", nil)),
		"Remove":   s.Remove(t.Context(), "a/b", load.Condition{}),
	} {
		if err == nil || !strings.Contains(err.Error(), "a file stands where a directory is needed") {
			t.Errorf("%s with a file in the lake's place: %v, want the cure", what, err)
		}
	}
	if err := os.Remove(root); err != nil {
		t.Fatal(err)
	}
	w, err := s.Stage(t.Context(), "a/b")
	if err != nil {
		t.Fatalf("after the file was moved away: %v", err)
	}
	if err := w.Discard(); err != nil {
		t.Error(err)
	}
}

func second[T any](_ T, err error) error { return err }

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
	o.Close()
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
	for _, root := range []string{file, filepath.Join(file, "lake")} {
		_, err := dirstore.New(t.Context(), root)
		if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "choose another lake") {
			t.Errorf("the lake %s: %v, want an error with the path and the cure", root, err)
		}
	}
	s := newStore(t, filepath.Join(root, "lake"))
	if _, err := s.Swap(t.Context(), "state", "", []byte("a file")); err != nil {
		t.Fatal(err)
	}
	_, err := s.Swap(t.Context(), "state/x.json", "", nil)
	if err == nil || !strings.Contains(err.Error(), "a file stands where a directory is needed") {
		t.Errorf("an object under an object: %v", err)
	}
}

func TestReadOnlyDirectory(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("root may write everywhere, and so may who makes a directory on Windows")
	}
	root := t.TempDir()
	if err := os.Chmod(root, 0o555); err != nil {
		t.Fatal(err)
	}
	s := newStore(t, root)
	for info, err := range s.List(t.Context(), "") {
		t.Errorf("List gives %v, %v", info, err)
	}
	for what, err := range map[string]error{
		"Writable": s.Writable(t.Context()), "Stage": second(s.Stage(t.Context(), "a/b")),
	} {
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "write access") {
			t.Errorf("%s in a read-only directory: %v, want the cure", what, err)
		}
	}
}
