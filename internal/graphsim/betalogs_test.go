package graphsim

import (
	"slices"
	"strings"
	"testing"
)

const betaPath = "/beta/communications/callRecords"

// The logs of beta are beta's alone, and take the end of the range as included.
func TestBetaLogs(t *testing.T) {
	tenant := New(week())
	for function, field := range map[string]string{"getSmsLog": "sentDateTime", "getPstnBlockedUsersLog": "blockDateTime"} {
		if a := get(t, tenant, recordsPath+"/"+function+"(fromDateTime=2026-11-02,toDateTime=2026-11-03)"); a.status != 400 {
			t.Errorf("v1.0 answers %s with %d", function, a.status)
		}
		for to, days := range map[string]int{"2026-11-04": 3, "2026-11-04T00:00:00Z": 2, "2026-11-03T23:59:59.9999999Z": 2, "2026-11-02": 1} {
			rows, _ := all(t, tenant, betaPath+"/"+function+"(fromDateTime=2026-11-02,toDateTime="+to+")")
			var on []string
			for _, at := range column(rows, field) {
				on = append(on, at[:10])
			}
			if got := distinct(on); len(got) != days || !slices.IsSorted(on) {
				t.Errorf("%s to %s: rows of %v, want %d days in order", function, to, got, days)
			}
		}
	}
	for arguments, status := range map[string]int{
		"fromDateTime=2026-11-02": 400, "fromDateTime=2026-11-03,toDateTime=2026-11-02": 400, "fromDateTime=2026-01-01,toDateTime=2026-11-02": 406,
	} {
		if a := get(t, tenant, betaPath+"/getSmsLog("+arguments+")"); a.status != status {
			t.Errorf("%s: %d, want %d", arguments, a.status, status)
		}
	}
}

// Messages go both ways, one message to two people has one id, some rows are there twice, and half have an id of their own.
func TestTextMessages(t *testing.T) {
	tenant := New(week())
	rows, _ := all(t, tenant, betaPath+"/getSmsLog(fromDateTime=2026-11-02,toDateTime=2026-11-08)")
	var said []string
	for _, row := range rows {
		said = append(said, sayingOf(t, row))
	}
	messages, ways := distinct(column(rows, "smsId")), distinct(column(rows, "smsType"))
	if twice := len(rows) - len(distinct(said)); twice == 0 || len(messages) >= len(rows)-twice || !slices.Equal(ways, []string{"sms_in", "sms_out"}) {
		t.Errorf("%d rows, %d of them twice, of %d messages %v", len(rows), twice, len(messages), ways)
	}
	if ids := distinct(column(rows, "id")); len(ids) < len(rows)/4 || len(ids) > len(rows)*3/4 || !slices.Contains(ids, "") {
		t.Errorf("%d ids of %d rows", len(ids), len(rows))
	}
}

// Whoever is blocked is unblocked again, and the words for it are spelled as Graph spells them here and there.
func TestBlockings(t *testing.T) {
	tenant := New(week())
	rows, _ := all(t, tenant, betaPath+"/getPstnBlockedUsersLog(fromDateTime=2026-11-02,toDateTime=2026-11-08)")
	modes := map[string]int{}
	blocked := map[string]bool{}
	for _, row := range rows {
		mode := texts(row, "userBlockMode")
		modes[mode]++
		blocked[texts(row, "userId")] = blocked[texts(row, "userId")] || strings.EqualFold(mode, "blocked")
	}
	if len(modes) != 4 || len(blocked) == 0 {
		t.Errorf("%d rows of %d people: %v", len(rows), len(blocked), modes)
	}
	if actions := distinct(column(rows, "remediationId")); len(actions) >= len(rows) {
		t.Errorf("no unblocking has the id of its blocking: %d ids of %d rows", len(actions), len(rows))
	}
}

// What conferences called is what the log of calling plans says of it, added up over the range that is asked for.
func TestDialOuts(t *testing.T) {
	o := week()
	o.Users = 400
	tenant := New(o)
	count := func(of []map[string]any, name string) (n float64) {
		for _, row := range of {
			v, _ := row[name].(float64)
			n += v
		}
		return n
	}
	log, _ := all(t, tenant, recordsPath+"/getPstnCalls(fromDateTime=2026-11-02,toDateTime=2026-11-08)")
	out := slices.DeleteFunc(log, func(row map[string]any) bool { return row["callType"] != "conf_out" })
	week, _ := all(t, tenant, betaPath+"/getPstnOnlineMeetingDialoutReport(fromDateTime=2026-11-02,toDateTime=2026-11-08)")
	calls, seconds := count(week, "totalCalls"), count(week, "totalCallSeconds")
	if calls != float64(len(out)) || seconds != count(out, "duration") || int(100*count(week, "totalCallCharge")+.5) != int(100*(count(out, "charge")+count(out, "connectionCharge"))+.5) {
		t.Errorf("%v calls of %v seconds, and the log has %d of %v", calls, seconds, len(out), count(out, "duration"))
	}
	rows := 0
	for _, day := range []string{"02", "03", "04", "05", "06", "07", "08"} {
		one, _ := all(t, tenant, betaPath+"/getPstnOnlineMeetingDialoutReport(fromDateTime=2026-11-"+day+",toDateTime=2026-11-"+day+")")
		rows, calls = rows+len(one), calls-count(one, "totalCalls")
	}
	if calls != 0 || rows < len(week) {
		t.Errorf("the days have %d rows and %v calls less than the week, which has %d rows", rows, calls, len(week))
	}
}
