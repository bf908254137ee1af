package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/jobs/state"
	"graphlake/jobs/state/statetest"
	"graphlake/schemas"
)

// Three days of lookback, two to settle: what was read before now says what is due.
func TestDue(t *testing.T) {
	calls := hours("calls", schemas.Windowed, 4*time.Hour)
	calls.Settle, calls.Retention = 48*time.Hour, 30*schemas.Day
	calls.Source.Detail = &schemas.Detail{Ready: time.Hour}
	logs := hours("logs", schemas.Windowed, 90*schemas.Day)
	logs.Settle = 48 * time.Hour
	messages := hours("messages", schemas.Changes, 90*schemas.Day)
	messages.Settle = 6 * time.Hour
	users := schemas.Dataset{Name: "users", Mode: schemas.Entities}
	nights := "13-19 data 22T02:30; 19-20 data 22T02:30; 20-21 data 22T02:30; 21-22 data 22T02:30"
	for _, c := range []struct {
		name          string
		dataset       schemas.Dataset
		since, before string
		from, to, now string
		want          string
	}{
		{name: "a first night", dataset: calls, now: "23T02:30", want: "20-21 21-22 22-23"},
		{name: "a night after nights", dataset: calls, since: "13", before: nights, now: "23T02:30", want: "20-21 21-22 22-23"},
		{name: "a second start in a night", dataset: calls, since: "13", now: "23T04", want: "",
			before: "13-20 data 22T02:30; 20-21 data 23T02:30; 21-22 data 23T02:30; 22-23 empty 23T02:30"},
		{name: "two nights were missed", dataset: calls, since: "13", now: "25T02:30", want: "20-21 21-22 22-23 23-24 24-25",
			before: nights},
		{name: "read before it had settled, though the lookback is over", dataset: calls, since: "13", now: "30T02:30", want: "18-19 27-28 28-29 29-30",
			before: "13-18 data 22T02:30; 18-19 data 20T02:30; 19-27 data 29T02:30; 27-30 data 29T02:30"},
		{name: "a failure and a refusal in the middle", dataset: calls, since: "10", now: "23T02:30", want: "12-13 14-15 20-21 21-22 22-23",
			before: "10-12 data 22T02:30; 12-13 failed 22T02:30; 13-14 empty 22T02:30; 14-15 forbidden 22T02:30; 15-20 data 22T02:30; 20-22 data 22T02:30"},
		{name: "a failure in the same night", dataset: calls, since: "13", now: "23T04", want: "21-22",
			before: "13-20 data 22T02:30; 20-21 data 23T02:30; 21-22 unavailable 23T02:30; 22-23 empty 23T02:30"},
		{name: "a reading that failed takes nothing away", dataset: calls, since: "13", now: "23T04", want: "21-22",
			before: "13-20 data 22T02:30; 20-21 data 23T02:30; 21-22 data 22T02:30; 21-22 failed 23T02:30; 22-23 data 23T02:30"},
		{name: "Graph has forgotten a part", dataset: calls, since: "1", now: "36T02:30", want: "1-6T02:30 expired, 6T02:30-7 7-8 33-34 34-35 35-36",
			before: "8-33 data 35T02:30; 33-35 data 35T02:30"},
		{name: "it said so already", dataset: calls, since: "1", now: "36T04", want: "6T02:30-6T04 expired, 6T04-7 7-8",
			before: "1-6T02:30 expired 36T02:30; 6T02:30-8 failed 36T02:30; 8-36 data 36T02:30"},
		{name: "held, not settled and forgotten", dataset: calls, since: "1", now: "39T02:30", want: "36-37 37-38 38-39",
			before: "1-3 data 3T02:30; 3-9 expired 38T02:30; 9-36 data 38T02:30"},
		{name: "too young an hour ago", dataset: calls, since: "13", now: "23T03:30", want: "22-23",
			before: "13-22 data 23T02:30; 22-23 data 23T02:30 young"},
		{name: "too young half an hour ago", dataset: calls, since: "13", now: "23T03:00", want: "",
			before: "13-22 data 23T02:30; 22-23 data 23T02:30 young"},
		{name: "too young the night before, and long ago", dataset: calls, since: "1", now: "23T00:10", want: "10-11 20-21 21-22 22-23",
			before: "1-10 data 21T02:30; 10-11 data 20T02:30 young; 11-20 data 22T23:50; 20-23 data 22T23:50"},
		{name: "a lookback that is longer than all that is held", dataset: calls, since: "22", now: "23T02:30", want: "20-21 21-22 22-23",
			before: "22-23 data 22T12:00"},
		{name: "the first night after a backfill goes on from its end", dataset: calls, now: "23T02:30", want: "17-18 18-19 19-20 20-21 21-22 22-23",
			before: "10-17 data 22T12"},
		{name: "the gap before it stays", dataset: calls, since: "20", now: "23T02:30", want: "20-21 21-22 22-23",
			before: "10-17 data 22T12; 20-22 data 22T02:30"},
		{name: "a long window is one unit, without what is there", dataset: logs, since: "1", now: "23T02:30", want: "4-6 20-23",
			before: "1-4 data 22T02:30; 6-20 data 22T02:30"},
		{name: "a part that has not settled is read again as a whole", dataset: messages, since: "13", now: "23T02:30", want: "13-23T02:30",
			before: "13-22T02:30 data 22T02:30"},

		{name: "a range is read again", dataset: calls, since: "13", before: nights, from: "19", to: "21", now: "23T02:30", want: "19-20 20-21"},
		{name: "parts of days", dataset: calls, from: "19T06:30", to: "20T01", now: "23T02:30", want: "19T06:30-20 20-20T01"},
		{name: "a range up to the present", dataset: calls, from: "22", to: "24", now: "23T02:30", want: "22-23 23-23T02:30"},

		{name: "no picture yet", dataset: users, now: "23T02:30", want: "23-24"},
		{name: "a picture of yesterday", dataset: users, before: "22-23 data 22T02:30", now: "23T02:30", want: "23-24"},
		{name: "a picture of today", dataset: users, before: "22-23 data 22T02:30; 23-24 data 23T02:30", now: "23T20", want: ""},
		{name: "a picture that failed today", dataset: users, before: "22-23 data 22T02:30; 23-24 failed 23T02:30", now: "23T20", want: "23-24"},
		{name: "a picture of today again", dataset: users, before: "23-24 data 23T02:30", from: "23", to: "24", now: "23T20", want: "23-24"},
	} {
		var st state.State
		if c.since != "" {
			st.Since = statetest.Instant(t, c.since)
		}
		st.Cover(c.dataset, statetest.Coverage(t, c.before)...)
		s := Selection{Tenants: []Tenant{contoso}, Datasets: []schemas.Dataset{c.dataset}}
		if c.from != "" {
			s.From, s.To = statetest.Instant(t, c.from), statetest.Instant(t, c.to)
		}
		p, err := New(s, map[state.Pair]state.State{{TenantID: contoso.ID, Dataset: c.dataset.Name}: st}, statetest.Instant(t, c.now))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		slices.SortStableFunc(p.Units, func(a, b Unit) int { return a.Range.From.Compare(b.Range.From) })
		if got := short(p.Units); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// short writes units as TestDue wants them.
func short(units []Unit) string {
	at := func(t time.Time) string {
		text := fmt.Sprint(int(t.Sub(midnight(0)) / schemas.Day))
		if t.Equal(t.Truncate(schemas.Day)) {
			return text
		}
		if t.Minute() > 0 {
			return text + t.Format("T15:04")
		}
		return text + t.Format("T15")
	}
	var words []string
	for _, u := range units {
		word := at(u.Range.From) + "-" + at(u.Range.To)
		if u.Expired {
			word += " expired,"
		}
		words = append(words, word)
	}
	return strings.TrimSuffix(strings.Join(words, " "), ",")
}

// What was interrupted goes on where it was, for exactly the range that was asked for, and once.
func TestAskedAgain(t *testing.T) {
	d := hours("calls", schemas.Windowed, 4*time.Hour)
	range16 := Selection{Tenants: []Tenant{contoso}, Datasets: []schemas.Dataset{d}, From: midnight(16), To: midnight(20)}
	shorter, longer := range16, range16
	shorter.To, longer.To = midnight(19), midnight(21)
	var st state.State
	due := func(s Selection, now string) string {
		t.Helper()
		p, err := New(s, map[state.Pair]state.State{{TenantID: contoso.ID, Dataset: "calls"}: st}, statetest.Instant(t, now))
		if err != nil {
			t.Fatal(err)
		}
		return short(p.Units)
	}
	st.Cover(d, statetest.Coverage(t, "16-17 data 18T02:30 #0")...) // by a night before
	range16.Begin(&st, d, statetest.Instant(t, "19T12:00"))
	if got := due(range16, "19T12:00"); got != "16-17 17-18 18-19 19-19T12" {
		t.Errorf("asked for: %s", got)
	}
	st.Cover(d, statetest.Coverage(t, "16-17 data 19T12; 17-18 failed 19T12; 18-19 empty 19T12; 19-19T12 data 19T12 young")...)
	range16.Begin(&st, d, statetest.Instant(t, "19T20:00"))
	for want, s := range map[string]Selection{"17-18 19-19T20": range16, "16-17 17-18 18-19": shorter, "16-17 17-18 18-19 19-19T20": longer} {
		if got := due(s, "19T20:00"); got != want {
			t.Errorf("after an interruption, up to %v: %s, want %s", s.To, got, want)
		}
	}
	st.Cover(d, statetest.Coverage(t, "17-18 data 19T20 #2; 19-19T20 data 19T20 #2")...)
	if got := due(range16, "20T11:00"); got != "19T20-20" {
		t.Errorf("what was not there yet when it was asked for: %s", got)
	}
	if got := due(range16, "20T12:00"); got != "16-17 17-18 18-19 19-20" {
		t.Errorf("a day after it was asked for it is read anew: %s", got)
	}
	st.Finish(range16.Asked())
	if got := due(range16, "20T12:00"); got != "16-17 17-18 18-19 19-20" || len(st.Asked) > 0 {
		t.Errorf("after it was read whole: %s", got)
	}
}

// What Graph is about to forget goes first, pictures after it, and then the rest by its time.
func TestOrderOfUnits(t *testing.T) {
	calls := hours("calls", schemas.Windowed, 4*time.Hour)
	calls.Retention = 6 * schemas.Day
	users := hours("users", schemas.Entities, 0)
	p, err := New(Selection{Tenants: []Tenant{contoso}, Datasets: []schemas.Dataset{calls, users}, Lookback: 5 * schemas.Day}, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	// On the 23rd the 17th is the oldest day that Graph has; to the 20th it forgets within three days.
	if got, want := short(p.Units), "18-19 19-20 20-21 23-24 21-22 22-23"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A gap is named, by runs without a range only, and never an empty one.
func TestGaps(t *testing.T) {
	d := hours("calls", schemas.Windowed, 4*time.Hour)
	d.Retention = 20 * schemas.Day
	s := Selection{Tenants: []Tenant{contoso}, Datasets: []schemas.Dataset{d}}
	for _, c := range []struct{ name, since, before, want string }{
		{"nothing is held", "", "", ""},
		{"nights", "13", "13-22 data 22T02:30", ""},
		{"a backfill that meets them", "13", "2-13 data 22T02:30; 13-22 data 22T02:30", ""},
		{"a backfill that does not", "13", "2-5 data 22T02:30; 13-22 data 22T02:30", "5-13"},
		{"two, of which a part was refused", "13", "2-5 data 22T02:30; 6-7 forbidden 22T02:30; 8-13 empty 22T02:30; 13-22 data 22T02:30", "5-8"},
		{"what Graph had forgotten is none", "13", "2-5 expired 22T02:30; 5-13 data 22T02:30; 13-22 data 22T02:30", ""},
		{"no night yet: it will go on from the end", "", "2-5 data 22T02:30; 7-8 data 22T02:30", "5-7"},
		{"Graph has forgotten a part of it meanwhile", "20", "1-2 data 2T02:30; 20-22 data 22T02:30", "3T02:30-20"},
		{"nights that have all failed", "13", "2-5 data 22T02:30; 13-22 failed 22T02:30", "5-13"},
	} {
		var st state.State
		if c.since != "" {
			st.Since = statetest.Instant(t, c.since)
		}
		st.Cover(d, statetest.Coverage(t, c.before)...)
		p, err := New(s, map[state.Pair]state.State{{TenantID: contoso.ID, Dataset: "calls"}: st}, now)
		if err != nil {
			t.Fatal(err)
		}
		var gaps []Unit
		for _, g := range p.Gaps {
			gaps = append(gaps, Unit{Range: schemas.Range{From: g.From, To: g.To}})
		}
		if got := short(gaps); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// A run of the gaps reads what is not held and should be, as status names it, and nothing else; it does not make runs without
// a range answer for any time.
func TestDueInGaps(t *testing.T) {
	calls := hours("calls", schemas.Windowed, 4*time.Hour)
	calls.Settle, calls.Retention = 48*time.Hour, 20*schemas.Day
	users := schemas.Dataset{Name: "users", Mode: schemas.Entities}
	presence := schemas.Dataset{Name: "presence", Mode: schemas.Observations}
	for _, c := range []struct {
		name          string
		dataset       schemas.Dataset
		since, before string
		want, note    string // of the night of the 23rd
	}{
		{"nothing is held", calls, "", "", "", "no gaps"},
		{"nights that have not settled", calls, "13", "13-23 data 23T02", "", "no gaps"},
		{"between a backfill and nights", calls, "13", "5-7 data 22T02:30; 13-23 data 23T02", "7-8 8-9 9-10 10-11 11-12 12-13", ""},
		{"two nights were missed, and one was refused", calls, "13", "13-15 data 22T02:30; 15-16 forbidden 22T02:30; 16-21 data 22T02:30", "15-16 21-22 22-23", ""},
		{"of which Graph has forgotten a part", calls, "20", "1-2 data 2T02:30; 4-23 data 22T02:30", "2-3T02:30 expired, 3T02:30-4", ""},
		{"a picture of yesterday failed", users, "", "21-22 data 21T02:30; 22-23 failed 22T02:30", "23-24", ""},
		{"a picture was never taken", users, "", "21-22 data 21T02:30; 22-23 missed 23T02", "", "no gaps"},
		{"an observation failed", presence, "", "20-20T02 data 20T02; 21-22 failed 21T02:30; 22-22T02 data 22T02", "", "cannot be made any more"},
	} {
		var st state.State
		if c.since != "" {
			st.Since = statetest.Instant(t, c.since)
		}
		st.Cover(c.dataset, statetest.Coverage(t, c.before)...)
		since := st.Since
		s := Selection{Tenants: []Tenant{contoso}, Datasets: []schemas.Dataset{c.dataset}, Gaps: true}
		s.Begin(&st, c.dataset, now)
		p, err := New(s, map[state.Pair]state.State{{TenantID: contoso.ID, Dataset: c.dataset.Name}: st}, now)
		if err != nil || st.Since != since || len(p.Gaps) > 0 {
			t.Errorf("%s: since %v, gaps %v, %v", c.name, st.Since, p.Gaps, err)
		}
		slices.SortStableFunc(p.Units, func(a, b Unit) int { return a.Range.From.Compare(b.Range.From) })
		notes := fmt.Sprint(p.Notes)
		if got := short(p.Units); got != c.want || !strings.Contains(notes, c.note) || c.note == "" && len(p.Notes) > 0 {
			t.Errorf("%s:\ngot  %s, notes %s\nwant %s", c.name, got, notes, c.want)
		}
	}
	if err := (Selection{Gaps: true, From: midnight(2), To: midnight(3)}).Check(now); err == nil {
		t.Error("gaps of a range are planned, which is neither")
	}
}

// What a run has read whose clock was ahead is read again, also what it took for forgotten, and a picture of a
// day to come is not believed; unless it is now that was set back.
func TestAClockThatWasAhead(t *testing.T) {
	d, pictures := schemas.PSTNCalls, schemas.Users
	ahead, now := statetest.Instant(t, "30T02"), statetest.Instant(t, "23T02")
	for _, wrong := range []state.Outcome{state.Empty, state.Expired} {
		var st state.State
		st.Since = midnight(16)
		st.Cover(d, state.Covered{From: midnight(16), To: midnight(30), Outcome: wrong, Read: ahead})
		night := Selection{Tenants: []Tenant{contoso}, Datasets: []schemas.Dataset{d, pictures}}
		known := map[state.Pair]state.State{{TenantID: contoso.ID, Dataset: d.Name}: st, {TenantID: contoso.ID, Dataset: pictures.Name}: {Picture: midnight(30)}}
		p, err := New(night, known, now)
		if err != nil || short(p.Units) != "23-24 16-23" || len(p.Notes) > 0 {
			t.Errorf("%s: units %s, notes %v, %v; want today's picture, and the 16th to the 23rd", wrong, short(p.Units), p.Notes, err)
		}
		back := night
		back.Back = true
		p, err = New(back, known, now)
		if err != nil || short(p.Units) != "16-23" || len(p.Notes) != 1 || !strings.Contains(p.Notes[0].Message, "2026-11-30, later than now") {
			t.Errorf("set back: units %s, notes %+v, %v", short(p.Units), p.Notes, err)
		}
		st.Cover(d, state.Covered{From: midnight(16), To: midnight(23), Outcome: state.Empty, Read: now})
		known[state.Pair{TenantID: contoso.ID, Dataset: d.Name}] = st
		if p, err := New(back, known, now); err != nil || len(p.Units) != 0 {
			t.Errorf("%s: read now, and still planned: %s, %v", wrong, short(p.Units), err)
		}
	}
}
