package load

import (
	"bufio"
	"context"
	"errors"
	"hash"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet"
)

// rowFile encodes rows of one schema into a staged object, which whoever gave it commits after finish, or discards.
type rowFile struct {
	tuning
	schema  *arrow.Schema
	staged  Staged
	buffer  *bufio.Writer
	count   *counter
	encoder *encoder // nil when finished
	chunks  *chunker

	openRows, openBytes int64 // of the row group that is open
}

func newRowFile(ctx context.Context, staged Staged, schema *arrow.Schema, set *parquet.WriterProperties, bounds tuning) (*rowFile, error) {
	f := &rowFile{tuning: bounds, schema: schema, staged: staged, count: &counter{to: staged}}
	f.buffer = bufio.NewWriterSize(f.count, bounds.fileBytes)
	f.chunks = &chunker{tuning: bounds, schema: schema, sizer: newSizer(schema), emit: f.encode}
	var err error
	f.encoder, err = newEncoder(ctx, f.buffer, schema, set)
	return f, err
}

// add adds the rows of a batch of the schema. The batch stays the caller's.
func (f *rowFile) add(rec arrow.RecordBatch) error { return f.chunks.add(rec) }

// encode puts one chunk into the open row group, or into a new one if that is full.
func (f *rowFile) encode(chunk arrow.RecordBatch, bytes int64) error {
	full := f.openRows+chunk.NumRows() > f.groupRows || f.openBytes >= f.groupBytes
	if full && f.openRows > 0 || f.encoder.group == nil {
		if err := f.encoder.nextGroup(); err != nil {
			return err
		}
		f.openRows, f.openBytes = 0, 0
	}
	f.openRows += chunk.NumRows()
	f.openBytes += bytes
	return f.encoder.write(chunk)
}

// finish ends the file, still unseen, and frees what encoding needed.
func (f *rowFile) finish() error {
	if f.encoder == nil {
		return nil
	}
	err := errors.Join(f.chunks.flush(), f.encoder.close())
	f.encoder = nil
	if err == nil {
		err = f.buffer.Flush()
	}
	f.buffer = nil
	return err
}

// discard drops what was written; nothing after a commit.
func (f *rowFile) discard() error {
	f.chunks.drop()
	if f.encoder != nil {
		// Only close frees what the encoder holds; its footer ends in a file that nobody sees, and
		// so does its error.
		_ = f.encoder.close()
		f.encoder = nil
	}
	return f.staged.Discard()
}

// counter counts the bytes that reach the staged object.
type counter struct {
	to    Staged
	bytes int64
	sum   hash.Hash // nil: nobody asks for it
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.bytes += int64(n)
	if c.sum != nil {
		c.sum.Write(p[:n])
	}
	return n, err
}
