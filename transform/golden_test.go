package transform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"graphlake/internal/golden"
	"graphlake/schemas"
	"graphlake/transform/transformtest"
)

// counted is what a fixture gives, counted in it by hand: the member "@counted" of its first page.
type counted struct {
	Rows    map[string]int64 // by table
	Misfits map[string]int64 // values that fit no column, by "table.column at path: reason"
}

// fixtureTenant is whose tenant the people of the fixtures are in.
const fixtureTenant = "7e4a4700-0000-4000-8000-00000c047050"

func countedIn(t *testing.T, page string) counted {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var first struct {
		Counted counted `json:"@counted"`
	}
	if err := json.Unmarshal(text, &first); err != nil {
		t.Fatalf("%s: %v", page, err)
	}
	return first.Counted
}

// Every table of every dataset, from the fixture's pages, by way of raw.
func TestGolden(t *testing.T) {
	for _, d := range schemas.BuiltIn() {
		t.Run(d.Name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			defer mem.AssertSize(t, 0)
			folder := filepath.Join("..", "schemas", "testdata", d.Name)
			pages := transformtest.Pages(t, folder)
			tables, misfits := deriveRecords(t, d, mem, transformtest.Records(t, pages...))
			found := counted{Rows: map[string]int64{}, Misfits: spelled(misfits)}
			for i, batch := range tables {
				table := d.Tables[i]
				found.Rows[table.Name] = batch.NumRows()
				golden.Equal(t, filepath.Join(folder, table.Name+".golden"), spell(t, batch))
				showsEveryColumn(t, table.Name, batch)
				batch.Release()
			}
			if diff := cmp.Diff(countedIn(t, pages[0]), found); diff != "" {
				t.Errorf("the fixture's rows, and values that did not fit (-counted by hand +found):\n%s", diff)
			}
		})
	}
}

// showsEveryColumn fails for a column without a value: no golden would tell if its path were another's.
func showsEveryColumn(t *testing.T, table string, batch arrow.RecordBatch) {
	t.Helper()
	for i, column := range batch.Columns() {
		if column.NullN() == column.Len() {
			t.Errorf("%s.%s is null in every row: give it a value in a page of the fixture", table, batch.ColumnName(i))
		}
	}
}

// spelled are misfits as fixtures and [transformtest] count them; nil, if there are none.
func spelled(misfits map[Misfit]int64) (all map[string]int64) {
	for m, n := range misfits {
		if all == nil {
			all = map[string]int64{}
		}
		all[fmt.Sprintf("%s.%s at %s: %s", m.Table, m.Column, m.Path, m.Reason)] = n
	}
	return all
}

// deriveRecords puts records into raw rows and derives the tables from them.
func deriveRecords(t *testing.T, d schemas.Dataset, mem memory.Allocator, all []json.RawMessage) ([]arrow.RecordBatch, map[Misfit]int64) {
	t.Helper()
	plan, err := Compile([]schemas.Table{schemas.RawTable(d)})
	if err != nil {
		t.Fatal(err)
	}
	raw := plan.NewBuilder(mem)
	for i, record := range all {
		if err := raw.Append(record); err != nil {
			t.Fatalf("record %d: %v", i, err)
		}
	}
	deriver, err := NewDeriver(d, fixtureTenant, mem)
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
		t.Errorf("%s: quarantined %s", d.Name, spell(t, quarantine))
	}
	return tables, deriver.Misfits()
}

// spell is a batch as text: a line for every column, then for every row an object of what is not null.
func spell(t *testing.T, batch arrow.RecordBatch) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, f := range batch.Schema().Fields() {
		fmt.Fprintf(&out, "# %s %v", f.Name, f.Type)
		if !f.Nullable {
			out.WriteString(" required")
		}
		out.WriteByte('\n')
	}
	for row := range int(batch.NumRows()) {
		separator := "{"
		for i, column := range batch.Columns() {
			if column.IsNull(row) {
				continue
			}
			fmt.Fprintf(&out, "%s%q: %s", separator, batch.ColumnName(i), value(t, column, row))
			separator = ", "
		}
		out.WriteString("}\n")
	}
	return out.Bytes()
}

func value(t *testing.T, column arrow.Array, row int) string {
	t.Helper()
	var v any
	switch c := column.(type) {
	case *array.String:
		v = c.Value(row)
	case *array.Timestamp:
		v = c.ValueStr(row)
	case *array.Decimal128:
		n := c.Value(row)
		return decimal128.Num.ToString(n, schemas.DecimalScale)
	default:
		return c.ValueStr(row)
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(text.Bytes()))
}
