package report

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"graphlake/schemas"
)

// aroundMeetings is how far meetings are looked for that overlap those of the weeks that are asked about: one that began
// longer before and still lasts is not seen. An event of the calendar is on the day on which it begins.
const aroundMeetings = 31 * schemas.Day

// Meetings is the load of the calendars of some people in a week (metric_meeting_load).
type Meetings struct {
	People         int64   // with a meeting
	Meetings       int64   // each attendee's copy counts for that attendee
	Hours          float64 // sum of their lengths
	WithoutOverlap float64
	Conflicting    float64 // full length of those that overlap another
	DoubleBooked   float64 // time with two or more at once
}

// weekLoad is a week of one person.
type weekLoad struct {
	meetings                                          int64
	length, withoutOverlap, conflicting, doubleBooked time.Duration
}

// meeting is an event that takes its owner's time together with others.
type meeting struct {
	user, id, organizer string
	span
	others bool
}

func (m meeting) week() time.Time { return monday(m.from) }

// monday is the one on or before a day.
func monday(day time.Time) time.Time {
	day = day.Truncate(schemas.Day)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

// calendar is what is known of one person's meetings so far. They come in the order of their beginnings, so an interval in
// which so many last is closed by the next beginning or end.
type calendar struct {
	weeks    map[time.Time]*weekLoad
	covered  time.Time // the furthest end so far
	previous meeting
	clashes  bool      // the previous one does, so it is counted
	lasting  []meeting // by their ends
	step     time.Time // the last beginning or end
	stepWeek time.Time // of the meeting that began or ended then
}

// readMeetings reads the weeks that a range touches, whole, person by person.
func (r *reader) readMeetings(ctx context.Context, days schemas.Range) (map[string]*calendar, schemas.Range, error) {
	weeks := schemas.Range{From: monday(days.From), To: monday(days.To.Add(-1)).AddDate(0, 0, 7)}
	all := map[string]*calendar{}
	for _, day := range (schemas.Range{From: weeks.From.Add(-aroundMeetings), To: weeks.To.Add(aroundMeetings)}).Days() {
		meetings, err := r.meetings(ctx, day)
		if err != nil {
			return nil, weeks, err
		}
		for _, m := range meetings {
			if all[m.user] == nil {
				all[m.user] = &calendar{weeks: map[time.Time]*weekLoad{}}
			}
			all[m.user].add(m)
		}
	}
	for _, c := range all {
		c.endBefore(time.Time{})
	}
	return all, weeks, nil
}

// meetings are those that begin on a day, in the order of their owners and beginnings.
func (r *reader) meetings(ctx context.Context, day time.Time) ([]meeting, error) {
	events := map[[2]string]*meeting{}
	for e, err := range r.rows(ctx, "calendar_events", day, "user_id", "event_id", "start_time", "end_time", "organizer_address",
		"removed", "is_cancelled", "is_all_day", "response", "show_as") {
		if err != nil {
			return nil, err
		}
		m := meeting{user: e.text(0), id: e.text(1), span: span{e.time(2), e.time(3)}, organizer: strings.ToLower(e.text(4))}
		takesTime := !slices.Contains([]string{"free", "oof", "workingElsewhere"}, e.text(9))
		if e.no(5) && e.no(6) && e.no(7) && e.text(8) != "declined" && takesTime && m.to.After(m.from) {
			events[[2]string{m.user, m.id}] = &m
		}
	}
	if len(events) == 0 {
		return nil, nil
	}
	for a, err := range r.rows(ctx, "event_attendees", day, "user_id", "event_id", "attendee_type", "address") {
		if err != nil {
			return nil, err
		}
		m := events[[2]string{a.text(0), a.text(1)}]
		if m == nil || a.text(2) == "resource" {
			continue
		}
		m.others = m.others || m.organizer == "" || !a.has(3) || strings.ToLower(a.text(3)) != m.organizer
	}
	var all []meeting
	for _, m := range events {
		if m.others {
			all = append(all, *m)
		}
	}
	slices.SortFunc(all, func(a, b meeting) int {
		return cmp.Or(cmp.Compare(a.user, b.user), a.from.Compare(b.from), a.to.Compare(b.to), cmp.Compare(a.id, b.id))
	})
	return all, nil
}

func (c *calendar) load(week time.Time) *weekLoad {
	if c.weeks[week] == nil {
		c.weeks[week] = &weekLoad{}
	}
	return c.weeks[week]
}

// add takes the next meeting.
func (c *calendar) add(m meeting) {
	w := c.load(m.week())
	w.meetings++
	w.length += m.length()
	switch {
	case !c.covered.After(m.from):
		w.withoutOverlap += m.length()
	case c.covered.Before(m.to):
		w.withoutOverlap += m.to.Sub(c.covered)
	}
	if !c.previous.to.IsZero() && m.from.Before(c.previous.to) && !c.clashes {
		c.load(c.previous.week()).conflicting += c.previous.length()
	}
	if c.clashes = c.covered.After(m.from); c.clashes {
		w.conflicting += m.length()
	}
	c.previous, c.covered = m, schemas.Later(c.covered, m.to)

	c.endBefore(m.from)
	c.until(m.from, m.week())
	at, _ := slices.BinarySearchFunc(c.lasting, m, func(a, b meeting) int { return a.to.Compare(b.to) })
	c.lasting = slices.Insert(c.lasting, at, m)
}

// endBefore ends the meetings that last up to an instant at most; zero: all.
func (c *calendar) endBefore(t time.Time) {
	for len(c.lasting) > 0 && (t.IsZero() || !c.lasting[0].to.After(t)) {
		m := c.lasting[0]
		c.until(m.to, m.week())
		c.lasting = c.lasting[1:]
	}
}

// until closes the interval since the last step, which counts for that step's week.
func (c *calendar) until(t, week time.Time) {
	if len(c.lasting) >= 2 {
		c.load(c.stepWeek).doubleBooked += t.Sub(c.step)
	}
	c.step, c.stepWeek = t, week
}
