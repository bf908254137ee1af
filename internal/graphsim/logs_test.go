package graphsim

import (
	"slices"
	"testing"
)

func week() Options {
	o := small()
	o.Users, o.To = 100, sunday
	return o
}

// The end of the range belongs to it for PSTN, and does not for Direct Routing.
func TestLogBounds(t *testing.T) {
	tenant := New(week())
	for _, c := range []struct {
		function string
		field    string
		to       string
		days     int // that the rows come from
	}{
		{"getPstnCalls", "startDateTime", "2026-11-04", 3},
		{"getPstnCalls", "startDateTime", "2026-11-04T00:00:00Z", 2},
		{"microsoft.graph.callRecords.getPstnCalls", "startDateTime", "2026-11-02", 1},
		{"getDirectRoutingCalls", "startDateTime", "2026-11-04", 2},
		{"getDirectRoutingCalls", "startDateTime", "2026-11-02", 0},
		{"microsoft.graph.callRecords.getDirectRoutingCalls", "startDateTime", "2026-11-04T00:00:00Z", 2},
	} {
		rows, _ := all(t, tenant, recordsPath+"/"+c.function+"(fromDateTime=2026-11-02,toDateTime="+c.to+")")
		var days []string
		for _, at := range column(rows, c.field) {
			if at != "" { // a failed call may have no start
				days = append(days, at[:10])
			}
		}
		if got := distinct(days); len(got) != c.days {
			t.Errorf("%s to %s: rows of %v, want %d days", c.function, c.to, got, c.days)
		}
	}
	rows, _ := all(t, tenant, recordsPath+"/getPstnCalls(fromDateTime=2026-11-02,toDateTime=2026-11-03)")
	last := rows[len(rows)-1]["startDateTime"].(string)
	upTo, _ := all(t, tenant, recordsPath+"/getPstnCalls(toDateTime="+last+",fromDateTime=2026-11-02T00:00:00Z)")
	if !slices.Equal(column(upTo, "id"), column(rows, "id")) {
		t.Errorf("up to the start of the last row there are %d rows, want all %d", len(upTo), len(rows))
	}
}

func TestLogPages(t *testing.T) {
	o := week()
	o.Users = 700
	rows, pages := all(t, New(o), recordsPath+"/getPstnCalls(fromDateTime=2026-11-02,toDateTime=2026-11-08)")
	if len(pages) < 3 || pages[0] != 1000 || pages[1] != 1000 || pages[len(pages)-1] > 1000 {
		t.Errorf("pages of %v, want at least two of 1000 and a rest", pages)
	}
	if ids := distinct(column(rows, "id")); len(ids) != len(rows) {
		t.Errorf("%d different ids of %d rows", len(ids), len(rows))
	}
}

// The correlationId of Direct Routing leads to a call record; nothing in a PSTN row does.
func TestLogIDs(t *testing.T) {
	tenant := New(week())
	rows, _ := all(t, tenant, recordsPath+"/getDirectRoutingCalls(fromDateTime=2026-11-02,toDateTime=2026-11-09)")
	calls := column(rows, "correlationId")
	for _, id := range calls {
		if a := get(t, tenant, recordsPath+"/"+id); a.status != 200 {
			t.Fatalf("correlationId %s: %d", id, a.status)
		}
	}
	if len(distinct(calls)) == len(rows) || len(distinct(column(rows, "id"))) != len(rows) {
		t.Errorf("%d rows: want unique ids, and a correlationId that two rows share", len(rows))
	}
	pstn, _ := all(t, tenant, recordsPath+"/getPstnCalls(fromDateTime=2026-11-02,toDateTime=2026-11-08)")
	for _, field := range []string{"id", "callId"} {
		if a := get(t, tenant, recordsPath+"/"+pstn[0][field].(string)); a.status != 404 {
			t.Errorf("the PSTN row's %s: %d, want 404", field, a.status)
		}
	}
}

func TestLogIgnoresFilter(t *testing.T) {
	const path = recordsPath + "/getDirectRoutingCalls(fromDateTime=2026-11-02,toDateTime=2026-11-09)"
	tenant := New(week())
	rows, _ := all(t, tenant, path)
	filtered, _ := all(t, tenant, path+"?$filter=userId eq 'nobody'")
	if len(filtered) != len(rows) {
		t.Errorf("%d rows with a filter, %d without", len(filtered), len(rows))
	}
}
