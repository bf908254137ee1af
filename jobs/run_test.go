package jobs_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// What is in the lake is what the simulator says it gave, in every table; a second run of the same
// range asks again and changes nothing.
func TestRunIsWholeAndRepeatable(t *testing.T) {
	sim := graphsim.New(graphsim.Options{Users: 12, From: monday, To: monday.Add(2 * schemas.Day), Large: 140, Now: func() time.Time { return later }})
	r := newRig(t, sim)
	truth := map[string]int64{}
	for _, d := range sim.Truth().Days {
		truth["calls"] += int64(d.CallRecords)
		truth["call_participants"] += int64(d.Participants)
		truth["call_sessions"] += int64(d.Sessions)
		truth["call_segments"] += int64(d.Segments)
		truth["call_media"] += int64(d.Media)
		truth["call_media_streams"] += int64(d.Streams)
		truth["pstn_calls"] += int64(d.PSTN)
		truth["direct_routing_calls"] += int64(d.DirectRouting)
	}
	for _, again := range []bool{false, true} {
		rep := r.run(t, 2, schemas.CallRecords, schemas.PSTNCalls, schemas.DirectRoutingCalls)
		rows := map[string]int64{}
		for _, u := range rep.Units {
			for table, n := range u.Rows {
				rows[table] += n
			}
			if again && u.Written > 0 || !again && u.Unchanged > 0 {
				t.Errorf("again %v: %s wrote %d partitions and left %d alone", again, u.Dataset, u.Written, u.Unchanged)
			}
		}
		if rep.Status != state.Data || !maps.Equal(rows, truth) {
			t.Errorf("status %s\ngot  %v\nwant %v", rep.Status, rows, truth)
		}
	}
}

// A reader who starts from the root table finds the children: they are published before it, and raw
// before all of them.
func TestPublishOrder(t *testing.T) {
	sim := graphsim.New(graphsim.Options{Users: 10, From: monday, To: monday.Add(schemas.Day), Large: 20, Now: func() time.Time { return later }})
	r := newRig(t, sim)
	r.run(t, 1, schemas.CallRecords)
	var order []string
	for _, name := range r.store.published {
		order = append(order, strings.Join(strings.Split(name, "/")[:2], "/"))
	}
	want := []string{
		"raw/call_records", "tables/call_media_streams", "tables/call_media", "tables/call_segments",
		"tables/call_sessions", "tables/call_participants", "tables/calls",
	}
	if !slices.Equal(order, want) {
		t.Errorf("got  %v\nwant %v", order, want)
	}
}
