package lane

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"time"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/schemas"
)

// LiveFile is a data file that the newest version of a Delta table has.
type LiveFile struct {
	Path   string // below the table's root
	Size   int64
	Rows   int64       // -1: nobody says
	Days   []time.Time // whose rows it has, by date; none of a file that is none of ours
	Rolled bool        // a month that was compacted
}

// Live gives the live files of a table of a tenant, by path, and the version that has them: -1 of a table that is not there.
func (l *Lane) Live(ctx context.Context, t schemas.Table, tenantID string) (all []LiveFile, version int64, err error) {
	if l == nil {
		return nil, -1, nil
	}
	files, version, err := l.table(t, tenantID).Files(ctx, l.tenantPartitions(tenantID)...)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, -1, nil
	}
	if err != nil {
		return nil, -1, named(l.Root(t, tenantID), err)
	}
	var plain map[time.Time]map[time.Time]string // read once a month is rolled
	for _, f := range files {
		live := LiveFile{Path: f.Path, Size: f.Size, Rows: f.Rows}
		if of, ok := load.ParseDataFile(f.Path); ok {
			live.Rolled, live.Days = of.Rolled, []time.Time{of.Date}
			if of.Rolled && plain == nil {
				if plain, err = l.plainMonths(ctx, t, tenantID); err != nil {
					return nil, -1, err
				}
			}
			if of.Rolled {
				live.Days = slices.SortedFunc(maps.Keys(plain[of.Date]), time.Time.Compare)
			}
		}
		all = append(all, live)
	}
	return all, version, nil
}

// tenantPartitions names all partitions of a tenant.
func (l *Lane) tenantPartitions(tenantID string) []map[string]string {
	if l.identity.Layout == PerTenant {
		return nil
	}
	return []map[string]string{{load.TenantColumn: tenantID}}
}

// mostNamed partitions are looked for one by one; of more, all of the tenant are read.
const mostNamed = 40

// live are the live files of the partitions that some days of a tenant lie in, by path. A table that is not there has none.
func (l *Lane) live(ctx context.Context, t schemas.Table, tenantID string, dates []time.Time) (map[string]delta.File, error) {
	wanted := map[string]map[string]string{}
	for _, date := range dates {
		values := l.file(tenantID, date).Values()
		wanted[partitionOf(values)] = values
	}
	of := slices.Collect(maps.Values(wanted))
	if len(of) > mostNamed {
		of = l.tenantPartitions(tenantID)
	}
	files, _, err := l.table(t, tenantID).Files(ctx, of...)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	all := map[string]delta.File{}
	for _, f := range files {
		if wanted[partitionOf(f.Values)] != nil {
			all[f.Path] = f
		}
	}
	return all, nil
}

// partitionOf tells the partitions of a tenant apart.
func partitionOf(values map[string]string) string {
	return values[load.DateColumn] + values[load.MonthColumn]
}
