package clock

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"graphlake/internal/foreign"
	"graphlake/jobs/plan"
	"graphlake/load/lane"
)

// LaneStatus is how the Delta tables of a lake stand.
type LaneStatus struct {
	ID      string      `json:"id"`
	Layout  lane.Layout `json:"layout"`
	Compact bool        `json:"compact"`
	On      bool        `json:"on"` // false: the configuration has them off, and runs leave them as they are
	Tables  []LaneTable `json:"tables"`
}

// LaneTable is how one of them stands.
type LaneTable struct {
	Table   string    `json:"table"`
	Tenant  string    `json:"tenant,omitempty"` // whose it is; empty: of all tenants
	Version int64     `json:"version"`
	Written time.Time `json:"written,omitzero"`  // when that version was
	Foreign string    `json:"foreign,omitempty"` // why nothing is published to it any more: somebody has given it another form
}

// lanesAtOnce tables are asked for side by side: there may be hundreds, and each is some objects of a log.
const lanesAtOnce = 16

// LoadTables adds how the Delta tables of what is selected stand, in the order of the selection. It reads the ends of logs, and no
// data file. A table that was never published to is left out.
func (s *LaneStatus) LoadTables(ctx context.Context, l *lane.Lane, sel plan.Selection) error {
	type asked struct {
		LaneTable
		err error
	}
	var all []*asked
	var group errgroup.Group
	group.SetLimit(lanesAtOnce)
	for _, t := range sel.Tenants {
		for _, d := range sel.Datasets {
			for _, table := range d.Tables {
				one := &asked{LaneTable: LaneTable{Table: table.Name}}
				if s.Layout == lane.PerTenant {
					one.Tenant = t.Name
				}
				if slices.ContainsFunc(all, func(o *asked) bool { return o.Table == one.Table && o.Tenant == one.Tenant }) {
					continue
				}
				all = append(all, one)
				group.Go(func() error {
					newest, err := l.Newest(ctx, table, t.ID)
					one.Version, one.Written, one.err = newest.Version, newest.Time, err
					return nil
				})
			}
		}
	}
	_ = group.Wait() // its functions return nil
	var errs []error
	for _, one := range all {
		changed, isForeign := errors.AsType[lane.ForeignError](one.err)
		switch {
		case isForeign:
			one.Foreign = foreign.Printable(changed.Error())
		case errors.Is(one.err, fs.ErrNotExist):
			continue
		case one.err != nil:
			errs = append(errs, one.err)
			continue
		}
		s.Tables = append(s.Tables, one.LaneTable)
	}
	return errors.Join(errs...)
}
