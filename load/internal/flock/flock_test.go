package flock

import (
	"os"
	"path/filepath"
	"testing"
)

// The lines are of a kernel; the last two are a waiting process's and one of another kind of lock.
func TestHolderOf(t *testing.T) {
	const locks = `1: POSIX  ADVISORY  WRITE 11 08:01:77 0 EOF
2: FLOCK  ADVISORY  WRITE 0 08:01:78 0 EOF
3: FLOCK  ADVISORY  WRITE 4711 08:01:77 0 EOF
3: -> FLOCK  ADVISORY  WRITE 4712 08:01:79 0 EOF
4: FLOCK  ADVISORY  WRITE 4713 103:12a:80 0 EOF

5: FLOCK
`
	for _, tt := range []struct {
		device, inode uint64
		want          int
	}{
		{0x801, 77, 4711}, {0x801, 78, 0}, {0x801, 79, 0}, {0x802, 77, 0}, {0x11032a, 80, 4713},
	} {
		if got := holderOf(locks, tt.device, tt.inode); got != tt.want {
			t.Errorf("the holder of inode %d of %#x is %d, want %d", tt.inode, tt.device, got, tt.want)
		}
	}
}

// A process is named by its program, unless that calls itself something odd.
func TestDescribe(t *testing.T) {
	if got := describe(os.Getpid()); got == "" {
		t.Error("this process has no name")
	}
	for name, want := range map[string]bool{"graphlake": true, "flock.test": true, "a b": false, "x\x1b[31m": false, "": false} {
		if plainName.MatchString(name) != want {
			t.Errorf("%q is plain: %t, want %t", name, !want, want)
		}
	}
}

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
	if err := os.Symlink("another", filepath.Join(dir, "scratch-link")); err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]os.FileMode{made.Name: 0o700, file.Name(): 0o600} {
		if info, err := os.Stat(what); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", what, info.Mode(), err, want)
		}
	}
	wantEntries(t, dir, 4)
	made.open.Close()
	wantEntries(t, dir, 3)
	file.Close()
	wantEntries(t, dir, 2)
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
