package load_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
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
		store := memstore.New()
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
		version := versionOf(t, store, copyName(c.Hash))
		if got, there, err := lake.Copy(t.Context(), visitsPartition, hash, copyName); err != nil || !there || got != want {
			t.Errorf("the second Copy = %+v, %t, %v, want %+v", got, there, err, want)
		}
		if versionOf(t, store, copyName(c.Hash)) != version {
			t.Error("what was there was replaced")
		}
	}
}

func versionOf(t *testing.T, s load.Store, name string) load.Version {
	t.Helper()
	_, v, err := load.ReadObject(t.Context(), s, name)
	if err != nil {
		t.Fatal(err)
	}
	return v
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

// What has the name of a copy and other bytes than it says is replaced: one that was cut also where the hash is known, one of the
// same size where all is read. Without the lock it stays.
func TestCopyReplacesOtherBytes(t *testing.T) {
	for name, spoil := range map[string]func(data []byte) []byte{
		"cut": func(data []byte) []byte { return data[:len(data)/2] }, "empty": func([]byte) []byte { return nil },
		"other bytes": func(data []byte) []byte { return bytes.Repeat([]byte{0}, len(data)) },
	} {
		for _, known := range []bool{true, false} {
			store := memstore.New()
			lake := load.New(store, "")
			c := write(t, lake, visitsPartition, visits, batch(t, memory.DefaultAllocator, visits, fullRow))
			want := objectOf(t, store, visitsPartition.Object())
			v, err := store.Swap(t.Context(), copyName(c.Hash), "", spoil(want))
			if err != nil {
				t.Fatal(err)
			}
			hash := ""
			if known {
				hash = c.Hash
			}
			lost := lake.Under(func() error { return load.ErrLockLost })
			if _, _, err := lost.Copy(t.Context(), visitsPartition, hash, copyName); !errors.Is(err, load.ErrLockLost) || versionOf(t, store, copyName(c.Hash)) != v {
				t.Errorf("%s, without the lock: %v, want ErrLockLost", name, err)
			}
			if got, there, err := lake.Copy(t.Context(), visitsPartition, hash, copyName); err != nil || !there || got.Hash != c.Hash {
				t.Errorf("%s, hash known %t: %+v, %t, %v", name, known, got, there, err)
			}
			sameFile(t, name, objectOf(t, store, copyName(c.Hash)), want)
		}
	}
}

// A large file is read in few pieces, each of which is a request in Blob Storage.
func TestCopyReadsInLargePieces(t *testing.T) {
	store := storetest.NewFaulty(memstore.New())
	lake := load.New(store, "")
	text := make([]byte, 3<<20)
	for i := range text {
		text[i] = 'a' + byte(rand.N(26))
	}
	row := strings.Replace(fullRow, `long\ntext`, string(text), 1)
	c := write(t, lake, visitsPartition, visits, batch(t, memory.DefaultAllocator, visits, row))
	if c.Bytes < 1<<20 {
		t.Fatalf("the file has %d bytes only", c.Bytes)
	}
	for name, do := range map[string]func() error{
		"Copy": func() error {
			_, _, err := lake.Copy(t.Context(), visitsPartition, c.Hash, copyName)
			return err
		},
		"Hash": func() error {
			_, err := lake.Hash(t.Context(), visitsPartition)
			return err
		},
	} {
		before := store.Counts()["ReadAt"]
		if err := do(); err != nil {
			t.Fatal(err)
		}
		if n := store.Counts()["ReadAt"] - before; n > 5 { // of which the footer takes some
			t.Errorf("%s reads %d bytes in %d pieces", name, c.Bytes, n)
		}
	}
}
