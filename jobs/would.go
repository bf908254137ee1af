package jobs

import (
	"context"
	"fmt"
	"time"

	"graphlake/internal/record"
	"graphlake/jobs/erased"
	"graphlake/jobs/plan"
	"graphlake/transform/privacy"
)

// Would is what an erasure would change of a dataset.
type Would struct {
	Tenant   string   `json:"tenant"`
	Dataset  string   `json:"dataset"`
	Days     []string `json:"days"`     // of raw that would be replaced
	Own      int64    `json:"own"`      // records that would go
	Changed  int64    `json:"changed"`  // records of others that would stay without the people
	Elements int64    `json:"elements"` // of lists in those, as members of a group, that would go
}

// WouldErase says what of raw would change if a list were the lake's. It takes no lock and writes nothing.
func (r *Runner) WouldErase(ctx context.Context, s plan.Selection, l erased.List) ([]Would, error) {
	all := []Would{}
	for _, t := range s.Tenants {
		for _, d := range s.Datasets {
			o := &openDataset{lake: r.Lake, tenant: t, dataset: d, memory: r.memory(), log: r.Log}
			days, err := o.days(ctx, plan.Selection{})
			if err != nil {
				return all, err
			}
			w := Would{Tenant: t.Name, Dataset: d.Name, Days: []string{}}
			filter, err := l.Of(t.ID).Filter(d)
			if err != nil {
				return all, err
			}
			for _, day := range days {
				changes, err := o.wouldChange(ctx, day, filter)
				if err != nil {
					return all, fmt.Errorf("%s of %s: %w", d.Name, day.Format(time.DateOnly), err)
				}
				if changes {
					w.Days = append(w.Days, day.Format(time.DateOnly))
				}
			}
			if counts := filter.Counts(); len(w.Days) > 0 {
				w.Own, w.Changed, w.Elements = counts.Own, counts.Changed, counts.Elements
				all = append(all, w)
			}
		}
	}
	return all, nil
}

func (o *openDataset) wouldChange(ctx context.Context, day time.Time, filter *privacy.Filter) (bool, error) {
	before := filter.Counts()
	for text, err := range o.records(ctx, day) {
		if err != nil {
			return false, err
		}
		if _, _, err := filter.Apply(ctx, record.Record{JSON: text}); err != nil {
			return false, err
		}
	}
	return filter.Counts() != before, nil
}
