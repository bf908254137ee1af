package load

import (
	"context"
	"io"

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
	return pqarrow.WriteArrowToColumn(e.ctx, column, values, levels, nil, nullable)
}

// close ends the file and frees what encoding needed.
func (e *encoder) close() error { return e.file.Close() }
