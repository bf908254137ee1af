package load

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// chunker cuts a stream of batches into chunks whose borders depend on the rows alone, not on how
// they were batched. The encoder's pages and row groups end at chunks, so the file does not
// depend on the batching either.
type chunker struct {
	tuning
	schema *arrow.Schema
	sizer  *sizer
	emit   func(chunk arrow.RecordBatch, bytes int64) error

	held        []arrow.RecordBatch // the chunk that is not yet full
	rows, bytes int64               // of held
}

func (c *chunker) add(rec arrow.RecordBatch) error {
	from := int64(0)
	for i, size := range c.sizer.of(rec) {
		c.rows++
		c.bytes += size
		if c.rows < c.chunkRows && c.bytes < c.chunkBytes {
			continue
		}
		c.held = append(c.held, rec.NewSlice(from, int64(i)+1))
		from = int64(i) + 1
		if err := c.flush(); err != nil {
			return err
		}
	}
	if from < rec.NumRows() {
		c.held = append(c.held, rec.NewSlice(from, rec.NumRows()))
	}
	return nil
}

// flush emits what is held, full or not.
func (c *chunker) flush() error {
	if len(c.held) == 0 {
		return nil
	}
	defer c.drop()
	if len(c.held) == 1 {
		return c.emit(c.held[0], c.bytes)
	}
	chunk, err := c.join()
	if err != nil {
		return err
	}
	defer chunk.Release()
	return c.emit(chunk, c.bytes)
}

func (c *chunker) join() (arrow.RecordBatch, error) {
	columns := make([]arrow.Array, 0, c.schema.NumFields())
	defer func() {
		for _, column := range columns {
			column.Release()
		}
	}()
	parts := make([]arrow.Array, len(c.held))
	for i := range c.schema.NumFields() {
		for j, rec := range c.held {
			parts[j] = rec.Column(i)
		}
		column, err := array.Concatenate(parts, c.allocator)
		if err != nil {
			return nil, err
		}
		columns = append(columns, column)
	}
	return array.NewRecordBatch(c.schema, columns, c.rows), nil
}

// drop forgets what is held.
func (c *chunker) drop() {
	for _, rec := range c.held {
		rec.Release()
	}
	clear(c.held)
	c.held, c.rows, c.bytes = c.held[:0], 0, 0
}
