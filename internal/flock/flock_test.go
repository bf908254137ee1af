package flock

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// What is made is swept once its process, or whoever holds it, has ended, and not before. Others' files stay.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	made, err := NewDir(dir, "scratch-*")
	if err != nil {
		t.Fatal(err)
	}
	file, err := NewFile(dir, "scratch-*")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(made.Name, "000000.arrow"))
	write(t, filepath.Join(dir, "another"))
	links := 0
	if runtime.GOOS != "windows" { // where not everybody may make one
		if err := os.Symlink("another", filepath.Join(dir, "scratch-link")); err != nil {
			t.Fatal(err)
		}
		links = 1
	}
	for what, want := range map[string]os.FileMode{made.Name: 0o700, file.Name(): 0o600} {
		if info, err := os.Stat(what); err != nil || info.Mode().Perm() != want && runtime.GOOS != "windows" {
			t.Errorf("%s: %v, %v; want %v", what, info.Mode(), err, want)
		}
	}
	wantEntries(t, dir, 3+links)
	made.open.Close()
	wantEntries(t, dir, 2+links)
	file.Close()
	wantEntries(t, dir, 1+links)
	if err := made.Remove(); err == nil {
		t.Error("a directory was closed twice")
	}
	if err := Sweep(filepath.Join(dir, "none"), "*"); err != nil {
		t.Errorf("a directory that is not there: %v", err)
	}
}

func write(t *testing.T, name string) {
	t.Helper()
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func wantEntries(t *testing.T, dir string, want int) {
	t.Helper()
	if err := Sweep(dir, "scratch-*"); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != want {
		t.Errorf("after a sweep there is %v, %v; want %d", entries, err, want)
	}
}
