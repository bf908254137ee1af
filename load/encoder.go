package load

import (
	"context"
	"io"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
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
	levels []int16
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
		nullable := e.fields[i].Nullable
		var levels []int16
		if nullable {
			levels = e.levelsOf(values)
		}
		if err := pqarrow.WriteArrowToColumn(e.ctx, column, values, levels, nil, nullable); err != nil {
			return err
		}
	}
	return nil
}

// levelsOf is Parquet's definition level of every value: 1, or 0 for a null. It is valid until the
// next call.
func (e *encoder) levelsOf(values arrow.Array) []int16 {
	e.levels = slices.Grow(e.levels[:0], values.Len())[:values.Len()]
	switch values.NullN() {
	case 0:
		for i := range e.levels {
			e.levels[i] = 1
		}
	case values.Len():
		clear(e.levels)
	default:
		valid, at := values.NullBitmapBytes(), values.Data().Offset()
		for i := range e.levels {
			e.levels[i] = int16(valid[at>>3] >> (at & 7) & 1)
			at++
		}
	}
	return e.levels
}

// close ends the file and frees what encoding needed.
func (e *encoder) close() error { return e.file.Close() }
