package dirstore

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"graphlake/load"
)

// A published file survives a loss of power: its bytes are synced before it gets its name, its directory
// after that, and the parent of each new directory as soon as it is there.
func TestPublishIsDurable(t *testing.T) {
	root := filepath.Join(t.TempDir(), "lake")
	s, err := New(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(root, "a", "b", "c")
	var synced []string
	s.sync = func(f *os.File) error {
		what, err := filepath.Rel(filepath.Dir(root), f.Name())
		if err != nil {
			return err
		}
		if strings.HasSuffix(what, ".part") {
			what = "draft"
		}
		for _, there := range []string{"lake/.staging", "lake/a", "lake/a/b", "lake/a/b/c"} {
			if _, err := os.Stat(filepath.Join(filepath.Dir(root), there)); err == nil {
				what += " " + strings.TrimPrefix(there, "lake/")
			}
		}
		synced = append(synced, filepath.ToSlash(what))
		return f.Sync()
	}
	want := []string{
		".", "lake .staging", // the lake itself, then what it is written with
		"draft .staging",
		"lake .staging a", "lake/a .staging a a/b",
		"lake/a/b .staging a a/b a/b/c",
	}
	write(t, s, "one", nil)
	if !slices.Equal(synced, want) {
		t.Errorf("synced %q\nwant   %q", synced, want)
	}
	synced = nil
	write(t, s, "two", nil)
	if want := []string{"draft .staging a a/b a/b/c", "lake/a/b .staging a a/b a/b/c"}; !slices.Equal(synced, want) {
		t.Errorf("synced %q\nwant   %q", synced, want)
	}
	synced = nil
	if err := s.Remove(t.Context(), "a/b/c", load.Condition{}); err != nil || !slices.Equal(synced, []string{"lake .staging"}) {
		t.Errorf("Remove: %v, synced %q", err, synced)
	}

	// What cannot be made durable is not published.
	full := errors.New("refused by the test")
	s.sync = func(f *os.File) error { return full }
	write(t, s, "three", full)
	if _, err := os.Stat(target); err == nil {
		t.Error("a file was published whose bytes could not be synced")
	}
}

func write(t *testing.T, s *Store, text string, want error) {
	t.Helper()
	w, err := s.Stage(t.Context(), "a/b/c")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Commit(t.Context(), load.Condition{}); !errors.Is(err, want) {
		t.Errorf("Commit: %v, want %v", err, want)
	}
}
