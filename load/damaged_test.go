package load_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
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
					wantDamaged(t, err, p)
				}
			}
			for _, err := range lake.Read(t.Context(), p, table) {
				if err != nil {
					failed++
					wantDamaged(t, err, p)
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

// wantDamaged wants an error that names the object and the cure. A damaged footer may name a column of
// another type: that is an error of its own.
func wantDamaged(t *testing.T, err error, p load.Partition) {
	t.Helper()
	if strings.Contains(err.Error(), "never retyped") {
		return
	}
	damaged, ok := errors.AsType[*load.DamagedError](err)
	if !errors.Is(err, load.ErrDamaged) || !ok || damaged.Partition != p {
		t.Fatalf("error = %v, want ErrDamaged of %s", err, p)
	}
	text := err.Error()
	if !strings.Contains(text, p.Object()) || !strings.Contains(text, "restore it from a backup, or remove it and run its day again") {
		t.Fatalf("error = %v, want the object and the cure", err)
	}
}

// brokenStore gives objects whose reads fail from a byte on.
type brokenStore struct {
	*memstore.Store
	from int64
}

var errBroken = errors.New("the connection was reset by the test")

func (s *brokenStore) Open(ctx context.Context, name string) (load.Object, error) {
	o, err := s.Store.Open(ctx, name)
	return brokenObject{o, s.from}, err
}

type brokenObject struct {
	load.Object
	from int64
}

func (o brokenObject) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > o.from {
		return 0, errBroken
	}
	return o.Object.ReadAt(p, off)
}

// What the store does not give is no damage, wherever it stops and also of a damaged file; nor is a
// column of another type, or the caller's end.
func TestDamageIsOfTheFileAlone(t *testing.T) {
	store := memstore.New()
	lake := load.New(store, "").Tune(checked(t))
	write(t, lake, visitsPartition, visits, batch(t, memory.DefaultAllocator, visits, manyRows(120)...))
	whole := fileOf(t, store, visitsPartition)
	read := func(ctx context.Context, store load.Store, table schemas.Table) (first error) {
		for _, err := range load.New(store, "").Tune(checked(t)).Read(ctx, visitsPartition, table) {
			if first == nil {
				first = err
			}
		}
		return first
	}
	size := int64(len(whole))
	for _, from := range []int64{0, 10, size / 2, size - 1} {
		if err := read(t.Context(), &brokenStore{store, from}, visits); !errors.Is(err, errBroken) || errors.Is(err, load.ErrDamaged) {
			t.Errorf("error = %v of a store that stops at byte %d", err, from)
		}
	}
	other := visits
	other.Columns = slices.Clone(other.Columns)
	other.Columns[0].Type = schemas.Int64
	if err := read(t.Context(), store, other); err == nil || errors.Is(err, load.ErrDamaged) {
		t.Errorf("error = %v of a column of another type", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, err := range lake.Read(ended, visitsPartition, visits) {
		cancel()
		if err != nil && errors.Is(err, load.ErrDamaged) {
			t.Errorf("error = %v of a reading that was cancelled", err)
		}
	}
	garbled := slices.Clone(whole)
	for i := range garbled[:len(garbled)/2] {
		garbled[i] ^= 0x55
	}
	for what, text := range map[string][]byte{"nothing": {}, "no Parquet": []byte("not a Parquet file"), "cut off": whole[:size/2], "no footer": whole[:size-1], "garbled": garbled} {
		put(t, store, visitsPartition.Object(), text)
		err := read(t.Context(), store, visits)
		if err == nil {
			t.Fatalf("%s: no error", what)
		}
		wantDamaged(t, err, visitsPartition)
		if what == "garbled" { // its end can be read, its beginning tells nothing
			if err := read(t.Context(), &noLargeReads{store}, visits); !errors.Is(err, errBroken) || errors.Is(err, load.ErrDamaged) {
				t.Errorf("error = %v of a damaged file of which a byte cannot be had", err)
			}
		}
	}
	if _, err := lake.Count(t.Context(), tripsOn(22)); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, load.ErrDamaged) {
		t.Errorf("error = %v of a partition that is not there", err)
	}
}

// noLargeReads gives no read of more than half of the object.
type noLargeReads struct{ *memstore.Store }

func (s *noLargeReads) Open(ctx context.Context, name string) (load.Object, error) {
	o, err := s.Store.Open(ctx, name)
	return smallReads{o}, err
}

type smallReads struct{ load.Object }

func (o smallReads) ReadAt(p []byte, off int64) (int, error) {
	if size := o.Info().Size; int64(len(p)) > size/2 {
		return 0, errBroken
	}
	return o.Object.ReadAt(p, off)
}

func put(t *testing.T, store *memstore.Store, object string, text []byte) {
	t.Helper()
	if err := store.Remove(t.Context(), object, load.Condition{}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Swap(t.Context(), object, "", bytes.Clone(text)); err != nil {
		t.Fatal(err)
	}
}
