package load

import (
	"context"
	"iter"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/schemas"
)

// KeyHash stands for the values of some columns of a row: rows of equal values have equal hashes,
// whatever table they are in. It holds for this process alone.
type KeyHash [16]byte

// Key is a row by the hash of its key, or of other columns, and its version.
type Key struct {
	Hash    KeyHash
	Version int64 // 0: the row has none, or the table
}

// Keys gives a key for every row of a partition, by the values of the named columns; other columns
// are not read. A row in which one of them is null has no key and is left out. A partition that is
// not there is an fs.ErrNotExist.
func (l *Lake) Keys(ctx context.Context, p Partition, t schemas.Table, columns []string) iter.Seq2[Key, error] {
	t.Key = columns
	narrow := t.Only(schemas.RawVersion)
	return func(yield func(Key, error) bool) {
		for rec, err := range l.Read(ctx, p, narrow) {
			if err != nil {
				yield(Key{}, err)
				return
			}
			for _, k := range KeysOf(rec, columns) {
				if !yield(k, nil) {
					return
				}
			}
		}
	}
}

// KeysOf gives the keys of a batch's rows, by their position, as [Lake.Keys] does.
func KeysOf(rec arrow.RecordBatch, columns []string) iter.Seq2[int, Key] {
	at := make([]arrow.Array, len(columns))
	for i, name := range columns {
		at[i] = rec.Column(rec.Schema().FieldIndices(name)[0])
	}
	var versions *array.Int64
	if i := rec.Schema().FieldIndices(schemas.RawVersion); len(i) > 0 {
		versions, _ = rec.Column(i[0]).(*array.Int64)
	}
	return func(yield func(int, Key) bool) {
		var text []byte
		for row := range int(rec.NumRows()) {
			if slices.ContainsFunc(at, func(c arrow.Array) bool { return c.IsNull(row) }) {
				continue
			}
			text = text[:0]
			for _, c := range at {
				text = appendValue(text, c, row)
			}
			k := Key{Hash: keyHash(text)}
			if versions != nil && versions.IsValid(row) {
				k.Version = versions.Value(row)
			}
			if !yield(row, k) {
				return
			}
		}
	}
}
