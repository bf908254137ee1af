package jobs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// What has not come is not read, which a note says; what lies ahead in a calendar is. A range of which nothing
// has come is refused.
func TestARangeThatReachesAhead(t *testing.T) {
	o := weekOfCalls("2026-11-15T10:00:00Z")
	o.users, o.meetings = []string{"ann"}, map[string]map[string]string{"ann": {"past": "2026-11-15T10:00:00Z", "ahead": "2026-11-25T10:00:00Z"}}
	r := newOffice(t, o).at(at(18, 2))
	for _, c := range []struct {
		d    schemas.Dataset
		to   int // from the 14th on
		note string
	}{
		{schemas.CallRecords, 18, ""},
		{schemas.CallRecords, 19, "read up to 2026-11-18T02:00:00Z: what is asked for after it is not there yet"},
		{schemas.CalendarEvents, 30, ""},
		{schemas.CalendarEvents, 60, "read up to 2026-12-16T02:00:00Z: what is asked for after it is not there yet"},
	} {
		rep := r.days(t, 14, c.to, c.d)
		var notes []string
		for _, n := range rep.Notes {
			notes = append(notes, n.Message)
		}
		if rep.Status != state.Data || rep.Incomplete() != (c.note != "") || strings.Join(notes, "; ") != c.note {
			t.Errorf("%s up to %d: %v, %+v", c.d.Name, c.to, notes, rep)
		}
	}
	want(t, r.on(t, schemas.CalendarEvents, "event_id"), "15 past", "25 ahead")
	want(t, r.rawAndTables(t, 14, 18), "14 x14", "15 moves", "15 x15", "16 x16", "17 x17")
	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}, From: november(19), To: november(21)}
	if _, err := r.Run(t.Context(), s); err == nil || !strings.Contains(err.Error(), "2026-11-19, which is not there yet") {
		t.Errorf("a range that has not come: %v", err)
	}
}

// A night reads calls up to the last midnight, and messages up to now.
func TestMessagesAreReadUpToNow(t *testing.T) {
	o := colleagues()
	for user, all := range o.messages {
		o.messages[user] = append(all, message{user + "-m18", "2026-11-18T01:59:00.000Z", "2026-11-18T01:59:00.000Z"})
	}
	o.calls = map[string]call{"a": {"2026-11-17T23:59:59Z", 1}, "b": {"2026-11-18T00:00:00Z", 1}}
	r := newOffice(t, o).at(at(18, 8))
	r.Now = at(18, 2).Add(30 * time.Second)
	if rep := r.night(t, schemas.CallRecords, schemas.ChatMessages); rep.Status != state.Data || rep.Incomplete() {
		t.Fatalf("%+v", rep)
	}
	want(t, r.on(t, schemas.CallRecords, "call_id"), "17 a")
	if got := r.wrote(t, "bob"); got != "[17 18]" {
		t.Errorf("bob wrote on %s", got)
	}
}

// A range begins with the record at its first instant, and ends before that at its last.
func TestBoundsOfARange(t *testing.T) {
	o := &office{
		calls: map[string]call{
			"before": {"2026-11-15T23:59:59.9999999Z", 1}, "first": {"2026-11-16T00:00:00Z", 1},
			"last": {"2026-11-16T23:59:59.9999999Z", 1}, "after": {"2026-11-17T00:00:00Z", 1},
		},
		users: []string{"ann"}, meetings: map[string]map[string]string{"ann": {}}, messages: map[string][]message{},
	}
	for id, c := range o.calls {
		o.meetings["ann"][id] = c.start
		o.messages["ann"] = append(o.messages["ann"], message{id, c.start, c.start})
	}
	r := newOffice(t, o).at(at(20, 2))
	for _, d := range []schemas.Dataset{schemas.CallRecords, schemas.CalendarEvents, schemas.ChatMessages} {
		if rep := r.days(t, 16, 17, d); rep.Status != state.Data || rep.Incomplete() {
			t.Errorf("%+v", rep)
		}
		got := r.on(t, d, d.Root().Key[len(d.Root().Key)-1])
		if d.Name == schemas.ChatMessages.Name {
			got = r.on(t, d, "message_id")
		}
		if slices.Sort(got); !slices.Equal(got, []string{"16 first", "16 last"}) {
			t.Errorf("%s: %q", d.Name, got)
		}
	}
	part := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}, From: at(16, 0), To: at(17, 0).Add(time.Second)}
	if _, err := r.Run(t.Context(), part); err != nil {
		t.Fatal(err)
	}
	want(t, inOrder(r.on(t, schemas.CallRecords, "call_id")...), "16 first", "16 last", "17 after")
}

// A try of a range that broke off because Graph was away goes on with the same command within a day, and says so.
// Later, or after a failure, the range is read anew.
func TestTryThatBrokeOff(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int // of the list of the 16th
		hours  int // until the next try
		anew   bool
	}{
		{"Graph was away", 503, 23, false},
		{"Graph was away, two days ago", 503, 48, true},
		{"it has failed", 400, 1, true},
	} {
		o := weekOfCalls("2026-11-15T10:00:00Z")
		o.listFails = map[int]int{16: c.status}
		r := newOffice(t, o).at(at(20, 2))
		if rep := r.days(t, 14, 19, schemas.CallRecords); rep.Status == state.Data {
			t.Errorf("%s: %+v", c.name, rep)
		}
		o.listFails = nil
		o.days()
		o.calls["x14"], o.calls["x16"] = call{"2026-11-14T09:00:00Z", 2}, call{"2026-11-16T09:00:00Z", 2}
		r = r.at(at(20, 2+c.hours))
		rep := r.days(t, 14, 19, schemas.CallRecords)
		wanted, version, note := "16T00:00:00 17T00:00:00", int64(1), "goes on with the try of 2026-11-20T02:00:00Z, which was interrupted, and does not read again what that has read of contoso"
		if c.anew {
			wanted, version, note = "14T00:00:00 19T00:00:00", 2, ""
		}
		if rep.Status != state.Data || rep.Incomplete() || fmt.Sprint(rep.Notes) != fmt.Sprint(notesOf(note)) {
			t.Errorf("%s: %+v", c.name, rep)
		}
		want(t, o.days(), wanted)
		if got := r.held(t, 14)["x14"]; got != version || r.held(t, 16)["x16"] != 2 {
			t.Errorf("%s: the lake has versions %d and %v", c.name, got, r.held(t, 16))
		}
		o.days()
		r.days(t, 14, 19, schemas.CallRecords) // which nothing has interrupted
		want(t, o.days(), "14T00:00:00 19T00:00:00")
	}
}

func notesOf(message string) []plan.Note {
	if message == "" {
		return nil
	}
	return []plan.Note{{Dataset: schemas.CallRecords.Name, Message: message, Whole: true}}
}
