package lane

import (
	"context"
	"slices"
	"time"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/schemas"
)

// KeepVersions is how long after they were replaced data files stay for those who read older versions, where nobody says less. The
// log of a Delta table remembers no longer what it has replaced.
const KeepVersions = delta.KeepTombstones

// VacuumOptions say what goes.
type VacuumOptions struct {
	OlderThan time.Duration // data files that have not been live for so long; 0: all that are not live
	Days      []time.Time   // of the partitions that these lie in; nil: of all days
	DryRun    bool
}

// Vacuum removes data files of a table of a tenant that are live no more. It is called under the lock of the dataset, as
// held says: a file that no version has is somebody's who is about to publish it, or nobody's, and the lock says whose. Who reads an
// older version, or has begun to, may miss the files.
func (l *Lane) Vacuum(ctx context.Context, held func() error, t schemas.Table, tenantID string, o VacuumOptions) (delta.Vacuumed, error) {
	if l == nil || o.Days != nil && len(o.Days) == 0 {
		return delta.Vacuumed{}, nil
	}
	v, err := l.table(t, tenantID).Vacuum(ctx, held, delta.VacuumOptions{
		OlderThan: o.OlderThan, Within: l.within(tenantID, o.Days), DryRun: o.DryRun,
	})
	return v, named(l.Root(t, tenantID), err)
}

// within begins the names of all data files of the partitions that some days of a tenant lie in.
func (l *Lane) within(tenantID string, days []time.Time) []string {
	if days == nil && l.identity.Layout == PerTenant {
		return nil // all that the table has
	}
	if days == nil {
		return []string{load.DataFilesOf(tenantID)}
	}
	var all []string
	for _, date := range days {
		all = append(all, l.file(tenantID, date).Within())
	}
	slices.Sort(all)
	return slices.Compact(all)
}
