package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"graphlake/schemas"
)

// The fixtures hold what is odd in Graph's answers: if DuckDB makes the same rows of them by SQL that
// was made from the schemas, both read the columns' paths and types alike.
func TestSQLReadsFixturesAsWeDo(t *testing.T) {
	rows := map[string]int64{}
	for _, d := range schemas.All() {
		for _, way := range []struct {
			name string
			job  func([]schemas.Table, string, string) (job, error)
		}{{"loading once", loadOnce}, {"scanning each", scanEach}} {
			t.Run(d.Name+"/"+way.name, func(t *testing.T) {
				file := lines(t, d)
				db, err := openDuckDB(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				us, err := ours(d.Tables)
				if err != nil {
					t.Fatal(err)
				}
				our, err := us.write(t.Context(), file, t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				j, err := way.job(d.Tables, file, milliseconds)
				if err != nil {
					t.Fatal(err)
				}
				their, err := j.run(t.Context(), db, t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				counts, err := compare(t.Context(), db, d.Tables, our, their)
				if err != nil {
					t.Fatal(err)
				}
				maps.Copy(rows, counts)
			})
		}
	}
	t.Log(rows)
}

// lines writes a dataset's fixture as one record a line.
func lines(t *testing.T, d schemas.Dataset) string {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join("../../../schemas/testdata", d.Name, "page-*.json"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("%s has no fixture: %v", d.Name, err)
	}
	var all bytes.Buffer
	for _, p := range slices.Sorted(slices.Values(pages)) {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		var page struct{ Value []json.RawMessage }
		if err := json.Unmarshal(text, &page); err != nil {
			t.Fatal(err)
		}
		for _, record := range page.Value {
			if err := json.Compact(&all, record); err != nil {
				t.Fatal(err)
			}
			all.WriteByte('\n')
		}
	}
	file := filepath.Join(t.TempDir(), d.Name+".ndjson")
	if err := os.WriteFile(file, all.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
