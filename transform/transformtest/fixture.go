package transformtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Pages are the pages of a fixture's folder, in their order.
func Pages(tb testing.TB, folder string) []string {
	tb.Helper()
	pages, err := filepath.Glob(filepath.Join(folder, "page-*.json"))
	if err != nil || len(pages) == 0 {
		tb.Fatalf("no fixture in %s: %v", folder, err)
	}
	return pages
}

// Records are the records of pages. A page that is no collection is a record.
func Records(tb testing.TB, pages ...string) (all []json.RawMessage) {
	tb.Helper()
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			tb.Fatal(err)
		}
		var body struct{ Value []json.RawMessage }
		if err := json.Unmarshal(text, &body); err != nil {
			tb.Fatalf("%s: %v", page, err)
		}
		if body.Value == nil {
			body.Value = []json.RawMessage{text}
		}
		all = append(all, body.Value...)
	}
	return all
}
