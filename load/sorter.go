package load

import (
	"fmt"
	"path/filepath"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"

	"graphlake/internal/flock"
)

// SweepScratch removes from a directory what processes that have ended have left there, of sorting and of files on their
// way to Blob Storage; "" is the system's. What live ones use, and what is another user's, stays.
func SweepScratch(dir string) error { return flock.SweepScratch(dir) }

// sorter keeps rows until they are wanted in order: in memory up to a bound, and beyond it in sorted
// runs in scratch files. Rows that compare equal stay in the order in which they were added.
type sorter struct {
	tuning
	schema  *arrow.Schema
	compare func(a, b row) int
	scratch string
	day     int32         // that rows without a time are filed under
	all     *atomic.Int64 // bytes that the sorters of a lake hold

	held  []arrow.RecordBatch
	bytes int64      // of held
	dir   *flock.Dir // of the runs; nil: none yet
	runs  int
}

// add takes the rows of a batch, which stays the caller's.
func (s *sorter) add(rec arrow.RecordBatch) error {
	if !rec.Schema().Equal(s.schema) {
		return fmt.Errorf("a batch of another schema: %v, want %v", rec.Schema(), s.schema)
	}
	rec.Retain()
	s.held = append(s.held, rec)
	size := memorySize(rec)
	s.bytes += size
	if all := s.all.Add(size); s.bytes < s.spoolBytes || all < s.spoolsBytes {
		return nil
	}
	return s.spill()
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
	if s.dir == nil {
		dir, err := flock.NewDir(s.scratch, flock.Scratch)
		if err != nil {
			return fmt.Errorf("make a scratch directory: %w; it must be writable, or name another directory in the environment variable TMPDIR", err)
		}
		s.dir = dir
	}
	err := writeRun(s.run(s.runs), s.schema, sortRows(s.compare, s.held, s.day), s.tuning)
	s.runs++
	s.drop()
	return err
}

func (s *sorter) run(i int) string { return filepath.Join(s.dir.Name, fmt.Sprintf("%06d.arrow", i)) }

// rows are all rows in order. They can be gone through more than once.
func (s *sorter) rows() (stream, error) {
	var streams []stream
	for i := range s.runs {
		r, err := openRun(s.run(i), s.tuning, s.day)
		if err != nil {
			for _, r := range streams {
				r.close()
			}
			return nil, err
		}
		streams = append(streams, r)
	}
	return merge(s.compare, append(streams, sortRows(s.compare, s.held, s.day))...), nil
}

func (s *sorter) drop() {
	for _, rec := range s.held {
		rec.Release()
	}
	clear(s.held)
	s.all.Add(-s.bytes)
	s.held, s.bytes = s.held[:0], 0
}

// discard forgets the rows and removes their files.
func (s *sorter) discard() error {
	s.drop()
	if s.dir == nil {
		return nil
	}
	dir := s.dir
	s.dir, s.runs = nil, 0
	return dir.Remove()
}
