//go:build unix

package dirstore_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"graphlake/load/dirstore"
)

// modes are those of all that lies below a directory.
func modes(t *testing.T, root string) map[string]fs.FileMode {
	t.Helper()
	all := map[string]fs.FileMode{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		all[name] = info.Mode() &^ fs.ModeDir
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func wantModes(t *testing.T, root string, want map[string]fs.FileMode) {
	t.Helper()
	got := modes(t, root)
	for name, mode := range want {
		if got[name] != mode {
			t.Errorf("%s has %v, want %v", name, got[name], mode)
		}
	}
	if len(got) != len(want) {
		t.Errorf("there is %v, want %v", got, want)
	}
}

// writeAll leaves in a lake one of everything that a store makes.
func writeAll(t *testing.T, s *dirstore.Store) {
	t.Helper()
	if _, err := s.Swap(t.Context(), "raw/b", "", nil); err != nil {
		t.Fatal(err)
	}
	l, err := s.Lock(t.Context(), lockName)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Unlock(t.Context()) })
}

// A lake is its owner's and its group's, or whose the mode says, whatever the umask is. Locks and drafts are the
// owner's alone: whoever can read a lock can hold it.
func TestModes(t *testing.T) {
	for _, tt := range []struct {
		name        string
		mode        fs.FileMode
		umask       int
		dirs, files fs.FileMode
	}{
		{"default", 0, 0o022, 0o750, 0o640},
		{"open umask", 0, 0, 0o750, 0o640},
		{"everybody", 0o755, 0o077, 0o755, 0o644},
		{"owner", 0o700, 0, 0o700, 0o600},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "lake")
			defer syscall.Umask(syscall.Umask(tt.umask))
			s, err := dirstore.NewWithOptions(t.Context(), root, dirstore.Options{Mode: tt.mode})
			if err != nil {
				t.Fatal(err)
			}
			writeAll(t, s)
			w, err := s.Stage(t.Context(), "raw/c")
			if err != nil {
				t.Fatal(err)
			}
			defer w.Discard()
			if err := os.Rename(drafts(t, root)[0], filepath.Join(root, ".staging", "draft.part")); err != nil {
				t.Fatal(err)
			}
			wantModes(t, root, map[string]fs.FileMode{
				".": tt.dirs, "raw": tt.dirs, "raw/b": tt.files, "state": tt.dirs, "state/contoso": tt.dirs, lockName: 0o600,
				".staging": 0o700, ".staging/lock": 0o600, ".staging/draft.part": 0o600,
			})
		})
	}
}

// The first write into a lake that was open to everybody closes its top and all locks, and no more: below the top
// nobody gets. The lake's own directory, and what is none of the lake's, stay as they are.
func TestOldLakeIsNarrowed(t *testing.T) {
	root := filepath.Join(t.TempDir(), "lake [*") // which is no pattern
	defer syscall.Umask(syscall.Umask(0))
	for _, name := range []string{".staging/lock", "raw/x", "state/contoso/calls.lock", "notes/x"} {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, mode := range map[string]fs.FileMode{".": 0o755, "raw": 0o755 | fs.ModeSetgid} {
		if err := os.Chmod(filepath.Join(root, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := newStore(t, root).Writable(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantModes(t, root, map[string]fs.FileMode{
		".": 0o755, ".staging": 0o700, ".staging/lock": 0o600, "notes": 0o755, "notes/x": 0o644,
		"raw": 0o750 | fs.ModeSetgid, "raw/x": 0o644, "state": 0o750, "state/contoso": 0o755, "state/contoso/calls.lock": 0o600,
	})
}

// A directory whose files go to its group hands that on to what is made in it.
func TestGroupIsHandedOn(t *testing.T) {
	root := t.TempDir()
	if err := os.Chmod(root, 0o750|fs.ModeSetgid); err != nil {
		t.Fatal(err)
	}
	defer syscall.Umask(syscall.Umask(0o077))
	writeAll(t, newStore(t, root))
	for _, name := range []string{".staging", "raw", "state", "state/contoso"} {
		if mode := modes(t, root)[name]; mode&fs.ModeSetgid == 0 {
			t.Errorf("%s has %v, without the bit of its parent", name, mode)
		}
	}
}

// What lies under .staging and is no draft of this user's, or no file, is left there.
func TestForeignDraftsStay(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	root := t.TempDir()
	dir := filepath.Join(root, ".staging")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ours.part", "theirs.part", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(filepath.Join(dir, "theirs.part"), 65534, -1); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.part"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("notes.txt", filepath.Join(dir, "link.part")); err != nil {
		t.Fatal(err)
	}
	if err := newStore(t, root).Writable(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := modes(t, dir)
	for _, name := range []string{"theirs.part", "notes.txt", "pipe.part", "link.part"} {
		if _, there := got[name]; !there {
			t.Errorf("%s was removed", name)
		}
	}
	if _, there := got["ours.part"]; there {
		t.Error("a dead process's draft is left")
	}
}
