package dirstore_test

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"graphlake/load"
)

// A directory that is linked is listed as it is read; a link that leads back up, to itself or to nothing is
// no object and no end of the list.
func TestListFollowsLinks(t *testing.T) {
	root, elsewhere := t.TempDir(), t.TempDir()
	s := newStore(t, root)
	for name, dir := range map[string]string{"a/one": root, "b.c": root, "moved/two": elsewhere, "moved/deep/three": elsewhere} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		root + "/b": filepath.Join(elsewhere, "moved"), root + "/again": "a", root + "/file": "a/one",
		root + "/self": "self", root + "/nothing": "gone", root + "/.hidden": "a",
		root + "/a/up": "..", root + "/a/here": ".", root + "/a/back": "../a",
		elsewhere + "/moved/deep/up": "..",
	} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Readlink(link); err != nil {
			t.Skip("Wine makes something else of links")
		}
	}
	for prefix, want := range map[string][]string{
		"":       {"a/one", "again/one", "b.c", "b/deep/three", "b/two", "file"},
		"b/":     {"b/deep/three", "b/two"},
		"b/deep": {"b/deep/three"},
		"b/t":    {"b/two"},
		"a/u":    nil,
	} {
		var got []string
		for info, err := range s.List(t.Context(), prefix) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, info.Name)
			o, err := s.Open(t.Context(), info.Name)
			if err != nil {
				t.Fatal(err)
			}
			if o.Info() != info {
				t.Errorf("listed as %+v, opened as %+v", info, o.Info())
			}
			text, err := io.ReadAll(io.NewSectionReader(o, 0, info.Size))
			if err != nil || len(text) == 0 {
				t.Errorf("%s holds %q, %v", info.Name, text, err)
			}
			o.Close()
		}
		if !slices.Equal(got, want) {
			t.Errorf("List(%q) = %q, want %q", prefix, got, want)
		}
	}
	if _, err := s.Swap(t.Context(), "b/four", load.Version(""), []byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(elsewhere, "moved", "four")); err != nil {
		t.Errorf("written through a link: %v", err)
	}
}
