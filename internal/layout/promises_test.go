package layout

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var named = regexp.MustCompile("`([a-z/]+)\\.(Test[A-Za-z0-9]+)`|`script/([a-z]+\\.txtar)`")

// A promise whose test was renamed or removed is held by nobody.
func TestPromisesAreHeld(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "docs", "promises.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.SplitSeq(string(text), "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| elsewhere") {
			continue
		}
		rows++
		found := named.FindAllStringSubmatch(line, -1)
		if len(found) == 0 {
			t.Errorf("no test is named in: %s", line)
		}
		for _, m := range found {
			if m[3] != "" {
				if _, err := os.Stat(filepath.Join(root, "internal", "cli", "testdata", "script", m[3])); err != nil {
					t.Error(err)
				}
				continue
			}
			if !declares(t, filepath.Join(root, m[1]), "func "+m[2]+"(t *testing.T)") {
				t.Errorf("%s has no %s", m[1], m[2])
			}
		}
	}
	if rows < 31 { // the table is read, whatever it looks like
		t.Errorf("%d promises, want at least 31", rows)
	}
}

// declares says whether a test file of a directory has a text.
func declares(t *testing.T, dir, text string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), text) {
			return true
		}
	}
	return false
}
