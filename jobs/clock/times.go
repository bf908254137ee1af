package clock

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Times are the instants at which a job is to run: the five fields of a crontab on the clocks of a zone.
// The zero Times never come.
type Times struct {
	spec  cron.Schedule
	zone  *time.Location
	hours bool // the field of hours names some, rather than every one or every nth
}

// ParseTimes reads minute, hour, day of the month, month and day of the week. An empty zone is UTC.
func ParseTimes(spec, zone string) (Times, error) {
	at, err := time.LoadLocation(zone)
	if err != nil {
		return Times{}, fmt.Errorf("the timezone %q is not known; want a name as Europe/Berlin", zone)
	}
	// The parser takes zones too, and panics at some; a job has its own.
	fields := strings.Fields(spec)
	if strings.Contains(spec, "=") || len(fields) != 5 {
		return Times{}, fmt.Errorf("%q: want five fields: minute, hour, day of the month, month, day of the week, as 30 2 * * *", spec)
	}
	parsed, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(spec)
	if err != nil {
		return Times{}, fmt.Errorf("%q: %w; want minute, hour, day of the month, month, day of the week, as 30 2 * * *", spec, err)
	}
	t := Times{parsed, at, !strings.HasPrefix(fields[1], "*")}
	if t.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Times{}, fmt.Errorf("%q: no such day comes", spec)
	}
	return t, nil
}

// Next is the first of the times after an instant; zero if none comes. What would be within an hour that daylight
// saving skips comes as much later. Of an hour that comes twice, a schedule that names its hours has the first, so that a
// night has one run and one picture; one of every hour, or of every nth, has both, for that much time passes.
func (t Times) Next(after time.Time) time.Time {
	if t.spec == nil {
		return time.Time{}
	}
	for {
		next := t.spec.Next(after.In(t.zone))
		if moved := t.moved(after, next); !moved.IsZero() {
			return moved
		}
		if !t.hours || !t.again(next) {
			return next
		}
		after = next
	}
}

// again reports whether clocks show a time for the second time, because they have been put back.
func (t Times) again(at time.Time) bool {
	at = at.In(t.zone)
	_, now := at.Zone()
	_, then := at.Add(-jump).Zone()
	before := at.Add(time.Duration(now-then) * time.Second)
	return before.Before(at) && onTheWall(before).Equal(onTheWall(at))
}

// jump is the longest time that clocks skip, or are put back, at once.
const jump = 2 * time.Hour

// moved is the first time between two instants that clocks skip, and that is moved there; zero if there is none.
func (t Times) moved(after, next time.Time) time.Time {
	from := after.Add(-jump).In(t.zone)
	_, then := from.Zone()
	if _, now := next.In(t.zone).Zone(); then == now || next.IsZero() {
		return time.Time{}
	}
	for wall := t.spec.Next(onTheWall(from)); !wall.IsZero(); wall = t.spec.Next(wall) {
		shown := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, t.zone)
		early := wall.Sub(onTheWall(shown)) // by its zone, what is skipped is taken to be before it or after it
		shown = shown.Add(max(early, 0))
		switch {
		case !shown.Before(next):
			return time.Time{}
		case early != 0 && shown.After(after):
			return shown
		}
	}
	return time.Time{}
}

// onTheWall is what clocks show at an instant, as if they showed UTC.
func onTheWall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// Last is the newest of the times that is not after an instant; zero if there was none within four years.
func (t Times) Last(now time.Time) time.Time {
	for back := time.Minute; back < 4*366*24*time.Hour; back *= 2 {
		last := t.Next(now.Add(-back))
		if last.IsZero() || last.After(now) {
			continue
		}
		for next := t.Next(last); !next.IsZero() && !next.After(now); next = t.Next(last) {
			last = next
		}
		return last
	}
	return time.Time{}
}
