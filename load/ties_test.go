package load_test

import (
	"fmt"
	"testing"

	"graphlake/load"
	"graphlake/load/memstore"
)

// Where the order says which copy is newer, neither hashes nor scratch files undo it.
func TestSpoolLastDecides(t *testing.T) {
	const day21, day22 = "2026-11-21T10:00:00Z", "2026-11-22T10:00:00Z"
	low, high := trip("a", day21, 0, "0"), trip("a", day21, 0, "f")
	fill := func(from, to int) (rows []string) { // spills in between
		for i := range to - from {
			rows = append(rows, trip(fmt.Sprintf("b-%03d", from+i), day21, 0, "7"))
		}
		return rows
	}
	for _, tt := range []struct {
		name  string
		added []string // of one record
		want  string
		on    int
	}{
		{"the lower hash came last", []string{high, low}, low, 21},
		{"the greater hash came last", []string{low, high}, high, 21},
		{"there and back", []string{low, high, low}, low, 21},
		{"the same again", []string{high, high}, high, 21},
		{"from another day", []string{trip("a", day22, 0, "f"), low}, low, 21},
		{"to another day", []string{high, trip("a", day22, 0, "0")}, trip("a", day22, 0, "0"), 22},
		{"but a higher version wins", []string{trip("a", day21, 10, "0"), trip("a", day21, 9, "f")}, trip("a", day21, 10, "0"), 21},
		{"and any version over none", []string{trip("a", day21, 1, "0"), high}, trip("a", day21, 1, "0"), 21},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var all []string
			for i, row := range tt.added {
				all = append(append(all, row), fill(50*i, 50*i+50)...)
			}
			want := map[int][]string{21: fill(0, 50*len(tt.added))}
			want[tt.on] = append([]string{tt.want}, want[tt.on]...)
			for _, size := range []int{1, 7, len(all)} {
				lake := load.New(memstore.New(), t.TempDir()).Tune(checked(t))
				s, err := lake.Spool(trips, tenant, twoDays, load.LastDecides)
				if err != nil {
					t.Fatal(err)
				}
				commit(t, s, size, all)
				wantRows(t, rows(t, lake, tripsOn(21), trips), want[21]...)
				wantRows(t, rows(t, lake, tripsOn(22), trips), want[22]...)
			}
		})
	}
}
