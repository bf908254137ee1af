package report

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"graphlake/load"
	"graphlake/schemas"
)

// Options say what is asked for.
type Options struct {
	Store    load.Store
	Datasets schemas.Set
	Tenants  []Named
	From, To time.Time // midnights; zero: up to the newest day with calls or messages of any tenant, and four weeks back
}

// Named is a tenant and its name in the configuration.
type Named struct{ ID, Name string }

// DaysAsked is how many days a report has if nobody says which.
const DaysAsked = 28

// Report is the answers for each tenant, in the order in which they were asked for.
type Report struct {
	Days    schemas.Range // empty: the lake has neither calls nor messages
	Tenants []Tenant
}

// Tenant is the answers for one.
type Tenant struct {
	Named
	Coverage []Coverage
	Picture  time.Time // of the directory, which says who works where; zero: there is none
	// Outdated are days of calls whose tables were derived before the lake had legs: what is said of calls leaves them out.
	Outdated []time.Time

	Missed      []Group[Missed] // by department of whom was called, and of queues
	MissedAll   Missed
	Queues      []Queue // by day, and within it by accounts
	Connections []Group[Quality]
	Networks    []Group[Quality] // by connection and subnet
	Audio       []Group[Quality] // by department
	AudioAll    Quality
	Hours       []Group[Hours]
	HoursAll    Hours
	Meetings    []Week
	MeetingsBy  []Group[Meetings] // all weeks of a department; People are then weeks of a person
	Calls       []CallKind        // the most frequent kind first
	Active      []Active
	ActiveBy    []Group[ActivePeople]
	ActiveAll   ActivePeople
}

// Week is the meetings of one, which begins on a Monday.
type Week struct {
	Monday time.Time
	Meetings
}

// Make reads the lake.
func Make(ctx context.Context, o Options) (Report, error) {
	lake := load.New(o.Store, "")
	readers := make([]*reader, len(o.Tenants))
	var oldest, newest time.Time
	for i, t := range o.Tenants {
		readers[i] = &reader{lake: lake, set: o.Datasets, tenant: t.ID, dates: map[string]map[time.Time]bool{}}
		for _, table := range []string{"calls", "chat_messages", "channel_messages"} {
			days, err := readers[i].days(ctx, table)
			if err != nil {
				return Report{}, err
			}
			for day := range days {
				newest = schemas.Later(newest, day)
				if oldest.IsZero() || day.Before(oldest) {
					oldest = day
				}
			}
		}
	}
	r := Report{Days: o.days(oldest, newest)}
	for i, t := range o.Tenants {
		one, err := readers[i].answers(ctx, o, r.Days)
		if err != nil {
			return Report{}, fmt.Errorf("tenant %s: %w", t.Name, err)
		}
		one.Named = t
		r.Tenants = append(r.Tenants, one)
	}
	return r, nil
}

// days are those that are asked for, of a lake whose oldest and newest days with calls or messages are known; these are zero
// if it has none.
func (o Options) days(oldest, newest time.Time) schemas.Range {
	days := schemas.Range{From: o.From, To: o.To}
	if days.To.IsZero() && !newest.IsZero() {
		days.To = newest.Add(schemas.Day)
	}
	if days.From.IsZero() && !days.To.IsZero() {
		days.From = schemas.Later(oldest, days.To.AddDate(0, 0, -DaysAsked))
	}
	if !days.From.Before(days.To) {
		return schemas.Range{}
	}
	return days
}

func (r *reader) answers(ctx context.Context, o Options, days schemas.Range) (t Tenant, err error) {
	if t.Coverage, err = readCoverage(ctx, o.Store, o.Datasets, r.tenant, days); err != nil || !days.From.Before(days.To) {
		return t, err
	}
	people, err := r.readDirectory(ctx, days.From.AddDate(0, 0, -daysBack))
	if err != nil {
		return t, err
	}
	if t.Outdated, err = r.outdated(ctx, days); err != nil {
		return t, err
	}
	last, err := r.newest(ctx, "calls")
	if err != nil {
		return t, err
	}
	if t.Picture, err = r.newest(ctx, "users"); err != nil {
		return t, err
	}
	p := &pass{
		days: days, directory: people, active: newActivity(days),
		kinds: map[[2]string]int64{}, queues: map[queueDay]*Queue{}, names: map[string]string{}, hours: map[string]*Hours{},
		missed: &misses{by: map[string]*Missed{}, people: people, pending: map[string][]*miss{}, last: last.Add(schemas.Day)},
	}
	if err := r.walk(ctx, p); err != nil {
		return t, err
	}
	p.missed.closeAll()
	if err := r.readMessages(ctx, p); err != nil {
		return t, err
	}
	heard, err := r.readAudio(ctx, days.Days(), people)
	if err != nil {
		return t, err
	}
	calendars, weeks, err := r.readMeetings(ctx, days)
	if err != nil {
		return t, err
	}
	p.tell(&t)
	heard.tell(&t, people)
	t.Meetings, t.MeetingsBy = meetingWeeks(calendars, weeks, people)
	return t, nil
}

// outdated are days with calls and without legs.
func (r *reader) outdated(ctx context.Context, days schemas.Range) (all []time.Time, err error) {
	calls, err := r.days(ctx, "calls")
	if err != nil {
		return nil, err
	}
	legs, err := r.days(ctx, "call_legs")
	for _, day := range days.Days() {
		if calls[day] && !legs[day] {
			all = append(all, day)
		}
	}
	return all, err
}

// tell writes down what the walks over calls and messages have counted.
func (p *pass) tell(t *Tenant) {
	missed := map[string]Missed{}
	for name, m := range p.missed.by {
		missed[name] = *m
		t.MissedAll.add(*m)
	}
	queues, isQueues := missed[queuesMissed]
	delete(missed, queuesMissed)
	t.Missed = groups(missed, p.directory.sizes)
	if isQueues {
		t.Missed = append(t.Missed, Group[Missed]{Name: queuesMissed, Of: queues})
	}
	for _, q := range p.queues {
		q.Name = cmp.Or(p.names[q.Accounts], q.Accounts)
		t.Queues = append(t.Queues, *q)
	}
	slices.SortFunc(t.Queues, func(a, b Queue) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Accounts, b.Accounts))
	})
	hours := map[string]Hours{}
	for name, h := range p.hours {
		h.TalkInside, h.TalkOutside, h.TalkNotKnown = h.insideTalk.Hours(), h.outsideTalk.Hours(), h.unknownTalk.Hours()
		hours[name] = *h
		t.HoursAll.add(*h)
	}
	t.Hours = groups(hours, p.directory.sizes)
	for key, n := range p.kinds {
		t.Calls = append(t.Calls, CallKind{cmp.Or(key[0], unknown), cmp.Or(key[1], unknown), n})
	}
	byKind := map[string]int64{}
	for _, c := range t.Calls {
		byKind[c.Kind] += c.Calls
	}
	slices.SortFunc(t.Calls, func(a, b CallKind) int {
		return cmp.Or(cmp.Compare(byKind[b.Kind], byKind[a.Kind]), cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Outcome, b.Outcome))
	})
	t.Active = p.active.counts(p.directory.known)
	active := p.active.departments(p.directory)
	for _, a := range active {
		t.ActiveAll.Active += a.Active
		t.ActiveAll.People += a.People
	}
	t.ActiveBy = groups(active, p.directory.sizes)
}

func (m *Missed) add(o Missed) {
	m.Missed += o.Missed
	m.Returned += o.Returned
	m.CalledBack += o.CalledBack
	m.Unreturned += o.Unreturned
	m.Waiting += o.Waiting
	m.Anonymous += o.Anonymous
}

func (h *Hours) add(o Hours) {
	h.Inside += o.Inside
	h.Outside += o.Outside
	h.NotKnown += o.NotKnown
	h.TalkInside += o.TalkInside
	h.TalkOutside += o.TalkOutside
	h.TalkNotKnown += o.TalkNotKnown
}

func (a *audio) tell(t *Tenant, people *directory) {
	connections, sizes := map[string]Quality{}, map[string]int{}
	for name, h := range a.connections {
		connections[name], sizes[name] = h.Quality, len(h.people)
	}
	t.Connections = groups(connections, sizes)
	for _, of := range t.Connections {
		t.Networks = append(t.Networks, a.networksOf(of)...)
	}
	departments := map[string]Quality{}
	for name, q := range a.departments {
		departments[name] = *q
		t.AudioAll.Good += q.Good
		t.AudioAll.Poor += q.Poor
		t.AudioAll.Unclassified += q.Unclassified
	}
	t.Audio = groups(departments, people.sizes)
}

// networksOf are the networks of a connection, in the order of their names. The connection's own numbers are their sum: where
// these are hidden, so are theirs.
func (a *audio) networksOf(connection Group[Quality]) []Group[Quality] {
	of, people := map[string]Quality{}, map[string]int{}
	for n, h := range a.networks {
		if n.Connection == connection.Name {
			name := n.Connection + ", " + n.Subnet
			of[name], people[name] = h.Quality, len(h.people)
		}
	}
	all := groups(of, people)
	for i := range all {
		if connection.Hidden {
			all[i].Hidden, all[i].Of = true, Quality{}
		}
	}
	return all
}

// meetingWeeks are the weeks in which anybody has a meeting, and the same by department.
func meetingWeeks(calendars map[string]*calendar, weeks schemas.Range, people *directory) ([]Week, []Group[Meetings]) {
	all, by := map[time.Time]*Meetings{}, map[string]Meetings{}
	for user, c := range calendars {
		for week, load := range c.weeks {
			if !weeks.Contains(week) {
				continue
			}
			one := Meetings{1, load.meetings, load.length.Hours(), load.withoutOverlap.Hours(), load.conflicting.Hours(), load.doubleBooked.Hours()}
			if all[week] == nil {
				all[week] = &Meetings{}
			}
			all[week].add(one)
			department := by[people.department(user)]
			department.add(one)
			by[people.department(user)] = department
		}
	}
	var told []Week
	for _, week := range slices.SortedFunc(maps.Keys(all), time.Time.Compare) {
		told = append(told, Week{week, *all[week]})
	}
	return told, groups(by, people.sizes)
}

func (m *Meetings) add(o Meetings) {
	m.People += o.People
	m.Meetings += o.Meetings
	m.Hours += o.Hours
	m.WithoutOverlap += o.WithoutOverlap
	m.Conflicting += o.Conflicting
	m.DoubleBooked += o.DoubleBooked
}

// Warnings are what has to be known before the answers are read.
func (t Tenant) Warnings() []string {
	var all []string
	if t.Picture.IsZero() {
		all = append(all, "There is no picture of the directory, so nobody's department is known: graphlake run --dataset users takes one.")
	}
	if n := len(t.Outdated); n > 0 {
		all = append(all, fmt.Sprintf("%d days of call records were derived before the lake had legs of calls, and are in no answer about calls: graphlake replay --dataset call_records makes them anew.", n))
	}
	return all
}
