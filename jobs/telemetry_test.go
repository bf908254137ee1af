package jobs_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

var (
	inCode = regexp.MustCompile(`"(graphlake\.[a-z_]+)"`)
	onPage = regexp.MustCompile("`(graphlake\\.[a-z_]+)`")
)

// Every name that a collector is told is on the page, and no other.
func TestTelemetryIsOnThePage(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	code := map[string]bool{}
	for _, file := range files {
		maps.Copy(code, names(t, inCode, file))
	}
	page := names(t, onPage, filepath.Join("..", "docs", "telemetry.md"))
	if len(code) != 26 || !maps.Equal(code, page) {
		t.Errorf("in the code %d: %v\non the page: %v", len(code), slices.Sorted(maps.Keys(code)), slices.Sorted(maps.Keys(page)))
	}
}

func names(t *testing.T, what *regexp.Regexp, file string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, m := range what.FindAllStringSubmatch(string(text), -1) {
		all[m[1]] = true
	}
	return all
}
