package load

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/schemas"
)

// Spool takes the raw rows of one unit and replaces the raw partitions of its days.
//
// Rows are sorted by time, key and hash, in memory up to a bound and in scratch files beyond it.
// Of several copies of a record, also with different times, one is kept: that of the higher version,
// and at equal versions the one that [Ties] name. To know it, about a hundred bytes a record stay in
// memory. A spool is used by one goroutine, and ends by Commit or Discard.
type Spool struct {
	lake     *Lake
	table    schemas.Table
	schema   *arrow.Schema
	tenantID string
	order    order
	within   schemas.Range // whole days
	ties     Ties

	best  map[identity]rank
	held  []arrow.RecordBatch
	bytes int64  // of held
	dir   string // of the sorted runs; empty: none yet
	runs  int
	err   error // the first; nothing is published after it
}

// Spool begins a unit's raw rows. Its range is widened to whole days, each of which will be
// replaced.
func (l *Lake) Spool(t schemas.Table, tenantID string, r schemas.Range, ties Ties) (*Spool, error) {
	o, err := newOrder(t)
	if err != nil {
		return nil, err
	}
	if !r.From.Before(r.To) {
		return nil, fmt.Errorf("spool %s: the range %v is empty", t.Name, r)
	}
	return &Spool{
		lake: l, table: t, schema: t.Schema(), tenantID: tenantID, order: o,
		within: r.WholeDays(), ties: ties, best: map[identity]rank{},
	}, nil
}

// Add takes the rows of a batch of the raw table. The batch stays the caller's. A row that happened
// outside the range is an error: its day is not read whole, so it cannot be replaced.
func (s *Spool) Add(rec arrow.RecordBatch) error {
	if s.err == nil {
		s.err = s.add(rec)
	}
	return s.named(s.err)
}

func (s *Spool) add(rec arrow.RecordBatch) error {
	if !rec.Schema().Equal(s.schema) {
		return fmt.Errorf("a batch of another schema: %v, want %v", rec.Schema(), s.schema)
	}
	for i := range int(rec.NumRows()) {
		r := row{rec, i}
		if when := s.when(r); !s.within.Contains(when) {
			return fmt.Errorf("a record of %s lies outside the range %v", when.Format(time.RFC3339), s.within)
		}
		k, err := s.order.rank(r)
		if err != nil {
			return err
		}
		id := s.order.identity(r)
		if best, ok := s.best[id]; !ok || k.beats(best, s.ties) {
			s.best[id] = k
		}
	}
	rec.Retain()
	s.held = append(s.held, rec)
	if s.bytes += memorySize(rec); s.bytes >= s.lake.spoolBytes {
		return s.spill()
	}
	return nil
}

// when is the time of a row; without one it is filed under the first day.
func (s *Spool) when(r row) time.Time {
	times := r.batch.Column(s.order.time).(*array.Timestamp)
	if times.IsNull(r.at) {
		return s.within.From
	}
	return times.Value(r.at).ToTime(arrow.Microsecond)
}

// memorySize is what a batch keeps alive, including what its builders reserved in vain.
func memorySize(rec arrow.RecordBatch) int64 {
	size := int64(0)
	for _, column := range rec.Columns() {
		for _, b := range column.Data().Buffers() {
			if b != nil {
				size += int64(b.Cap())
			}
		}
	}
	return size
}

// spill writes what is held to a scratch file, sorted.
func (s *Spool) spill() error {
	if s.dir == "" {
		dir, err := os.MkdirTemp(s.lake.scratch, "graphlake-spool-*")
		if err != nil {
			return fmt.Errorf("make a scratch directory: %w; it must be writable, or name another directory in the environment variable TMPDIR", err)
		}
		s.dir = dir
	}
	err := writeRun(s.run(s.runs), s.schema, sorted(s.order, s.held), s.lake.tuning)
	s.runs++
	s.drop()
	return err
}

func (s *Spool) run(i int) string { return filepath.Join(s.dir, fmt.Sprintf("%06d.arrow", i)) }

func (s *Spool) drop() {
	for _, rec := range s.held {
		rec.Release()
	}
	clear(s.held)
	s.held, s.bytes = s.held[:0], 0
}

// rows are the rows that win, in order.
func (s *Spool) rows() iter.Seq2[row, error] {
	var runs []iter.Seq2[row, error]
	for i := range s.runs {
		runs = append(runs, readRun(s.run(i), s.lake.tuning))
	}
	// A partition that is already in the lake would be one more sorted run here.
	runs = append(runs, sorted(s.order, s.held))
	return func(yield func(row, error) bool) {
		for r, err := range merge(s.order, runs) {
			if err != nil {
				yield(row{}, err)
				return
			}
			k, err := s.order.rank(r)
			if err != nil {
				yield(row{}, err)
				return
			}
			id := s.order.identity(r)
			if best, ok := s.best[id]; !ok || best != k {
				continue // a lower copy, or one more of the winner
			}
			delete(s.best, id)
			if !yield(r, nil) {
				return
			}
		}
	}
}

// Commit replaces the partition of every day of the range, a day without rows by an empty one.
// Nothing is published before all of them are encoded.
func (s *Spool) Commit(ctx context.Context) ([]Commit, error) {
	defer s.Discard()
	if s.err != nil {
		return nil, s.named(s.err)
	}
	s.err = ErrSpent
	if s.runs > 0 { // frees the memory that encoding needs
		if err := s.spill(); err != nil {
			return nil, s.named(err)
		}
	}
	writers, err := s.encode(ctx)
	defer func() {
		for _, w := range writers {
			w.Discard()
		}
	}()
	if err != nil {
		return nil, s.named(err)
	}
	var commits []Commit
	for _, w := range writers {
		c, err := w.Commit(ctx)
		if err != nil {
			return commits, s.named(err)
		}
		commits = append(commits, c)
	}
	return commits, nil
}

// Discard drops what was added. It does nothing after Commit, so it may always be deferred.
func (s *Spool) Discard() error {
	s.drop()
	s.best = nil
	if s.err == nil {
		s.err = ErrSpent
	}
	if s.dir == "" {
		return nil
	}
	dir := s.dir
	s.dir, s.runs = "", 0
	return s.named(os.RemoveAll(dir))
}

func (s *Spool) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("raw %s of tenant %s: %w", s.table.Name, s.tenantID, err)
}
