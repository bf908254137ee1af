package jobs

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform"
)

// batchBytes of values are held before they are handed on to the lake.
const batchBytes = 4 << 20

// rawRows makes raw rows of records and hands them on in batches.
type rawRows struct {
	builder *transform.Builder
	to      func(arrow.RecordBatch) error
}

func newRawRows(d schemas.Dataset, mem memory.Allocator, to func(arrow.RecordBatch) error) (*rawRows, error) {
	plan, err := transform.CompileRaw(d)
	if err != nil {
		return nil, err
	}
	return &rawRows{plan.NewBuilder(mem), to}, nil
}

func (r *rawRows) add(one record.Record) error {
	if err := r.builder.AppendRecord(one); err != nil {
		return err
	}
	if r.builder.Size() < batchBytes {
		return nil
	}
	return r.flush()
}

func (r *rawRows) flush() error {
	batch := r.builder.Flush()[0]
	defer batch.Release()
	return r.to(batch)
}

// one is the row of one record, which the caller releases.
func (r *rawRows) one(record []byte) (arrow.RecordBatch, error) {
	if err := r.builder.Append(record); err != nil {
		return nil, err
	}
	return r.builder.Flush()[0], nil
}

func (r *rawRows) release() { r.builder.Release() }
