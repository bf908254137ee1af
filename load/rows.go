package load

import (
	"context"
	"iter"

	"graphlake/schemas"
)

// Rows gives a partition's rows, each as the values of the table's columns in their order: what
// encoding/json prints as a reader would expect. A row is valid until the next one.
func (l *Lake) Rows(ctx context.Context, p Partition, t schemas.Table) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		values := make([]any, len(t.Columns))
		for batch, err := range l.Read(ctx, p, t) {
			if err != nil {
				yield(nil, err)
				return
			}
			for row := range int(batch.NumRows()) {
				for i, column := range batch.Columns() {
					values[i] = column.GetOneForMarshal(row)
				}
				if !yield(values, nil) {
					return
				}
			}
		}
	}
}
