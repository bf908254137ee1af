package lane

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"strings"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/schemas"
)

// Newest is the newest version of the Delta table that a table of a tenant lies in. One that is not written to any more, because
// somebody has given it another form, is a [delta.ForeignError]; one that is not there yet an [fs.ErrNotExist].
func (l *Lane) Newest(ctx context.Context, t schemas.Table, tenantID string) (delta.Newest, error) {
	if l == nil {
		return delta.Newest{}, fmt.Errorf("no lane: %w", fs.ErrNotExist)
	}
	schema, err := l.schema(t)
	if err != nil {
		return delta.Newest{}, err
	}
	newest, err := l.table(t, tenantID).Newest(ctx, schema.PartitionBy)
	return newest, named(l.Root(t, tenantID), err)
}

// Stored lists what lies in the store of a table of a tenant, live or not, by its name below the table's root. Of a table of
// all tenants whatever lies in no tenant's directory is nobody's.
func (l *Lane) Stored(ctx context.Context, t schemas.Table, tenantID string) iter.Seq2[load.Info, error] {
	return func(yield func(load.Info, error) bool) {
		if l == nil {
			return
		}
		root := l.Root(t, tenantID) + "/"
		prefix := root
		if l.identity.Layout == Shared {
			prefix += load.DataFilesOf(tenantID)
		}
		for info, err := range l.store.List(ctx, prefix) {
			if err != nil {
				yield(load.Info{}, err)
				return
			}
			if strings.HasPrefix(info.Name, load.DeltaLog(l.Root(t, tenantID))) {
				continue
			}
			info.Name = strings.TrimPrefix(info.Name, root)
			if !yield(info, nil) {
				return
			}
		}
	}
}
