package transform

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"graphlake/schemas"
	"graphlake/transform/transformtest"
)

// Bodies from Microsoft's documentation, with the rows that were counted in them by hand.
func TestMicrosoftsExamples(t *testing.T) {
	reference := os.Getenv("GRAPHLAKE_REFERENCE")
	if reference == "" {
		t.Skip("GRAPHLAKE_REFERENCE does not name a copy of Microsoft's examples")
	}
	calls := func(participants, sessions, segments, media, streams, persons int64) []int64 {
		return []int64{1, participants, sessions, segments, media, streams, sessions, persons} // none is a test
	}
	for _, c := range []struct {
		dataset, example string
		rows             []int64 // in the order of the dataset's tables
	}{
		{"call_records", "callrecords-callrecord-get-ex1", calls(0, 0, 0, 0, 0, 0)},
		{"call_records", "callrecords-callrecord-get-ex2", calls(0, 1, 1, 1, 2, 0)}, // whose ends have an identity in the place of before
		{"call_records", "callrecords-callrecord-get-v2-ex1", calls(0, 0, 0, 0, 0, 0)},
		{"call_records", "callrecords-callrecord-get-v2-ex2-expand-sessions-segments", calls(0, 1, 1, 1, 1, 2)},
		{"call_records", "callrecords-callrecord-get-v2-ex3-expand-participants", calls(2, 0, 0, 0, 0, 0)},
		{"call_records", "callrecords-cloudcommunications-list-callrecords-ex1", []int64{2, 0, 0, 0, 0, 0, 0, 0}},
		{"pstn_calls", "callrecords-callrecord-getpstncalls-ex1", []int64{1}},
		{"pstn_calls", "callrecords-callrecord-getpstncalls-2024-ex1", []int64{1}},
		{"direct_routing_calls", "callrecords-callrecord-getdirectroutingcalls-ex1", []int64{1}},
		{"direct_routing_calls", "callrecords-callrecord-getdirectroutingcalls-2023-ex1", []int64{1}},
		{"users", "user-delta-ex1", []int64{1, 0}},
	} {
		t.Run(c.example, func(t *testing.T) {
			d, ok := schemas.BuiltIn().Find(c.dataset)
			if !ok {
				t.Fatalf("no dataset %s", c.dataset)
			}
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			defer mem.AssertSize(t, 0)
			var rows []int64
			tables, _ := deriveRecords(t, d, mem, transformtest.Records(t, filepath.Join(reference, "examples", c.example+".json")))
			for _, batch := range tables {
				rows = append(rows, batch.NumRows())
				batch.Release()
			}
			if diff := cmp.Diff(c.rows, rows); diff != "" {
				t.Error(diff)
			}
		})
	}
}
