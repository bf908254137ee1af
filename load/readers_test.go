package load_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// The promises to the readers of the lake.
func TestWhatReadersMustKnow(t *testing.T) {
	for _, tt := range []struct {
		kind  load.Kind
		codec compress.Compression
	}{{load.Tables, compress.Codecs.Snappy}, {load.Quarantine, compress.Codecs.Snappy}, {load.Raw, compress.Codecs.Zstd}} {
		t.Run(string(tt.kind), func(t *testing.T) {
			store := memstore.New()
			p := visitsPartition
			p.Kind = tt.kind
			write(t, load.New(store, ""), p, visits, batch(t, memory.DefaultAllocator, visits, fullRow, bareRow))
			r := openFile(t, fileOf(t, store, p))
			if r.MetaData().KeyValueMetadata().Len() != 0 {
				t.Errorf("metadata in the file: %v", r.MetaData().KeyValueMetadata())
			}
			for i, c := range visits.Columns {
				t.Run(c.Name, func(t *testing.T) { checkColumn(t, r, i, c, tt.codec) })
			}
		})
	}
}

func checkColumn(t *testing.T, r *file.Reader, i int, c schemas.Column, codec compress.Compression) {
	meta, err := r.MetaData().RowGroup(0).ColumnChunk(i)
	if err != nil {
		t.Fatal(err)
	}
	if meta.Compression() != codec {
		t.Errorf("compressed by %v, want %v", meta.Compression(), codec)
	}
	for _, e := range meta.Encodings() {
		if e != parquet.Encodings.Plain && e != parquet.Encodings.RLE && e != parquet.Encodings.RLEDict {
			t.Errorf("encoding %v", e)
		}
	}
	low := c.Type == schemas.Enum || c.Type == schemas.Member
	if meta.HasDictionaryPage() != low {
		t.Errorf("dictionary: %t, want %t", meta.HasDictionaryPage(), low)
	}
	long := c.Type == schemas.LongText || c.Type == schemas.JSON
	if ok, err := meta.StatsSet(); err != nil || ok == long {
		t.Errorf("statistics: %t, %v, want %t", ok, err, !long)
	}
	pageSizes(t, r, i) // fails if a page is of another version
	column := r.MetaData().Schema.Column(i)
	want, ok := map[schemas.Type]string{
		schemas.Timestamp: "INT64 Timestamp(isAdjustedToUTC=true, timeUnit=microseconds, is_from_converted_type=false, force_set_converted_type=false)",
		schemas.Decimal:   "FIXED_LEN_BYTE_ARRAY Decimal(precision=18, scale=6)",
		schemas.Int32:     "INT32 Int(bitWidth=32, isSigned=true)", schemas.Int64: "INT64 Int(bitWidth=64, isSigned=true)",
		schemas.DurationMS: "INT64 Int(bitWidth=64, isSigned=true)", schemas.Float64: "DOUBLE None",
		schemas.Bool: "BOOLEAN None", schemas.Present: "BOOLEAN None",
	}[c.Type]
	if !ok {
		want = "BYTE_ARRAY String"
	}
	if got := fmt.Sprint(column.PhysicalType(), " ", column.LogicalType()); got != want {
		t.Errorf("stored as %s, want %s", got, want)
	}
}

// A page of each column is in memory at once, and a reader skips whole pages.
func TestPagesAreBounded(t *testing.T) {
	table := schemas.Table{Name: "notes", Columns: []schemas.Column{{Name: "note", Type: schemas.LongText}}}
	row := `{"note":"` + strings.Repeat("0123456789", 10) + `"}`
	store := memstore.New()
	p := visitsPartition
	p.Name = "notes"
	write(t, load.New(store, ""), p, table, batch(t, memory.DefaultAllocator, table, slices.Repeat([]string{row}, 8000)...))
	sizes := pageSizes(t, openFile(t, fileOf(t, store, p)), 0)
	if largest := slices.Max(sizes); len(sizes) < 4 || largest > 256<<10 {
		t.Errorf("800 kB lie in %d pages of up to %d bytes, want at least 4 of up to 256 KiB", len(sizes), largest)
	}
}

// pageSizes gives the sizes of a column's data pages in the first row group, which must be of
// version 1.
func pageSizes(t *testing.T, r *file.Reader, column int) []int32 {
	t.Helper()
	pages, err := r.RowGroup(0).GetColumnPageReader(column)
	if err != nil {
		t.Fatal(err)
	}
	var sizes []int32
	for pages.Next() {
		if pages.Page().Type() == file.PageTypeDictionaryPage {
			continue
		}
		page, ok := pages.Page().(*file.DataPageV1)
		if !ok {
			t.Fatalf("a page is a %T, want data pages of version 1", pages.Page())
		}
		sizes = append(sizes, page.UncompressedSize())
	}
	if err := pages.Err(); err != nil {
		t.Fatal(err)
	}
	if len(sizes) == 0 {
		t.Fatal("no data pages")
	}
	return sizes
}
