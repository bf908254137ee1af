package load_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
	"graphlake/schemas"
)

// What a store is asked for a partition costs a request each in Blob Storage: a small one is read by
// one, a large one in parts.
func TestRequestsOfRead(t *testing.T) {
	mem := checked(t)
	table := schemas.Table{Name: "notes", Columns: []schemas.Column{{Name: "id", Type: schemas.String}, {Name: "text", Type: schemas.LongText}}}
	for _, c := range []struct{ rows, size, least, most int }{
		{3, 20, 1, 1},
		{64, 20_000, 3, 20},
	} {
		store := memstore.New()
		p := load.Partition{Kind: load.Tables, Name: "notes", TenantID: tenant, Date: day(22)}
		w, err := load.New(store, "").TuneAllocator(mem).Write(t.Context(), p, table)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.rows {
			if err := w.Append(batch(t, mem, table, fmt.Sprintf(`{"id":"%d","text":"%s"}`, i, noise(i, c.size)))); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		counted := storetest.NewFaulty(store)
		if got := len(rows(t, load.New(counted, "").TuneAllocator(mem), p, table)); got != c.rows {
			t.Errorf("%d rows were read, want %d", got, c.rows)
		}
		counts := counted.Counts()
		reads := counts["ReadAt"]
		delete(counts, "ReadAt")
		if reads < c.least || reads > c.most || !maps.Equal(counts, map[string]int{"Open": 1}) {
			t.Errorf("%d rows took %d reads and %v, want %d to %d and one Open", c.rows, reads, counts, c.least, c.most)
		}
	}
}

// noise is text that does not compress well.
func noise(seed, size int) string {
	var b strings.Builder
	for x := uint64(seed + 1); b.Len() < size; {
		x = x*6364136223846793005 + 1442695040888963407
		fmt.Fprintf(&b, "%016x", x)
	}
	return b.String()
}
