package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"graphlake/jobs/plan"
	"graphlake/load"
	"graphlake/schemas"
)

// ofRun is an object that is kept as long as the report of its run.
type ofRun struct {
	load.Info
	date time.Time // of the run's id
}

// expireRuns removes the reports of runs that are too old, and what the control API was asked for as long ago.
func (r *Runner) expireRuns(ctx context.Context, sel plan.Selection, dryRun bool) (runs Removal, err error) {
	runs.What = ofRuns
	if r.stopped() != nil {
		return runs, nil //nolint:nilerr // what is left is removed by the next
	}
	if sel.KeepRuns == 0 {
		return runs, nil
	}
	from := r.Now.UTC().Add(-sel.KeepRuns).Truncate(schemas.Day)
	all, err := r.oldRuns(ctx, from)
	if err != nil {
		return runs, err
	}
	for _, o := range all {
		if !dryRun {
			if err := r.Store.Remove(ctx, o.Name, load.Still(o.Version)); err != nil {
				return runs, err
			}
		}
		runs.add(o.date, o.Size)
	}
	return runs, nil
}

// oldRuns are those from before a day, the oldest first.
func (r *Runner) oldRuns(ctx context.Context, from time.Time) (old []ofRun, err error) {
	for _, prefix := range []string{load.Reports, load.Asked} {
		for info, err := range r.Store.List(ctx, prefix) {
			if err != nil {
				return nil, fmt.Errorf("list the reports of runs and what was asked for: %w", err)
			}
			date, err := r.dateOfRun(ctx, info.Name)
			if err != nil {
				return nil, err
			}
			if !date.IsZero() && date.Before(from) {
				old = append(old, ofRun{info, date})
			}
		}
	}
	slices.SortStableFunc(old, func(a, b ofRun) int { return a.date.Compare(b.date) })
	return old, nil
}

// dateOfRun is the day of the run that an object is of; zero of what is no such object. What was asked for with a key says only
// in itself which run it is of.
func (r *Runner) dateOfRun(ctx context.Context, object string) (time.Time, error) {
	if date := load.DateOfReport(object); !date.IsZero() {
		return date, nil
	}
	run, ok := load.ParseAsked(object)
	if !ok {
		if !load.IsAskedKey(object) {
			return time.Time{}, nil
		}
		text, _, err := load.ReadObject(ctx, r.Store, object)
		if errors.Is(err, fs.ErrNotExist) {
			return time.Time{}, nil
		}
		var of struct{ Run string }
		if err != nil || json.Unmarshal(text, &of) != nil {
			return time.Time{}, err
		}
		run = of.Run
	}
	at, _ := load.TimeOfRun(run)
	return at.Truncate(schemas.Day), nil
}
