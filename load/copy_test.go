package load_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
)

func copyName(hash string) string { return "copies/" + hash + ".parquet" }

// A copy has the bytes of the partition, under the name of its hash, whether that was known or not.
func TestCopy(t *testing.T) {
	for _, known := range []bool{true, false} {
		store := storetest.NewFaulty(memstore.New())
		lake := load.New(store, "")
		c := write(t, lake, visitsPartition, visits, batch(t, memory.DefaultAllocator, visits, fullRow, bareRow))
		hash := ""
		if known {
			hash = c.Hash
		}
		want := load.Copied{Hash: c.Hash, Rows: 2, Bytes: c.Bytes}
		if got, there, err := lake.Copy(t.Context(), visitsPartition, hash, copyName); err != nil || !there || got != want {
			t.Errorf("Copy = %+v, %t, %v, want %+v", got, there, err, want)
		}
		original, _, err := load.ReadObject(t.Context(), store, visitsPartition.Object())
		if err != nil {
			t.Fatal(err)
		}
		copied, _, err := load.ReadObject(t.Context(), store, copyName(c.Hash))
		if err != nil || !slices.Equal(original, copied) {
			t.Errorf("the copy differs from the partition: %v", err)
		}
		staged := store.Counts()["Stage"]
		if got, there, err := lake.Copy(t.Context(), visitsPartition, hash, copyName); err != nil || !there || got != want {
			t.Errorf("the second Copy = %+v, %t, %v, want %+v", got, there, err, want)
		}
		if store.Counts()["Stage"] != staged {
			t.Error("what was there was written again")
		}
	}
}

func TestCopyRefuses(t *testing.T) {
	store := memstore.New()
	lake := load.New(store, "")
	if _, there, err := lake.Copy(t.Context(), visitsPartition, "", copyName); there || err != nil {
		t.Errorf("of no partition: %t, %v", there, err)
	}
	c := write(t, lake, visitsPartition, visits, batch(t, memory.DefaultAllocator, visits, fullRow))
	if _, _, err := lake.Copy(t.Context(), visitsPartition, fileHash, copyName); !errors.Is(err, load.ErrConflict) {
		t.Errorf("of another hash: %v, want ErrConflict", err)
	}
	lost := lake.Under(func() error { return load.ErrLockLost })
	if _, _, err := lost.Copy(t.Context(), visitsPartition, c.Hash, copyName); !errors.Is(err, load.ErrLockLost) {
		t.Errorf("without the lock: %v, want ErrLockLost", err)
	}
	for info, err := range store.List(t.Context(), "copies/") {
		t.Errorf("%s was published: %v", info.Name, err)
	}
	damaged := visitsPartition
	damaged.Date = day(21)
	if _, err := store.Swap(t.Context(), damaged.Object(), "", []byte("no Parquet")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := lake.Copy(t.Context(), damaged, "", copyName); !errors.Is(err, load.ErrDamaged) {
		t.Errorf("of a damaged partition: %v, want ErrDamaged", err)
	}
}
