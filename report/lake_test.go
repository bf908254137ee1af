package report_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/report"
	"graphlake/schemas"
)

const contoso = "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"

// testLake is tables by hand: rows by table and day.
type testLake struct {
	t     *testing.T
	store load.Store
	rows  map[string]map[string][]map[string]any
	calls int
}

func newLake(t *testing.T) *testLake {
	return &testLake{t: t, store: memstore.New(), rows: map[string]map[string][]map[string]any{}}
}

// at is a time of November 2026, as 16T09:00:30, or any other in full.
func at(s string) string {
	if len(s) < len("2026-11-16") {
		s += ":00"
	}
	if !strings.HasPrefix(s, "2026") {
		s = "2026-11-" + s
	}
	return s + "Z"
}

func date(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

// add is a row on the day of a time.
func (l *testLake) add(table, time string, row map[string]any) {
	day := at(time)[:len("2026-11-16")]
	if l.rows[table] == nil {
		l.rows[table] = map[string][]map[string]any{}
	}
	l.rows[table][day] = append(l.rows[table][day], row)
}

// leg is one of a call: who calls whom, from when to when, and what became of it. Ends are user:ann, pstn:+1, queue and so on.
type leg struct{ caller, callee, from, to, outcome string }

// call is added with its legs; all of them begin on one day. People are those who take part, as ends are written, or account:id.
func (l *testLake) call(organizer, kind, outcome string, people []string, legs ...leg) {
	l.calls++
	id := fmt.Sprintf("call-%02d", l.calls)
	start := legs[0].from
	l.add("calls", start, map[string]any{"call_id": id, "organizer_id": organizer, "start_time": at(start), "call_kind": kind, "outcome": outcome, "organizer_masked": strings.HasSuffix(organizer, "*")})
	for i, g := range legs {
		callerKind, caller := end(g.caller)
		calleeKind, callee := end(g.callee)
		l.add("call_legs", start, map[string]any{
			"call_id": id, "call_start_time": at(start), "session_id": fmt.Sprint("s", i), "session_index": i, "start_time": at(g.from), "end_time": at(g.to),
			"caller_kind": callerKind, "caller_id": caller, "callee_kind": calleeKind, "callee_id": callee, "outcome": g.outcome,
		})
	}
	for i, p := range people {
		kind, who := end(p)
		row := map[string]any{"call_id": id, "call_start_time": at(start), "participant_index": i, "participant_id": who}
		switch kind {
		case "user":
			row["identity_kind"], row["user_tenant_id"], row["user_id"] = "user", contoso, who
		case "pstn":
			row["identity_kind"], row["phone_id"] = "phone", who
		case "account":
			row["identity_kind"], row["application_instance_id"], row["application_instance_display_name"] = "applicationInstance", who, "Hotline"
		}
		l.add("call_participants", start, row)
	}
}

func end(s string) (kind string, id any) {
	kind, who, ok := strings.Cut(s, ":")
	if !ok {
		return kind, nil
	}
	return kind, who
}

// user is in the directory of the day.
func (l *testLake) user(day, id, department string) {
	row := map[string]any{"user_id": id, "removed": false, "account_enabled": true, "user_type": "Member"}
	if department != "" {
		row["department"] = department
	}
	l.add("users", day, row)
}

func (l *testLake) hours(day, id, zone string, clock [2]string, days ...string) {
	row := map[string]any{"user_id": id, "removed": false, "working_hours_iana_time_zone": zone}
	for i, column := range []string{"working_hours_start_seconds", "working_hours_end_seconds"} {
		t, err := time.Parse("15:04", clock[i])
		if err != nil {
			l.t.Fatal(err)
		}
		row[column] = t.Hour()*3600 + t.Minute()*60
	}
	for _, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		row["works_"+day] = slices.Contains(days, day)
	}
	l.add("mailbox_settings", day, row)
}

func (l *testLake) message(time, from string) {
	l.calls++
	l.add("chat_messages", time, map[string]any{"chat_id": "chat", "mailbox_id": "", "message_id": fmt.Sprint("m", l.calls), "message_type": "message", "from_user_id": from, "created_time": at(time)})
}

// report writes the lake and asks for days of it.
func (l *testLake) report(from, to string) report.Tenant {
	l.t.Helper()
	l.write()
	r, err := report.Make(l.t.Context(), report.Options{Store: l.store, Datasets: schemas.BuiltIn(), Tenants: []report.Named{{ID: contoso, Name: "contoso"}}, From: date(from), To: date(to)})
	if err != nil {
		l.t.Fatal(err)
	}
	return r.Tenants[0]
}

func (l *testLake) write() {
	l.t.Helper()
	for table, days := range l.rows {
		_, t, ok := schemas.BuiltIn().FindTable(table)
		if !ok {
			l.t.Fatalf("there is no table %s", table)
		}
		for _, day := range slices.Sorted(maps.Keys(days)) {
			text, err := json.Marshal(days[day])
			if err != nil {
				l.t.Fatal(err)
			}
			rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, t.Schema(), strings.NewReader(string(text)))
			if err != nil {
				l.t.Fatalf("%s of %s: %v", table, day, err)
			}
			w, err := load.New(l.store, l.t.TempDir()).Write(l.t.Context(), load.Partition{Kind: load.Tables, Name: table, TenantID: contoso, Date: date(day)}, t)
			if err == nil {
				if err = w.Append(rec); err == nil {
					_, err = w.Commit(l.t.Context())
				}
			}
			if err != nil {
				l.t.Fatal(err)
			}
		}
	}
}
