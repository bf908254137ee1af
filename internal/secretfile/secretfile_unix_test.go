//go:build unix

package secretfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A link is as its file is, and a volume of Kubernetes is known by its links.
func TestSecretFilesByLinks(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, mode fs.FileMode) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("secret"), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(name, mode); err != nil { // whatever the umask
			t.Fatal(err)
		}
		return name
	}
	link := func(to, name string) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
		return name
	}
	ours, all := write("ours", 0o600), write("all", 0o644)
	write("volume/..2026_11_28_02_30_00.123456789/token", 0o644)
	link("..2026_11_28_02_30_00.123456789", "volume/..data")
	mounted := link("..data/token", "volume/token")
	write("old/..2026_11_28_02_30_00.123456789/token", 0o644)
	for _, c := range []struct {
		kind Kind
		name string
		want string
	}{
		{certificateFile, ours, ""}, {certificateFile, link(ours, "to ours"), ""},
		{certificateFile, all, "everybody"}, {certificateFile, link(all, "to all"), "everybody"},
		{tokenFile, mounted, ""}, {tokenFile, link(mounted, "to mounted"), ""}, {certificateFile, mounted, "defaultMode"},
		{tokenFile, filepath.Join(dir, "old/..2026_11_28_02_30_00.123456789/token"), "everybody"},
		{tokenFile, filepath.Join(dir, "none"), "no such file"},
	} {
		text, err := c.kind.Read(c.name)
		if (c.want == "") != (err == nil) || err == nil && string(text) != "secret" || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %q, %v, want %q", c.kind.Key, c.name, text, err, c.want)
		}
	}
	if err := os.Truncate(ours, most+1); err != nil {
		t.Fatal(err)
	}
	if _, err := certificateFile.Read(ours); err == nil || !strings.Contains(err.Error(), "so it is none") {
		t.Errorf("a large file: %v", err)
	}
}
