package load

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"

	"github.com/apache/arrow-go/v18/arrow"

	"graphlake/schemas"
)

// Writer encodes one partition. It is used by one goroutine, and ends by Commit or Discard.
type Writer struct {
	tuning
	partition Partition
	base      Condition    // over which it may be published
	held      func() error // as of the lake
	schema    *arrow.Schema
	compared  *comparison // of a lake that is compared; then there is none of what follows
	staged    Staged
	buffer    *bufio.Writer
	count     *counter
	encoder   *encoder // nil when finished
	chunks    *chunker

	rows                int64
	openRows, openBytes int64 // of the row group that is open
	err                 error // the first; nothing is published after it
}

func newWriter(ctx context.Context, p Partition, t schemas.Table, staged Staged, set tuning) (*Writer, error) {
	w := &Writer{tuning: set, partition: p, schema: t.Schema(), staged: staged, count: &counter{to: staged}}
	if p.Kind != Quarantine {
		w.count.sum = sha256.New()
	}
	w.buffer = bufio.NewWriterSize(w.count, set.fileBytes)
	w.chunks = &chunker{tuning: set, schema: w.schema, sizer: newSizer(w.schema), emit: w.encode}
	var err error
	w.encoder, err = newEncoder(ctx, w.buffer, w.schema, properties(p.Kind, t, set))
	return w, err
}

// Append adds the rows of a batch of the table's schema. The batch stays the caller's.
func (w *Writer) Append(rec arrow.RecordBatch) error {
	switch {
	case w.err != nil:
	case w.encoder == nil && w.compared == nil:
		w.err = ErrSpent
	case !rec.Schema().Equal(w.schema):
		w.err = fmt.Errorf("a batch of another schema: %v, want %v", rec.Schema(), w.schema)
	case w.compared != nil:
		w.err = w.compared.add(rec)
		w.rows += rec.NumRows()
	default:
		w.err = w.chunks.add(rec)
		w.rows += rec.NumRows()
	}
	return w.named(w.err)
}

// encode puts one chunk into the open row group, or into a new one if that is full.
func (w *Writer) encode(chunk arrow.RecordBatch, bytes int64) error {
	full := w.openRows+chunk.NumRows() > w.groupRows || w.openBytes >= w.groupBytes
	if full && w.openRows > 0 || w.encoder.group == nil {
		if err := w.encoder.nextGroup(); err != nil {
			return err
		}
		w.openRows, w.openBytes = 0, 0
	}
	w.openRows += chunk.NumRows()
	w.openBytes += bytes
	return w.encoder.write(chunk)
}

// finish ends the file, still unseen, and frees what encoding needed.
func (w *Writer) finish() error {
	if w.encoder == nil || w.err != nil {
		return w.named(w.err)
	}
	w.err = w.chunks.flush()
	w.err = errors.Join(w.err, w.encoder.close())
	w.encoder = nil
	if w.err == nil {
		w.err = w.buffer.Flush()
	}
	w.buffer = nil
	return w.named(w.err)
}

// Commit ends the file and replaces the partition by it, in one step. After any error, of Append
// too, the partition is what it was.
func (w *Writer) Commit(ctx context.Context) (Commit, error) {
	defer w.Discard()
	if w.err == nil && w.compared != nil {
		changed, err := w.compared.commit(ctx, w.base)
		return Commit{Partition: w.partition, Rows: w.rows, Changed: changed}, w.named(err)
	}
	if err := w.finish(); err != nil {
		return Commit{}, err
	}
	if err := w.held(); err != nil {
		return Commit{}, w.named(err)
	}
	changed, _, err := w.staged.Commit(ctx, w.base)
	if err != nil {
		return Commit{}, w.named(err)
	}
	c := Commit{Partition: w.partition, Rows: w.rows, Bytes: w.count.bytes, Changed: changed}
	if w.count.sum != nil {
		c.Hash = hashText(w.count.sum)
	}
	return c, nil
}

// Discard drops what was written. It does nothing after Commit, so it may always be deferred.
func (w *Writer) Discard() error {
	if w.compared != nil {
		w.compared.stop()
		w.compared, w.err = nil, cmp.Or(w.err, ErrSpent)
		return nil
	}
	if w.staged == nil {
		return nil
	}
	w.chunks.drop()
	if w.encoder != nil {
		// Only close frees what the encoder holds; its footer ends in a file that nobody sees, and
		// so does its error.
		_ = w.encoder.close()
		w.encoder = nil
	}
	return w.named(w.staged.Discard())
}

func (w *Writer) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write %s: %w", w.partition, err)
}

// counter counts the bytes that reach the staged object.
type counter struct {
	to    Staged
	bytes int64
	sum   hash.Hash // nil for quarantine
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.bytes += int64(n)
	if c.sum != nil {
		c.sum.Write(p[:n])
	}
	return n, err
}
