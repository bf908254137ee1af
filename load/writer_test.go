package load_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// visits has a column of every type.
var visits = schemas.Table{Name: "visits", Key: []string{"id"}, Columns: []schemas.Column{
	{Name: "id", Type: schemas.String, Required: true},
	{Name: "kind", Type: schemas.Enum},
	{Name: "note", Type: schemas.LongText},
	{Name: "paid", Type: schemas.Bool},
	{Name: "floor", Type: schemas.Int32},
	{Name: "steps", Type: schemas.Int64},
	{Name: "ratio", Type: schemas.Float64},
	{Name: "price", Type: schemas.Decimal},
	{Name: "start_time", Type: schemas.Timestamp},
	{Name: "stay_ms", Type: schemas.DurationMS},
	{Name: "extra", Type: schemas.JSON},
	{Name: "who", Type: schemas.Member},
	{Name: "is_guest", Type: schemas.Present, Required: true},
}}

var visitsPartition = load.Partition{Kind: load.Tables, Name: "visits", TenantID: tenant, Date: day(22)}

const (
	fullRow = `{"id":"v1","kind":"walkIn","note":"long\ntext","paid":true,"floor":-3,"steps":9007199254740993,"ratio":0.5,` +
		`"price":"-12345.678901","start_time":"2026-11-22T10:00:00.123456Z","stay_ms":1500,"extra":"{\"a\":1}","who":"guest","is_guest":true}`
	bareRow = `{"id":"v2","kind":null,"note":null,"paid":null,"floor":null,"steps":null,"ratio":null,` +
		`"price":null,"start_time":null,"stay_ms":null,"extra":null,"who":null,"is_guest":false}`
)

// write replaces the partition by batches of the table.
func write(t testing.TB, l *load.Lake, p load.Partition, table schemas.Table, batches ...arrow.RecordBatch) load.Commit {
	t.Helper()
	w, err := l.Write(t.Context(), p, table)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	for _, rec := range batches {
		if err := w.Append(rec); err != nil {
			t.Fatal(err)
		}
	}
	c, err := w.Commit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestReadBack(t *testing.T) {
	mem := checked(t)
	store := memstore.New()
	lake := load.New(store, "").TuneAllocator(mem)
	rec := batch(t, mem, visits, fullRow, bareRow)
	c := write(t, lake, visitsPartition, visits, rec)
	if c.Rows != 2 || !c.Changed || c.Partition != visitsPartition || c.Bytes != int64(len(fileOf(t, store, visitsPartition))) {
		t.Errorf("Commit = %+v, want 2 rows, a change, and the bytes of the file", c)
	}
	wantRows(t, rows(t, lake, visitsPartition, visits), fullRow, bareRow)
	for got, err := range lake.Read(t.Context(), visitsPartition, visits) {
		if err != nil || !got.Schema().Equal(visits.Schema()) {
			t.Errorf("read schema %v, %v", got.Schema(), err)
		}
	}
	if c := write(t, lake, visitsPartition, visits, rec); c.Changed {
		t.Error("the same rows again changed the partition")
	}
}

func TestEmptyPartition(t *testing.T) {
	mem := checked(t)
	store := memstore.New()
	lake := load.New(store, "").TuneAllocator(mem)
	if c := write(t, lake, visitsPartition, visits); c.Rows != 0 || c.Bytes == 0 || !c.Changed {
		t.Errorf("Commit = %+v, want a file of 0 rows", c)
	}
	wantRows(t, rows(t, lake, visitsPartition, visits))
	r := openFile(t, fileOf(t, store, visitsPartition))
	if r.NumRows() != 0 || r.MetaData().Schema.NumColumns() != len(visits.Columns) {
		t.Errorf("the empty file has %d rows and %d columns", r.NumRows(), r.MetaData().Schema.NumColumns())
	}
}

// The file depends on the rows, not on how they came in batches: one, many, or of odd sizes.
func TestBytesDoNotDependOnBatching(t *testing.T) {
	mem := checked(t)
	all := manyRows(200)
	var want []byte
	for _, size := range []int{200, 1, 7, 8, 64, 199} {
		store := memstore.New()
		var batches []arrow.RecordBatch
		for from := 0; from < len(all); from += size {
			batches = append(batches, batch(t, mem, visits, all[from:min(from+size, len(all))]...))
		}
		write(t, load.New(store, "").Tune(mem), visitsPartition, visits, batches...)
		got := fileOf(t, store, visitsPartition)
		if want == nil {
			want = got
		}
		sameFile(t, fmt.Sprintf("batches of %d", size), got, want)
	}
	// A slice is a batch whose arrays begin in the middle.
	store := memstore.New()
	whole := batch(t, mem, visits, all...)
	first, second := whole.NewSlice(0, 33), whole.NewSlice(33, 200)
	defer first.Release()
	defer second.Release()
	lake := load.New(store, "").Tune(mem)
	write(t, lake, visitsPartition, visits, first, second)
	sameFile(t, "slices", fileOf(t, store, visitsPartition), want)
	wantRows(t, rows(t, lake, visitsPartition, visits), all...)
}

func manyRows(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = strings.Replace(fullRow, `"v1"`, fmt.Sprintf(`"v%d"`, i), 1)
		if i%3 == 0 {
			all[i] = strings.Replace(bareRow, `"v2"`, fmt.Sprintf(`"v%d"`, i), 1)
		}
		if i%50 == 49 {
			all[i] = strings.Replace(all[i], `long`, strings.Repeat("long", 300), 1)
		}
	}
	return all
}

func openFile(t *testing.T, data []byte) *file.Reader {
	t.Helper()
	r, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestRowGroupsAreBounded(t *testing.T) {
	store := memstore.New()
	lake := load.New(store, "").Tune(checked(t))
	write(t, lake, visitsPartition, visits, batch(t, memory.DefaultAllocator, visits, manyRows(200)...))
	r := openFile(t, fileOf(t, store, visitsPartition))
	if r.NumRows() != 200 || r.NumRowGroups() < 5 {
		t.Errorf("%d rows in %d row groups, want 200 in at least 5", r.NumRows(), r.NumRowGroups())
	}
	for i := range r.NumRowGroups() {
		if n := r.RowGroup(i).NumRows(); n < 1 || n > 50 {
			t.Errorf("row group %d has %d rows, want 1 to 50", i, n)
		}
	}
}

func TestColumnAddedLater(t *testing.T) {
	mem := checked(t)
	lake := load.New(memstore.New(), "").TuneAllocator(mem)
	older := schemas.Table{Name: "visits", Columns: visits.Columns[:2]}
	write(t, lake, visitsPartition, older, batch(t, mem, older, `{"id":"v1","kind":"walkIn"}`))
	seat := schemas.Column{Name: "seat", Type: schemas.KeyText}
	newer := schemas.Table{Name: "visits", Columns: []schemas.Column{visits.Columns[0], visits.Columns[7], visits.Columns[1], seat}}
	wantRows(t, rows(t, lake, visitsPartition, newer), `{"id":"v1","price":null,"kind":"walkIn","seat":""}`)

	retyped := schemas.Table{Name: "visits", Columns: []schemas.Column{{Name: "kind", Type: schemas.Int64}}}
	for _, err := range lake.Read(t.Context(), visitsPartition, retyped) {
		if err == nil || !strings.Contains(err.Error(), "column kind is utf8 in the file and int64 in the table") {
			t.Errorf("reading a retyped column: %v", err)
		}
	}
}

func TestReadAbsent(t *testing.T) {
	n := 0
	for _, err := range load.New(memstore.New(), "").Read(t.Context(), visitsPartition, visits) {
		n++
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("reading an absent partition: %v, want fs.ErrNotExist", err)
		}
	}
	if n != 1 {
		t.Errorf("%d answers, want one error", n)
	}
}

func TestReadWhatIsNoParquet(t *testing.T) {
	store := memstore.New()
	lake := load.New(store, "").TuneAllocator(checked(t))
	write(t, lake, visitsPartition, visits, batch(t, memory.DefaultAllocator, visits, fullRow))
	whole := fileOf(t, store, visitsPartition)
	for _, size := range []int{0, 3, 100, len(whole) - 1} {
		o, err := store.Open(t.Context(), visitsPartition.Object())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Swap(t.Context(), visitsPartition.Object(), o.Info().Version, whole[:size]); err != nil {
			t.Fatal(err)
		}
		for _, err := range lake.Read(t.Context(), visitsPartition, visits) {
			if err == nil || !strings.Contains(err.Error(), visitsPartition.Object()) {
				t.Errorf("the first %d bytes of a file: %v, want an error that names it", size, err)
			}
		}
	}
}

// Wherever the disk fills up, the partition stays what it was. The allocator is not checked:
// arrow-go leaves a column's level buffers to the garbage collector when its sink fails.
func TestFailureLeavesNothingVisible(t *testing.T) {
	mem := memory.DefaultAllocator
	rec := batch(t, mem, visits, manyRows(200)...)
	store := memstore.New()
	whole := write(t, load.New(store, "").Tune(mem), visitsPartition, visits, rec)
	for room := 0; room < int(whole.Bytes); room += int(whole.Bytes) / 9 {
		full := &fullStore{memstore.New(), room}
		w, err := load.New(full, "").Tune(mem).Write(t.Context(), visitsPartition, visits)
		if err != nil {
			t.Fatal(err)
		}
		w.Append(rec)
		if _, err := w.Commit(t.Context()); !errors.Is(err, errFull) {
			t.Errorf("Commit with room for %d bytes: %v, want %v", room, err, errFull)
		}
		if got := objects(t, full); len(got) > 0 {
			t.Errorf("room for %d bytes left %v", room, got)
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	mem := checked(t)
	lake := load.New(memstore.New(), "").TuneAllocator(mem)
	w, err := lake.Write(t.Context(), visitsPartition, visits)
	if err != nil {
		t.Fatal(err)
	}
	other := schemas.Table{Name: "visits", Columns: visits.Columns[:2]}
	if err := w.Append(batch(t, mem, other, `{"id":"v1","kind":"x"}`)); err == nil {
		t.Error("a batch of another schema was taken")
	}
	if _, err := w.Commit(t.Context()); err == nil || !strings.Contains(err.Error(), "another schema") {
		t.Errorf("Commit after a refused batch: %v, want the refusal", err)
	}
	w, err = lake.Write(t.Context(), visitsPartition, visits)
	if err != nil {
		t.Fatal(err)
	}
	w.Append(batch(t, mem, visits, fullRow))
	if err := w.Discard(); err != nil {
		t.Error(err)
	}
	if err := w.Append(batch(t, mem, visits, fullRow)); !errors.Is(err, load.ErrSpent) {
		t.Errorf("Append after Discard: %v, want ErrSpent", err)
	}
	if _, err := w.Commit(t.Context()); !errors.Is(err, load.ErrSpent) {
		t.Errorf("Commit after Discard: %v, want ErrSpent", err)
	}
}
