package privacy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform"
	"graphlake/transform/privacy"
	"graphlake/transform/transformtest"
)

var hidden = privacy.Settings{Content: schemas.NoContent, Key: bytes.Repeat([]byte{9}, 32)}

// Tables of scrubbed records are the tables of the records with pseudonyms in their personal cells:
// nothing else is lost, and nothing personal stays.
func TestTablesOfScrubbedRecords(t *testing.T) {
	for _, d := range schemas.BuiltIn() {
		t.Run(d.Name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			defer mem.AssertSize(t, 0)
			open := fixture(t, d.Name)
			s, err := privacy.NewScrubber(d, hidden)
			if err != nil {
				t.Fatal(err)
			}
			var scrubbed []json.RawMessage
			for _, text := range open {
				made := s.Scrub(record.Record{JSON: text})
				scrubbed = append(scrubbed, slices.Clone(made.JSON))
				if got, want := rawRow(t, d, made), rawRow(t, d, record.Record{JSON: made.JSON}); got != want || made.Known == nil && !bytes.Contains(text, []byte(schemas.Local)) { // which may have to move
					t.Errorf("of %s is known\n%s\nwant\n%s", made.JSON, got, want)
				}
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
					t.Errorf("%s.%s, row %d: the body is %s", table.Name, c.Name, row, is.ValueStr(row))
				}
				continue
			}
			if was.IsNull(row) || is.IsNull(row) {
				if was.IsNull(row) != is.IsNull(row) {
					t.Errorf("%s.%s, row %d: null became a value, or a value null", table.Name, c.Name, row)
				}
				continue
			}
			switch old := was.ValueStr(row); {
			case !c.Personal:
				if now := is.ValueStr(row); now != old {
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

// fixture is the records of a dataset's pages.
func fixture(tb testing.TB, dataset string) []json.RawMessage {
	tb.Helper()
	return transformtest.Records(tb, transformtest.Pages(tb, filepath.Join("..", "..", "schemas", "testdata", dataset))...)
}

func deriveRecords(t *testing.T, d schemas.Dataset, mem memory.Allocator, all []json.RawMessage) ([]arrow.RecordBatch, map[transform.Misfit]int64) {
	t.Helper()
	plan, err := transform.CompileRaw(d)
	if err != nil {
		t.Fatal(err)
	}
	raw := plan.NewBuilder(mem)
	for i, text := range all {
		if err := raw.Append(text); err != nil {
			t.Fatalf("record %d: %v", i, err)
		}
	}
	deriver, err := transform.NewDeriver(d, mem)
	if err != nil {
		t.Fatal(err)
	}
	defer deriver.Release()
	batch := raw.Flush()[0]
	defer batch.Release()
	if err := deriver.Append(batch); err != nil {
		t.Fatal(err)
	}
	tables, quarantine := deriver.Flush()
	defer quarantine.Release()
	if quarantine.NumRows() > 0 {
		t.Errorf("%s: quarantined %v", d.Name, quarantine)
	}
	return tables, deriver.Misfits()
}

// rawRow is the row of a record in raw, as text.
func rawRow(t *testing.T, d schemas.Dataset, r record.Record) string {
	t.Helper()
	plan, err := transform.CompileRaw(d)
	if err != nil {
		t.Fatal(err)
	}
	b := plan.NewBuilder(memory.DefaultAllocator)
	defer b.Release()
	if err := b.AppendRecord(r); err != nil {
		return err.Error()
	}
	batch := b.Flush()[0]
	defer batch.Release()
	var row strings.Builder
	for i, c := range batch.Columns() {
		fmt.Fprintf(&row, "%s: %s\n", batch.ColumnName(i), c.ValueStr(0))
	}
	return row.String()
}
