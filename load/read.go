package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"graphlake/schemas"
)

// Read gives a partition's rows in batches of the table's schema, a few MiB each. Columns are
// found by name; one that an older file lacks is null. A batch is valid until the next one is
// asked for; who keeps it longer retains it. A partition that is not there is an fs.ErrNotExist.
func (l *Lake) Read(ctx context.Context, p Partition, t schemas.Table) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) {
		if err := l.read(ctx, p, t.Schema(), func(rec arrow.RecordBatch) bool { return yield(rec, nil) }); err != nil {
			yield(nil, fmt.Errorf("read %s: %w", p, err))
		}
	}
}

func (l *Lake) read(ctx context.Context, p Partition, schema *arrow.Schema, yield func(arrow.RecordBatch) bool) error {
	object, err := l.store.Open(ctx, p.Object())
	if err != nil {
		return err
	}
	defer object.Close()
	r, err := file.NewParquetReader(io.NewSectionReader(object, 0, object.Info().Size),
		file.WithReadProps(parquet.NewReaderProperties(l.allocator)))
	if err != nil {
		return fmt.Errorf("not a Parquet file of ours: %w", err)
	}
	defer r.Close()
	for i := range r.NumRowGroups() {
		more, err := l.readGroup(ctx, r, i, schema, yield)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// readGroup reads one row group and reports whether more is wanted.
func (l *Lake) readGroup(ctx context.Context, r *file.Reader, group int, schema *arrow.Schema, yield func(arrow.RecordBatch) bool) (bool, error) {
	meta := r.MetaData().RowGroup(group)
	// Rows of raw can be large: a batch is as many as make readBytes on average.
	rows := meta.NumRows() * l.readBytes / max(meta.TotalByteSize(), 1)
	arrowReader, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{BatchSize: min(max(rows, 1), 8192)}, l.allocator)
	if err != nil {
		return false, err
	}
	var found []int
	for i := range r.MetaData().Schema.NumColumns() {
		if schema.HasField(r.MetaData().Schema.Column(i).Name()) {
			found = append(found, i)
		}
	}
	if len(found) == 0 && meta.NumRows() > 0 {
		return false, fmt.Errorf("it has none of the table's columns")
	}
	batches, err := arrowReader.GetRecordReader(ctx, found, []int{group})
	if err != nil {
		return false, err
	}
	defer batches.Release()
	for batches.Next() {
		rec, err := l.conform(batches.RecordBatch(), schema)
		if err != nil {
			return false, err
		}
		more := yield(rec)
		rec.Release()
		if !more {
			return false, nil
		}
	}
	if err := batches.Err(); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return true, ctx.Err()
}

// conform gives the batch the table's columns: by name, null where the file has none.
func (l *Lake) conform(rec arrow.RecordBatch, schema *arrow.Schema) (arrow.RecordBatch, error) {
	columns := make([]arrow.Array, schema.NumFields())
	defer func() {
		for _, column := range columns {
			if column != nil {
				column.Release()
			}
		}
	}()
	for i, want := range schema.Fields() {
		at := rec.Schema().FieldIndices(want.Name)
		if len(at) == 0 {
			columns[i] = array.MakeArrayOfNull(l.allocator, want.Type, int(rec.NumRows()))
			continue
		}
		column := rec.Column(at[0])
		if !arrow.TypeEqual(column.DataType(), want.Type) {
			return nil, fmt.Errorf("column %s is %v in the file and %v in the table: columns are only added, never retyped",
				want.Name, column.DataType(), want.Type)
		}
		column.Retain()
		columns[i] = column
	}
	return array.NewRecordBatch(schema, columns, rec.NumRows()), nil
}
