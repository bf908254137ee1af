package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/robfig/cron/v3"
	"go.temporal.io/sdk/client"

	"graphlake/internal/cli"
	"graphlake/jobs/clock"
)

// everyValue is set in a field of a crontab that is *.
const everyValue = 1 << 63

// calendars are the times of a crontab as Temporal keeps them. Temporal has a reading of crontabs too, but another one: where
// both the day of the month and the day of the week are given, cron runs on either, and Temporal on days that are both.
func calendars(spec string) ([]client.ScheduleCalendarSpec, error) {
	parsed, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(spec)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", spec, err)
	}
	s, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, fmt.Errorf("%q has no five fields", spec)
	}
	both := client.ScheduleCalendarSpec{
		Second: ranges(1, 0, 59), Minute: ranges(s.Minute, 0, 59), Hour: ranges(s.Hour, 0, 23),
		DayOfMonth: ranges(s.Dom, 1, 31), Month: ranges(s.Month, 1, 12), DayOfWeek: ranges(s.Dow, 0, 6), Comment: spec,
	}
	if s.Dom&everyValue != 0 || s.Dow&everyValue != 0 {
		return []client.ScheduleCalendarSpec{both}, nil
	}
	byDate, byWeekday := both, both
	byDate.DayOfWeek, byWeekday.DayOfMonth = ranges(^uint64(0), 0, 6), ranges(^uint64(0), 1, 31)
	return []client.ScheduleCalendarSpec{byDate, byWeekday}, nil
}

// ranges are the runs of bits that are set, from a first one to a last, in the form in which Temporal gives them back.
func ranges(bits uint64, first, last int) (all []client.ScheduleRange) {
	for i := first; i <= last; i++ {
		switch {
		case bits&(1<<i) == 0:
		case len(all) > 0 && all[len(all)-1].End == i-1:
			all[len(all)-1].End = i
		default:
			all = append(all, client.ScheduleRange{Start: i, End: i, Step: 1})
		}
	}
	return all
}

// shows reports whether clocks that show a time show one of the calendars.
func shows(all []client.ScheduleCalendarSpec, wall time.Time) bool {
	in := func(ranges []client.ScheduleRange, n int) bool {
		return slices.ContainsFunc(ranges, func(r client.ScheduleRange) bool { return r.Start <= n && n <= r.End })
	}
	return slices.ContainsFunc(all, func(c client.ScheduleCalendarSpec) bool {
		return in(c.Minute, wall.Minute()) && in(c.Hour, wall.Hour()) && in(c.DayOfMonth, wall.Day()) &&
			in(c.Month, int(wall.Month())) && in(c.DayOfWeek, int(wall.Weekday()))
	})
}

// skipped is the first time within a year that Temporal leaves out, since clocks are put forward over it; zero: there is none.
// graphlake schedule runs the job as much later.
func skipped(j cli.EngineJob, all []client.ScheduleCalendarSpec, now time.Time) (time.Time, error) {
	zone, err := time.LoadLocation(j.Timezone)
	if err != nil {
		return time.Time{}, err
	}
	times, err := clock.ParseTimes(j.Schedule, j.Timezone)
	if err != nil {
		return time.Time{}, err
	}
	const around = 3 * time.Hour
	for day, end := now.In(zone), now.AddDate(1, 0, 0); day.Before(end); day = day.Add(24 * time.Hour) {
		_, before := day.Zone()
		if _, after := day.Add(24 * time.Hour).Zone(); after <= before {
			continue
		}
		for at := times.Next(day.Add(-around)); !at.IsZero() && at.Before(day.Add(24*time.Hour+around)); at = times.Next(at) {
			if at.After(now) && !shows(all, at.In(zone)) {
				return at, nil
			}
		}
	}
	return time.Time{}, nil
}
