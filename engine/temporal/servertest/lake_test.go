package servertest

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"graphlake/internal/trial/command"
)

// files are the hashes of what a lake says to those who read it, by name.
func (r *rig) files(lake string, kinds ...string) map[string][sha256.Size]byte {
	r.Helper()
	all := map[string][sha256.Size]byte{}
	root := filepath.Join(r.dir, lake, "lake")
	for _, kind := range kinds {
		err := fs.WalkDir(os.DirFS(root), kind, func(name string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && name == kind {
				return fs.SkipDir // nothing was quarantined
			}
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(filepath.Join(root, name))
			all[name] = sha256.Sum256(text)
			return err
		})
		if err != nil {
			r.Fatal(err)
		}
	}
	return all
}

// differing are the names that only one side has, or that have other bytes.
func differing(got, want map[string][sha256.Size]byte) (names []string) {
	for name, sum := range want {
		if text, ok := got[name]; !ok || text != sum {
			names = append(names, name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			names = append(names, name)
		}
	}
	return slices.Sorted(slices.Values(names))
}

// compare finds what the workers have left otherwise than graphlake alone.
func (r *rig) compare() {
	r.Helper()
	kinds := []string{"raw", "tables", "quarantine"}
	want := r.files(alone, kinds...)
	if len(want) == 0 {
		r.Error("graphlake has left nothing to compare with")
	}
	names := differing(r.files("engine", kinds...), want)
	total.differing.Add(int64(len(names)))
	if len(names) > 0 {
		r.Errorf("%d of %d files differ: %q", len(names), len(want), names[:min(len(names), 10)])
	}
	if r.configuration.Delta == "" {
		return
	}
	l := &command.Lake{Client: command.Client{Bin: bin, Dir: filepath.Join(r.dir, "engine")}}
	compared, differ, err := l.CompareLanes(r.Context())
	total.differing.Add(int64(len(differ)))
	if err != nil || compared == 0 || len(differ) > 0 {
		r.Errorf("of %d files of Delta tables differ %q (%v)", compared, differ, err)
	}
}

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
