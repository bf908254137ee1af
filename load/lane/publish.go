package lane

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/schemas"
)

// Day is a day of a table that the lane is to have as the plain lane has it.
type Day struct {
	Partition load.Partition // of the plain lane
	Hash      string         // of its file, as [load.Lake.Hash] gives it; "": not known, so that the file is read for it
	Removed   bool           // nothing is to be live of the day, whatever the plain lane has
}

// publishedAtOnce days are one version of a Delta table, so that an entry of its log stays below a megabyte.
const publishedAtOnce = 1000

// Publish makes the lane have what the plain lane has of days of a table of one tenant, and says whether it had something
// else. They are one version of the Delta table, or one for each thousand days. A day whose plain file is not there has nothing live. The
// caller holds the lock of the dataset, as held says, and sees to it that nobody replaces these plain files: one that has another
// hash than a Day says is an ErrConflict. What fails leaves the table as it was, or some of its thousands done.
func (l *Lane) Publish(ctx context.Context, held func() error, t schemas.Table, days []Day) (changed bool, err error) {
	if l == nil || len(days) == 0 {
		return false, nil
	}
	p := publication{held: held, table: t, tenantID: days[0].Partition.TenantID}
	if days, err = p.sorted(days); err != nil {
		return false, err
	}
	root := l.Root(t, p.tenantID)
	for part := range slices.Chunk(days, publishedAtOnce) {
		p.days = part
		replaced, err := l.publish(ctx, p)
		changed = changed || replaced
		if err != nil {
			return changed, named(root, err)
		}
	}
	return changed, nil
}

// publication is some days of a table of a tenant that are published together.
type publication struct {
	held     func() error
	table    schemas.Table
	tenantID string
	days     []Day                 // by date, each once
	live     map[string]delta.File // of the partitions that the days lie in, by path
}

// sorted are the days by date; of several of one date the last.
func (p publication) sorted(days []Day) ([]Day, error) {
	byDate := map[time.Time]Day{}
	for _, d := range days {
		of := d.Partition
		if of.Kind != load.Tables || of.Name != p.table.Name || of.TenantID != p.tenantID || !load.IsTenant(of.TenantID) {
			return nil, fmt.Errorf("%s is no partition of the table %s of the tenant %q", of, p.table.Name, p.tenantID)
		}
		byDate[of.Date] = d
	}
	all := make([]Day, 0, len(byDate))
	for _, d := range byDate {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b Day) int { return a.Partition.Date.Compare(b.Partition.Date) })
	return all, nil
}

func (l *Lane) publish(ctx context.Context, p publication) (changed bool, err error) {
	to := l.table(p.table, p.tenantID)
	if p.live, err = l.live(ctx, p.table, p.tenantID, p.dates()); err != nil {
		return false, err
	}
	wanted, err := l.partitions(ctx, p)
	if err != nil {
		return false, err
	}
	nothing := !slices.ContainsFunc(wanted, func(w delta.Partition) bool { return len(w.Files) > 0 })
	if nothing && len(p.live) == 0 {
		return false, nil // and no table is made for that
	}
	r := delta.Replacement{App: app(p.table, p.tenantID), Partitions: wanted, Operation: "WRITE"}
	if nothing {
		r.Operation = "DELETE"
	}
	if r.Schema, err = l.schema(p.table); err != nil {
		return false, err
	}
	return l.replace(ctx, to, p.held, r)
}

// replace commits to a table, one after another of this process.
func (l *Lane) replace(ctx context.Context, to *table, held func() error, r delta.Replacement) (changed bool, err error) {
	to.mu.Lock()
	defer to.mu.Unlock()
	_, changed, err = to.Replace(ctx, held, r)
	if changed || err != nil {
		l.noteWritten(to)
	}
	return changed, err
}

// partitions gives what is to be live of all partitions that the days lie in, in the lane's form, and writes the data files
// of it that are not there.
func (l *Lane) partitions(ctx context.Context, p publication) ([]delta.Partition, error) {
	if l.identity.Compact {
		return l.monthPartitions(ctx, p)
	}
	return l.dayPartitions(ctx, p)
}

// dayPartitions are those of form days: a day is a partition, of one file.
func (l *Lane) dayPartitions(ctx context.Context, p publication) ([]delta.Partition, error) {
	all := make([]delta.Partition, 0, len(p.days))
	for _, d := range p.days {
		of := delta.Partition{Values: l.file(p.tenantID, d.Partition.Date).Values()}
		if !d.Removed {
			file, there, err := l.copied(ctx, p, d)
			if err != nil {
				return nil, err
			}
			if there {
				of.Files = []delta.File{file}
			}
		}
		all = append(all, of)
	}
	return all, nil
}

// copied is the data file of a day, which has the bytes of the plain file.
func (l *Lane) copied(ctx context.Context, p publication, d Day) (file delta.File, there bool, err error) {
	of, root := l.file(p.tenantID, d.Partition.Date), l.Root(p.table, p.tenantID)
	of.Hash = d.Hash
	if live, known := p.live[of.Path()]; known { // not so without a hash
		if there, err := l.holds(ctx, root+"/"+of.Path(), live.Size); err != nil || there {
			return live, true, err
		}
	}
	c, there, err := l.lake.Under(p.held).Copy(ctx, d.Partition, d.Hash, func(hash string) string {
		of.Hash = hash
		return root + "/" + of.Path()
	})
	if live, known := p.live[of.Path()]; known {
		return live, there, err
	}
	return delta.File{Path: of.Path(), Values: of.Values(), Size: c.Bytes, Rows: c.Rows, Modified: l.options.Now()}, there, err
}

// holds reports whether an object of that size is there.
func (l *Lane) holds(ctx context.Context, name string, size int64) (bool, error) {
	object, err := l.store.Open(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return object.Info().Size == size, object.Close()
}

func (p publication) dates() []time.Time {
	all := make([]time.Time, len(p.days))
	for i, d := range p.days {
		all[i] = d.Partition.Date
	}
	return all
}
