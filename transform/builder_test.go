package transform

import (
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"graphlake/schemas"
	"graphlake/transform/transformtest"
)

// readRows reads records in a new builder and tells the rows of all tables, a line each.
func readRows(t *testing.T, tables []schemas.Table, records ...string) (rows []string, errs []error) {
	t.Helper()
	rows, _, errs = readOdd(t, tables, records...)
	return rows, errs
}

// readOdd is readRows with what did not fit.
func readOdd(t *testing.T, tables []schemas.Table, records ...string) (rows []string, misfits map[Misfit]int64, errs []error) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	plan, err := Compile(tables)
	if err != nil {
		t.Fatal(err)
	}
	b := plan.NewBuilder(mem)
	defer b.Release()
	for _, r := range records {
		errs = append(errs, b.Append([]byte(r)))
	}
	return tell(t, tables, b), b.Misfits(), errs
}

// tell flushes a builder.
func tell(t *testing.T, tables []schemas.Table, b *Builder) (rows []string) {
	t.Helper()
	for i, batch := range b.Flush() {
		for row := range int(batch.NumRows()) {
			var cells []string
			for _, column := range batch.Columns() {
				cells = append(cells, column.ValueStr(row))
			}
			rows = append(rows, tables[i].Name+": "+strings.Join(cells, " | "))
		}
		batch.Release()
	}
	return rows
}

func TestRowsOfNestedCollections(t *testing.T) {
	rows, errs := readRows(t, transformtest.Orders, `
		{"lines": [
			{"discounts": [2.5, 10], "id": "a", "pieces": 3, "colour": ["red", {"x": [1]}]},
			{"id": "b", "discounts": []},
			{"discounts": [0.000001], "id": "c", "pieces": null}
		 ],
		 "buyer": {"@type": "x", "firm": {"name": "Fabrikam"}, "person": {"name": null}},
		 "placed": "2026-11-22T08:00:00.5Z",
		 "id": "o1"}`,
		`{"id":"o2","@removed":{"reason":"deleted"},"boss@delta":[{"name":"Ines"},{"name":"Otto"}]}`,
	)
	want := []string{
		`orders: o1 | 2026-11-22T08:00:00.5Z | firm | Fabrikam | {"@type":"x","firm":{"name":"Fabrikam"},"person":{"name":null}} | false`,
		`orders: o2 | (null) | (null) | Ines | (null) | true`,
		`lines: o1 | 0 | a | 3`,
		`lines: o1 | 1 | b | (null)`,
		`lines: o1 | 2 | c | (null)`,
		`discounts: o1 | 0 | a | 2.5`,
		`discounts: o1 | 0 | a | 10`,
		`discounts: o1 | 2 | c | 1e-06`,
	}
	if diff := cmp.Diff(want, rows); diff != "" || errors.Join(errs...) != nil {
		t.Errorf("%v\n%s", errors.Join(errs...), diff)
	}
}

// A text that is too long is null and counted, a key that is too long costs the record, and so do rows that would repeat
// what belongs to the record more often than it is long.
func TestBoundsOfRows(t *testing.T) {
	long := func(n int) string { return strings.Repeat("a", n) }
	for _, test := range []struct {
		name, record string
		rows         int // of all tables
		misfits      int
		want         string
	}{
		{"a text", `{"id":"1","buyer":{"firm":{"name":"` + long(longestText) + `"}}}`, 1, 0, ""},
		{"a longer text", `{"id":"1","buyer":{"firm":{"name":"` + long(longestText+1) + `"}}}`, 1, 1, ""},
		{"a key", `{"id":"` + long(longestKey) + `"}`, 1, 0, ""},
		{"a longer key", `{"id":"` + long(longestKey+1) + `"}`, 0, 0, "a text of more than 2048 bytes"},
		{"many rows", `{"id":"1","lines":[` + strings.Repeat(`{"id":"b"},`, mostRows-1) + `{"id":"b"}]}`, 1 + mostRows, 0, ""},
		{"more rows", `{"id":"1","lines":[` + strings.Repeat(`{"id":"b"},`, mostRows) + `{"id":"b"}]}`, 0, 0, tooManyRows},
		{"a key in many rows", `{"id":"` + long(longestKey) + `","lines":[` + strings.Repeat(`{"id":"b"},`, 10_000) + `{"id":"b"}]}`, 0, 0, tooMuchText},
	} {
		t.Run(test.name, func(t *testing.T) {
			rows, misfits, errs := readOdd(t, transformtest.Orders, test.record)
			var n int64
			for _, m := range misfits {
				n += m
			}
			err := errors.Join(errs...)
			if len(rows) != test.rows || n != int64(test.misfits) || (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("%d rows, %d misfits, %v; want %d, %d, %q", len(rows), n, err, test.rows, test.misfits, test.want)
			}
		})
	}
}
