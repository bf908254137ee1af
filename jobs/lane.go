package jobs

// The second lane of a lake has the tables once more, as Delta tables. What is said of it here:
//   - A day that was derived is published to it before the state says that the day is clean, and with which lane. So a
//     crash between the lanes, a lane that was off for a while and one that is new are days that it does not have yet, and
//     the next that derives them, or a replay of the lane, brings them.
//   - What is removed goes from it before it goes from the plain files: whoever is stopped finds these, and begins again.
//   - Nil is a lane of which nothing is had, and to which nothing is published.

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
	"graphlake/schemas"
)

// anyLane is the second lane that the lake has, also if it is off.
func (r *Runner) anyLane() *lane.Lane { return cmp.Or(r.Delta, r.DeltaOff) }

// noteLaneOff notes that the lake has a second lane, which the run has left as it is because it is off.
func (r *Runner) noteLaneOff(rep *Report) {
	if r.DeltaOff == nil || len(rep.Units) == 0 {
		return
	}
	rep.Notes = append(rep.Notes, plan.Note{Whole: true, Message: "the lake has Delta tables, and the configuration has them off (delta): " +
		"they stay as they are, without what has changed since; once they are on again, graphlake replay --delta brings them up to date"})
}

// publish publishes days that were derived to the second lane, children before their root, each table's in one step.
func (o *openDataset) publish(ctx context.Context, days []*derivedDay) error {
	for _, t := range slices.Backward(o.dataset.Tables) {
		var of []lane.Day
		for _, d := range days {
			for _, c := range d.commits {
				if c.Partition.Kind == load.Tables && c.Partition.Name == t.Name {
					of = append(of, lane.Day{Partition: c.Partition, Hash: c.Hash})
				}
			}
		}
		if _, err := o.second.Publish(ctx, o.state.Held, t, of); err != nil {
			return err
		}
	}
	return nil
}

// laneAtOnce days are published by a replay of the lane, and noted, at once: whoever is stopped goes on behind them.
const laneAtOnce = 100

// replayLane publishes to the second lane what the plain tables have of the selection and it does not. Nothing is derived:
// a day that is dirty goes as it is, and stays dirty. Of days of which raw was removed the state does not say whether the
// lane has them, so that each time they are looked at; and so are all days of a range, if there is one.
func (s *Session) replayLane(ctx context.Context, o *openDataset, l *live, rep *UnitReport) (state.Outcome, error) {
	missing, known, err := o.notInLane(ctx, s.selection)
	if err != nil || len(missing)+known == 0 {
		return state.Empty, err
	}
	rep.Unchanged = known
	days := slices.SortedFunc(maps.Keys(missing), time.Time.Compare)
	l.days.Store(int64(len(days)))
	for some := range slices.Chunk(days, laneAtOnce) {
		if err := cmp.Or(ctx.Err(), s.runner.stopped()); err != nil {
			return "", err
		}
		if err := o.publishPlain(ctx, some, missing, rep); err != nil {
			return "", fmt.Errorf("%s from %s on: %w", o.dataset.Name, some[0].Format(time.DateOnly), err)
		}
		l.derived.Add(int64(len(some)))
	}
	return state.Data, nil
}

// publishPlain publishes plain files of some days, by their tables, and notes that the lane has them.
func (o *openDataset) publishPlain(ctx context.Context, days []time.Time, tables map[time.Time][]string, rep *UnitReport) error {
	for _, t := range slices.Backward(o.dataset.Tables) {
		var of []lane.Day
		for _, date := range days {
			if slices.Contains(tables[date], t.Name) {
				of = append(of, lane.Day{Partition: o.partition(load.Tables, t.Name, date)})
			}
		}
		changed, err := o.second.Publish(ctx, o.state.Held, t, of)
		if err != nil {
			return err
		}
		if changed {
			rep.Written += len(of)
		} else {
			rep.Unchanged += len(of)
		}
	}
	return o.state.Update(ctx, func(st *state.State) {
		for _, date := range days {
			st.MarkInLane(date, o.second.ID())
		}
	})
}

// notInLane are the tables of the days of a selection of which it is not known that the second lane has them as they are, and
// of how many partitions that is known. Whoever names a range does not believe what is known: then it is all tables of its days,
// and also what the lane alone has of them.
func (o *openDataset) notInLane(ctx context.Context, s plan.Selection) (missing map[time.Time][]string, known int, err error) {
	st := o.state.View()
	missing = map[time.Time][]string{}
	for _, t := range o.dataset.Tables {
		dates, err := o.datesOf(ctx, t, s.Ranged())
		if err != nil {
			return nil, 0, err
		}
		for date := range dates {
			switch {
			case !touches(s, date), st.IsRemoved(load.Tables, date):
			case !s.Ranged() && st.InLane(date, o.second.ID()):
				known++
			default:
				missing[date] = append(missing[date], t.Name)
			}
		}
	}
	return missing, known, nil
}

// datesOf are the days that the plain lane has of a table; or either lane.
func (o *openDataset) datesOf(ctx context.Context, t schemas.Table, either bool) (dates map[time.Time]bool, err error) {
	dates = map[time.Time]bool{}
	for p, err := range o.lake.Partitions(ctx, load.Tables, t.Name, o.tenant.ID) {
		if err != nil {
			return nil, err
		}
		dates[p.Date] = true
	}
	if !either {
		return dates, nil
	}
	live, err := o.liveDates(ctx, o.second, t)
	maps.Copy(dates, live)
	return dates, err
}

// eraseFromLane brings the days that a lane has of a dataset to what the plain files are, and removes all that was there
// before: also of days of which nothing was taken out now, because somebody may have gone from them earlier. A lane that
// is off lags the plain files, and may hold somebody who is in none of those any more. Of a day that it has in all its
// tables it is noted that it has it as it is; one that it lacks is left to a replay of the lane.
func (o *openDataset) eraseFromLane(ctx context.Context, l *lane.Lane) error {
	if l == nil {
		return nil
	}
	st := o.state.View()
	published, lacks := map[time.Time]bool{}, map[time.Time]bool{} // days, by any of their tables
	for _, t := range slices.Backward(o.dataset.Tables) {
		live, err := o.liveDates(ctx, l, t)
		if err != nil {
			return err
		}
		var days []lane.Day
		for _, date := range slices.SortedFunc(maps.Keys(live), time.Time.Compare) {
			if !st.InLane(date, l.ID()) || slices.ContainsFunc(st.Erasing, date.Equal) { // it may not be what the plain file is
				days = append(days, lane.Day{Partition: o.partition(load.Tables, t.Name, date)})
				published[date] = true
			}
		}
		_, err = l.Publish(ctx, o.state.Held, t, days)
		if err == nil {
			_, err = l.Vacuum(ctx, o.state.Held, t, o.tenant.ID, lane.VacuumOptions{})
		}
		if err != nil {
			return err
		}
		for p, err := range o.lake.Partitions(ctx, load.Tables, t.Name, o.tenant.ID) {
			if err != nil {
				return err
			}
			if !live[p.Date] {
				lacks[p.Date] = true
			}
		}
	}
	maps.DeleteFunc(published, func(date time.Time, _ bool) bool { return lacks[date] })
	if len(published) == 0 {
		return nil
	}
	return o.state.Update(ctx, func(st *state.State) {
		for date := range published {
			st.MarkInLane(date, l.ID())
		}
	})
}

// liveDates are the days that a lane has of a table.
func (o *openDataset) liveDates(ctx context.Context, l *lane.Lane, t schemas.Table) (dates map[time.Time]bool, err error) {
	files, _, err := l.Live(ctx, t, o.tenant.ID)
	dates = map[time.Time]bool{}
	for _, f := range files {
		for _, date := range f.Days {
			dates[date] = true
		}
	}
	return dates, err
}

// removeFromLane removes days of a dataset from a lane for good.
func (o *openDataset) removeFromLane(ctx context.Context, l *lane.Lane, dates []time.Time) error {
	if len(dates) == 0 {
		return nil
	}
	for _, t := range slices.Backward(o.dataset.Tables) {
		var days []lane.Day
		for _, date := range dates {
			days = append(days, lane.Day{Partition: o.partition(load.Tables, t.Name, date), Removed: true})
		}
		_, err := l.Publish(ctx, o.state.Held, t, days)
		if err == nil {
			_, err = l.Vacuum(ctx, o.state.Held, t, o.tenant.ID, lane.VacuumOptions{Days: dates})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
