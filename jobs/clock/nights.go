package clock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// Nights reads what runs did on the days on which they began. A report never changes, so each is read once. It is safe for
// concurrent use.
type Nights struct {
	Store load.Store

	mu    sync.Mutex
	known map[string]NightRun // by the object of the report; guarded by mu
}

// Night is what the runs did that began on a day, in UTC.
type Night struct {
	Date string
	Runs []NightRun // the newest first
}

// NightRun is the report of a run in numbers. Of one that cannot be read the status is damaged.
type NightRun struct {
	Run       string
	Started   time.Time
	Seconds   float64
	Status    state.Outcome
	Units     int
	Failed    int // of these
	Records   int64
	Requests  int64
	Throttled int64
}

// reportsAtOnce are read side by side.
const reportsAtOnce = 8

// Load gives so many days, today and back, the newest first. What cannot be read is told beside the rest.
func (n *Nights) Load(ctx context.Context, today time.Time, days int) ([]Night, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var nights []Night
	var errs []error
	known := map[string]NightRun{}
	for back := range days {
		date := today.UTC().Truncate(schemas.Day).AddDate(0, 0, -back)
		night := Night{Date: date.Format(time.DateOnly), Runs: []NightRun{}}
		var names []string
		for info, err := range n.Store.List(ctx, load.ReportsOf(date)) {
			if err != nil {
				return nights, fmt.Errorf("list the runs: %w", err)
			}
			if load.IsReport(info.Name) {
				names = append(names, info.Name)
			}
		}
		runs := make([]NightRun, len(names))
		failed := make([]error, len(names))
		var reading sync.WaitGroup
		slots := make(chan struct{}, reportsAtOnce)
		for i, name := range names {
			if run, ok := n.known[name]; ok {
				runs[i] = run
				continue
			}
			slots <- struct{}{}
			reading.Go(func() {
				runs[i], failed[i] = readNightRun(ctx, n.Store, name)
				<-slots
			})
		}
		reading.Wait()
		for i, run := range runs {
			if failed[i] == nil {
				known[names[i]] = run
			}
			night.Runs = append(night.Runs, run)
		}
		slices.SortFunc(night.Runs, func(a, b NightRun) int { return b.Started.Compare(a.Started) })
		errs = append(errs, failed...)
		nights = append(nights, night)
	}
	n.known = known
	return nights, errors.Join(errs...)
}

func readNightRun(ctx context.Context, store load.Store, name string) (NightRun, error) {
	damaged := NightRun{Run: load.RunOf(name), Status: state.Damaged, Started: load.DateOfReport(name)}
	object, err := store.Open(ctx, name)
	if err != nil {
		return damaged, err
	}
	defer object.Close()
	var rep struct {
		Run            string
		Started, Ended time.Time
		Status         state.Outcome
		Units          []struct {
			Records, Requests, Throttled int64
			Error                        *struct{}
		}
	}
	if err := json.NewDecoder(io.NewSectionReader(object, 0, object.Info().Size)).Decode(&rep); err != nil {
		return damaged, fmt.Errorf("%s is no report of a run: %w", name, err)
	}
	run := NightRun{Run: rep.Run, Started: rep.Started, Seconds: rep.Ended.Sub(rep.Started).Seconds(), Status: rep.Status, Units: len(rep.Units)}
	for _, u := range rep.Units {
		run.Records += u.Records
		run.Requests += u.Requests
		run.Throttled += u.Throttled
		if u.Error != nil {
			run.Failed++
		}
	}
	return run, nil
}

// Sum is the night as one run: the worst of its states, and the sums of its numbers.
func (n Night) Sum() NightRun {
	var sum NightRun
	order := []state.Outcome{"", state.Data, state.Damaged, state.Interrupted, state.Unavailable, state.Forbidden, state.Failed}
	for _, r := range n.Runs {
		if slices.Index(order, r.Status) > slices.Index(order, sum.Status) {
			sum.Status = r.Status
		}
		sum.Seconds += r.Seconds
		sum.Units += r.Units
		sum.Failed += r.Failed
		sum.Records += r.Records
		sum.Requests += r.Requests
		sum.Throttled += r.Throttled
	}
	return sum
}
