package golden_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"graphlake/internal/golden"
)

// verdict stands in for the test that Equal is called from.
type verdict struct {
	testing.TB
	failed bool
	said   string
}

func (v *verdict) Helper()                        {}
func (v *verdict) Logf(string, ...any)            {}
func (v *verdict) Errorf(format string, a ...any) { v.failed, v.said = true, fmt.Sprintf(format, a...) }
func (v *verdict) Fatalf(format string, a ...any) { v.Errorf(format, a...) }

func TestEqual(t *testing.T) {
	for _, tt := range []struct {
		name, file, got string
		missing         bool
		says            []string
	}{
		{name: "same", file: "a\nb\n", got: "a\nb\n"},
		{name: "both empty"},
		{name: "a line changed", file: "a\nb\nc\n", got: "a\nB\nc\n", says: []string{`"b\n"`, `"B\n"`, "UPDATE=1"}},
		{name: "last line end missing", file: "a\n", got: "a", says: []string{"UPDATE=1"}},
		{name: "file missing", missing: true, got: "a\n", says: []string{"missing", "UPDATE=1", "a\n"}},
		{name: "file missing and output empty", missing: true, says: []string{"missing"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("UPDATE", "")
			path := filepath.Join(t.TempDir(), "x.golden")
			if !tt.missing {
				write(t, path, tt.file)
			}

			var v verdict
			golden.Equal(&v, path, []byte(tt.got))

			if v.failed != (tt.says != nil) {
				t.Errorf("failed = %v, want %v: %s", v.failed, tt.says != nil, v.said)
			}
			for _, s := range tt.says {
				if !strings.Contains(v.said, s) {
					t.Errorf("the message lacks %q:\n%s", s, v.said)
				}
			}
		})
	}
}

func TestUpdateWritesTheFile(t *testing.T) {
	t.Setenv("UPDATE", "1")
	path := filepath.Join(t.TempDir(), "new", "x.golden")
	for _, got := range []string{"first\n", "second\n"} {
		golden.Equal(t, path, []byte(got))
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(b) != got {
			t.Errorf("the file holds %q, want %q", b, got)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
