package load_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

const datedObject = "delta/visits/some.parquet"

func visitsOn(n int) load.Partition {
	p := visitsPartition
	p.Date = day(n)
	return p
}

// datedLake has visits on 20, none on 21, and many on 22.
func datedLake(t *testing.T, tune func(*load.Lake) *load.Lake) (*memstore.Store, *load.Lake, []load.Dated) {
	t.Helper()
	store := memstore.New()
	lake := tune(load.New(store, ""))
	var days []load.Dated
	for n, rows := range map[int][]string{20: {fullRow, bareRow}, 21: nil, 22: manyRows(200)} {
		write(t, lake, visitsOn(n), visits, batch(t, memory.DefaultAllocator, visits, rows...))
	}
	for n := 20; n <= 22; n++ {
		hash, err := lake.Hash(t.Context(), visitsOn(n))
		if err != nil {
			t.Fatal(err)
		}
		days = append(days, load.Dated{Partition: visitsOn(n), Hash: hash})
	}
	return store, lake, days
}

func whole(l *load.Lake) *load.Lake { return l }

func objectOf(t *testing.T, s load.Store, name string) []byte {
	t.Helper()
	o, err := s.Open(t.Context(), name)
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

// datedRows reads a dated file by its own schema: rows as JSON with their day behind the columns.
func datedRows(t *testing.T, data []byte) (lines []string, schema *arrow.Schema) {
	t.Helper()
	table, err := pqarrow.ReadTable(t.Context(), bytes.NewReader(data), parquet.NewReaderProperties(nil), pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Release()
	for at := range int(table.NumRows()) {
		line := strings.Builder{}
		for i := range int(table.NumCols()) {
			for _, chunk := range table.Column(i).Data().Chunks() {
				if at < chunk.Len() {
					fmt.Fprintf(&line, "%s=%s ", table.Schema().Field(i).Name, chunk.ValueStr(at))
					break
				}
				t.Fatalf("column %d is in several chunks", i)
			}
		}
		lines = append(lines, line.String())
	}
	return lines, table.Schema()
}

func TestWriteDated(t *testing.T) {
	mem := checked(t)
	store, lake, days := datedLake(t, func(l *load.Lake) *load.Lake { return l.TuneAllocator(mem) })
	got, err := lake.WriteDated(t.Context(), datedObject, 0, visits, days)
	if err != nil {
		t.Fatal(err)
	}
	data := objectOf(t, store, datedObject)
	if want := (load.DatedFile{Rows: 202, Bytes: int64(len(data)), First: day(20), Last: day(22), Written: true}); got != want {
		t.Errorf("WriteDated = %+v, want %+v", got, want)
	}
	lines, schema := datedRows(t, data)
	var want []string
	for _, d := range days {
		plain, _ := datedRows(t, fileOf(t, store, d.Partition))
		for _, line := range plain {
			want = append(want, line+"dt="+d.Partition.Date.Format(time.DateOnly)+" ")
		}
	}
	if len(lines) != len(want) {
		t.Fatalf("%d rows, want %d", len(lines), len(want))
	}
	for i := range lines {
		if lines[i] != want[i] {
			t.Fatalf("row %d is\n%s\nwant\n%s", i, lines[i], want[i])
		}
	}
	if n := schema.NumFields(); n != len(visits.Columns)+1 || schema.Field(n-1).Name != "dt" || schema.Field(n-1).Type.ID() != arrow.DATE32 {
		t.Errorf("the columns are %v, want those of the table and dt", schema)
	}
}

// A lane's readers are those of tables: they find the days in a dictionary, and by their bounds.
func TestDaysInADatedFile(t *testing.T) {
	store, lake, days := datedLake(t, whole)
	if _, err := lake.WriteDated(t.Context(), datedObject, 0, visits, days); err != nil {
		t.Fatal(err)
	}
	r := openFile(t, objectOf(t, store, datedObject))
	meta, err := r.MetaData().RowGroup(0).ColumnChunk(len(visits.Columns))
	if err != nil {
		t.Fatal(err)
	}
	column := r.MetaData().Schema.Column(len(visits.Columns))
	if got := fmt.Sprint(column.PhysicalType(), " ", column.LogicalType()); got != "INT32 Date" || !meta.HasDictionaryPage() || meta.Compression() != compress.Codecs.Snappy {
		t.Errorf("the day is stored as %s, in a dictionary: %t, compressed by %v", got, meta.HasDictionaryPage(), meta.Compression())
	}
	pageSizes(t, r, len(visits.Columns))
	if r.MetaData().KeyValueMetadata().Len() != 0 {
		t.Errorf("metadata in the file: %v", r.MetaData().KeyValueMetadata())
	}
	for i, c := range visits.Columns {
		t.Run(c.Name, func(t *testing.T) { checkColumn(t, r, i, c, compress.Codecs.Snappy) })
	}
}

// The bytes depend on rows and days, not on how partitions were read.
func TestBytesOfADatedFile(t *testing.T) {
	mem := checked(t)
	store, lake, days := datedLake(t, func(l *load.Lake) *load.Lake { return l.Tune(mem) })
	for i, read := range []int64{2000, 100, 1 << 20} {
		object := fmt.Sprint("delta/visits/", i, ".parquet")
		if _, err := lake.TuneRead(read).WriteDated(t.Context(), object, 0, visits, days); err != nil {
			t.Fatal(err)
		}
		sameFile(t, fmt.Sprint("batches of ", read), objectOf(t, store, object), objectOf(t, store, "delta/visits/0.parquet"))
	}
	r := openFile(t, objectOf(t, store, "delta/visits/0.parquet"))
	if r.NumRows() != 202 || r.NumRowGroups() < 5 {
		t.Errorf("%d rows in %d row groups, want 202 in at least 5", r.NumRows(), r.NumRowGroups())
	}
	for i := range r.NumRowGroups() {
		if n := r.RowGroup(i).NumRows(); n < 1 || n > 50 {
			t.Errorf("row group %d has %d rows, want 1 to 50", i, n)
		}
	}
}

// What is there is left as it is, and told by its footer; unless it is damaged.
func TestDatedFileIsThere(t *testing.T) {
	mem := checked(t)
	store, lake, days := datedLake(t, func(l *load.Lake) *load.Lake { return l.TuneAllocator(mem) })
	first, err := lake.WriteDated(t.Context(), datedObject, 0, visits, days)
	if err != nil {
		t.Fatal(err)
	}
	before := objectOf(t, store, datedObject)
	wider := visits
	wider.Columns = append(slices.Clip(wider.Columns), schemas.Column{Name: "seat", Type: schemas.String})
	again, err := lake.WriteDated(t.Context(), datedObject, 0, wider, days)
	if first.Written = false; err != nil || again != first {
		t.Errorf("WriteDated of what is there = %+v, %v; want %+v", again, err, first)
	}
	sameFile(t, "after it", objectOf(t, store, datedObject), before)

	none, err := lake.WriteDated(t.Context(), "delta/visits/none.parquet", 0, visits, days[1:2])
	if want := (load.DatedFile{Bytes: none.Bytes, Written: true}); err != nil || none != want {
		t.Errorf("a day without rows: %+v, %v", none, err)
	}
	none.Written = false
	if again, err := lake.WriteDated(t.Context(), "delta/visits/none.parquet", 0, visits, days[1:2]); err != nil || again != none {
		t.Errorf("a file without rows that is there: %+v, %v; want %+v", again, err, none)
	}

	for name, text := range map[string][]byte{ // one that was cut, one that is not of the size that it had, and one without days
		"delta/visits/bad.parquet": before[:len(before)-3], "delta/visits/other.parquet": objectOf(t, store, "delta/visits/none.parquet"),
		"delta/visits/plain.parquet": objectOf(t, store, visitsOn(20).Object()),
	} {
		if _, err := store.Swap(t.Context(), name, "", text); err != nil {
			t.Fatal(err)
		}
	}
	for name, size := range map[string]int64{"delta/visits/bad.parquet": 0, "delta/visits/other.parquet": first.Bytes, "delta/visits/plain.parquet": 0} {
		done, err := lake.WriteDated(t.Context(), name, size, visits, days)
		if done.Written = false; err != nil || done != first {
			t.Errorf("%s: %+v, %v; want %+v", name, done, err, first)
		}
		sameFile(t, name+" is written anew", objectOf(t, store, name), before)
	}
}

func TestWriteDatedRefuses(t *testing.T) {
	mem := checked(t)
	store, lake, days := datedLake(t, func(l *load.Lake) *load.Lake { return l.TuneAllocator(mem) })
	other := []load.Dated{days[0], days[1], {Partition: days[2].Partition, Hash: days[0].Hash}}
	if _, err := lake.WriteDated(t.Context(), datedObject, 0, visits, other); !errors.Is(err, load.ErrConflict) {
		t.Errorf("a day that is another: %v, want a conflict", err)
	}
	absent := []load.Dated{days[0], days[1], {Partition: visitsOn(1)}}
	if _, err := lake.WriteDated(t.Context(), datedObject, 0, visits, absent); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a day that is not there: %v, want fs.ErrNotExist", err)
	}
	lost := lake.Under(func() error { return load.ErrLockLost })
	if _, err := lost.WriteDated(t.Context(), datedObject, 0, visits, days); !errors.Is(err, load.ErrLockLost) {
		t.Errorf("without the lock: %v", err)
	}
	if names := objects(t, store); len(names) != 3 {
		t.Errorf("the store has %v, want the three days", names)
	}
}

// Wherever the disk fills up, nothing is there. The allocator is not checked, as in TestFailureLeavesNothingVisible.
func TestDatedFailureLeavesNothingVisible(t *testing.T) {
	store, lake, days := datedLake(t, func(l *load.Lake) *load.Lake { return l.Tune(memory.DefaultAllocator) })
	done, err := lake.WriteDated(t.Context(), datedObject, 0, visits, days)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Remove(t.Context(), datedObject, load.Condition{}); err != nil {
		t.Fatal(err)
	}
	for room := 0; room < int(done.Bytes); room += int(done.Bytes) / 9 {
		full := load.New(&fullStore{store, room}, "").Tune(memory.DefaultAllocator)
		if _, err := full.WriteDated(t.Context(), datedObject, 0, visits, days); !errors.Is(err, errFull) {
			t.Errorf("with room for %d bytes: %v, want %v", room, err, errFull)
		}
		if got := objects(t, store); len(got) != 3 {
			t.Errorf("room for %d bytes left %v", room, got)
		}
	}
}

// However much a month holds, no more than a row group and a batch of it is in memory.
func TestDatedMemoryIsBounded(t *testing.T) {
	store := memstore.New()
	lake := load.New(store, "")
	table := schemas.Table{Name: "visits", Columns: []schemas.Column{{Name: "id", Type: schemas.String}, {Name: "note", Type: schemas.LongText}}}
	var many []string
	for i := range 2000 {
		many = append(many, fmt.Sprintf(`{"id":"%d","note":"%s"}`, i, strings.Repeat(fmt.Sprint(i), 300)))
	}
	rec := batch(t, memory.DefaultAllocator, table, many...)
	most := func(n int) int64 {
		var days []load.Dated
		for i := range n {
			write(t, lake, visitsOn(i+1), table, rec)
			days = append(days, load.Dated{Partition: visitsOn(i + 1)})
		}
		mem := &peakAllocator{Allocator: memory.DefaultAllocator}
		bounded := load.New(store, "").TuneMerge(mem, 2<<20)
		if _, err := bounded.WriteDated(t.Context(), fmt.Sprint("delta/visits/", n, ".parquet"), 0, table, days); err != nil {
			t.Fatal(err)
		}
		return mem.peak.Load()
	}
	few, all := most(3), most(30)
	if all > few*12/10 {
		t.Errorf("a month takes %d bytes at most, and three days %d", all, few)
	}
	r, err := file.NewParquetReader(bytes.NewReader(objectOf(t, store, "delta/visits/30.parquet")))
	if err != nil || r.NumRows() != 60_000 {
		t.Errorf("the month has %d rows, %v; want 60,000", r.NumRows(), err)
	}
}
