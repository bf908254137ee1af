package load_test

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// A file in which any one byte is wrong is an error or gives rows; it never stops the process.
func TestDamagedFiles(t *testing.T) {
	store := memstore.New()
	lake := load.New(store, t.TempDir())
	table := schemas.Users.Tables[1]
	p := load.Partition{Kind: load.Tables, Name: table.Name, TenantID: tenant, Date: day(22)}
	w, err := lake.Write(t.Context(), p, table)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(batch(t, memory.DefaultAllocator, table, `{"user_id":"u","sku_id":"s"}`, `{"user_id":"u","sku_id":"t"}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	object, err := store.Open(t.Context(), p.Object())
	if err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(io.NewSectionReader(object, 0, object.Info().Size))
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for i := range whole {
		for _, flip := range []byte{0x01, 0x55, 0xff} {
			damaged := slices.Clone(whole)
			damaged[i] ^= flip
			put(t, store, p.Object(), damaged)
			for _, err := range lake.Keys(t.Context(), p, table, table.Key) {
				if err != nil {
					failed++
				}
			}
			for _, err := range lake.Read(t.Context(), p, table) {
				if err != nil {
					failed++
				}
			}
		}
	}
	if failed < len(whole) {
		t.Errorf("of %d damaged files only %d readings failed", 3*len(whole), failed)
	}
	put(t, store, p.Object(), whole)
	if got := rows(t, lake, p, table); len(got) != 2 {
		t.Errorf("the whole file has the rows %q", got)
	}
}

func put(t *testing.T, store *memstore.Store, object string, text []byte) {
	t.Helper()
	if err := store.Remove(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Swap(t.Context(), object, "", bytes.Clone(text)); err != nil {
		t.Fatal(err)
	}
}
