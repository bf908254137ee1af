package load

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

// sorted gives the rows of batches in order. What is sorted are places of rows, not rows: a row
// can be large. Without a time they are filed under the day.
func sorted(compare func(a, b row) int, batches []arrow.RecordBatch, day time.Time) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		var rows []row
		for _, b := range batches {
			for i := range int(b.NumRows()) {
				rows = append(rows, row{batch: b, at: i, day: day})
			}
		}
		slices.SortStableFunc(rows, compare)
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// writeRun writes rows to a scratch file that readRun reads.
func writeRun(name string, schema *arrow.Schema, rows iter.Seq2[row, error], set tuning) error {
	f, err := os.Create(name)
	if err == nil {
		err = cmp.Or(writeRows(f, schema, rows, set), f.Close())
	}
	if err != nil {
		return fmt.Errorf("sort in scratch files: %w; free some space in %s, or name another directory in the environment variable TMPDIR",
			err, filepath.Dir(name))
	}
	return nil
}

// writeRows writes rows as Arrow batches. Of its errors the first counts: the others repeat it.
func writeRows(f io.Writer, schema *arrow.Schema, rows iter.Seq2[row, error], set tuning) error {
	buffer := bufio.NewWriterSize(f, set.fileBytes)
	w := ipc.NewWriter(buffer, ipc.WithSchema(schema), ipc.WithAllocator(set.allocator), ipc.WithLZ4(), ipc.WithCompressConcurrency(1))
	g := newGather(schema, set, w.Write)
	defer g.builder.Release()
	for r, err := range rows {
		if err == nil {
			err = g.add(r)
		}
		if err != nil {
			return cmp.Or(err, w.Close())
		}
	}
	return cmp.Or(g.flush(), w.Close(), buffer.Flush())
}

// readRun gives the rows of a scratch file, with one batch of them in memory.
func readRun(name string, set tuning, day time.Time) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		f, err := os.Open(name)
		if err != nil {
			yield(row{}, fmt.Errorf("merge in the scratch directory: %w", err))
			return
		}
		defer f.Close()
		r, err := ipc.NewReader(bufio.NewReaderSize(f, set.fileBytes), ipc.WithAllocator(set.allocator))
		if err != nil {
			yield(row{}, fmt.Errorf("merge %s: %w", filepath.Base(name), err))
			return
		}
		defer r.Release()
		for r.Next() {
			b := r.RecordBatch()
			for i := range int(b.NumRows()) {
				if !yield(row{batch: b, at: i, day: day}, nil) {
					return
				}
			}
		}
		if err := r.Err(); err != nil && !errors.Is(err, io.EOF) {
			yield(row{}, fmt.Errorf("merge %s: %w", filepath.Base(name), err))
		}
	}
}
