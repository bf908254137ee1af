package load

// A dated file holds rows of one or several days of a table of a tenant, with the day of each row as a further column
// behind the others. Days follow each other, and within a day rows are as in its partition. Its bytes depend on the rows
// and their days alone.
//
// Who writes one names it by the hashes of the partitions that are in it, and so an object of that name that is there
// already is what would be written: it is left as it is, also where an earlier graphlake wrote it, when the table had
// fewer columns. One that is damaged, or has not the size that it is known to have had, is replaced.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"

	"graphlake/schemas"
)

// Dated is a day that goes into a dated file, as its hash tells it; without one, as it is.
type Dated struct {
	Partition Partition
	Hash      string
}

// DatedFile is what is in a dated file.
type DatedFile struct {
	Rows, Bytes int64
	First, Last time.Time // days that have rows; zero where none has
	Written     bool      // false: it was there
}

// WriteDated writes days of a table, in the order in which they are given, into an object that is seen when it is whole,
// unless it is there, with the bytes that it has if it is whole (0: nobody knows how many). A day that is not as its hash says
// is an [ErrConflict], one that is not there an fs.ErrNotExist.
func (l *Lake) WriteDated(ctx context.Context, object string, bytes int64, t schemas.Table, days []Dated) (DatedFile, error) {
	done, err := l.writeDated(ctx, object, bytes, t, days)
	if err != nil {
		return DatedFile{}, fmt.Errorf("write %s: %w", object, err)
	}
	return done, nil
}

func (l *Lake) writeDated(ctx context.Context, object string, bytes int64, t schemas.Table, days []Dated) (DatedFile, error) {
	there, is, err := l.datedFile(ctx, object)
	damaged := errors.Is(err, ErrDamaged) || err == nil && bytes != 0 && there.Bytes != bytes
	if !damaged && !errors.Is(err, fs.ErrNotExist) {
		return there, err
	}
	staged, err := l.store.Stage(ctx, object)
	if err != nil {
		return DatedFile{}, err
	}
	set := properties(Tables, t, l.tuning, parquet.WithDictionaryFor(DateColumn, true))
	f, err := newRowFile(ctx, staged, datedSchema(t), set, l.tuning)
	if err != nil {
		return DatedFile{}, errors.Join(err, staged.Discard())
	}
	defer func() { _ = f.discard() }() // what it has written nobody sees
	done := DatedFile{}
	for _, d := range days {
		rows, err := l.addDay(ctx, f, t, d)
		if err != nil {
			return DatedFile{}, err
		}
		if done.Rows += rows; rows > 0 {
			done.note(d.Partition.Date)
		}
	}
	if err := f.finish(); err != nil {
		return DatedFile{}, err
	}
	if err := l.held(); err != nil {
		return DatedFile{}, err
	}
	done.Written, _, err = staged.Commit(ctx, Still(is))
	done.Bytes = f.count.bytes
	return done, err
}

// addDay adds the rows of a day to a dated file, and says how many.
func (l *Lake) addDay(ctx context.Context, to *rowFile, t schemas.Table, d Dated) (rows int64, err error) {
	f, err := l.open(ctx, d.Partition)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if d.Hash != "" {
		hash, err := f.hash()
		if err == nil && hash != d.Hash {
			err = fmt.Errorf("%s is not as it was: %w", d.Partition, ErrConflict)
		}
		if err != nil {
			return 0, err
		}
	}
	for rec, err := range f.batches(ctx, t.Schema()) {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = to.addDated(rec, d.Partition.Date)
		}
		if err != nil {
			return 0, err
		}
		rows += rec.NumRows()
	}
	return rows, nil
}

// addDated adds a batch of a table, with a day behind its columns.
func (f *rowFile) addDated(rec arrow.RecordBatch, date time.Time) error {
	dates := repeated(f.allocator, dateOfArrow(date), int(rec.NumRows()))
	defer dates.Release()
	dated := array.NewRecordBatch(f.schema, append(slices.Clone(rec.Columns()), dates), rec.NumRows())
	defer dated.Release()
	return f.add(dated)
}

func repeated(mem memory.Allocator, date arrow.Date32, times int) arrow.Array {
	b := array.NewDate32Builder(mem)
	defer b.Release()
	b.Reserve(times)
	for range times {
		b.UnsafeAppend(date)
	}
	return b.NewArray()
}

func dateOfArrow(date time.Time) arrow.Date32 { return arrow.Date32FromTime(date.UTC()) }

func datedSchema(t schemas.Table) *arrow.Schema {
	return arrow.NewSchema(append(t.Schema().Fields(), arrow.Field{Name: DateColumn, Type: arrow.FixedWidthTypes.Date32}), nil)
}

// note notes that a day has rows.
func (f *DatedFile) note(date time.Time) {
	if f.First.IsZero() || date.Before(f.First) {
		f.First = date
	}
	if f.Last.Before(date) {
		f.Last = date
	}
}

// datedFile is what is in a dated file by its footer, and its version, also of a damaged one. One that is not there is an
// fs.ErrNotExist.
func (l *Lake) datedFile(ctx context.Context, object string) (found DatedFile, is Version, err error) {
	o, err := l.store.Open(ctx, object)
	if err != nil {
		return DatedFile{}, "", err
	}
	s := &source{Object: o}
	defer s.Close()
	found, is = DatedFile{Bytes: s.Info().Size}, s.Info().Version
	err = guarded(func() error {
		r, err := file.NewParquetReader(io.NewSectionReader(s, 0, found.Bytes), file.WithReadProps(parquet.NewReaderProperties(l.allocator)))
		if err != nil {
			return err
		}
		defer r.Close()
		found.Rows = r.NumRows()
		for i := range r.NumRowGroups() {
			if err := found.noteGroup(r.MetaData().RowGroup(i)); err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case err == nil:
		return found, is, nil
	case ctx.Err() != nil:
		return DatedFile{}, "", ctx.Err()
	case s.err != nil:
		return DatedFile{}, "", s.err
	}
	return DatedFile{}, is, errors.Join(ErrDamaged, err)
}

func (f *DatedFile) noteGroup(group *metadata.RowGroupMetaData) error {
	at := group.NumColumns() - 1 // the days are the last column
	column, err := group.ColumnChunk(at)
	if err != nil {
		return err
	}
	if column.PathInSchema().String() != DateColumn {
		return fmt.Errorf("its last column is %s, and not %s", column.PathInSchema(), DateColumn)
	}
	stats, err := column.Statistics()
	if err != nil {
		return err
	}
	days, ok := stats.(*metadata.Int32Statistics)
	if !ok || !days.HasMinMax() {
		return errors.New("it does not say which days it has")
	}
	f.note(arrow.Date32(days.Min()).ToTime())
	f.note(arrow.Date32(days.Max()).ToTime())
	return nil
}
