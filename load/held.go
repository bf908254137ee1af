package load

import (
	"context"
	"errors"
	"io/fs"
	"iter"

	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/schemas"
)

// Held gives the keys and versions of the records that a raw partition holds, without reading the
// records. The key is one column of text; records without a key or a version are left out. A
// partition that is not there holds nothing.
func (l *Lake) Held(ctx context.Context, p Partition, t schemas.Table) iter.Seq2[HeldRecord, error] {
	return func(yield func(HeldRecord, error) bool) {
		f, err := l.open(ctx, p)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield(HeldRecord{}, err)
			return
		}
		defer f.Close()
		narrow := t.Only(schemas.RawVersion, schemas.RecordHash)
		at, hash := narrow.Schema().FieldIndices(schemas.RawVersion)[0], narrow.Schema().FieldIndices(schemas.RecordHash)[0]
		for rec, err := range f.batches(ctx, narrow.Schema()) {
			if err != nil {
				yield(HeldRecord{}, err)
				return
			}
			keys, hashes, versions := rec.Column(0).(*array.String), rec.Column(hash).(*array.String), rec.Column(at).(*array.Int64)
			for i := range int(rec.NumRows()) {
				if keys.IsValid(i) && versions.IsValid(i) && !yield(HeldRecord{keys.Value(i), hashes.Value(i), versions.Value(i)}, nil) {
					return
				}
			}
		}
	}
}

// HeldRecord is a record by its key, and the version of it that is held.
type HeldRecord struct {
	Key     string // valid until the next one
	Hash    string // of its text, as long
	Version int64
}
