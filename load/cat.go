package load

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/schemas"
)

// Exists reports whether a partition is there.
func (l *Lake) Exists(ctx context.Context, p Partition) (bool, error) {
	object, err := l.store.Open(ctx, p.Object())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, object.Close()
}

// Cat writes a partition's rows as JSON lines, with the partition columns in front as readers of
// the lake see them.
func (l *Lake) Cat(ctx context.Context, w io.Writer, p Partition, t schemas.Table) error {
	for batch, err := range l.Read(ctx, p, t) {
		if err != nil {
			return err
		}
		whole := l.withPath(batch, p)
		err := array.RecordToJSON(whole, w)
		whole.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// withPath puts the columns that are in the partition's path in front of those in its file.
func (l *Lake) withPath(batch arrow.RecordBatch, p Partition) arrow.RecordBatch {
	var fields []arrow.Field
	var columns []arrow.Array
	for _, c := range []struct{ name, value string }{{"tenant_id", p.TenantID}, {"dt", p.Date.Format(time.DateOnly)}} {
		b := array.NewStringBuilder(l.allocator)
		for range batch.NumRows() {
			b.Append(c.value)
		}
		column := b.NewArray()
		b.Release()
		defer column.Release()
		fields = append(fields, arrow.Field{Name: c.name, Type: arrow.BinaryTypes.String})
		columns = append(columns, column)
	}
	schema := arrow.NewSchema(append(fields, batch.Schema().Fields()...), nil)
	return array.NewRecordBatch(schema, slices.Concat(columns, batch.Columns()), batch.NumRows())
}
