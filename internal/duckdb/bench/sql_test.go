package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"graphlake/schemas"
)

// The fixtures hold what is odd in Graph's answers: if DuckDB makes the same rows of them by SQL that
// was made from the schemas, both read the columns' paths and types alike.
func TestDuckDBReadsFixturesAsWeDo(t *testing.T) {
	for _, d := range schemas.All() {
		d.Tables = slices.Clone(d.Tables)
		for i, table := range d.Tables { // the names that Windows gives to zones are in no SQL
			d.Tables[i].Columns = slices.DeleteFunc(slices.Clone(table.Columns), func(c schemas.Column) bool { return c.Type == schemas.Zone })
		}
		for name, way := range map[string]func([]schemas.Table, string, string) (job, error){
			"loading once": loadOnce, "scanning each": scanEach,
		} {
			t.Run(d.Name+"/"+name, func(t *testing.T) {
				db, file := database(t), lines(t, d, "", "")
				rows, err := compare(t.Context(), db, d.Tables, writeOurs(t, d, file), writeTheirs(t, db, d, file, way))
				if err != nil {
					t.Fatal(err)
				}
				for _, table := range d.Tables {
					if rows[table.Name] == 0 {
						t.Errorf("the fixture has no row of %s, so nothing was compared", table.Name)
					}
				}
			})
		}
	}
}

func TestCompareSeesOneValue(t *testing.T) {
	d, db := schemas.PSTNCalls, database(t)
	our := writeOurs(t, d, lines(t, d, "", ""))
	their := writeTheirs(t, db, d, lines(t, d, `"currency":"EUR"`, `"currency":"SEK"`), loadOnce)
	_, err := compare(t.Context(), db, d.Tables, our, their)
	if err == nil || !strings.Contains(err.Error(), "columns that differ: currency") {
		t.Fatalf("another currency gave the error %v", err)
	}
}

func database(t *testing.T) *sql.DB {
	t.Helper()
	db, err := openDuckDB(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func writeOurs(t *testing.T, d schemas.Dataset, file string) map[string]string {
	t.Helper()
	us, err := ours(d.Tables)
	if err != nil {
		t.Fatal(err)
	}
	files, err := us.write(t.Context(), file, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func writeTheirs(t *testing.T, db *sql.DB, d schemas.Dataset, file string, way func([]schemas.Table, string, string) (job, error)) map[string]string {
	t.Helper()
	j, err := way(d.Tables, file, milliseconds)
	if err != nil {
		t.Fatal(err)
	}
	files, err := j.run(t.Context(), db, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// lines writes a dataset's fixture as one record a line, with one text replaced by another.
func lines(t *testing.T, d schemas.Dataset, text, by string) string {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join("../../../schemas/testdata", d.Name, "page-*.json"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("%s has no fixture: %v", d.Name, err)
	}
	var all bytes.Buffer
	for _, p := range slices.Sorted(slices.Values(pages)) {
		content, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		var page struct{ Value []json.RawMessage }
		if err := json.Unmarshal(content, &page); err != nil {
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
	if err := os.WriteFile(file, []byte(strings.Replace(all.String(), text, by, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
