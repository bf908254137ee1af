package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestExamplesOf(t *testing.T) {
	page := "text\n```sh\nask 2026-11-16\n\tand 2026-11-23\n```\n2026-11-16\n```yaml\n```\n```sh\nb\n```\n```python\nnever closed\n"
	got := examplesOf(page, time.Date(2027, 3, 3, 5, 0, 0, 0, time.UTC))
	want := map[string][]string{"sh": {"ask 2027-02-23\n\tand 2027-03-02\n", "b\n"}, "yaml": {""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What the description has, the page has a row for.
func TestPageHasEveryOperation(t *testing.T) {
	page, err := os.ReadFile("../../docs/control-api.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../control/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	rows := 0
	for path, item := range document.Paths {
		for method := range item {
			if method == "parameters" {
				continue
			}
			row := "\n| `" + strings.ToUpper(method) + " " + strings.ReplaceAll(path, "{run}", "RUN") + "` |"
			if !strings.Contains(string(page), row) {
				t.Errorf("there is no row for %s", row[1:])
			}
			rows++
		}
	}
	if n := strings.Count(string(page), "\n| `GET /") + strings.Count(string(page), "\n| `POST /"); n != rows {
		t.Errorf("%d rows for %d operations", n, rows)
	}
}
