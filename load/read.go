package load

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
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
		f, err := l.open(ctx, p)
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close()
		f.batches(ctx, t.Schema())(yield)
	}
}

// Count is how many rows a partition has; its rows are not read. One that is not there is an
// fs.ErrNotExist.
func (l *Lake) Count(ctx context.Context, p Partition) (int64, error) {
	f, err := l.open(ctx, p)
	if err != nil {
		return 0, err
	}
	return f.rows(), f.Close()
}

// partitionFile is a partition that is open for reading.
type partitionFile struct {
	tuning
	Partition
	version Version
	source  *source
	bytes   parquet.ReaderAtSeeker // of the source, or in memory
	parquet *file.Reader
}

func (l *Lake) open(ctx context.Context, p Partition) (*partitionFile, error) {
	object, err := l.store.Open(ctx, p.Object())
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p, err)
	}
	f := &partitionFile{tuning: l.tuning, Partition: p, version: object.Info().Version, source: &source{Object: object}}
	f.bytes, err = f.content()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", p, err), object.Close())
	}
	err = guarded(func() (err error) {
		f.parquet, err = file.NewParquetReader(f.bytes, file.WithReadProps(parquet.NewReaderProperties(l.allocator)))
		return err
	})
	if err != nil {
		return nil, cmp.Or(f.failed(ctx, err), object.Close())
	}
	return f, nil
}

// content is what the object holds. A small one is read at once: a Parquet file is read in a dozen pieces,
// and in Blob Storage each of them is a request.
func (f *partitionFile) content() (parquet.ReaderAtSeeker, error) {
	all := io.NewSectionReader(f.source, 0, f.source.Info().Size)
	if all.Size() > f.wholeBytes {
		return all, nil
	}
	text := make([]byte, all.Size())
	if _, err := io.ReadFull(all, text); err != nil {
		return nil, err
	}
	f.source.whole = true
	return bytes.NewReader(text), nil
}

func (f *partitionFile) Close() error { return errors.Join(f.parquet.Close(), f.source.Close()) }

// hash is that of [Lake.Hash].
func (f *partitionFile) hash() (string, error) { return f.copyTo(io.Discard) }

func (f *partitionFile) rows() int64 { return f.parquet.NumRows() }

// batches are the rows in the form of a schema.
func (f *partitionFile) batches(ctx context.Context, schema *arrow.Schema) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) {
		for i := range f.parquet.NumRowGroups() {
			more, err := f.group(ctx, i, schema, func(rec arrow.RecordBatch) bool { return yield(rec, nil) })
			if err != nil {
				yield(nil, err)
			}
			if err != nil || !more {
				return
			}
		}
	}
}

// group reads one row group and reports whether more is wanted.
func (f *partitionFile) group(ctx context.Context, group int, schema *arrow.Schema, yield func(arrow.RecordBatch) bool) (bool, error) {
	var batches pqarrow.RecordReader
	err := guarded(func() (err error) {
		batches, err = f.reader(ctx, group, schema)
		return err
	})
	if err != nil {
		return false, f.failed(ctx, err)
	}
	defer batches.Release()
	left := f.parquet.MetaData().RowGroup(group).NumRows()
	for {
		more := false
		err := guarded(func() error {
			more = batches.Next()
			return nil
		})
		if err != nil {
			return false, f.failed(ctx, err)
		}
		if !more {
			break
		}
		rec, err := conform(f.allocator, batches.RecordBatch(), schema)
		if err != nil {
			return false, fmt.Errorf("read %s: %w", f.Partition, err)
		}
		left -= rec.NumRows()
		more = yield(rec)
		rec.Release()
		if !more {
			return false, nil
		}
	}
	if err := batches.Err(); err != nil && !errors.Is(err, io.EOF) {
		return false, f.failed(ctx, err)
	}
	if err := ctx.Err(); err != nil {
		return false, fmt.Errorf("read %s: %w", f.Partition, err)
	}
	if left != 0 {
		return false, f.failed(ctx, fmt.Errorf("row group %d has %d rows less than it says", group, left))
	}
	return true, nil
}

// reader begins a row group, of which it reads the columns of a schema.
func (f *partitionFile) reader(ctx context.Context, group int, schema *arrow.Schema) (pqarrow.RecordReader, error) {
	meta := f.parquet.MetaData().RowGroup(group)
	var found []int
	size := int64(0)
	for i := range f.parquet.MetaData().Schema.NumColumns() {
		if !schema.HasField(f.parquet.MetaData().Schema.Column(i).Name()) {
			continue
		}
		column, err := meta.ColumnChunk(i)
		if err != nil {
			return nil, err
		}
		found = append(found, i)
		size += column.TotalUncompressedSize()
	}
	if len(found) == 0 && meta.NumRows() > 0 {
		return nil, errors.New("it has none of the table's columns")
	}
	// Rows of raw can be large: a batch is as many as make readBytes on average.
	rows := meta.NumRows() * f.readBytes / max(size, 1)
	r, err := pqarrow.NewFileReader(f.parquet, pqarrow.ArrowReadProperties{BatchSize: min(max(rows, 1), 8192)}, f.allocator)
	if err != nil {
		return nil, err
	}
	return r.GetRecordReader(ctx, found, []int{group})
}

// guarded makes an error of a panic: the library has some for files that are damaged.
func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the library gave up: %v", p)
		}
	}()
	return do()
}

var errRetyped = errors.New("columns are only added, never retyped")

// conform gives the batch the table's columns: by name, null where the file has none, and the empty text where
// the column is one of a key, which has no nulls.
func conform(mem memory.Allocator, rec arrow.RecordBatch, schema *arrow.Schema) (arrow.RecordBatch, error) {
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
		switch {
		case len(at) == 0 && !want.Nullable && want.Type.ID() == arrow.STRING:
			b := array.NewStringBuilder(mem)
			b.AppendEmptyValues(int(rec.NumRows()))
			columns[i] = b.NewArray()
			b.Release()
			continue
		case len(at) == 0:
			columns[i] = array.MakeArrayOfNull(mem, want.Type, int(rec.NumRows()))
			continue
		}
		column := rec.Column(at[0])
		if !arrow.TypeEqual(column.DataType(), want.Type) {
			return nil, fmt.Errorf("column %s is %v in the file and %v in the table: %w", want.Name, column.DataType(), want.Type, errRetyped)
		}
		column.Retain()
		columns[i] = column
	}
	return array.NewRecordBatch(schema, columns, rec.NumRows()), nil
}
