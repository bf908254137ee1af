package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Section is one question with its answer, as tables. What a chart shows are columns of the table below it.
type Section struct {
	ID       string  `json:"id"` // for links
	Title    string  `json:"title"`
	Metric   string  `json:"metric"`   // the view that has the same numbers
	Sentence string  `json:"sentence"` // the answer in one sentence, with the base of each share
	Note     string  `json:"note"`     // what has to be known to read it
	Tables   []Table `json:"tables"`
}

// Table is columns and rows.
type Table struct {
	Caption string   `json:"caption"`
	Columns []Column `json:"columns"`
	Rows    [][]any  `json:"rows"` // int64, float64, text, or nil where a share has no base; a group that is hidden has text in place of numbers
	Chart   Chart    `json:"chart"`
}

// Column is one of a table.
type Column struct {
	Name  string `json:"name"`
	Kind  Kind   `json:"kind"`
	Brief bool   `json:"-"` // a terminal shows it
}

// Kind is what the cells of a column are.
type Kind string

// The kinds. A percentage stands behind the column of its base.
const (
	Words   Kind = "words"
	Day     Kind = "day"
	Count   Kind = "count"
	Hour    Kind = "hours"
	Percent Kind = "percent"
)

// Chart is how columns of a table are drawn. The zero chart is none.
type Chart struct {
	Form  Form   `json:"form"`
	Along int    `json:"along"` // the column of names or days
	Parts []int  `json:"parts"` // the columns that are drawn; of bars they add up
	Of    string `json:"of"`    // what is counted
}

// Form is a form of a chart.
type Form string

// The forms: bars of parts from left to right, columns of parts by day, and lines by day.
const (
	Bars  Form = "bars"
	Days  Form = "days"
	Lines Form = "lines"
)

// notShown stands in the cells of a group that is hidden.
const notShown = "not shown"

func day(t time.Time) string { return t.Format(time.DateOnly) }

func percent(p float64, ok bool) any {
	if !ok {
		return nil
	}
	return p
}

func perPerson(sum float64, people int64) any {
	if people == 0 {
		return nil
	}
	return sum / float64(people)
}

// of says a share in words.
func of(s Share) string {
	p, ok := s.Percent()
	if !ok {
		return fmt.Sprintf("%d of %d", s.Part, s.Of)
	}
	return fmt.Sprintf("%d of %d (%.1f %%)", s.Part, s.Of, p)
}

// byGroup is a row for each group; hidden ones have no numbers.
func byGroup[T any](all []Group[T], columns int, cells func(T) []any) (rows [][]any) {
	for _, g := range all {
		row := []any{g.Name}
		if g.Hidden {
			for range columns - 1 {
				row = append(row, notShown)
			}
		} else {
			row = append(row, cells(g.Of)...)
		}
		rows = append(rows, row)
	}
	return rows
}

func text(name string) Column    { return Column{name, Words, true} }
func brief(name string) Column   { return Column{name, Count, true} }
func further(name string) Column { return Column{name, Count, false} }

// share is the column of a percentage, of the one before it.
var share = Column{"%", Percent, true}

// Sections are the answers of a tenant, in the order in which they are read.
func (t Tenant) Sections() []Section {
	return []Section{t.missedSection(), t.queueSection(), t.audioSection(), t.hoursSection(), t.meetingSection(), t.callSection(), t.activeSection()}
}

// Overview is a row for each tenant, with its shares and their bases.
func (r Report) Overview() Table {
	o := Table{Caption: "All tenants", Columns: []Column{
		text("tenant"), brief("not returned"), brief("of"), share, further("in 20 s"), further("of"), {"%", Percent, false}, further("poor audio"), further("of"), {"%", Percent, false},
		further("messages outside"), further("of"), {"%", Percent, false}, {"meeting hours a week", Hour, false}, further("active people"), further("of"),
	}}
	for _, t := range r.Tenants {
		row := []any{t.Name}
		for _, s := range []Share{t.MissedAll.Share(), t.queuesAll().GradeOfService(), t.AudioAll.Share(), t.HoursAll.Messages()} {
			row = append(row, s.Part, s.Of, percent(s.Percent()))
		}
		m := t.meetingsAll()
		o.Rows = append(o.Rows, append(row, perPerson(m.WithoutOverlap, m.People), t.ActiveAll.Active, t.ActiveAll.People))
	}
	return o
}

func (t Tenant) queuesAll() (all Queue) {
	for _, q := range t.Queues {
		all.add(q)
	}
	return all
}

func (t Tenant) meetingsAll() (all Meetings) {
	for _, w := range t.Meetings {
		all.add(w.Meetings)
	}
	return all
}

func (t Tenant) missedSection() Section {
	m := t.MissedAll
	columns := []Column{text("department"), brief("missed"), further("returned"), further("called back"), brief("not returned"), brief("of"), share,
		further("still open"), further("anonymous")}
	rows := byGroup(t.Missed, len(columns), func(m Missed) []any {
		s := m.Share()
		return []any{m.Missed, m.Returned, m.CalledBack, s.Part, s.Of, percent(s.Percent()), m.Waiting, m.Anonymous}
	})
	return Section{
		ID: "missed", Title: "Missed and returned calls", Metric: "metric_missed_calls",
		Sentence: fmt.Sprintf("%d calls were missed; of those whose return can be known, %s were not returned within 24 hours.", m.Missed, of(m.Share())),
		Note: fmt.Sprintf("Returned: the two spoke within 24 hours, whoever called; called back: the side that missed it did. Still open: the 24 hours are not over in the data (%d). "+
			"Anonymous: the number is masked or withheld, so nobody can tell (%d). What queues missed stands beside the departments.", m.Waiting, m.Anonymous),
		Tables: tables(Table{Caption: "By department of whom was called", Columns: columns, Rows: rows, Chart: Chart{Bars, 0, []int{2, 4, 7, 8}, "missed calls"}}),
	}
}

func (t Tenant) queueSection() Section {
	all := t.queuesAll()
	byDay, byQueue := map[string]*Queue{}, map[string]*Queue{}
	for _, q := range t.Queues {
		for key, of := range map[string]map[string]*Queue{q.Day.Format(time.DateOnly): byDay, q.Name + "\x00" + q.Accounts: byQueue} {
			if of[key] == nil {
				of[key] = &Queue{Day: q.Day, Name: q.Name, Accounts: q.Accounts}
			}
			of[key].add(q)
		}
	}
	rest := []Column{brief("offered"), brief("within 20\u00a0s"), share, brief("later"), further("forwarded"), further("voicemail"), brief("left")}
	cells := func(q *Queue) []any {
		s := q.GradeOfService()
		return []any{q.Offered, q.InTarget, percent(s.Percent()), q.Answered - q.InTarget, q.Forwarded, q.Voicemail, q.Left}
	}
	chart := Chart{Days, 0, []int{2, 4, 5, 6, 7}, "calls to queues"}
	days := Table{Caption: "All queues, by day", Columns: append([]Column{{"day", Day, true}}, rest...), Chart: chart}
	for _, key := range sortedKeys(byDay) {
		days.Rows = append(days.Rows, append([]any{day(byDay[key].Day)}, cells(byDay[key])...))
	}
	chart.Form = Bars
	queues := Table{Caption: "By queue", Columns: append([]Column{text("queue")}, rest...), Chart: chart}
	names := map[string]int{}
	for _, q := range byQueue {
		names[q.Name]++
		names[q.short()]++
	}
	for _, key := range sortedKeys(byQueue) {
		q := byQueue[key]
		name := q.Name
		if names[name] > 1 { // several have one name
			name = q.short()
		}
		if names[name] > 1 {
			name = q.Accounts
		}
		queues.Rows = append(queues.Rows, append([]any{name}, cells(q)...))
	}
	return Section{
		ID: "queues", Title: "Queues by day", Metric: "metric_queue_days",
		Sentence: fmt.Sprintf("Agents took %s offered calls within 20 seconds; %d callers left without an answer.", of(all.GradeOfService()), all.Left),
		Note:     "The share is of all offered calls. Left: the caller gave up, was timed out or found no agent; call records do not say which. A queue is a set of resource accounts.",
		Tables:   tables(days, queues),
	}
}

// short is the name with the beginnings of the ids of the accounts.
func (q *Queue) short() string {
	ids := strings.Split(q.Accounts, ",")
	for i, id := range ids {
		ids[i] = id[:min(6, len(id))]
	}
	return q.Name + " " + strings.Join(ids, "+")
}

func (q *Queue) add(o Queue) {
	q.Offered += o.Offered
	q.Answered += o.Answered
	q.InTarget += o.InTarget
	q.Forwarded += o.Forwarded
	q.Voicemail += o.Voicemail
	q.Left += o.Left
}

// mostNetworks are shown, those with most poor streams first.
const mostNetworks = 20

func (t Tenant) audioSection() Section {
	rest := []Column{brief("poor"), brief("judged"), share, further("good"), brief("not judged")}
	table := func(caption, what string, all []Group[Quality]) Table {
		columns := append([]Column{text(what)}, rest...)
		return Table{Caption: caption, Columns: columns, Chart: Chart{Bars, 0, []int{4, 1, 5}, "audio streams"}, Rows: byGroup(all, len(columns), func(q Quality) []any {
			s := q.Share()
			return []any{s.Part, s.Of, percent(s.Percent()), q.Good, q.Unclassified}
		})}
	}
	networks, hidden := []Group[Quality]{}, 0
	for _, g := range t.Networks {
		if g.Hidden {
			hidden++
		} else {
			networks = append(networks, g)
		}
	}
	slices.SortStableFunc(networks, func(a, b Group[Quality]) int { return cmp.Compare(b.Of.Poor, a.Of.Poor) })
	caption := "By connection and subnet"
	if len(networks) > mostNetworks {
		caption += fmt.Sprintf(": the %d of %d with most poor streams", mostNetworks, len(networks))
		networks = networks[:mostNetworks]
	}
	if hidden > 0 {
		caption += fmt.Sprintf("; %d networks of fewer than %d people are not shown", hidden, Fewest)
	}
	return Section{
		ID: "audio", Title: "Poor audio by network", Metric: "metric_quality_by_network",
		Sentence: fmt.Sprintf("%s audio streams that can be judged were poor.", of(t.AudioAll.Share())),
		Note: "By the rules of Microsoft's Call Quality Dashboard: of more than 500 packets, above 500 ms round trip, 30 ms jitter or 10 % loss. " +
			"A stream counts on the side of each of the tenant's people who sends or receives it. Not judged: too few packets, or nothing measured.",
		Tables: tables(table("By connection", "connection", t.Connections), table(caption, "network", networks), table("By department", "department", t.Audio)),
	}
}

func (t Tenant) hoursSection() Section {
	h := t.HoursAll
	messages := []Column{text("department"), brief("outside"), brief("of"), share, further("inside"), brief("not known")}
	talk := []Column{text("department"), {"hours outside", Hour, true}, {"of", Hour, true}, share, {"inside", Hour, false}, {"not known", Hour, true}}
	return Section{
		ID: "hours", Title: "Out of hours", Metric: "metric_message_hours, metric_call_hours",
		Sentence: h.sentence(),
		Note:     "Working hours are those of each person's newest mailbox settings, in their own time zone. Not known: the person has none that are known. Time in overlapping calls counts once.",
		Tables: tables(
			Table{Caption: "Messages, by department of the writer", Columns: messages, Chart: Chart{Bars, 0, []int{4, 1, 5}, "messages"}, Rows: byGroup(only(h.wrote(), t.Hours), len(messages), func(h Hours) []any {
				s := h.Messages()
				return []any{s.Part, s.Of, percent(s.Percent()), h.Inside, h.NotKnown}
			})},
			Table{Caption: "Time in calls and meetings, by department", Columns: talk, Chart: Chart{Bars, 0, []int{4, 1, 5}, "hours in calls"}, Rows: byGroup(only(h.talked(), t.Hours), len(talk), func(h Hours) []any {
				return []any{h.TalkOutside, h.TalkInside + h.TalkOutside, percent(h.TalkPercent()), h.TalkInside, h.TalkNotKnown}
			})},
		),
	}
}

// only is the groups of a question, if there is anything to ask about.
func only[T any](there bool, groups []T) []T {
	if !there {
		return nil
	}
	return groups
}

func (h Hours) wrote() bool  { return h.Inside+h.Outside+h.NotKnown > 0 }
func (h Hours) talked() bool { return h.TalkInside+h.TalkOutside+h.TalkNotKnown > 0 }

// sentence says of messages and of calls, as far as there are any, how much lies outside, and of how much nobody can tell.
func (h Hours) sentence() string {
	var said, unsaid []string
	if h.wrote() {
		said = append(said, of(h.Messages())+" messages were written outside working hours")
	}
	if h.talked() {
		hours := fmt.Sprintf("%.0f of %.0f hours", h.TalkOutside, h.TalkInside+h.TalkOutside)
		if p, ok := h.TalkPercent(); ok {
			hours += fmt.Sprintf(" (%.1f %%)", p)
		}
		said = append(said, hours+" in calls lay outside "+[]string{"working hours", "them"}[len(said)])
	}
	if h.NotKnown > 0 {
		unsaid = append(unsaid, fmt.Sprintf("%d messages", h.NotKnown))
	}
	if h.TalkNotKnown > 0 {
		unsaid = append(unsaid, fmt.Sprintf("%.0f hours in calls", h.TalkNotKnown))
	}
	text := strings.Join(said, ", and ") + "."
	if len(unsaid) > 0 {
		text += " Of " + strings.Join(unsaid, " and ") + " it is not known."
	}
	return text
}

func (t Tenant) meetingSection() Section {
	rest := []Column{{"hours each", Hour, true}, {"without overlap", Hour, true}, {"conflicting", Hour, true}, {"double-booked", Hour, false}, further("meetings")}
	cells := func(m Meetings) []any {
		return []any{m.People, perPerson(m.Hours, m.People), perPerson(m.WithoutOverlap, m.People), perPerson(m.Conflicting, m.People), perPerson(m.DoubleBooked, m.People), m.Meetings}
	}
	weeks := Table{Caption: "By week, which begins on this Monday", Columns: append([]Column{{"week", Day, true}, brief("people")}, rest...), Chart: Chart{Days, 0, []int{3}, "hours of a person, without overlap"}}
	all := t.meetingsAll()
	byWeek, people, isShown := map[string]Meetings{}, map[string]int{}, false
	for _, w := range t.Meetings {
		byWeek[day(w.Monday)], people[day(w.Monday)] = w.Meetings, int(w.People)
	}
	told := groups(byWeek, people)
	for _, g := range told {
		isShown = isShown || !g.Hidden
	}
	weeks.Rows = byGroup(told, len(weeks.Columns), cells)
	columns := append([]Column{text("department"), brief("weeks with meetings")}, rest...)
	sentence := fmt.Sprintf("In a week with meetings a person spent %s hours in them, overlapping ones counted once: the mean of %d such weeks.", Column{}.Shown(perPerson(all.WithoutOverlap, all.People)), all.People)
	if !isShown {
		sentence = fmt.Sprintf("In no week as many as %d people had meetings, so that nothing is shown of them.", Fewest)
	}
	return Section{
		ID: "meetings", Title: "Meeting load", Metric: "metric_meeting_load",
		Sentence: sentence,
		Note: "Events with somebody else invited, neither declined nor shown as free; weeks that the range touches are counted whole. Conflicting: the full length of meetings that overlap another. " +
			"Double-booked: the time with two or more at once. Hours are means over people with a meeting in that week.",
		Tables: tables(weeks, Table{Caption: "By department, all weeks", Columns: columns, Rows: byGroup(t.MeetingsBy, len(columns), cells), Chart: Chart{Bars, 0, []int{3}, "hours of a person and week, without overlap"}}),
	}
}

// outcomes are those of calls, in the order of metric_calls.
var outcomes = []string{"answered", "held", "voicemail", "declined", "busy", "missed", "abandoned", "failed", unknown, "test"}

func (t Tenant) callSection() Section {
	columns := []Column{text("kind"), brief("calls")}
	seen := map[string]bool{}
	for _, c := range t.Calls {
		seen[c.Outcome] = true
	}
	var shown []string
	chart := Chart{Form: Bars, Of: "calls"}
	for _, o := range outcomes {
		if seen[o] {
			chart.Parts = append(chart.Parts, len(columns))
			columns = append(columns, further(o))
			shown = append(shown, o)
		}
	}
	columns = append(columns, brief("answered or held"), brief("of"), share)
	var rows [][]any
	var reached Share
	for i := 0; i < len(t.Calls); {
		kind, by, sum := t.Calls[i].Kind, map[string]int64{}, int64(0)
		for ; i < len(t.Calls) && t.Calls[i].Kind == kind; i++ {
			by[t.Calls[i].Outcome] += t.Calls[i].Calls
			sum += t.Calls[i].Calls
		}
		row := []any{strings.ReplaceAll(kind, "_", " "), sum}
		for _, o := range shown {
			row = append(row, by[o])
		}
		s := Share{by["answered"] + by["held"], sum - by[unknown] - by["test"]}
		reached.Part, reached.Of = reached.Part+s.Part, reached.Of+s.Of
		rows = append(rows, append(row, s.Part, s.Of, percent(s.Percent())))
	}
	return Section{
		ID: "calls", Title: "Calls by kind and outcome", Metric: "metric_calls",
		Sentence: fmt.Sprintf("%s calls and meetings of which an outcome is known were answered or held.", of(reached)),
		Note: "A voice app is a call that a queue or an auto attendant took part in. The outcome is the best of a call's legs; held: somebody joined. " +
			"Unknown: neither media nor a failure was reported, which a later version of the record may change; these are in no share.",
		Tables: tables(Table{Caption: "By kind", Columns: columns, Rows: rows, Chart: chart}),
	}
}

func (t Tenant) activeSection() Section {
	days := Table{Caption: "By day", Columns: []Column{{"day", Day, true}, brief("that day"), brief("7 days"), brief("28 days"), brief("days with data")}, Chart: Chart{Lines, 0, []int{1, 2, 3}, "people"}}
	for _, a := range t.Active {
		days.Rows = append(days.Rows, []any{day(a.Day), a.Of1, a.Of7, a.Of28, a.DaysWithData})
	}
	columns := []Column{text("department"), brief("active"), brief("of"), share}
	rows := byGroup(only(len(t.Active) > 0, t.ActiveBy), len(columns), func(a ActivePeople) []any {
		s := a.Share()
		return []any{s.Part, s.Of, percent(s.Percent())}
	})
	return Section{
		ID: "active", Title: "Active people", Metric: "metric_active_counts",
		Sentence: fmt.Sprintf("%s people of the directory were active in this time.", of(t.ActiveAll.Share())),
		Note: "Active: wrote, called, answered or declined a call, or joined a meeting; to be rung or to look on is not. Days with data, of the 28 up to each day: below 28 the month is not whole. " +
			"By department: of the accounts that may sign in, without guests, how many were active on any day.",
		Tables: tables(days, Table{Caption: "By department", Columns: columns, Rows: rows, Chart: Chart{Bars, 0, []int{1}, "people"}}),
	}
}

// tables are those that have rows.
func tables(all ...Table) []Table {
	return slices.DeleteFunc(all, func(t Table) bool { return len(t.Rows) == 0 })
}

func sortedKeys[T any](m map[string]T) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Shown is a cell of a column as a reader sees it.
func (c Column) Shown(cell any) string {
	switch v := cell.(type) {
	case nil:
		return "–" // nothing to have a share of
	case float64:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprint(v)
	}
}
