package jobs_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs/state"
	"graphlake/load"
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
		truth["call_legs"], truth["call_persons"] = r.countFacts(t, monday, monday.Add(schemas.Day))
		if rep.Status != state.Data || !maps.Equal(rows, truth) {
			t.Errorf("status %s\ngot  %v\nwant %v", rep.Status, rows, truth)
		}
	}
}

// countFacts counts in the records themselves what is computed of them: legs are sessions but tests, and persons the ids of
// ends that are no service's, by call, where the two were connected.
func (r *rig) countFacts(t *testing.T, dates ...time.Time) (legs, persons int64) {
	t.Helper()
	type end struct {
		AssociatedIdentity *struct{ ID string }
		UserAgent          struct{ Role string }
	}
	type call struct {
		Sessions []struct {
			StartDateTime, EndDateTime time.Time
			IsTest                     bool
			FailureInfo                struct{ Stage string }
			Caller, Callee             end
			Segments                   []struct {
				Media []struct{ Streams []struct{} }
			}
		}
	}
	for _, date := range dates {
		p := load.Partition{Kind: load.Raw, Name: schemas.CallRecords.Name, TenantID: tenant.ID, Date: date}
		table := schemas.RawTable(schemas.CallRecords)
		at := slices.IndexFunc(table.Columns, func(c schemas.Column) bool { return c.Name == schemas.RecordText })
		for row, err := range r.Lake.Rows(t.Context(), p, table) {
			if err != nil {
				t.Fatal(err)
			}
			var c call
			if err := json.Unmarshal([]byte(fmt.Sprint(row[at])), &c); err != nil {
				t.Fatal(err)
			}
			ids := map[string]bool{}
			for _, s := range c.Sessions {
				if s.IsTest {
					continue
				}
				legs++
				media := false
				for _, segment := range s.Segments {
					for _, m := range segment.Media {
						media = media || len(m.Streams) > 0
					}
				}
				phone := func(e end) bool { return e.UserAgent.Role == "mediationServer" || e.UserAgent.Role == "gateway" }
				meets := strings.Contains(s.Callee.UserAgent.Role, "Mcu") || strings.Contains(s.Callee.UserAgent.Role, "ontroller") || strings.HasPrefix(s.Callee.UserAgent.Role, "conferencing")
				other := s.Callee.UserAgent.Role != "" && !meets && !phone(s.Callee)
				if other || s.FailureInfo.Stage == "callSetup" || !meets && !media && s.FailureInfo.Stage != "midcall" || s.EndDateTime.Before(s.StartDateTime) {
					continue
				}
				for _, e := range []end{s.Caller, s.Callee} {
					if e.AssociatedIdentity != nil && e.AssociatedIdentity.ID != "" && (e.UserAgent.Role == "" || phone(e)) {
						ids[e.AssociatedIdentity.ID] = true
					}
				}
			}
			persons += int64(len(ids))
		}
	}
	return legs, persons
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
		"raw/call_records", "tables/call_persons", "tables/call_legs", "tables/call_media_streams", "tables/call_media", "tables/call_segments",
		"tables/call_sessions", "tables/call_participants", "tables/calls",
	}
	if !slices.Equal(order, want) {
		t.Errorf("got  %v\nwant %v", order, want)
	}
}
