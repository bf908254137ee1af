package delta

import (
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// How names are written in an entry: what Hive escapes in the name of a folder is escaped once more. The first is an example of
// Delta Lake's own kernel.
func TestEncodedPaths(t *testing.T) {
	for path, want := range map[string]string{
		"city=US%2FEast/a.parquet":      "city=US%252FEast/a.parquet",
		"tenant_id=1-2/dt=2026-11-22/a": "tenant_id=1-2/dt=2026-11-22/a",
		"a b/ü+&=,;@$!~'()*.parquet":    "a%20b/%C3%BC+&=,;@$%21~%27%28%29%2A.parquet",
		"a?b#c[d]<e>|f\"g^h`i{j}k.xy":   "a%3Fb%23c%5Bd%5D%3Ce%3E%7Cf%22g%5Eh%60i%7Bj%7Dk.xy",
		"dt=2026-11-22 00%3A00%3A00/a":  "dt=2026-11-22%2000%253A00%253A00/a",
	} {
		got := encodePath(path)
		if got != want {
			t.Errorf("encodePath(%q) = %q, want %q", path, got, want)
		}
		if back, err := pathOf(got); err != nil || back != path {
			t.Errorf("pathOf(%q) = %q, %v", got, back, err)
		}
	}
}

func FuzzPath(f *testing.F) {
	for _, path := range []string{"a/b=c/d.parquet", "a b", "%25", "ü", "a:b/c", "../a", "/a", "a//b"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if decoded, err := pathOf(path); err == nil && !fs.ValidPath(decoded) {
			t.Errorf("pathOf(%q) = %q, which leads out of the table", path, decoded)
		}
		first, _, _ := strings.Cut(path, "/")
		if !fs.ValidPath(path) || path == "." || strings.Contains(first, ":") {
			return
		}
		if back, err := pathOf(encodePath(path)); err != nil || back != path {
			t.Errorf("%q becomes %q and then %q, %v", path, encodePath(path), back, err)
		}
	})
}

// Whatever is in an entry, it is refused or it is a state; and what we would write of it is read as the same.
func FuzzEntry(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/deltars.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		f.Add(file.Data)
	}
	ours, err := os.ReadFile("testdata/log.golden")
	if err != nil {
		f.Fatal(err)
	}
	for part := range bytes.SplitSeq(ours, []byte("-- ")) {
		if _, entry, found := bytes.Cut(part, []byte("\n")); found {
			f.Add(entry)
		}
	}
	for _, line := range []string{
		"", "\n\n", "{}", "null", "[]", `{"add":null}`, `{"add":{}}`, `{"remove":{"path":"a"}}`, `{"add":{"path":"a","partitionValues":{"a":null,"b":""}}}`,
		`{"cdc":{"path":"a"}}`, `{"commitInfo":{"txnId":1}}`, `{"protocol":{"minReaderVersion":3}}`, `{"metaData":{"format":{}}}`, `{"add":{"path":"a","stats":"{"}}`,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		actions, err := parseActions(data)
		if err != nil {
			return
		}
		s := newState(selection{})
		if err := s.apply(entry{0, actions}); err == nil {
			for _, f := range s.files() {
				if _, removed := s.removed[f.Path]; removed || !fs.ValidPath(f.Path) {
					t.Errorf("%q is live, and removed: %t", f.Path, removed)
				}
			}
			if s.readable() == nil {
				s.snapshot()
			}
		}
		text, err := formatActions(actions)
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseActions(text)
		if err != nil {
			t.Fatalf("%q becomes %q: %v", data, text, err)
		}
		if once, twice := must(t, actions), must(t, again); once != twice {
			t.Errorf("%q becomes other actions: %s", data, cmp.Diff(once, twice))
		}
	})
}

func must(t *testing.T, actions []action) string {
	text, err := formatActions(actions)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
