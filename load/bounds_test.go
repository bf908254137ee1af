package load_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// A spool keeps what fits into memory there, and writes a sorted run whenever it is full.
func TestSpoolSpillsAtItsBound(t *testing.T) {
	scratch := t.TempDir()
	lake := load.New(memstore.New(), scratch).Tune(checked(t))
	s, err := lake.Spool(trips, tenant, twoDays)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Discard()
	add := func(rows []string) (runs int) {
		t.Helper()
		if err := s.Add(batch(t, memory.DefaultAllocator, trips, rows...)); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(scratch, "*", "*.arrow"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	all := manyTrips(100)
	if runs := add(all[:1]); runs != 0 {
		t.Errorf("%d runs after one row, which fits into memory", runs)
	}
	if runs := add(all[1:60]); runs != 1 {
		t.Errorf("%d runs after more than memory may hold, want 1", runs)
	}
	if runs := add(all[60:]); runs != 2 {
		t.Errorf("%d runs after that again, want 2", runs)
	}
	if err := s.Discard(); err != nil {
		t.Error(err)
	}
	wantEmpty(t, scratch)
}

// A key of two columns is both of them, not their text in a row.
func TestSpoolKeepsKeysOfTwoColumnsApart(t *testing.T) {
	text := func(name string) schemas.Column {
		return schemas.Column{Name: name, Type: schemas.String, Path: schemas.Path(name)}
	}
	table := schemas.RawTable(schemas.Dataset{Name: "rides", Tables: []schemas.Table{{
		Name: "rides", Key: []string{"line", "seat"}, Columns: []schemas.Column{text("line"), text("seat")},
	}}})
	ride := func(line, seat string) string {
		return `{"line":"` + line + `","seat":"` + seat + `","record_time":"2026-11-21T10:00:00Z","version":1,` +
			`"record_hash":"` + strings.Repeat("a", 32) + `","record":"{}"}`
	}
	lake := load.New(memstore.New(), t.TempDir()).TuneAllocator(checked(t))
	s, err := lake.Spool(table, tenant, schemas.Range{From: day(21), To: day(22)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Discard()
	if err := s.Add(batch(t, memory.DefaultAllocator, table, ride("ab", "c"), ride("a", "bc"))); err != nil {
		t.Fatal(err)
	}
	commits, err := mergeAndCommit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, rows(t, lake, commits[0].Partition, table), ride("a", "bc"), ride("ab", "c"))
}

// deafStore cancels a context when the first object is staged, and commits all the same.
type deafStore struct {
	*memstore.Store
	cancel context.CancelFunc
}

func (s *deafStore) Stage(ctx context.Context, name string) (load.Staged, error) {
	defer s.cancel()
	w, err := s.Store.Stage(ctx, name)
	return deafStaged{w}, err
}

type deafStaged struct{ load.Staged }

func (w deafStaged) Commit(ctx context.Context, base load.Condition) (bool, load.Version, error) {
	return w.Staged.Commit(context.WithoutCancel(ctx), base)
}

// Sorting and encoding a unit takes minutes: they stop by themselves, not at the next request.
func TestSpoolStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	store := &deafStore{memstore.New(), cancel}
	s, err := load.New(store, t.TempDir()).Tune(memory.DefaultAllocator).
		Spool(trips, tenant, schemas.Range{From: day(21), To: day(22)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Discard()
	if err := s.Add(batch(t, memory.DefaultAllocator, trips, trip("a", "2026-11-21T10:00:00Z", 1, "a"))); err != nil {
		t.Fatal(err)
	}
	if _, err := mergeAndCommit(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("Commit: %v, want that it was cancelled", err)
	}
	if got := objects(t, store); got != nil {
		t.Errorf("published: %v", got)
	}
}

// What Read holds at a time is less than a row group, which raw makes large.
func TestReadIsBounded(t *testing.T) {
	store := memstore.New()
	lake := load.New(store, "").Tune(checked(t))
	write(t, lake, visitsPartition, visits, batch(t, memory.DefaultAllocator, visits, manyRows(120)...))
	groups := openFile(t, fileOf(t, store, visitsPartition)).NumRowGroups()
	batches, rows := 0, int64(0)
	for rec, err := range lake.Read(t.Context(), visitsPartition, visits) {
		if err != nil {
			t.Fatal(err)
		}
		batches++
		rows += rec.NumRows()
	}
	if batches <= groups || rows != 120 {
		t.Errorf("%d rows in %d batches of %d row groups, want 120 in more batches than groups", rows, batches, groups)
	}
}
