package delta_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"graphlake/load"
	"graphlake/load/memstore"
)

// Logs that other engines have begun, as they left them: a checkpoint, what names it, and one entry after it. The entries
// before are gone. Spark 4.0.1 with Delta Lake 4.0.0 has written rows of a tenant and of none on three days, of which it then
// removed the second; its second table has no statistics as JSON. Delta-rs 1.6.6 has written six days, removed two of them, and added one.
func TestCheckpointsOfOthers(t *testing.T) {
	type day struct {
		tenant, date string
		rows         int64
	}
	ofSpark := func(rows int64) []day {
		return []day{
			{"", "2026-11-01", rows}, {"", "2026-11-01", rows}, {"", "2026-11-01", rows},
			{tenantA, "2026-11-01", rows}, {tenantA, "2026-11-03", rows},
		}
	}
	for _, tt := range []struct {
		by      string
		version int64
		live    []day
	}{
		{"spark", 4, ofSpark(1)},
		{"sparkstruct", 4, ofSpark(-1)},
		{"deltars", 7, []day{
			{tenantA, "2026-11-01", 1}, {tenantA, "2026-11-03", 1}, {tenantA, "2026-11-07", 1}, {tenantB, "2026-11-01", 1}, {tenantB, "2026-11-03", 1},
		}},
	} {
		t.Run(tt.by, func(t *testing.T) {
			s := memstore.New()
			files, err := filepath.Glob(filepath.Join("testdata", "checkpoints", tt.by, "*"))
			if err != nil || len(files) != 3 {
				t.Fatalf("%q, %v", files, err)
			}
			for _, name := range files {
				data, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				put(t, s, load.DeltaLog(root)+filepath.Base(name), data)
			}
			got := snapshot(t, table(s, "r"))
			var live []day
			for _, f := range got.Files {
				live = append(live, day{f.Values["tenant_id"], f.Values["dt"], f.Rows})
			}
			slices.SortFunc(live, func(a, b day) int { return slices.Compare([]string{a.tenant, a.date}, []string{b.tenant, b.date}) })
			if fmt.Sprint(live) != fmt.Sprint(tt.live) || got.Version != tt.version {
				t.Errorf("version %d has %v, want %d with %v", got.Version, live, tt.version, tt.live)
			}
			if got.Protocol.MinReader != 1 || got.Protocol.MinWriter != 2 || len(got.Protocol.Features) > 0 || !slices.Equal(got.MetaData.PartitionBy, columns.PartitionBy) {
				t.Errorf("it is of %+v and partitioned by %q", got.Protocol, got.MetaData.PartitionBy)
			}

			to := table(s, "w") // and it is gone on with
			replaced(t, to, dated(tenantA, "2026-11-01", "a"), tt.version+1, true)
			before := snapshot(t, table(s, "r"))
			checkpoint(t, to)
			withoutEntries(t, s, tt.version+1)
			after := snapshot(t, table(s, "r"))
			if len(before.Files) != len(tt.live) || fmt.Sprint(before.Files) != fmt.Sprint(after.Files) {
				t.Errorf("live are\n%v\nand by our checkpoint\n%v", before.Files, after.Files)
			}
		})
	}
}
