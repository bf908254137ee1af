package report

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// person is somebody of the newest picture of the directory.
type person struct {
	department string
	counts     bool // among the people of the department: the account is a member's and not known to be closed
	hours      hours
}

// directory is the newest picture of the users, with the working hours of the newest picture of their mailboxes, as in
// metric_people; and everybody who is in a picture of the time that is asked about.
type directory struct {
	people map[string]person
	sizes  map[string]int // people of each department
	known  map[string]bool
	others map[string]bool // who was asked for and is not in the newest picture
}

// readDirectory reads the pictures from the last one before a day on.
func (r *reader) readDirectory(ctx context.Context, from time.Time) (*directory, error) {
	d := &directory{people: map[string]person{}, sizes: map[string]int{}, known: map[string]bool{}, others: map[string]bool{}}
	pictures, err := r.days(ctx, "users")
	if err != nil {
		return nil, err
	}
	hours, err := r.readHours(ctx)
	if err != nil {
		return nil, err
	}
	var days []time.Time
	for day := range pictures {
		days = append(days, day)
	}
	slices.SortFunc(days, func(a, b time.Time) int { return b.Compare(a) })
	for i, day := range days {
		for u, err := range r.rows(ctx, "users", day, "user_id", "removed", "department", "account_enabled", "user_type") {
			if err != nil {
				return nil, err
			}
			id := u.text(0)
			d.known[id] = true
			if i > 0 || u.yes(1) {
				continue
			}
			p := person{department: cmp.Or(u.text(2), unknown), counts: !u.no(3) && u.text(4) != "Guest", hours: hours[id]}
			d.people[id] = p
			if p.counts {
				d.sizes[p.department]++
			}
		}
		if day.Before(from) {
			break
		}
	}
	return d, nil
}

// outside is the group of those whom the newest picture of the directory does not have: visitors, and who has left.
const outside = "not in the directory"

// department is where somebody works.
func (d *directory) department(id string) string {
	p, ok := d.people[id]
	if !ok {
		d.others[id] = true
		d.sizes[outside] = len(d.others)
		return outside
	}
	return p.department
}

func (r *reader) readHours(ctx context.Context) (map[string]hours, error) {
	all := map[string]hours{}
	newest, err := r.newest(ctx, "mailbox_settings")
	if err != nil || newest.IsZero() {
		return all, err
	}
	zones := map[string]*time.Location{}
	columns := []string{"user_id", "removed", "working_hours_iana_time_zone", "working_hours_start_seconds", "working_hours_end_seconds"}
	for day := range time.Saturday + 1 {
		columns = append(columns, "works_"+strings.ToLower(day.String()))
	}
	for m, err := range r.rows(ctx, "mailbox_settings", newest, columns...) {
		if err != nil {
			return nil, err
		}
		name := m.text(2)
		if _, ok := zones[name]; !ok && name != "" {
			zones[name], _ = time.LoadLocation(name) // nil: one that nobody here knows
		}
		if m.yes(1) || !m.has(3) || !m.has(4) || !m.has(5) {
			continue
		}
		h := hours{zone: zones[name], from: m.seconds(3), to: m.seconds(4)}
		for day := range h.days {
			h.days[day] = m.yes(5 + day)
		}
		all[m.text(0)] = h
	}
	return all, nil
}

// hours are somebody's working hours.
type hours struct {
	zone     *time.Location // of the hours, and not of the mailbox; nil: nothing is known
	days     [7]bool        // from Sunday on
	from, to time.Duration  // after midnight by the clock; who begins at to or later works into the next day
}

func (h hours) known() bool { return h.zone != nil }

// include reports whether an instant is in them. A shift over midnight belongs to the day on which it began.
func (h hours) include(t time.Time) bool {
	t = t.In(h.zone)
	clock := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
	today, yesterday := h.days[t.Weekday()], h.days[(t.Weekday()+6)%7]
	if h.from < h.to {
		return today && h.from <= clock && clock < h.to
	}
	return today && clock >= h.from || yesterday && clock < h.to
}

// inside is how much of a span is in them. The window of each day is converted by itself, so that days on which clocks
// change are right. What is longer than a month counts as far as a month.
func (h hours) inside(s span) time.Duration {
	first := s.from.In(h.zone)
	last := s.to.In(h.zone)
	var sum time.Duration
	for n := -1; n < 30; n++ {
		day := first.Day() + n
		if noon := time.Date(first.Year(), first.Month(), day, 0, 0, 0, 0, time.UTC); noon.After(time.Date(last.Year(), last.Month(), last.Day(), 0, 0, 0, 0, time.UTC)) {
			break
		} else if !h.days[noon.Weekday()] {
			continue
		}
		over := 0
		if h.to <= h.from {
			over = 1
		}
		work := span{
			h.at(time.Date(first.Year(), first.Month(), day, 0, 0, 0, int(h.from), time.UTC)),
			h.at(time.Date(first.Year(), first.Month(), day+over, 0, 0, 0, int(h.to), time.UTC)),
		}
		sum += work.overlap(s)
	}
	return sum
}

// at is the instant at which the zone's clock shows what an instant shows in UTC: the later one of two, when clocks go back,
// and what an unchanged clock would show, when they go forward. So has it DuckDB.
func (h hours) at(shown time.Time) time.Time {
	shows := func(t time.Time) time.Time {
		t = t.In(h.zone)
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	}
	t := time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), shown.Second(), shown.Nanosecond(), h.zone)
	t = t.Add(max(0, shown.Sub(shows(t))))
	for _, back := range []time.Duration{30 * time.Minute, time.Hour} {
		if later := t.Add(back); shows(later).Equal(shown) {
			return later
		}
	}
	return t
}

// span is a time, half-open.
type span struct{ from, to time.Time }

func (s span) length() time.Duration { return max(0, s.to.Sub(s.from)) }

func (s span) overlap(o span) time.Duration {
	if o.from.After(s.from) {
		s.from = o.from
	}
	if o.to.Before(s.to) {
		s.to = o.to
	}
	return s.length()
}
