package transform

import (
	"bytes"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/schemas"
)

var hidden = Privacy{Content: schemas.NoContent, Key: bytes.Repeat([]byte{9}, 32)}

// Tables of scrubbed records are the tables of the records with pseudonyms in their personal cells:
// nothing else is lost, and nothing personal stays.
func TestTablesOfScrubbedRecords(t *testing.T) {
	for _, d := range schemas.BuiltIn() {
		t.Run(d.Name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			defer mem.AssertSize(t, 0)
			pages, err := filepath.Glob(filepath.Join("..", "schemas", "testdata", d.Name, "page-*.json"))
			if err != nil || len(pages) == 0 {
				t.Fatalf("no fixture: %v", err)
			}
			open := pagesOf(t, pages...)
			s, err := NewScrubber(d, hidden)
			if err != nil {
				t.Fatal(err)
			}
			var scrubbed []json.RawMessage
			for _, record := range open {
				scrubbed = append(scrubbed, slices.Clone(s.Scrub(record)))
			}
			bare := d
			bare.Bodies = nil
			before, odd := deriveRecords(t, bare, mem, open)
			after, oddAfter := deriveRecords(t, bare, mem, scrubbed)
			if !maps.Equal(odd, oddAfter) {
				t.Errorf("%v did not fit, of scrubbed records %v", odd, oddAfter)
			}
			secrets := map[string]bool{}
			for i, table := range d.Tables {
				compareTables(t, bodiless(d, table), before[i], after[i], secrets)
				before[i].Release()
				after[i].Release()
			}
			if len(secrets) == 0 {
				t.Log("the fixture names nobody")
			}
			for secret := range secrets {
				for i, record := range scrubbed {
					if len(secret) > 2 && strings.Contains(string(record), secret) {
						t.Errorf("record %d says %q: %s", i, secret, record)
					}
				}
			}
		})
	}
}

// bodiless is a table with columns of no type in place of those that say something of a body.
func bodiless(d schemas.Dataset, t schemas.Table) schemas.Table {
	t.Columns = slices.Clone(t.Columns)
	for i, c := range t.Columns {
		at := string(c.Path.Absolute(t.Each))
		if slices.ContainsFunc(d.Bodies, func(b schemas.Body) bool {
			return strings.HasPrefix(at+".", string(b.Path)+".") || strings.HasPrefix(at, schemas.Local+"."+string(b.Path)+".")
		}) {
			t.Columns[i].Type = 0
		}
	}
	return t
}

// compareTables also gathers what is personal. Of bodies nothing stays.
func compareTables(t *testing.T, table schemas.Table, before, after arrow.RecordBatch, secrets map[string]bool) {
	t.Helper()
	if before.NumRows() != after.NumRows() {
		t.Fatalf("%s has %d rows, of scrubbed records %d", table.Name, before.NumRows(), after.NumRows())
	}
	for i, c := range table.Columns {
		for row := range int(before.NumRows()) {
			was, is := before.Column(i), after.Column(i)
			if c.Type == 0 {
				if c.Personal && !was.IsNull(row) {
					secrets[was.(*array.String).Value(row)] = true
				}
				if c.Personal && !is.IsNull(row) {
					t.Errorf("%s.%s, row %d: the body is %s", table.Name, c.Name, row, value(t, is, row))
				}
				continue
			}
			if was.IsNull(row) || is.IsNull(row) {
				if was.IsNull(row) != is.IsNull(row) {
					t.Errorf("%s.%s, row %d: null became a value, or a value null", table.Name, c.Name, row)
				}
				continue
			}
			switch old := value(t, was, row); {
			case !c.Personal:
				if now := value(t, is, row); now != old {
					t.Errorf("%s.%s, row %d: %s became %s", table.Name, c.Name, row, old, now)
				}
			case c.Type != schemas.JSON:
				text := was.(*array.String).Value(row)
				secrets[text] = true
				if now := is.(*array.String).Value(row); now != hidden.Pseudonym(text) {
					t.Errorf("%s.%s, row %d: %s became %s", table.Name, c.Name, row, text, now)
				}
			}
		}
	}
}
