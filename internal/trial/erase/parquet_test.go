package erase

import (
	"bytes"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// Every page of a file comes without compression, dictionaries among them; a file that has more than pages, or less, is
// none that was looked at whole.
func TestPages(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "record", Type: arrow.BinaryTypes.String}, {Name: "kind", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
	for _, codec := range []compress.Compression{compress.Codecs.Uncompressed, compress.Codecs.Snappy, compress.Codecs.Zstd} {
		rows := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		for i := range 300 {
			rows.Field(0).(*array.StringBuilder).Append(`{"a":"` + strings.Repeat("record ", 40) + `"}`)
			if i%2 == 0 {
				rows.Field(1).(*array.StringBuilder).Append("in a dictionary")
			} else {
				rows.Field(1).AppendNull()
			}
		}
		var file bytes.Buffer
		w, err := pqarrow.NewFileWriter(schema, &file, parquet.NewWriterProperties(
			parquet.WithCompression(codec), parquet.WithDictionaryDefault(false), parquet.WithDictionaryFor("kind", true),
			parquet.WithStats(false), parquet.WithMaxRowGroupLength(100), parquet.WithDataPageSize(4<<10)), pqarrow.DefaultWriterProps())
		if err == nil {
			err = w.Write(rows.NewRecordBatch())
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		all, err := pages(file.Bytes())
		records, dictionaries := 0, 0
		for _, p := range all {
			records += strings.Count(string(p.bytes), `"a":"record`)
			dictionaries += strings.Count(string(p.bytes), "in a dictionary")
		}
		if err != nil || records != 300 || dictionaries != 3 {
			t.Errorf("%v: %d records and %d dictionaries in %d pages, %v; want 300 and 3", codec, records, dictionaries, len(all), err)
		}
		if codec != compress.Codecs.Uncompressed && bytes.Contains(file.Bytes(), []byte(`record record record record record record`+strings.Repeat(" record", 30))) {
			t.Errorf("%v compresses nothing", codec)
		}
		n := 0
		for r := range recordsOf(file.Bytes()) {
			if strings.HasPrefix(r["a"].(string), "record") {
				n++
			}
		}
		if n != 300 {
			t.Errorf("%v: %d records", codec, n)
		}
		for what, text := range map[string][]byte{
			"cut": file.Bytes()[:file.Len()-1], "longer": append([]byte("PAR1 something "), file.Bytes()[4:]...), "nothing": nil, "magic": []byte("PAR1PAR1PAR1"),
		} {
			if _, err := pages(text); err == nil {
				t.Errorf("%s is taken for whole", what)
			}
		}
	}
}
