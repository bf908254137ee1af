package load

import (
	"context"
	"errors"
	"io/fs"
	"iter"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/schemas"
)

// Comparing gives the lake to whoever asks whether partitions hold certain rows. A [Writer] of it stages nothing and
// publishes nothing: it compares the rows that it is given with those that are there, value by value and in their
// order. Its Commit says Changed if they are others, or the partition is not there, or cannot be read. How a file is
// encoded and compressed makes no difference.
func (l *Lake) Comparing() *Lake {
	comparing := *l
	comparing.comparing = true
	return &comparing
}

// comparison goes through the rows of a partition beside those that a writer is given.
type comparison struct {
	version func(context.Context) (Version, error) // of the partition now
	next    func() (arrow.RecordBatch, error, bool)
	stop    func()
	theirs  arrow.RecordBatch // valid until next is called
	from    int64             // of theirs, that is not compared yet
	differs bool
}

func (l *Lake) compare(ctx context.Context, p Partition, t schemas.Table, v Version) *Writer {
	c := &comparison{version: func(ctx context.Context) (Version, error) { return l.version(ctx, p) }, differs: v == ""}
	c.next, c.stop = iter.Pull2(l.Read(ctx, p, t))
	return &Writer{partition: p, schema: t.Schema(), base: Still(v), compared: c}
}

// add compares a batch, as far as it is not known already that rows differ.
func (c *comparison) add(rec arrow.RecordBatch) error {
	for at := int64(0); at < rec.NumRows() && !c.differs; {
		more, err := c.more()
		if err != nil {
			return err
		}
		if c.differs = c.differs || !more; c.differs {
			return nil
		}
		n := min(rec.NumRows()-at, c.theirs.NumRows()-c.from)
		for i, ours := range rec.Columns() {
			c.differs = c.differs || !array.SliceEqual(ours, at, at+n, c.theirs.Column(i), c.from, c.from+n)
		}
		at, c.from = at+n, c.from+n
	}
	return nil
}

// more says whether the partition has rows that are not compared. It differs if they cannot be read.
func (c *comparison) more() (bool, error) {
	for c.theirs == nil || c.from == c.theirs.NumRows() {
		rec, err, more := c.next()
		switch {
		case errors.Is(err, ErrDamaged), errors.Is(err, errRetyped), errors.Is(err, fs.ErrNotExist):
			c.differs = true
			return false, nil
		case err != nil, !more:
			return false, err
		}
		c.theirs, c.from = rec, 0
	}
	return true, nil
}

// commit says what a commit over base would have changed.
func (c *comparison) commit(ctx context.Context, base Condition) (changed bool, err error) {
	if !c.differs {
		more, err := c.more()
		if err != nil {
			return false, err
		}
		c.differs = c.differs || more
	}
	v, err := c.version(ctx)
	if err == nil && !base.Allows(v) {
		err = ErrConflict
	}
	return c.differs, err
}
