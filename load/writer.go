package load

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"graphlake/schemas"
)

// Writer encodes one partition. It is used by one goroutine, and ends by Commit or Discard.
type Writer struct {
	partition Partition
	base      Condition    // over which it may be published
	held      func() error // as of the lake
	schema    *arrow.Schema
	compared  *comparison // of a lake that is compared; nil once it was, and in other lakes
	file      *rowFile    // nil in a lake that is compared

	rows int64
	err  error // the first; nothing is published after it
}

func newWriter(ctx context.Context, p Partition, t schemas.Table, staged Staged, set tuning) (*Writer, error) {
	f, err := newRowFile(ctx, staged, t.Schema(), properties(p.Kind, t, set), set)
	if err != nil {
		return nil, err
	}
	if p.Kind != Quarantine {
		f.count.sum = sha256.New()
	}
	return &Writer{partition: p, schema: f.schema, file: f}, nil
}

// Append adds the rows of a batch of the table's schema. The batch stays the caller's.
func (w *Writer) Append(rec arrow.RecordBatch) error {
	switch {
	case w.err != nil:
	case w.compared == nil && (w.file == nil || w.file.encoder == nil):
		w.err = ErrSpent
	case !rec.Schema().Equal(w.schema):
		w.err = fmt.Errorf("a batch of another schema: %v, want %v", rec.Schema(), w.schema)
	case w.compared != nil:
		w.err = w.compared.add(rec)
		w.rows += rec.NumRows()
	default:
		w.err = w.file.add(rec)
		w.rows += rec.NumRows()
	}
	return w.named(w.err)
}

// finish ends the file, still unseen, and frees what encoding needed.
func (w *Writer) finish() error {
	if w.err == nil && w.file != nil {
		w.err = w.file.finish()
	}
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
	changed, _, err := w.file.staged.Commit(ctx, w.base)
	if err != nil {
		return Commit{}, w.named(err)
	}
	c := Commit{Partition: w.partition, Rows: w.rows, Bytes: w.file.count.bytes, Changed: changed}
	if w.file.count.sum != nil {
		c.Hash = hashText(w.file.count.sum)
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
	if w.file == nil {
		return nil
	}
	return w.named(w.file.discard())
}

func (w *Writer) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write %s: %w", w.partition, err)
}
