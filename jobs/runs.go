package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"graphlake/internal/foreign"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// ErrNoRun says that the lake has no report of a run.
var ErrNoRun = errors.New("the lake has no report of such a run")

const (
	runDays      = 31  // that are searched for runs
	mostRuns     = 200 // that are read, the newest
	runsTogether = 8   // that are read side by side
)

// LoadReport reads what the lake keeps of a run.
func LoadReport(ctx context.Context, store load.Store, run string) (rep Report, err error) {
	day, ok := load.TimeOfRun(run)
	if !ok {
		return rep, fmt.Errorf("%q is no id of a run, as 20261123T023000Z-abcdefgh is one: %w", run, ErrNoRun)
	}
	return readReport(ctx, store, load.ReportObject(day, run))
}

func readReport(ctx context.Context, store load.Store, name string) (rep Report, err error) {
	text, _, err := load.ReadObject(ctx, store, name)
	if errors.Is(err, fs.ErrNotExist) {
		return rep, fmt.Errorf("%s: %w", load.RunOf(name), ErrNoRun)
	}
	if err == nil {
		if err = json.Unmarshal(text, &rep); err != nil {
			err = fmt.Errorf("%s is no report of a run: %w", name, err)
		}
	}
	return rep, err
}

// LoadReports reads what the lake keeps of the runs of the last month, the newest first, and says how many more there are
// than it reads. A report that cannot be read is one of a damaged run, and in the error.
func LoadReports(ctx context.Context, store load.Store, now time.Time) (all []Report, more int, err error) {
	var names []string
	today := now.UTC().Truncate(schemas.Day)
	for day := range runDays {
		var of []string
		for info, err := range store.List(ctx, load.ReportsOf(today.AddDate(0, 0, -day))) {
			if err != nil {
				return nil, 0, fmt.Errorf("list the runs: %w", err)
			}
			if load.IsReport(info.Name) {
				of = append(of, info.Name)
			}
		}
		slices.Reverse(of) // names sort by time
		names = append(names, of...)
	}
	if more = max(len(names)-mostRuns, 0); more > 0 {
		names = names[:mostRuns]
	}
	all = make([]Report, len(names))
	errs := make([]error, len(names))
	var readers errgroup.Group
	readers.SetLimit(runsTogether)
	for i, name := range names {
		readers.Go(func() error {
			if all[i], errs[i] = readReport(ctx, store, name); errs[i] != nil {
				all[i] = Report{Run: load.RunOf(name), Status: state.Damaged}
				all[i].Started, _ = load.TimeOfRun(load.RunOf(name))
				errs[i] = errors.New(foreign.Printable(errs[i].Error()))
			}
			return nil
		})
	}
	_ = readers.Wait() // its functions return nil
	slices.SortStableFunc(all, func(a, b Report) int { return b.Started.Compare(a.Started) })
	return all, more, errors.Join(errs...)
}
