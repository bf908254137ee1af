package delta_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"graphlake/internal/golden"
	"graphlake/load/delta"
	"graphlake/load/memstore"
)

// story are the entries that a table gets: two days at once, one of them empty; one day replaced; the first of another tenant,
// with a column that is new; a file compacted; what is too old removed.
func story(dt func(tenant, day, hash string, rows int64) delta.File) []delta.Replacement {
	const x, y = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
	first := one(x, "2026-11-22", dt(x, "2026-11-22", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 3))
	first.Partitions = append(first.Partitions, delta.Partition{
		Values: values(x, "2026-11-23"), Files: []delta.File{dt(x, "2026-11-23", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 0)},
	})
	other := one(y, "2026-11-22", dt(y, "2026-11-22", "dddddddddddddddddddddddddddddddd", 2))
	other.Schema.Columns = append(slices.Clone(columns.Columns), delta.Column{Name: "duration_ms", Type: "long"})
	rolled := dt(x, "2026-11-22", "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", 4)
	rolled.Stats = `{"numRecords":4,"minValues":{"dt":"2026-11-22"},"maxValues":{"dt":"2026-11-22"},"nullCount":{"dt":0}}`
	rolling := one(x, "2026-11-22", rolled)
	rolling.SameRows, rolling.Operation = true, "OPTIMIZE"
	removal := one(x, "2026-11-22")
	removal.Operation = "DELETE"
	for d := range 11 {
		removal.Partitions = append(removal.Partitions, delta.Partition{Values: values(x, fmt.Sprintf("2026-11-%02d", 10+d))})
	}
	return []delta.Replacement{first, one(x, "2026-11-22", dt(x, "2026-11-22", "cccccccccccccccccccccccccccccccc", 4)), other, rolling, removal}
}

// The log byte by byte: whoever changes it looks at what readers make of it.
func TestGoldenLog(t *testing.T) {
	s := memstore.New()
	to := table(s, "uuid")
	var all bytes.Buffer
	for i, r := range story(file) {
		replaced(t, to, r, int64(i), true)
		fmt.Fprintf(&all, "-- %020d.json --\n%s", i, entryOf(t, s, int64(i)))
	}
	golden.Equal(t, "testdata/log.golden", all.Bytes())
	checkLog(t, s)
}
