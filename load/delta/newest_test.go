package delta_test

import (
	"errors"
	"io/fs"
	"slices"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/load/memstore"
)

// How far a table is, and since when, says its newest entry, whoever has written it.
func TestNewest(t *testing.T) {
	s := memstore.New()
	by := columns.PartitionBy
	if _, err := table(s, "one").Newest(t.Context(), by); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("a table that is not there: %v", err)
	}
	writes := table(s, "one")
	replaced(t, writes, one("a", "2026-11-22", file("a", "2026-11-22", "x", 1)), 0, true)
	later := tuesday.Add(2 * time.Hour)
	writes.Now = func() time.Time { return later }
	replaced(t, writes, one("a", "2026-11-23", file("a", "2026-11-23", "y", 1)), 1, true)
	for _, asks := range []*delta.Table{writes, table(s, "two")} {
		got, err := asks.Newest(t.Context(), by)
		if want := (delta.Newest{Version: 1, Time: later}); err != nil || got != want {
			t.Errorf("Newest = %+v, %v; want %+v", got, err, want)
		}
	}
	if _, err := s.Swap(t.Context(), load.DeltaEntry(root, 2), "", []byte(`{"txn":{"appId":"another","version":1}}`+"\n")); err != nil {
		t.Fatal(err)
	}
	if got, err := writes.Newest(t.Context(), by); err != nil || got != (delta.Newest{Version: 2}) {
		t.Errorf("after an entry without a time: %+v, %v", got, err)
	}
}

// A table that is left alone says so, and which version it is at, before anybody tries to write to it.
func TestNewestOfAForeignTable(t *testing.T) {
	for name, entry := range map[string]string{
		"protocol":  `{"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["deletionVectors"]}}`,
		"partition": `{"metaData":{"id":"i","format":{"provider":"parquet","options":{}},"schemaString":"{}","partitionColumns":["dt"],"configuration":{}}}`,
		"append":    `{"metaData":{"id":"i","format":{"provider":"parquet","options":{}},"schemaString":"{}","partitionColumns":["tenant_id","dt"],"configuration":{"delta.appendOnly":"true"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := memstore.New()
			replaced(t, table(s, "one"), one("a", "2026-11-22", file("a", "2026-11-22", "x", 1)), 0, true)
			if _, err := s.Swap(t.Context(), load.DeltaEntry(root, 1), "", []byte(entry+"\n")); err != nil {
				t.Fatal(err)
			}
			got, err := table(s, "two").Newest(t.Context(), slices.Clone(columns.PartitionBy))
			if f, ok := errors.AsType[delta.ForeignError](err); !ok || f.Table != root || got.Version != 1 {
				t.Errorf("Newest = %+v, %v", got, err)
			}
		})
	}
}
