package load

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
)

// Piece is bytes of an object, as whoever searches it for something has to look at them. They are valid until the next.
type Piece struct {
	Where string // within the object, as "column display_name"; empty: its own bytes
	// Value says that the bytes are one whole value: of a column, of its statistics or of a property of the file. Others
	// are bytes as they lie, each with the end of the one before in front of it, so that nothing is cut in two.
	Value bool
	Bytes []byte
}

// Overlap is how many bytes of a piece that is no value stand at the beginning of the next one too.
const Overlap = 4 << 10

// Inside gives all that an object holds: its bytes, and of a Parquet file also the bytes of every page without
// compression, dictionaries among them, every value of its columns that is text or bytes, and what its footer says. An
// error that is an [ErrDamaged] says that the object could not be looked at whole; of its own bytes all were given.
func Inside(ctx context.Context, object Object, visit func(Piece) error) error {
	inside := map[string]func(context.Context, Object, func(Piece) error) error{
		extension: insideParquet, ".part": insideParquet, ".arrow": insideArrow,
	}[path.Ext(object.Info().Name)]
	if err := own(ctx, object, visit); err != nil || inside == nil || object.Info().Size == 0 {
		return err
	}
	var visited error // what the visit has answered is no damage
	err := guarded(func() error {
		return inside(ctx, object, func(p Piece) error {
			visited = visit(p)
			return visited
		})
	})
	if err == nil || visited != nil || ctx.Err() != nil {
		return cmp.Or(visited, ctx.Err())
	}
	return fmt.Errorf("%s cannot be looked at whole (%w): %w", object.Info().Name, err, ErrDamaged)
}

// own gives an object's bytes.
func own(ctx context.Context, object Object, visit func(Piece) error) error {
	buffer := make([]byte, 1<<20+Overlap)
	kept := 0
	for at := int64(0); at < object.Info().Size; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := object.ReadAt(buffer[kept:min(int64(len(buffer)), int64(kept)+object.Info().Size-at)], at)
		if err != nil && !errors.Is(err, io.EOF) || n == 0 {
			return fmt.Errorf("read %s: %w", object.Info().Name, cmp.Or(err, io.ErrUnexpectedEOF))
		}
		at += int64(n)
		if err := visit(Piece{Bytes: buffer[:kept+n]}); err != nil {
			return err
		}
		kept = copy(buffer, buffer[max(0, kept+n-Overlap):kept+n])
	}
	return nil
}

// insideArrow gives the buffers of a sorter's scratch file without compression, as whoever was stopped has left it.
func insideArrow(ctx context.Context, object Object, visit func(Piece) error) error {
	rows, err := ipc.NewReader(io.NewSectionReader(object, 0, object.Info().Size))
	if err != nil {
		return err
	}
	defer rows.Release()
	for rows.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i, column := range rows.RecordBatch().Columns() {
			where := "column " + rows.Schema().Field(i).Name
			for _, b := range column.Data().Buffers() {
				if b == nil {
					continue
				}
				if err := visit(Piece{where, false, b.Bytes()}); err != nil {
					return err
				}
			}
			texts, ok := column.(*array.String)
			for row := 0; ok && row < texts.Len(); row++ {
				if err := visit(Piece{where, true, []byte(texts.Value(row))}); err != nil {
					return err
				}
			}
		}
	}
	return rows.Err()
}

func insideParquet(ctx context.Context, object Object, visit func(Piece) error) error {
	f, err := file.NewParquetReader(io.NewSectionReader(object, 0, object.Info().Size))
	if err != nil {
		return err
	}
	defer f.Close()
	for _, pair := range f.MetaData().KeyValueMetadata() {
		if err := cmp.Or(visit(Piece{"the footer", true, []byte(pair.GetKey())}), visit(Piece{"the footer", true, []byte(pair.GetValue())})); err != nil {
			return err
		}
	}
	for group := range f.NumRowGroups() {
		for column := range f.MetaData().Schema.NumColumns() {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := insideColumn(f.RowGroup(group), column, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// insideColumn gives what a row group has of a column.
func insideColumn(group *file.RowGroupReader, column int, visit func(Piece) error) error {
	meta, err := group.MetaData().ColumnChunk(column)
	if err != nil {
		return err
	}
	where := "column " + meta.PathInSchema().String()
	if set, err := meta.StatsSet(); err == nil && set {
		stats, err := meta.Statistics()
		if err != nil {
			return err
		}
		if stats != nil && (meta.Type() == parquet.Types.ByteArray || meta.Type() == parquet.Types.FixedLenByteArray) {
			limits, err := stats.Encode()
			if err != nil {
				return err
			}
			for _, limit := range [][]byte{limits.Min, limits.Max} {
				if err := visit(Piece{"statistics of " + where, true, limit}); err != nil {
					return err
				}
			}
		}
	}
	if err := insidePages(group, column, where, visit); err != nil {
		return err
	}
	return insideValues(group, column, where, visit)
}

// insidePages gives the bytes of a column's pages. One column's are at most a row group's, which is bounded.
func insidePages(group *file.RowGroupReader, column int, where string, visit func(Piece) error) error {
	pages, err := group.GetColumnPageReader(column)
	if err != nil {
		return err
	}
	defer pages.Close()
	for pages.Next() {
		if err := visit(Piece{"a page of " + where, false, pages.Page().Data()}); err != nil {
			return err
		}
	}
	return pages.Err()
}

// insideValues gives a column's values, the same ones in a row once.
func insideValues(group *file.RowGroupReader, column int, where string, visit func(Piece) error) error {
	reader, err := group.Column(column)
	if err != nil {
		return err
	}
	defer reader.Close()
	const atOnce = 256
	levels, repeated := make([]int16, atOnce), make([]int16, atOnce)
	var last []byte
	give := func(value []byte) error {
		if last != nil && bytes.Equal(value, last) {
			return nil
		}
		last = append(last[:0], value...)
		return visit(Piece{where, true, value})
	}
	for reader.HasNext() {
		var read int64
		switch r := reader.(type) {
		case *file.ByteArrayColumnChunkReader:
			values := make([]parquet.ByteArray, atOnce)
			total, n, err := r.ReadBatch(atOnce, values, levels, repeated)
			if read = total; err != nil {
				return err
			}
			for _, v := range values[:n] {
				if err := give(v); err != nil {
					return err
				}
			}
		case *file.FixedLenByteArrayColumnChunkReader:
			values := make([]parquet.FixedLenByteArray, atOnce)
			total, n, err := r.ReadBatch(atOnce, values, levels, repeated)
			if read = total; err != nil {
				return err
			}
			for _, v := range values[:n] {
				if err := give(v); err != nil {
					return err
				}
			}
		default:
			return nil // numbers and instants
		}
		if read == 0 {
			break
		}
	}
	return reader.Err()
}
