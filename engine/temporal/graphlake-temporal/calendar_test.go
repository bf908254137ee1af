package main

import (
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"graphlake/internal/cli"
	"graphlake/jobs/clock"
)

// What Temporal is given comes at the times at which the product runs the job, minute by minute: Temporal matches what clocks show.
func TestCalendarsAreTheProductsTimes(t *testing.T) {
	for _, spec := range []string{
		"30 2 * * *", "* * * * *", "*/15 * * * *", "7-59/13 */5 * * *", "0 6,18 * * *", "5 4 1 * *", "0 0 1,15 * 1", "30 2 */2 * 1-5",
		"0 3 * * sun", "0 3 * jan,JUL mon-fri", "15 1 ? * 6", "0 22 31 12 *", "0 4 */2 * *", "0 4 * * */2",
	} {
		times, err := clock.ParseTimes(spec, "")
		if err != nil {
			t.Fatal(err)
		}
		all, err := calendars(spec)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2027, 12, 1, 0, 0, 0, 0, time.UTC) // over the end of a year, and a leap day
		next := times.Next(at.Add(-time.Second))
		for end := at.AddDate(0, 4, 0); at.Before(end); at = at.Add(time.Minute) {
			if due := at.Equal(next); due != shows(all, at) {
				t.Fatalf("%s at %v: the product's clock says %v, the calendars %v", spec, at, due, !due)
			} else if due {
				next = times.Next(at)
			}
		}
	}
}

func TestCalendars(t *testing.T) {
	r := func(start, end int) client.ScheduleRange {
		return client.ScheduleRange{Start: start, End: end, Step: 1}
	}
	all, err := calendars("*/30 2-4,6 1 * 0,3")
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %v: want one by the day of the month and one by the day of the week", all, err)
	}
	for _, c := range all {
		if !slices.Equal(c.Second, []client.ScheduleRange{r(0, 0)}) || !slices.Equal(c.Minute, []client.ScheduleRange{r(0, 0), r(30, 30)}) ||
			!slices.Equal(c.Hour, []client.ScheduleRange{r(2, 4), r(6, 6)}) || !slices.Equal(c.Month, []client.ScheduleRange{r(1, 12)}) || c.Comment != "*/30 2-4,6 1 * 0,3" {
			t.Errorf("%+v", c)
		}
	}
	if !slices.Equal(all[0].DayOfMonth, []client.ScheduleRange{r(1, 1)}) || !slices.Equal(all[0].DayOfWeek, []client.ScheduleRange{r(0, 6)}) ||
		!slices.Equal(all[1].DayOfMonth, []client.ScheduleRange{r(1, 31)}) || !slices.Equal(all[1].DayOfWeek, []client.ScheduleRange{r(0, 0), r(3, 3)}) {
		t.Errorf("%+v", all)
	}
	if _, err := calendars("0 25 * * *"); err == nil {
		t.Error("an hour of 25 is none")
	}
}

func TestSkipped(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ spec, zone, want string }{
		{"30 2 * * *", "Europe/Berlin", "2027-03-28T01:30:00Z"}, // 02:30 is not shown: the product runs at 03:30
		{"30 2 * * *", "", ""},
		{"30 4 * * *", "Europe/Berlin", ""},
		{"30 2 * * 1", "Europe/Berlin", ""}, // clocks change on a Sunday
		{"0 * * * *", "Europe/Berlin", ""},  // what is skipped comes with the next hour
		{"30 2 * * *", "America/New_York", "2027-03-14T07:30:00Z"},
	} {
		all, err := calendars(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		got, err := skipped(cli.EngineJob{Schedule: c.spec, Timezone: c.zone}, all, now)
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		if !got.IsZero() {
			text = got.UTC().Format(time.RFC3339)
		}
		if text != c.want {
			t.Errorf("%s in %q: %s, want %s", c.spec, c.zone, text, c.want)
		}
	}
}
