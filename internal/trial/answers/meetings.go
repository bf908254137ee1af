package answers

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"graphlake/internal/graphsim"
)

var ofMeetings = []comparison{
	{
		"attendance", "metric_meeting_attendance",
		[]string{
			"day VARCHAR", "call VARCHAR", "person VARCHAR", "kind VARCHAR", "first BIGINT", "last BIGINT", "planned BIGINT", "stays BIGINT", "present BIGINT", "delay BIGINT", "late BIGINT",
		},
		func(f *told) (rows [][]any) {
			for _, a := range f.attendances() {
				rows = append(rows, []any{
					date(a.call.Start), a.call.Call, a.person, a.kind, a.stays[0].from, a.stays[len(a.stays)-1].to, instant(a.call.Planned), len(a.stays), length(a.stays), a.delay(), flag01(a.isLate()),
				})
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, call_id, person_id, person_kind, epoch_us(first_join), epoch_us(last_leave), epoch_us(planned_start), stays::BIGINT, " +
			fmt.Sprintf(microseconds, "seconds") + ", " + fmt.Sprintf(microseconds, "join_delay_seconds") + ", late::BIGINT FROM metric_meeting_attendance",
	},
	{
		"meetings", "metric_meetings",
		[]string{
			"day VARCHAR", "call VARCHAR", "organizer VARCHAR", "started BIGINT", "length BIGINT", "planned BIGINT", "size_band VARCHAR", "length_band VARCHAR",
			"people BIGINT", "members BIGINT", "present BIGINT", "late BIGINT",
		},
		meetings,
		"SELECT tenant_id, dt::VARCHAR, call_id, organizer_id, epoch_us(start_time), " + fmt.Sprintf(microseconds, "length_seconds") +
			", epoch_us(planned_start), size_band, length_band_minutes, people::BIGINT, members::BIGINT, " + fmt.Sprintf(microseconds, "person_seconds") + ", late_people::BIGINT FROM metric_meetings",
	},
	{
		"reported", "metric_attendance",
		[]string{
			"day VARCHAR", "report VARCHAR", "meeting VARCHAR", "organizer VARCHAR", "person VARCHAR", "records BIGINT", "first BIGINT", "last BIGINT", "stays BIGINT", "present BIGINT", "told_seconds BIGINT",
		},
		func(f *told) (rows [][]any) {
			for _, a := range f.Attendances {
				var stays []span
				for _, s := range a.Stays {
					stays = append(stays, span{s.From.UnixMicro(), s.To.UnixMicro()})
				}
				stays = union(stays)
				rows = append(rows, []any{
					date(a.Start), a.Report, a.Meeting, a.Organizer, a.Person, a.Records, stays[0].from, stays[len(stays)-1].to, len(stays), length(stays), a.Told,
				})
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, report_id, meeting_id, organizer_user_id, person_id, records::BIGINT, epoch_us(first_join), epoch_us(last_leave), stays::BIGINT, " +
			fmt.Sprintf(microseconds, "seconds") + ", told_seconds::BIGINT FROM metric_attendance",
	},
	{
		"load", "metric_meeting_load",
		[]string{"person VARCHAR", "week VARCHAR", "meetings BIGINT", "quarters BIGINT", "apart BIGINT", "conflicting BIGINT", "doubled BIGINT"},
		load,
		`SELECT tenant_id, user_id, week::VARCHAR, meetings::BIGINT, round(meeting_hours * 4)::BIGINT, round(hours_without_overlap * 4)::BIGINT, round(conflicting_hours * 4)::BIGINT,
			round(double_booked_hours * 4)::BIGINT FROM metric_meeting_load`,
	},
}

// An attendance is somebody's in a meeting.
type attendance struct {
	call         graphsim.CallFact
	person, kind string
	stays        []span // that neither overlap nor touch
}

// delay is how long after the planned start, or that of the call, somebody came.
func (a *attendance) delay() int64 {
	planned := a.call.Planned
	if planned.IsZero() {
		planned = a.call.Start
	}
	return a.stays[0].from - planned.UnixMicro()
}

func (a *attendance) isLate() bool { return a.delay() > (300 * time.Second).Microseconds() }

func (f *told) attendances() (all []*attendance) {
	known := map[[2]string]*attendance{}
	for _, l := range f.Legs {
		call := f.calls[l.Call]
		if call.Kind != "meeting" || l.Outcome != "joined" || l.End.Before(l.Start) {
			continue
		}
		key := [2]string{l.Call, cmp.Or(l.Caller.ID, l.Session)}
		if known[key] == nil {
			known[key] = &attendance{call: call, person: key[1], kind: l.Caller.Kind}
			all = append(all, known[key])
		}
		known[key].stays = append(known[key].stays, span{l.Start.UnixMicro(), l.End.UnixMicro()})
	}
	for _, a := range all {
		a.stays = union(a.stays)
	}
	return all
}

func meetings(f *told) (rows [][]any) {
	byCall := map[string][]*attendance{}
	for _, a := range f.attendances() {
		byCall[a.call.Call] = append(byCall[a.call.Call], a)
	}
	for _, all := range byCall {
		c, members, late, present := all[0].call, 0, 0, int64(0)
		for _, a := range all {
			members += flag01(a.kind == "user")
			late += flag01(a.isLate())
			present += length(a.stays)
		}
		long := c.End.UnixMicro() - c.Start.UnixMicro()
		rows = append(rows, []any{
			date(c.Start), c.Call, c.Organizer, instant(c.Start), long, instant(c.Planned),
			band(int64(len(all)), []int64{1, 2, 8, 18, 100}, []string{"1", "2", "3-8", "9-18", "19-100", "101+"}),
			band(long, []int64{slot, 2 * slot, 4 * slot, 8 * slot}, []string{"0-15", "15-30", "30-60", "60-120", "120+"}), len(all), members, present, late,
		})
	}
	return rows
}

// band is the name of the first band in which a number is not above the end, or the last.
func band(n int64, ends []int64, names []string) string {
	for i, end := range ends {
		if n <= end {
			return names[i]
		}
	}
	return names[len(ends)]
}

// load looks at each quarter of an hour, in which events begin and end.
func load(f *told) [][]any {
	byUser := map[string][]graphsim.EventFact{}
	for _, e := range f.Events {
		byUser[e.User] = append(byUser[e.User], e)
	}
	g := grouped{}
	for user, events := range byUser {
		slices.SortFunc(events, func(a, b graphsim.EventFact) int { return a.Start.Compare(b.Start) })
		running := map[int64][]int{}
		for i, e := range events {
			for at := e.Start.UnixMicro(); at < e.End.UnixMicro(); at += slot {
				running[at] = append(running[at], i)
			}
		}
		conflicting := map[int]bool{}
		for _, at := range running {
			doubled := int64(flag01(len(at) > 1))
			for _, i := range at {
				conflicting[i] = conflicting[i] || doubled == 1
			}
			g.add([]string{user, monday(events[at[0]].Start)}, 0, 0, 1, 0, doubled) // where what began first belongs
		}
		for i, e := range events {
			quarters := (e.End.UnixMicro() - e.Start.UnixMicro()) / slot
			g.add([]string{user, monday(e.Start)}, 1, quarters, 0, quarters*int64(flag01(conflicting[i])), 0)
		}
	}
	return g.rows()
}

// monday is the first day of a week.
func monday(at time.Time) string { return date(at.UTC().AddDate(0, 0, -(int(at.UTC().Weekday())+6)%7)) }
