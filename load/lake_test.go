package load_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

const tenant = "7d3c1a52-5a0e-4c1b-9a77-0c5f5e1f2a10"

func day(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }

// checked gives an allocator that fails the test if anything is still held at its end.
func checked(t *testing.T) memory.Allocator {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	return mem
}

// batch reads rows of JSON, as arrow-go writes them, into a batch of the table's schema.
func batch(t testing.TB, mem memory.Allocator, table schemas.Table, rows ...string) arrow.RecordBatch {
	t.Helper()
	rec, _, err := array.RecordFromJSON(mem, table.Schema(), strings.NewReader("["+strings.Join(rows, ",")+"]"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rec.Release)
	return rec
}

// rows reads a partition back, one line of JSON a row.
func rows(t *testing.T, l *load.Lake, p load.Partition, table schemas.Table) []string {
	t.Helper()
	var lines []string
	for rec, err := range l.Read(t.Context(), p, table) {
		if err != nil {
			t.Fatal(err)
		}
		text, err := rec.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var values []json.RawMessage
		if err := json.Unmarshal(text, &values); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			lines = append(lines, string(v))
		}
	}
	return lines
}

// wantRows compares rows as JSON, whatever the order of their members.
func wantRows(t *testing.T, got []string, want ...string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Fatalf("%d rows, want %d; the first that is missing is %s", len(got), len(want), want[i])
		case i >= len(want):
			t.Fatalf("%d rows, want %d; the first too many is %s", len(got), len(want), got[i])
		case members(t, got[i]) != members(t, want[i]):
			t.Fatalf("row %d is\n%s\nwant\n%s", i, got[i], want[i])
		}
	}
}

func members(t *testing.T, object string) string {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &m); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func fileOf(t *testing.T, s load.Store, p load.Partition) []byte {
	t.Helper()
	o, err := s.Open(t.Context(), p.Object())
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	data, err := io.ReadAll(io.NewSectionReader(o, 0, o.Info().Size))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func objects(t *testing.T, s load.Store) []string {
	t.Helper()
	var names []string
	for info, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, info.Name)
	}
	return names
}

// fullStore is a store whose disk has room for so many bytes.
type fullStore struct {
	*memstore.Store
	room int
}

var errFull = errors.New("no space left on the test's device")

func (s *fullStore) Stage(ctx context.Context, name string) (load.Staged, error) {
	w, err := s.Store.Stage(ctx, name)
	return &fullStaged{w, s}, err
}

type fullStaged struct {
	load.Staged
	store *fullStore
}

func (w *fullStaged) Write(p []byte) (int, error) {
	if w.store.room -= len(p); w.store.room < 0 {
		return 0, errFull
	}
	return w.Staged.Write(p)
}

func sameFile(t *testing.T, name string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes that differ from the %d of the same rows", name, len(got), len(want))
	}
}
