package load

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
)

// sorter keeps rows until they are wanted in order: in memory up to a bound, and beyond it in sorted
// runs in scratch files. Rows that compare equal stay in the order in which they were added.
type sorter struct {
	tuning
	schema  *arrow.Schema
	compare func(a, b row) int
	scratch string
	day     time.Time // that rows without a time are filed under

	held  []arrow.RecordBatch
	bytes int64  // of held
	dir   string // of the runs; empty: none yet
	runs  int
}

// add takes the rows of a batch, which stays the caller's.
func (s *sorter) add(rec arrow.RecordBatch) error {
	if !rec.Schema().Equal(s.schema) {
		return fmt.Errorf("a batch of another schema: %v, want %v", rec.Schema(), s.schema)
	}
	rec.Retain()
	s.held = append(s.held, rec)
	if s.bytes += memorySize(rec); s.bytes >= s.spoolBytes {
		return s.spill()
	}
	return nil
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
func (s *sorter) spill() error {
	if s.dir == "" {
		dir, err := os.MkdirTemp(s.scratch, "graphlake-spool-*")
		if err != nil {
			return fmt.Errorf("make a scratch directory: %w; it must be writable, or name another directory in the environment variable TMPDIR", err)
		}
		s.dir = dir
	}
	err := writeRun(s.run(s.runs), s.schema, sorted(s.compare, s.held, s.day), s.tuning)
	s.runs++
	s.drop()
	return err
}

// settle frees the memory that encoding needs, if there is more than it.
func (s *sorter) settle() error {
	if s.runs == 0 || len(s.held) == 0 {
		return nil
	}
	return s.spill()
}

func (s *sorter) run(i int) string { return filepath.Join(s.dir, fmt.Sprintf("%06d.arrow", i)) }

// rows are all rows in order. They can be gone through more than once.
func (s *sorter) rows() iter.Seq2[row, error] {
	var runs []iter.Seq2[row, error]
	for i := range s.runs {
		runs = append(runs, readRun(s.run(i), s.tuning, s.day))
	}
	return merge(s.compare, append(runs, sorted(s.compare, s.held, s.day)))
}

func (s *sorter) drop() {
	for _, rec := range s.held {
		rec.Release()
	}
	clear(s.held)
	s.held, s.bytes = s.held[:0], 0
}

// discard forgets the rows and removes their files.
func (s *sorter) discard() error {
	s.drop()
	if s.dir == "" {
		return nil
	}
	dir := s.dir
	s.dir, s.runs = "", 0
	return os.RemoveAll(dir)
}
