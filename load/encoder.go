package load

import (
	"context"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// encoder writes chunks of flat columns into a Parquet file. The library's own writer of batches
// works out every column as if it were nested, which costs as much as to encode most of ours.
type encoder struct {
	ctx    context.Context //nolint:containedctx // carries the library's choices; a writer lives within one call
	file   *file.Writer
	group  file.BufferedRowGroupWriter // that is open, or nil
	fields []arrow.Field
	packed
}

func newEncoder(ctx context.Context, w io.Writer, schema *arrow.Schema, set *parquet.WriterProperties) (*encoder, error) {
	arrowSet := pqarrow.NewArrowWriterProperties(pqarrow.WithAllocator(set.Allocator()))
	tree, err := pqarrow.ToParquet(schema, set, arrowSet)
	if err != nil {
		return nil, err
	}
	f, err := file.NewParquetWriterWithError(w, tree.Root(), file.WithWriterProps(set))
	if err != nil {
		return nil, err
	}
	return &encoder{ctx: pqarrow.NewArrowWriteContext(ctx, &arrowSet), file: f, fields: schema.Fields()}, nil
}

// nextGroup ends the row group and opens another.
func (e *encoder) nextGroup() (err error) {
	if e.group != nil {
		if err := e.group.Close(); err != nil {
			return err
		}
	}
	e.group, err = e.file.AppendBufferedRowGroupChecked()
	return err
}

// write appends a chunk to the row group.
func (e *encoder) write(chunk arrow.RecordBatch) error {
	for i, values := range chunk.Columns() {
		column, err := e.group.Column(i)
		if err != nil {
			return err
		}
		if err := e.column(column, values, e.fields[i].Nullable); err != nil {
			return err
		}
	}
	return nil
}

func (e *encoder) column(column file.ColumnChunkWriter, values arrow.Array, nullable bool) error {
	var levels []int16
	if nullable {
		levels = e.levelsOf(values)
		if values.NullN() > 0 {
			if done, err := e.packed.write(column, values); done || err != nil {
				return err
			}
		}
	}
	values = withoutNil(values)
	defer values.Release()
	return pqarrow.WriteArrowToColumn(e.ctx, column, values, levels, nil, nullable)
}

// withoutNil is the same array, which the caller releases. Texts that are all empty may have a buffer of no bytes; the
// library notes bounds of them if these are an empty slice, or if there is no buffer, and none if they are nil.
func withoutNil(values arrow.Array) arrow.Array {
	data := values.Data()
	if _, ok := values.(*array.String); !ok || data.Buffers()[2] == nil || data.Buffers()[2].Bytes() != nil {
		values.Retain()
		return values
	}
	none := array.NewData(data.DataType(), data.Len(), []*memory.Buffer{data.Buffers()[0], data.Buffers()[1], nil}, nil, data.NullN(), data.Offset())
	defer none.Release()
	return array.NewStringData(none)
}

// close ends the file and frees what encoding needed.
func (e *encoder) close() error { return e.file.Close() }
