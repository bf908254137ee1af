package graphsim

import (
	"encoding/base64"
	"iter"
	"slices"
	"strings"
	"time"
)

// A session is what an attendance report is about: a run of a meeting that was planned. It became a call, or is an occurrence of
// a series, whose calls are not simulated. Its organizer stays in the directory, and its event in the calendar on its day or the
// next to it, so that whoever reads every night finds it in each.
type session struct {
	seed       uint64
	event      event // that it was planned as; of a later run that of the first
	call       *call // nil: of a series
	start, end time.Time
}

// How many of the meetings have reports at all, how many Graph does not know any more though their event is there, and of how many
// of those that it knows it has lost the reports.
const (
	reportedShare = 0.85
	goneMeetings  = 0.03
	goneReports   = 0.02
)

const (
	reportAge     = 365 * 24 * time.Hour // after the end, when a report is deleted
	meetingAge    = 60 * 24 * time.Hour  // after the event, when its meeting expires
	farthestMove  = 20 * time.Hour       // of an event that has reports
	attendedLease = 14 * 24 * time.Hour  // nobody has reports who leaves so soon after the tenant's last day
)

// A plannedMeeting is a meeting with a link, whose event is in its organizer's calendar.
type plannedMeeting struct {
	organizer int
	thread    string
	first     *call // that it became; nil: it is a series
	seed      uint64
}

// meetingOf is somebody's meeting with a thread, which leads back to what it was made for; ok is false if it is not theirs.
func (t *Tenant) meetingOf(number int, thread string) (m plannedMeeting, ok bool) {
	if s, series := t.seriesOf(number); series && t.seriesThread(s) == thread {
		return plannedMeeting{number, thread, nil, s}, true
	}
	raw, err := base64.StdEncoding.DecodeString(thread)
	veiled, ok := parseGUID(string(raw))
	if err != nil || !ok {
		return m, false
	}
	at, known := t.number(callIDs, veiled.veiled().String())
	day, index := int(at>>32), int(at&(1<<32-1))
	if !known || index >= t.count(day) {
		return m, false
	}
	c := t.call(day, index)
	return plannedMeeting{number, thread, &c, c.seed}, c.scheduled() && c.first.number == number
}

// seriesOf is the seed of the series in which somebody meets whom they lead.
func (t *Tenant) seriesOf(leader int) (seed uint64, ok bool) {
	for day := range 7 {
		if e, there := t.weekly(leader, t.first+day); there {
			return e.series, true
		}
	}
	return 0, false
}

// seriesThread is the thread of a series in its link.
func (t *Tenant) seriesThread(series uint64) string {
	s := seeded(series, 'j')
	return base64.StdEncoding.EncodeToString(drawGUID(&s).append(nil))
}

func (m *plannedMeeting) id(t *Tenant) string {
	return t.meetingKey(party{number: m.organizer}, m.thread)
}

func (m *plannedMeeting) link(t *Tenant) string {
	return t.meetingURL(m.thread, party{number: m.organizer})
}

// gone says whether Graph does not know the meeting any more, and lost whether it has none of its reports.
func (m *plannedMeeting) gone() bool {
	s := seeded(m.seed, 'G')
	return s.chance(goneMeetings)
}

func (m *plannedMeeting) lost() bool {
	s := seeded(m.seed, 'G', 'r')
	return s.chance(goneReports)
}

// attended are the sessions of a meeting that have a report at an instant, the earliest first.
func (t *Tenant) attended(m *plannedMeeting, now time.Time) (list []session) {
	if m.gone() || m.lost() || !t.organizes(m.organizer) {
		return nil
	}
	if m.first == nil {
		for day := t.first; day < t.first+t.days; day++ {
			if e, there := t.weekly(m.organizer, day); there {
				s := seeded(e.seed, 'H')
				begins := time.Duration(s.between(-8*60_000, 4*60_000)) * time.Millisecond
				one := session{seed: s.next(), event: e, start: e.start.Add(begins), end: e.end.Add(time.Duration(s.between(-300_000, 900_000)) * time.Millisecond)}
				list = append(list, one)
			}
		}
	} else {
		e := t.meeting(m.first)
		for _, c := range t.runs(m.first) {
			s := seeded(c.seed, 'H')
			list = append(list, session{seed: s.next(), event: e, call: c, start: c.start, end: c.end})
		}
	}
	return slices.DeleteFunc(list, func(s session) bool { return !s.event.stays() || !s.reported(now) })
}

// runs are all calls by the link of one that was planned: that itself, and later runs on its day.
func (t *Tenant) runs(first *call) []*call {
	list := []*call{first}
	for index := first.index + 1; first.kind == meeting && index < t.count(first.day); index++ {
		if t.kind(first.day, index) != meeting {
			continue
		}
		if c := t.call(first.day, index); c.room == first.id {
			list = append(list, &c)
		}
	}
	return list
}

// organizes says whether a user ever has reports: who leaves has none, for a lake that was read every night would have what
// nobody can read any more.
func (t *Tenant) organizes(number int) bool {
	p := t.person(number)
	return p.hasMailbox() && number < t.Users && t.stay(number, midnight(t.first+t.days).Add(attendedLease)).to.Equal(forever)
}

// stays says whether an event is never far from its time, and in the end in its organizer's calendar.
func (e *event) stays() bool {
	before, _ := e.asOf(e.start.AddDate(0, 0, -20))
	after, there := e.asOf(e.start.AddDate(0, 0, 20))
	near := func(other event) bool { return other.start.Sub(e.start).Abs() <= farthestMove }
	return there && !after.cancelled && near(before) && near(after)
}

// reported says whether a session has a report at an instant: it comes some time after the end, and most have one.
func (s *session) reported(now time.Time) bool {
	draw := seeded(s.seed, 'R')
	comes := s.end.Add(time.Duration(draw.between(2*60, 50*60)) * time.Second)
	return draw.chance(reportedShare) && !comes.After(now) && now.Sub(s.end) < reportAge
}

// id is the report's.
func (s *session) id() guid {
	draw := seeded(s.seed, 'I')
	return drawGUID(&draw)
}

// An attendance is a record of a report: somebody's stays in a session.
type attendance struct {
	who     party
	stays   []stretch
	unknown bool // nothing shows who it is
	total   int  // seconds, as Graph says
}

// attendance are the records of a session: of its call those who got in, with the stays of their legs; of an occurrence of a series
// those who were invited and came.
func (t *Tenant) attendance(s *session) (list []attendance) {
	draw := seeded(s.seed, 'A')
	stays := map[party][]stretch{}
	var order []party
	came := func(p party, in stretch) {
		if stays[p] == nil {
			order = append(order, p)
		}
		stays[p] = append(stays[p], in)
	}
	if s.call != nil {
		for _, l := range t.legs(s.call) {
			if l.stage != setup && l.caller.kind != bot {
				came(l.caller, stretch{l.start, l.end})
			}
		}
	} else {
		came(party{number: s.event.organizer}, stretch{s.start, s.end})
		for _, a := range t.invited(&s.event) {
			from := s.start.Add(time.Duration(draw.between(0, 600_000)) * time.Millisecond)
			to := s.end.Add(-time.Duration(draw.between(0, 300_000)) * time.Millisecond)
			if a.number == nobody || draw.chance(0.2) || !from.Before(to) {
				continue
			}
			came(party{number: a.number}, stretch{from, to})
		}
	}
	for _, p := range order {
		all := stays[p]
		if len(all) > 1 && draw.chance(0.25) { // with a device each: there is the same person twice
			list = append(list, newAttendance(&draw, p, all[:1]))
			all = all[1:]
		}
		list = append(list, newAttendance(&draw, p, all))
	}
	if draw.chance(0.02) { // of a day on which there was another session
		last := &list[len(list)-1]
		for i, in := range last.stays {
			last.stays[i] = stretch{in.from.AddDate(0, 0, -7), in.to.AddDate(0, 0, -7)}
		}
	}
	return list
}

func newAttendance(draw *source, who party, stays []stretch) attendance {
	a := attendance{who: who, stays: slices.Clone(stays)}
	a.unknown = who.kind != internal && who.kind != federated && draw.chance(0.3)
	for _, in := range stays {
		a.total += in.seconds()
	}
	if draw.chance(0.02) { // Graph adds up by another clock
		a.total += draw.between(1, 3)
	}
	return a
}

// seconds are the whole seconds of a stay.
func (s stretch) seconds() int { return int(s.to.Sub(s.from) / time.Second) }

// people is how many Graph counts in a session: now and then not those that it has records of.
func (s *session) people(records []attendance) int {
	draw := seeded(s.seed, 'N')
	n := len(records)
	switch u := draw.unit(); {
	case u < 0.05:
		return n + 1
	case u < 0.1:
		return n - 1
	}
	return n
}

// everySession are all sessions with a report that somebody may read at an instant, by organizer.
func (t *Tenant) everySession(now time.Time) iter.Seq2[*plannedMeeting, *session] {
	return func(yield func(*plannedMeeting, *session) bool) {
		for number := range t.Users {
			p, here := t.personAt(number, now)
			if !here || t.forbidden(userIDs, number) || !p.hasMailbox() || t.policyMissing(&p) {
				continue
			}
			for _, m := range t.plannedBy(number) {
				for _, s := range t.attended(&m, now) {
					if !yield(&m, &s) {
						return
					}
				}
			}
		}
	}
}

// plannedBy are the meetings of an organizer.
func (t *Tenant) plannedBy(number int) (list []plannedMeeting) {
	if s, ok := t.seriesOf(number); ok {
		list = append(list, plannedMeeting{number, t.seriesThread(s), nil, s})
	}
	for day := t.first; day < t.first+t.days; day++ {
		for _, index := range t.invitations(day)[number] {
			if c := t.call(day, int(index)); c.first.number == number && c.first.kind == internal {
				list = append(list, plannedMeeting{number, c.thread(), &c, c.seed})
			}
		}
	}
	return list
}

// threadIn is the thread in a link, or in the id of a meeting; empty if it has none.
func threadIn(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	thread, _, _ := strings.Cut(rest, after)
	return thread
}
