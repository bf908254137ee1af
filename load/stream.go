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
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"graphlake/internal/flock"
)

// A stream gives rows one after the other. It is pulled, and not ranged over, because several are merged.
type stream interface {
	// next gives the next row, which is valid until the one after it is asked for; false: there is none.
	next() (row, bool, error)
	// close frees what the stream holds, at its end or before.
	close()
}

// memoryRows is a stream of rows that batches in memory hold. What is sorted are places of rows, not rows: a row
// can be large.
type memoryRows struct {
	batches []arrow.RecordBatch
	places  []place
	day     int32 // that rows without a time are filed under
}

type place struct{ batch, at int32 }

// sortRows gives the rows of batches in order, equal ones in theirs. The batches have to be there until it is closed.
func sortRows(compare func(a, b row) int, batches []arrow.RecordBatch, day int32) *memoryRows {
	m := &memoryRows{batches: batches, day: day}
	rows := 0
	for _, b := range batches {
		rows += int(b.NumRows())
	}
	m.places = make([]place, 0, rows)
	for i, b := range batches {
		for at := range int32(b.NumRows()) {
			m.places = append(m.places, place{int32(i), at})
		}
	}
	byRow := func(a, b place) int { return compare(m.row(a), m.row(b)) }
	if !slices.IsSortedFunc(m.places, byRow) { // as many lists are
		slices.SortStableFunc(m.places, byRow)
	}
	return m
}

func (m *memoryRows) row(p place) row {
	return row{batch: m.batches[p.batch], at: int(p.at), day: m.day}
}

func (m *memoryRows) next() (row, bool, error) {
	if len(m.places) == 0 {
		return row{}, false, nil
	}
	r := m.row(m.places[0])
	m.places = m.places[1:]
	return r, true, nil
}

func (m *memoryRows) close() {}

// keptBatches are a partition's rows, unless they are too many to be kept in memory.
type keptBatches struct {
	all     *atomic.Int64 // bytes that are kept or spooled of a lake
	most    int64         // of these
	batches []arrow.RecordBatch
	bytes   int64
	dropped bool
}

func (k *keptBatches) add(rec arrow.RecordBatch) {
	if k.dropped {
		return
	}
	rec.Retain()
	size := memorySize(rec)
	k.batches, k.bytes = append(k.batches, rec), k.bytes+size
	if k.all.Add(size) > k.most {
		k.drop()
	}
}

func (k *keptBatches) drop() {
	for _, rec := range k.batches {
		rec.Release()
	}
	k.all.Add(-k.bytes)
	k.batches, k.bytes, k.dropped = nil, 0, true
}

// batchRows is a stream of the rows of batches, which it is done with when it asks for the next.
type batchRows struct {
	pull func() (arrow.RecordBatch, error, bool)
	stop func()
	rec  arrow.RecordBatch
	row  row // the next, without its batch
}

// heldRows is a stream of rows that the lake holds on a day.
func heldRows(batches iter.Seq2[arrow.RecordBatch, error], day int32) *batchRows {
	b := &batchRows{row: row{day: day, held: true}}
	b.pull, b.stop = iter.Pull2(batches)
	return b
}

func (b *batchRows) next() (row, bool, error) {
	for b.rec == nil || b.row.at == int(b.rec.NumRows()) {
		rec, err, more := b.pull()
		if err != nil || !more {
			return row{}, false, err
		}
		b.rec, b.row.at = rec, 0
	}
	r := b.row
	r.batch = b.rec
	b.row.at++
	return r, true, nil
}

func (b *batchRows) close() { b.stop() }

// writeRun writes rows to a scratch file that openRun reads.
func writeRun(name string, schema *arrow.Schema, rows stream, set tuning) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, flock.Private)
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
func writeRows(f io.Writer, schema *arrow.Schema, rows stream, set tuning) error {
	buffer := bufio.NewWriterSize(f, set.fileBytes)
	w := ipc.NewWriter(buffer, ipc.WithSchema(schema), ipc.WithAllocator(set.allocator), ipc.WithLZ4(), ipc.WithCompressConcurrency(1))
	g := newGather(schema, set, func(rec arrow.RecordBatch) error { return writeParts(w, rec, set.runBytes) })
	defer g.release()
	for {
		r, more, err := rows.next()
		if err == nil && more {
			err = g.add(r)
		}
		if err != nil {
			return cmp.Or(err, w.Close())
		}
		if !more {
			return cmp.Or(g.flush(), w.Close(), buffer.Flush())
		}
	}
}

// writeParts writes a batch in parts of about so many bytes: who reads the file has one of them in memory.
func writeParts(w *ipc.Writer, rec arrow.RecordBatch, bytes int64) error {
	size := int64(0)
	for _, column := range rec.Columns() {
		size += int64(column.Data().SizeInBytes())
	}
	rows := max(rec.NumRows()*bytes/max(size, 1), 1)
	for from := int64(0); from < rec.NumRows(); from += rows {
		part := rec.NewSlice(from, min(from+rows, rec.NumRows()))
		err := w.Write(part)
		part.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// run is a stream of a scratch file, with one batch of it in memory.
type run struct {
	name string
	file *os.File
	rows *ipc.Reader
	rec  arrow.RecordBatch // the reader's
	at   int
	day  int32
}

func openRun(name string, set tuning, day int32) (*run, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("merge in the scratch directory: %w", err)
	}
	rows, err := ipc.NewReader(bufio.NewReaderSize(f, set.fileBytes), ipc.WithAllocator(set.allocator))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("merge %s: %w", filepath.Base(name), err), f.Close())
	}
	return &run{name: filepath.Base(name), file: f, rows: rows, day: day}, nil
}

func (r *run) next() (row, bool, error) {
	for r.rec == nil || r.at == int(r.rec.NumRows()) {
		if !r.rows.Next() {
			if err := r.rows.Err(); err != nil && !errors.Is(err, io.EOF) {
				return row{}, false, fmt.Errorf("merge %s: %w", r.name, err)
			}
			return row{}, false, nil
		}
		r.rec, r.at = r.rows.RecordBatch(), 0
	}
	r.at++
	return row{batch: r.rec, at: r.at - 1, day: r.day}, true, nil
}

func (r *run) close() {
	r.rows.Release()
	_ = r.file.Close() // of what was only read
}

// merged is a stream of sorted streams, in order, and of equal rows those of the earlier stream first.
type merged struct {
	compare func(a, b row) int
	streams []stream
	heads   []head // sorted; the first was given
	begun   bool
}

type head struct {
	row
	of int // the stream
}

func merge(compare func(a, b row) int, streams ...stream) stream {
	if len(streams) == 1 {
		return streams[0]
	}
	return &merged{compare: compare, streams: streams}
}

func (m *merged) byRow(a, b head) int {
	return cmp.Or(m.compare(a.row, b.row), cmp.Compare(a.of, b.of))
}

func (m *merged) next() (row, bool, error) {
	switch {
	case !m.begun:
		m.begun = true
		for i, s := range m.streams {
			r, more, err := s.next()
			if err != nil {
				return row{}, false, err
			}
			if more {
				m.heads = append(m.heads, head{r, i})
			}
		}
		slices.SortFunc(m.heads, m.byRow)
	case len(m.heads) > 0:
		first := m.heads[0]
		r, more, err := m.streams[first.of].next()
		if err != nil {
			return row{}, false, err
		}
		rest := m.heads[1:]
		if !more {
			m.heads = rest
			break
		}
		first.row = r
		if len(rest) > 0 && m.byRow(rest[0], first) < 0 {
			i, _ := slices.BinarySearchFunc(rest, first, m.byRow)
			copy(m.heads, rest[:i])
			m.heads[i] = first
		} else {
			m.heads[0] = first
		}
	}
	if len(m.heads) == 0 {
		return row{}, false, nil
	}
	return m.heads[0].row, true, nil
}

func (m *merged) close() {
	for _, s := range m.streams {
		s.close()
	}
}
