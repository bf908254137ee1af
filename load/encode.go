package load

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"

	"graphlake/schemas"
)

// properties are the choices that every reader of the lake can read: pages of version 1, plain and
// dictionary encoding, and statistics except where they would be as long as the text. The Arrow
// schema is not stored in the file: the Parquet schema says all that we read back.
func properties(kind Kind, t schemas.Table, set tuning, more ...parquet.WriterProperty) *parquet.WriterProperties {
	options := []parquet.WriterProperty{
		parquet.WithAllocator(set.allocator),
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithDataPageVersion(parquet.DataPageV1),
		parquet.WithDataPageSize(128 << 10), // a page of every column is in memory, and there are hundreds
		parquet.WithMaxRowGroupLength(set.groupRows),
		parquet.WithDictionaryDefault(false),
		parquet.WithCompression(compress.Codecs.Snappy),
	}
	if kind == Raw { // read by us, DuckDB and Spark, which all know zstd
		options = append(options, parquet.WithCompression(compress.Codecs.Zstd), parquet.WithCompressionLevel(1))
	}
	for _, c := range t.Columns {
		switch c.Type {
		case schemas.Enum, schemas.Member:
			options = append(options, parquet.WithDictionaryFor(c.Name, true))
		case schemas.LongText, schemas.JSON:
			options = append(options, parquet.WithStatsFor(c.Name, false))
		}
	}
	return parquet.NewWriterProperties(append(options, more...)...)
}

// sizer measures rows by the bytes of their values.
type sizer struct {
	fixed int64 // bytes of a row without its texts
	sizes []int64
}

func newSizer(schema *arrow.Schema) *sizer {
	s := &sizer{}
	for _, f := range schema.Fields() {
		if w, ok := f.Type.(arrow.FixedWidthDataType); ok {
			s.fixed += int64(w.BitWidth()+7) / 8
		} else {
			s.fixed += 4 // the length of a text
		}
	}
	return s
}

// of gives the size of each row, valid until the next call.
func (s *sizer) of(rec arrow.RecordBatch) []int64 {
	s.sizes = s.sizes[:0]
	for range rec.NumRows() {
		s.sizes = append(s.sizes, s.fixed)
	}
	for _, column := range rec.Columns() {
		text, ok := column.(*array.String)
		if !ok {
			continue
		}
		for i := range s.sizes {
			s.sizes[i] += int64(text.ValueLen(i))
		}
	}
	return s.sizes
}
