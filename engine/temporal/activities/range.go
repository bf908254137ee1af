package activities

import (
	"cmp"
	"context"
	"slices"
	"time"

	"graphlake/engine/temporal/workflows"
	"graphlake/jobs/plan"
	"graphlake/load"
	"graphlake/schemas"
)

// daysAtOnce is how many days of a dataset one round of a backfill reads, and one part of a replay derives.
const daysAtOnce = 7

// partsOfDataset is how many parts a dataset of a tenant is cut into at most. What Temporal takes for an answer is 2 MiB: 170
// bytes a part, of many datasets.
const partsOfDataset = 100

// weeks cuts a backfill into what one round reads: first what Graph forgets at all, of it what it forgets soonest, then the
// rest, the newest first. What is there today only, as pictures are, the nights read.
func (a *Activities) weeks(_ context.Context, in workflows.BackfillInput) ([]workflows.Ask, error) {
	ask := workflows.Ask{Lake: in.Lake, Tenant: in.Tenant, Datasets: in.Datasets, From: in.From.UTC(), To: in.To.UTC(), Now: in.Now, Backfill: true}
	t, err := a.tenantOf(in.Tenant)
	if err != nil {
		return nil, err
	}
	sel, err := a.selection(ask)
	if err != nil {
		return nil, err
	}
	type week struct {
		workflows.Ask
		forgotten time.Time // from when on Graph does not have all of it; zero: never
	}
	var all []week
	for _, r := range (schemas.Range{From: ask.From, To: ask.To}).SplitDays(daysAtOnce) {
		sameEnd := map[time.Duration]int{}
		for _, d := range t.Datasets(sel.Datasets) {
			if d.Mode.Fleeting() || !r.From.Before(in.Now.Add(d.Ahead)) {
				continue
			}
			i, ok := sameEnd[d.Retention]
			if !ok {
				i, sameEnd[d.Retention] = len(all), len(all)
				one := week{Ask: ask}
				one.Datasets, one.From, one.To = nil, r.From, r.To
				if d.Retention > 0 {
					one.forgotten = r.From.Add(d.Retention)
				}
				all = append(all, one)
			}
			all[i].Datasets = append(all[i].Datasets, d.Name)
		}
	}
	slices.SortStableFunc(all, func(a, b week) int {
		switch {
		case a.forgotten.IsZero() && b.forgotten.IsZero():
			return b.From.Compare(a.From)
		case a.forgotten.IsZero():
			return 1
		case b.forgotten.IsZero():
			return -1
		}
		return cmp.Or(a.forgotten.Compare(b.forgotten), a.From.Compare(b.From))
	})
	asks := make([]workflows.Ask, len(all))
	for i, w := range all {
		asks[i] = w.Ask
	}
	return asks, nil
}

// parts cuts what raw has of tenants into what one worker derives at a time, those of a dataset in the order of their days.
// Without names it is all datasets, also those that no job reads any more.
func (a *Activities) parts(ctx context.Context, in workflows.ReplayInput) ([]workflows.Part, error) {
	if in.Now.IsZero() {
		return nil, errNoNow
	}
	if in.From.IsZero() != in.To.IsZero() || !in.From.IsZero() && !in.From.Before(in.To) {
		return nil, failure(workflows.UnitResult{Kind: "usage", Needs: "a range with both ends, or none"}, never)
	}
	names := in.Tenants
	if len(names) == 0 {
		for _, t := range a.engine.Tenants() {
			names = append(names, t.Name)
		}
	}
	defer a.beat(ctx, nothing)()
	all := []workflows.Part{}
	for _, name := range names {
		t, err := a.tenantOf(name)
		if err != nil {
			return nil, err
		}
		datasets, err := a.replayed(t, in)
		if err != nil {
			return nil, err
		}
		for _, d := range datasets {
			parts, err := a.partsOf(ctx, t, d, in)
			if err != nil {
				return nil, err
			}
			all = append(all, parts...)
		}
	}
	return all, nil
}

// replayed are the datasets of a tenant that a replay is of.
func (a *Activities) replayed(t plan.Tenant, in workflows.ReplayInput) ([]schemas.Dataset, error) {
	sel, err := a.selection(workflows.Ask{Tenant: t.Name, Datasets: in.Datasets, Now: in.Now})
	if err != nil {
		return nil, err
	}
	all := sel.Datasets
	if len(in.Datasets) == 0 {
		for _, d := range schemas.BuiltIn() {
			if !slices.ContainsFunc(all, func(o schemas.Dataset) bool { return o.Name == d.Name }) {
				all = append(all, d)
			}
		}
	}
	return t.Datasets(all), nil
}

func (a *Activities) partsOf(ctx context.Context, t plan.Tenant, d schemas.Dataset, in workflows.ReplayInput) (parts []workflows.Part, err error) {
	var days []time.Time
	for p, err := range load.New(a.engine.Store(), "").Partitions(ctx, load.Raw, d.Name, t.ID) {
		if err != nil {
			return nil, err
		}
		if in.From.IsZero() || p.Date.Before(in.To) && p.Date.Add(schemas.Day).After(in.From) {
			days = append(days, p.Date)
		}
	}
	slices.SortFunc(days, time.Time.Compare)
	for some := range slices.Chunk(days, max(daysAtOnce, (len(days)+partsOfDataset-1)/partsOfDataset)) {
		parts = append(parts, workflows.Part{Tenant: t.Name, Dataset: d.Name, From: some[0], To: some[len(some)-1].Add(schemas.Day), Now: in.Now})
	}
	return parts, nil
}
