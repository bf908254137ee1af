package load_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"graphlake/internal/flock"
	"graphlake/load"
)

// What is left of runs is found, also below a directory whose name is a bad pattern, and files of others are not.
func TestLeftovers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a [")
	lake, scratch := filepath.Join(dir, "lake"), filepath.Join(dir, "scratch")
	var want []string
	for name, is := range map[string]bool{
		"lake/raw/x": false, "lake/.staging/y": true, "scratch/graphlake-scratch-1.part": true, "scratch/graphlake-scratch-2/z": true,
		"scratch/graphlake-spool-3/z": true, "scratch/graphlake-draft-4": true, "scratch/others": false,
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if is {
			want = append(want, file)
		}
	}
	var got []string
	for o, err := range load.Leftovers(t.Context(), lake, scratch) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, o.Info().Name)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

// What a process works with is named, and not given.
func TestLeftoversInUse(t *testing.T) {
	scratch := t.TempDir()
	used, err := flock.NewFile(scratch, flock.Scratch)
	if err != nil {
		t.Fatal(err)
	}
	defer used.Close()
	dir, err := flock.NewDir(scratch, flock.Scratch)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Remove()
	left := filepath.Join(scratch, "graphlake-scratch-left")
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	look := func() (given, inUse []string) {
		for o, err := range load.Leftovers(t.Context(), "", scratch) {
			if e, ok := errors.AsType[*load.InUseError](err); ok {
				inUse = append(inUse, e.Name)
			} else if err != nil {
				t.Fatal(err)
			} else {
				given = append(given, o.Info().Name)
			}
		}
		slices.Sort(inUse)
		slices.Sort(given)
		return given, inUse
	}
	given, inUse := look()
	want := []string{used.Name(), dir.Name}
	slices.Sort(want)
	if !slices.Equal(given, []string{left}) || !slices.Equal(inUse, want) {
		t.Errorf("given %q, in use %q; want %q and %q", given, inUse, left, want)
	}
	used.Close()
	if given, inUse := look(); !slices.Contains(given, used.Name()) || len(inUse) != 1 {
		t.Errorf("its process has ended: given %q, in use %q", given, inUse)
	}
}
