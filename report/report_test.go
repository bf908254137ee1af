package report_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"graphlake/load/memstore"
	"graphlake/report"
	"graphlake/schemas"
)

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// Ann calls Bob at 09:00 and 09:05 and he does not answer; he calls her at 09:10:30. A masked number is nobody's. The window is
// 24 hours from the end of the ringing, its end not included.
func TestMissed(t *testing.T) {
	both := []string{"user:ann", "user:bob"}
	rings := func(from, to string) leg { return leg{"user:ann", "user:bob", from, to, "missed"} }
	talk := func(from, to string) leg { return leg{"user:bob", "user:ann", from, to, "answered"} }
	l := newLake(t)
	l.call("ann", "one_to_one", "missed", both, rings("16T09:00:00", "16T09:00:30"))
	l.call("ann", "one_to_one", "voicemail", both, rings("16T09:05:00", "16T09:05:30"), leg{"user:ann", "voicemail", "16T09:05:30", "16T09:06:00", "voicemail"})
	l.call("bob", "one_to_one", "answered", both, talk("16T09:10:30", "16T09:20:00"))
	l.call("+41*", "one_to_one", "missed", []string{"pstn:+41*", "user:bob"}, leg{"pstn:+41*", "user:bob", "16T11:00:00", "16T11:00:30", "missed"})
	l.call("+41*", "one_to_one", "answered", []string{"pstn:+41*", "user:bob"}, leg{"pstn:+41*", "user:bob", "16T11:10:00", "16T11:11:00", "answered"})
	// A group's and an answered call's legs are no misses; nor is what an agent took elsewhere.
	l.call("ann", "group", "answered", both, rings("16T12:00:00", "16T12:00:30"))
	l.call("ann", "one_to_one", "answered", both, rings("16T12:10:00", "16T12:10:30"))
	// Eve's: returned at the very end of the ringing by Eve herself; 24 hours after it is too late.
	l.call("eve", "one_to_one", "declined", []string{"user:eve", "user:bob"}, leg{"user:eve", "user:bob", "16T13:00:00", "16T13:00:30", "declined"})
	l.call("eve", "one_to_one", "answered", []string{"user:eve", "user:bob"}, leg{"user:eve", "user:bob", "16T13:00:30", "16T13:02:00", "answered"})
	l.call("dan", "one_to_one", "busy", []string{"user:dan", "user:bob"}, leg{"user:dan", "user:bob", "16T14:00:00", "16T14:00:30", "busy"})
	l.call("bob", "one_to_one", "answered", []string{"user:dan", "user:bob"}, leg{"user:bob", "user:dan", "17T14:00:30", "17T14:02:00", "answered"})
	// A queue's caller is called back by anybody of the tenant, also on the day after those that are asked about.
	l.call("+411", "voice_app", "abandoned", []string{"pstn:+411", "account:q1"}, leg{"pstn:+411", "queue", "16T20:00:00", "16T20:01:00", "queued"})
	l.call("cat", "one_to_one", "answered", []string{"user:cat", "pstn:+411"}, leg{"user:cat", "pstn:+411", "17T20:00:59", "17T20:02:00", "answered"})
	// Whether this one is returned is open: the data ends before 24 hours have passed.
	l.call("ann", "one_to_one", "missed", both, rings("17T21:00:00", "17T21:00:30"))

	got := l.report("2026-11-16", "2026-11-17")
	equal(t, "the 16th", got.MissedAll, report.Missed{Missed: 6, Returned: 4, CalledBack: 3, Unreturned: 1, Anonymous: 1})
	queues := got.Missed[len(got.Missed)-1]
	equal(t, "queues", queues, report.Group[report.Missed]{Name: "queues", Of: report.Missed{Missed: 1, Returned: 1, CalledBack: 1}})
	equal(t, "the 17th", l.report("2026-11-17", "2026-11-18").MissedAll, report.Missed{Missed: 1, Waiting: 1})
}

// A caller waits in a menu and then 20 seconds, which is in time, or a microsecond more, which is not.
func TestQueues(t *testing.T) {
	l := newLake(t)
	people := []string{"pstn:+1", "account:b", "account:a"}
	queue := func(from, to string) leg { return leg{"pstn:+1", "queue", from, to, "queued"} }
	l.call("+1", "voice_app", "answered", people, leg{"pstn:+1", "attendant", "16T09:00:00", "16T09:00:20", "attendant"}, queue("16T09:00:20", "16T09:05:00"),
		leg{"queue", "user:bob", "16T09:00:30", "16T09:00:45", "answered_elsewhere"}, leg{"queue", "user:ann", "16T09:00:40", "16T09:05:00", "answered"})
	l.call("+1", "voice_app", "answered", people, queue("16T10:00:00", "16T10:05:00"), leg{"queue", "user:ann", "16T10:00:20.000001", "16T10:05:00", "answered"})
	l.call("+1", "voice_app", "answered", people, queue("16T11:00:00", "16T11:05:00"), leg{"queue", "pstn:+2", "16T11:00:10", "16T11:05:00", "answered"})
	l.call("+1", "voice_app", "voicemail", people, queue("16T12:00:00", "16T12:05:00"), leg{"queue", "voicemail", "16T12:05:00", "16T12:06:00", "voicemail"})
	l.call("+1", "voice_app", "abandoned", people, queue("16T13:00:00", "16T13:01:00"), queue("16T13:02:00", "16T13:03:00"))
	l.call("+1", "voice_app", "abandoned", []string{"pstn:+1"}, queue("17T13:00:00", "17T13:01:00"))
	got := l.report("2026-11-16", "2026-11-18").Queues
	if len(got) != 2 || got[0].Accounts != "a,b" || got[0].Name != "Hotline" || got[1].Accounts != "unknown" {
		t.Fatalf("%+v", got)
	}
	one := got[0]
	equal(t, "offered, answered, in time, forwarded, voicemail, left", []int64{one.Offered, one.Answered, one.InTarget, one.Forwarded, one.Voicemail, one.Left}, []int64{5, 2, 1, 1, 1, 1})
	if p, ok := one.GradeOfService().Percent(); p != 20 || !ok {
		t.Errorf("grade of service %v", p)
	}
}

var week = []string{"monday", "tuesday", "wednesday", "thursday", "friday"}

// Of a message its writer's clock decides, also in the weeks in which clocks change, and a shift over midnight belongs to the
// day on which it began.
func TestMessagesOutOfHours(t *testing.T) {
	for _, c := range []struct {
		zone, from, to string
		days           []string
		time           string
		outside        bool
	}{
		{"America/New_York", "08:00", "17:00", week, "2026-10-30T21:30:00", true},  // 17:30, before the clocks change
		{"America/New_York", "08:00", "17:00", week, "2026-11-02T21:30:00", false}, // 16:30, after
		{"Europe/Zurich", "08:00", "17:00", week, "2026-11-16T07:00:00", false},    // 08:00
		{"Europe/Zurich", "08:00", "17:00", week, "2026-11-16T06:59:59.999999", true},
		{"Europe/Zurich", "08:00", "17:00", week, "2026-11-16T16:00:00", true}, // 17:00
		{"Europe/Zurich", "08:00", "17:00", week, "2026-11-21T09:00:00", true}, // a Saturday
		{"Europe/Oslo", "22:00", "06:00", []string{"monday"}, "2026-11-17T04:30:00", false},
		{"Europe/Oslo", "22:00", "06:00", []string{"monday"}, "2026-11-17T05:30:00", true},
		{"Europe/Oslo", "22:00", "06:00", []string{"monday"}, "2026-11-16T21:00:00", false},
		{"Europe/Oslo", "22:00", "06:00", []string{"monday"}, "2026-11-16T04:30:00", true}, // the shift of Sunday
	} {
		l := newLake(t)
		l.user("2026-11-20", "ann", "Sales")
		l.hours("2026-11-20", "ann", c.zone, [2]string{c.from, c.to}, c.days...)
		l.message(c.time, "ann")
		l.message(c.time, "eve")
		want := report.Hours{Inside: 1, NotKnown: 1}
		if c.outside {
			want = report.Hours{Outside: 1, NotKnown: 1}
		}
		got := l.report(c.time[:10], date(c.time[:10]).AddDate(0, 0, 1).Format(time.DateOnly)).HoursAll
		if h := (report.Hours{Inside: got.Inside, Outside: got.Outside, NotKnown: got.NotKnown}); h != want {
			t.Errorf("%+v: %+v", c, h)
		}
	}
}

// Zurich works until 17:00, which is 16:00 in UTC: of 16:30 to 18:00 and 17:45 to 18:15 by its clock 6,300 seconds count, of
// which 4,500 are outside, and what overlaps counts once.
func TestTalkOutOfHours(t *testing.T) {
	l := newLake(t)
	l.user("2026-11-20", "ann", "Sales")
	l.hours("2026-11-20", "ann", "Europe/Zurich", [2]string{"08:00", "17:00"}, week...)
	l.call("ann", "meeting", "held", nil, leg{"user:ann", "conference", "16T15:30:00", "16T17:00:00", "joined"})
	l.call("ann", "one_to_one", "answered", nil, leg{"user:ann", "user:bob", "16T16:45:00", "16T17:15:00", "answered"})
	l.call("ann", "one_to_one", "missed", nil, leg{"user:ann", "user:bob", "16T20:00:00", "16T20:15:00", "missed"})
	got := l.report("2026-11-16", "2026-11-17").HoursAll
	equal(t, "inside, outside, not known", []float64{got.TalkInside * 3600, got.TalkOutside * 3600, got.TalkNotKnown * 3600}, []float64{1800, 4500, 1800})
}

func (l *testLake) event(user, from, to string, others bool, with map[string]any) {
	l.calls++
	id := fmt.Sprint("event", l.calls)
	row := map[string]any{"user_id": user, "event_id": id, "start_time": at(from), "end_time": at(to), "organizer_address": "Ann@contoso.example", "removed": false, "is_cancelled": false, "is_all_day": false, "show_as": "busy", "response": "accepted"}
	maps.Copy(row, with)
	l.add("calendar_events", from, row)
	attend := func(i int, address, kind string) {
		l.add("event_attendees", from, map[string]any{"user_id": user, "event_id": id, "attendee_index": i, "event_start_time": at(from), "address": address, "attendee_type": kind})
	}
	attend(0, "ann@CONTOSO.example", "required")
	attend(1, "room@contoso.example", "resource")
	if others {
		attend(2, "bob@contoso.example", "optional")
	}
}

// Ann meets 9–10, 9:30–10:30 and 11–12: 3.0 hours, 2.5 without overlap, 2.0 of meetings that conflict, 0.5 of two at once.
func TestMeetings(t *testing.T) {
	l := newLake(t)
	l.event("ann", "16T09:00:00", "16T10:00:00", true, nil)
	l.event("ann", "16T09:30:00", "16T10:30:00", true, nil)
	l.event("ann", "16T11:00:00", "16T12:00:00", true, map[string]any{"response": nil, "show_as": nil})
	for _, no := range []map[string]any{{"response": "declined"}, {"show_as": "free"}, {"show_as": "oof"}, {"show_as": "workingElsewhere"}, {"is_cancelled": true}, {"is_all_day": true}, {"removed": true}, {"end_time": at("16T09:00:00")}} {
		l.event("ann", "16T09:00:00", "16T11:30:00", true, no)
	}
	l.event("ann", "16T09:00:00", "16T11:30:00", false, nil) // nobody else is invited but a room
	// Three at once from 10 to 11 are two hours of overlap, and one hour double-booked; touching is not overlapping.
	l.event("bob", "17T09:00:00", "17T11:00:00", true, nil)
	l.event("bob", "17T10:00:00", "17T11:00:00", true, nil)
	l.event("bob", "17T10:00:00", "17T11:00:00", true, nil)
	l.event("bob", "17T11:00:00", "17T12:00:00", true, nil)
	// Of a Sunday into Monday: each in the week in which it begins.
	l.event("cat", "22T23:00:00", "23T01:00:00", true, nil)
	l.event("cat", "23T00:30:00", "23T01:30:00", true, nil)
	got := l.report("2026-11-18", "2026-11-19") // which is in the week of the 16th
	equal(t, "weeks", got.Meetings, []report.Week{{
		Monday: date("2026-11-16"), Meetings: report.Meetings{People: 3, Meetings: 3 + 4 + 1, Hours: 3 + 5 + 2, WithoutOverlap: 2.5 + 3 + 2, Conflicting: 2 + 4 + 2, DoubleBooked: 0.5 + 1},
	}})
	equal(t, "the week of the 23rd", l.report("2026-11-29", "2026-11-30").Meetings, []report.Week{{
		Monday: date("2026-11-23"), Meetings: report.Meetings{People: 1, Meetings: 1, Hours: 1, WithoutOverlap: 0.5, Conflicting: 1, DoubleBooked: 0.5},
	}})
}

// When clocks go back, 01:30 comes twice, and a shift ends at the second; when they go forward, 02:30 does not come, and a shift
// ends when an unchanged clock would show it.
func TestHoursWhenClocksChange(t *testing.T) {
	for _, c := range []struct {
		to, from, until string
		inside          float64 // hours
	}{
		{"01:30", "2026-11-01T02:00:00", "2026-11-01T09:00:00", 4.5}, // 22:00 EDT is 02:00 in UTC, and 01:30 EST 06:30
		{"02:30", "2026-03-08T03:00:00", "2026-03-08T09:00:00", 4.5}, // 22:00 EST is 03:00 in UTC, and 02:30 EST would be 07:30
	} {
		l := newLake(t)
		l.user("2026-10-30", "ann", "Sales")
		l.hours("2026-10-30", "ann", "America/New_York", [2]string{"22:00", c.to}, "saturday")
		l.call("ann", "meeting", "held", nil, leg{"user:ann", "conference", c.from, c.until, "joined"})
		if got := l.report(c.from[:10], date(c.from[:10]).AddDate(0, 0, 1).Format(time.DateOnly)).HoursAll; got.TalkInside != c.inside {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

// Who was erased or left out is nobody: nothing is told of them, and those who talked to them did.
func TestNobodyIsNotTold(t *testing.T) {
	l := newLake(t)
	l.user("2026-11-20", "bob", "Sales")
	l.call("erased", "one_to_one", "answered", []string{"user:erased", "user:bob"}, leg{"user:erased", "user:bob", "16T09:00:00", "16T09:30:00", "answered"})
	l.call("excluded", "one_to_one", "missed", []string{"user:excluded", "user:bob"}, leg{"user:excluded", "user:bob", "16T10:00:00", "16T10:00:30", "missed"})
	l.call("erased", "one_to_one", "missed", []string{"user:erased", "user:erased"}, leg{"user:erased", "user:erased", "16T11:00:00", "16T11:00:30", "missed"})
	l.add("call_media_streams", "16T09:00:00", map[string]any{"call_id": "c", "call_start_time": at("16T09:00:00"), "session_id": "s", "segment_id": "g", "media_index": 0, "stream_index": 0, "session_index": 0,
		"segment_index": 0, "is_test": false, "medium": "audio", "cqd_class": "good", "sender_identity_id": "erased", "sender_tenant_id": contoso, "receiver_identity_id": "bob", "receiver_tenant_id": contoso})
	got := l.report("2026-11-16", "2026-11-17")
	equal(t, "audio", got.AudioAll, report.Quality{Good: 1}) // on Bob's side
	equal(t, "missed", got.MissedAll, report.Missed{Missed: 1, Anonymous: 1})
	equal(t, "hours not known", got.HoursAll.TalkNotKnown, 0.5)
}

// Networks are hidden by what their connection would tell: wifi is shown, and two of its networks are of too few together.
func TestNetworksOfAConnection(t *testing.T) {
	l := newLake(t)
	hear := func(connection, subnet string, people ...string) {
		for _, who := range people {
			l.calls++
			l.add("call_media_streams", "16T09:00:00", map[string]any{"call_id": "c", "call_start_time": at("16T09:00:00"), "session_id": "s", "segment_id": "g", "media_index": 0, "stream_index": l.calls, "session_index": 0,
				"segment_index": 0, "is_test": false, "medium": "audio", "cqd_class": "good", "sender_identity_id": who, "sender_tenant_id": contoso, "sender_connection_type": connection, "sender_subnet": subnet})
		}
	}
	hear("wifi", "10.0.1.0", "a1", "a2", "a3", "a4", "a5", "a6")
	hear("wifi", "10.0.2.0", "b1", "b2")
	hear("wifi", "10.0.3.0", "c1", "c2", "c3", "c4", "c5")
	hear("wired", "10.0.4.0", "d1", "d2", "d3", "d4", "d5")
	hear("wired", "10.0.5.0", "e1", "e2", "e3")
	var shown []string
	for _, g := range l.report("2026-11-16", "2026-11-17").Networks {
		if !g.Hidden {
			shown = append(shown, g.Name)
		}
	}
	equal(t, "shown", shown, []string{"wifi, 10.0.1.0"})
}

// Ann and Cat on the 16th, Bob on the 23rd; Eve is in no picture, and Dan was only rung.
func TestActive(t *testing.T) {
	l := newLake(t)
	for _, who := range []string{"ann", "bob", "cat", "dan"} {
		l.user("2026-11-24", who, "Sales")
	}
	l.message("16T09:00:00", "ann")
	l.message("16T09:00:00", "eve")
	l.call("cat", "one_to_one", "missed", nil, leg{"user:cat", "user:dan", "16T10:00:00", "16T10:00:30", "missed"})
	l.call("bob", "meeting", "held", nil, leg{"user:bob", "conference", "23T10:00:00", "23T10:30:00", "joined"})
	got := l.report("2026-11-16", "2026-11-24")
	want := []report.Active{{date("2026-11-16"), 2, 2, 2, 1}, {date("2026-11-23"), 1, 1, 3, 2}}
	equal(t, "days", got.Active, want)
	// What lies before the days that are asked about counts for the 28 days.
	equal(t, "the last day", l.report("2026-11-23", "2026-11-24").Active, want[1:])
	equal(t, "all", got.ActiveAll, report.ActivePeople{Active: 3, People: 4})
}

func TestAudio(t *testing.T) {
	l := newLake(t)
	stream := func(class, medium, sender, receiver string, test bool) {
		l.calls++
		row := map[string]any{"call_id": "c", "call_start_time": at("16T09:00:00"), "session_id": "s", "segment_id": "g", "media_index": 0, "stream_index": l.calls, "session_index": 0, "segment_index": 0,
			"is_test": test, "medium": medium, "cqd_class": class, "sender_identity_id": sender, "sender_tenant_id": contoso, "sender_connection_type": "wifi", "sender_subnet": "10.0.1.0",
			"receiver_identity_id": receiver, "receiver_tenant_id": "another", "receiver_connection_type": "wired"}
		if strings.HasPrefix(receiver, "own") {
			row["receiver_tenant_id"], row["receiver_subnet"] = contoso, "10.0.2.0"
		}
		l.add("call_media_streams", "16T09:00:00", row)
	}
	for i := range 5 {
		stream("good", "audio", fmt.Sprint("ann", i), "guest", false)
	}
	stream("poor", "audio", "ann0", "own", false) // on both sides
	stream("unclassified", "audio", "ann1", "guest", false)
	stream("poor", "video", "ann1", "guest", false)
	stream("poor", "audio", "ann1", "guest", true)
	got := l.report("2026-11-16", "2026-11-17")
	equal(t, "all", got.AudioAll, report.Quality{Good: 5, Poor: 2, Unclassified: 1})
	// The one person on wire is hidden, and wifi with it, by which the one could be told.
	equal(t, "connections", got.Connections, []report.Group[report.Quality]{{Name: "wifi", People: 5, Hidden: true}, {Name: "wired", People: 1, Hidden: true}})
}

// Numbers of few people are not shown, nor can they be told from what is shown and the sum.
func TestSmallGroupsAreHidden(t *testing.T) {
	for _, c := range []struct {
		people map[string]int
		hidden string
	}{
		{map[string]int{"a": 5, "b": 40}, ""},
		{map[string]int{"a": 4, "b": 6, "c": 40}, "a b"}, // a alone would be the sum less b and c
		{map[string]int{"a": 4, "b": 3, "c": 40}, "a b"}, // together they are seven
		{map[string]int{"a": 4}, "a"},
		{map[string]int{"a": 1, "b": 1, "c": 2, "d": 5, "e": 6}, "a b c d"},
	} {
		l := newLake(t)
		for name, n := range c.people {
			for i := range n {
				who := fmt.Sprint(name, i)
				l.user("2026-11-20", who, name)
				l.message("16T09:00:00", who)
			}
		}
		var hidden []string
		for _, g := range l.report("2026-11-16", "2026-11-17").Hours {
			if g.Hidden {
				hidden = append(hidden, g.Name)
				if (g.Of != report.Hours{}) {
					t.Errorf("%v: %s is hidden and has numbers", c.people, g.Name)
				}
			}
		}
		equal(t, fmt.Sprint(c.people), strings.Join(hidden, " "), c.hidden)
	}
}

// A lake without calls has no days; one from before there were legs says so; of a day without a partition nothing is counted.
func TestHoles(t *testing.T) {
	r, err := report.Make(t.Context(), report.Options{Store: memstore.New(), Datasets: schemas.BuiltIn(), Tenants: []report.Named{{ID: contoso, Name: "contoso"}}})
	if err != nil || r.Days.From != r.Days.To || len(r.Tenants) != 1 {
		t.Fatalf("an empty lake: %+v, %v", r, err)
	}
	l := newLake(t)
	l.message("16T09:00:00", "ann")
	l.message("20T09:00:00", "ann")
	l.call("ann", "one_to_one", "answered", nil, leg{"user:ann", "user:bob", "18T09:00:00", "18T09:10:00", "answered"})
	delete(l.rows, "call_legs")
	l.write()
	r, err = report.Make(t.Context(), report.Options{Store: l.store, Datasets: schemas.BuiltIn(), Tenants: []report.Named{{ID: contoso, Name: "contoso"}}})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "days", r.Days, schemas.Range{From: date("2026-11-16"), To: date("2026-11-21")})
	got := r.Tenants[0]
	equal(t, "outdated", got.Outdated, []time.Time{date("2026-11-18")})
	if len(got.Warnings()) != 2 { // of the directory, too
		t.Errorf("%q", got.Warnings())
	}
	equal(t, "messages", got.HoursAll.NotKnown, int64(2))
	for _, c := range got.Coverage {
		if len(c.Days) != 5 {
			t.Errorf("%s has %d days", c.Dataset, len(c.Days))
		}
	}
}

// Every row of every table has a cell for every column, and every share stands behind its base.
func TestSections(t *testing.T) {
	l := newLake(t)
	for i := range 6 {
		l.user("2026-11-20", fmt.Sprint("ann", i), "Sales")
		l.message("16T09:00:00", fmt.Sprint("ann", i))
	}
	l.user("2026-11-20", "bob", "Law")
	l.message("16T09:00:00", "bob")
	l.call("ann1", "voice_app", "abandoned", []string{"account:q1"}, leg{"user:ann1", "queue", "16T09:00:00", "16T09:01:00", "queued"})
	l.event("ann1", "16T09:00:00", "16T10:00:00", true, nil)
	got := l.report("2026-11-16", "2026-11-17")
	for _, s := range got.Sections() {
		for _, table := range s.Tables {
			for _, row := range table.Rows {
				if len(row) != len(table.Columns) {
					t.Errorf("%s, %s: %v has not the %d columns", s.ID, table.Caption, row, len(table.Columns))
				}
			}
			for i, c := range table.Columns {
				if c.Kind == report.Percent && i < 2 {
					t.Errorf("%s, %s: a share without its base", s.ID, table.Caption)
				}
			}
			for _, part := range table.Chart.Parts {
				if part <= table.Chart.Along || part >= len(table.Columns) || table.Columns[part].Kind == report.Percent {
					t.Errorf("%s, %s: the chart draws column %d", s.ID, table.Caption, part)
				}
			}
		}
	}
}
