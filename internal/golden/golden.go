// Package golden compares what a test made with a file that holds what it should make.
//
// A golden file that is missing fails the test, so that a new one is always a decision: UPDATE=1
// writes it, and the diff of the commit is what is reviewed. It knows nothing of graphlake.
package golden

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Equal fails the test, with a diff by lines, unless the golden file at path holds exactly got.
// With UPDATE=1 in the environment it writes got to the file instead.
func Equal(tb testing.TB, path string, got []byte) {
	tb.Helper()
	if os.Getenv("UPDATE") == "1" {
		update(tb, path, got)
		return
	}
	want, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		tb.Errorf("golden file %s is missing; if this output is right, write it with UPDATE=1:\n%s", path, got)
		return
	}
	if err != nil {
		tb.Errorf("reading the golden file: %v", err)
		return
	}
	if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
		tb.Errorf("%s differs (-golden +got); if the change is meant, write it with UPDATE=1:\n%s", path, diff)
	}
}

// update leaves a file that is right alone, so that its time of change says something.
func update(tb testing.TB, path string, got []byte) {
	tb.Helper()
	if old, err := os.ReadFile(path); err == nil && string(old) == string(got) {
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatalf("making room for the golden file: %v", err)
	}
	if err := os.WriteFile(path, got, 0o644); err != nil {
		tb.Fatalf("writing the golden file: %v", err)
	}
	tb.Logf("wrote %s", path)
}

// lines keeps the line ends, so that a missing last one shows too.
func lines(b []byte) []string { return strings.SplitAfter(string(b), "\n") }
