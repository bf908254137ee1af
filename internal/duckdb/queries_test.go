package duckdb

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"graphlake/schemas"
)

// queries asks what the pages of the datasets ask. Each has an answer, and no column of nulls alone.
func (l *lake) queries(t *testing.T) {
	seen := l.views(t)
	other := l.named(t)
	for _, s := range other.statements(t, "duckdb") {
		seen.exec(t, s)
	}
	for _, d := range queried() {
		for _, q := range d.Queries {
			rows := seen.answer(t, q)
			if len(rows) == 0 {
				t.Errorf("%s: %q has no answer", d.Name, q.Question)
				continue
			}
			for column := range rows[0] {
				if !slices.ContainsFunc(rows, func(r map[string]any) bool { return r[column] != nil }) {
					t.Errorf("%s: %q has nulls only as %s", d.Name, q.Question, column)
				}
			}
		}
	}
	t.Run("totals", func(t *testing.T) { l.totals(t, seen) })
	t.Run("records", func(t *testing.T) { l.compared(t, seen, other) })
	t.Run("tenants", func(t *testing.T) { l.tenants(t, seen, l.dir, other.dir) })
}

// queried are the datasets of which the lake and that of named ones have something.
func queried() []schemas.Dataset { return append(demonstrated(), named...) }

// named are datasets that no run reads where they are not named.
var named = []schemas.Dataset{
	schemas.ChannelMembers, schemas.ResourceAccounts, schemas.PhoneNumbers, schemas.TeamsUserConfigurations,
	schemas.TeamMembers, schemas.IncomingChannels, schemas.JoinedTeams, schemas.SMSLogs, schemas.BlockedUsersLog, schemas.DialOutLogs,
	schemas.Transcripts, schemas.CallTranscripts, schemas.Recordings, schemas.CallRecordings, schemas.AttendanceReports,
}

// named reads them into a lake of their own, once.
func (l *lake) named(t *testing.T) *lake {
	if l.others != "" {
		return &lake{dir: l.others, bin: l.bin}
	}
	l.others = filepath.Join(l.dir+"-named", "lake")
	t.Setenv("LAKE", l.others)
	var names []string
	for _, d := range named {
		names = append(names, d.Name)
	}
	command(t, "sh", "internal/demo.sh", "--dataset", strings.Join(names, ","))
	return l.named(t)
}

var madeView = regexp.MustCompile(`^CREATE OR REPLACE VIEW "(\w+)"`)

// addViews makes those views of another lake that are not there.
func (l *lake) addViews(t *testing.T, other *lake) {
	t.Helper()
	there := map[string]bool{}
	for _, p := range l.pairs(t, "SELECT view_name, '' FROM duckdb_views() WHERE NOT internal") {
		there[p[0]] = true
	}
	for _, s := range other.statements(t, "duckdb") {
		if made := madeView.FindStringSubmatch(s); made != nil && !there[made[1]] {
			l.exec(t, s)
		}
	}
}

// answer gives the rows of a query by the names of its columns.
func (l *lake) answer(t *testing.T, q schemas.Query) (all []map[string]any) {
	t.Helper()
	rows, err := l.db.QueryContext(t.Context(), q.SQL)
	if err != nil {
		t.Errorf("%q: %v", q.Question, err)
		return nil
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		row := map[string]any{}
		for i, c := range columns {
			row[c] = values[i]
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Errorf("%q: %v", q.Question, err)
	}
	return all
}

// totals compares answers of the lake as it is seen with what the simulator holds, and with the records
// as Graph sent them.
func (l *lake) totals(t *testing.T, seen *lake) {
	var all day
	for _, d := range l.truth {
		all.Sessions += d.Sessions
		all.PSTN += d.PSTN
	}
	raw := func(dataset, where string) int64 {
		return l.number(t, "SELECT count(*) FROM raw.%s WHERE %s", dataset, where)
	}
	tests := l.number(t, "SELECT count(*) FROM (SELECT unnest(json_extract(record, '$.sessions[*].isTest')) AS test FROM raw.call_records) WHERE test = 'true'")
	// What is summed up together; one that costs something is enough for a cost.
	const kindOfBill = "row(record->>'$.usageCountryCode', record->>'$.destinationContext', record->>'$.currency')::VARCHAR"
	for _, c := range []struct {
		dataset schemas.Dataset
		query   int
		sum     string
		want    int64
	}{
		{schemas.CallRecords, 1, "sum(sessions)", all.Sessions - tests},
		{schemas.PSTNCalls, 0, "sum(calls)", all.PSTN},
		{schemas.PSTNCalls, 0, "sum(calls) FILTER (cost > 0)", raw("pstn_calls", kindOfBill+" IN (SELECT "+kindOfBill+
			" FROM raw.pstn_calls WHERE (record->>'$.charge')::DOUBLE > 0)")},
		{schemas.DirectRoutingCalls, 0, "sum(failed)", raw("direct_routing_calls", "(record->>'$.successfulCall') = 'false'")},
		{schemas.Users, 0, "count(*)", 1}, // who leads the tenant
		{schemas.Users, 1, "sum(assigned)", l.held["user_licenses"].Rows},
		{schemas.Users, 2, "max(people)", 29}, // all but who leads it
		{schemas.Groups, 1, "max(people)", 30},
		{schemas.Organization, 0, "sum(bought - used) FILTER (product = 'CONTOSO_E5')", 25},
		{schemas.Teams, 1, "sum(channels)", l.held["channels"].Rows},
		{schemas.Presence, 0, "sum(people)", 2 * 30}, // two runs
		{schemas.MailboxSettings, 0, "sum(people)", raw("mailbox_settings",
			"(record->>'$.userPurpose') = 'user' AND (record->>'$.workingHours.timeZone.name') IS NOT NULL")},
		{schemas.Chats, 0, "sum(chats)", l.held["chats"].Rows},
		{schemas.ChannelMessages, 0, "sum(posts)", raw("channel_messages",
			"(record->>'$.messageType') = 'message' AND (record->>'$.replyToId') IS NULL")},
	} {
		q := c.dataset.Queries[c.query]
		if got := seen.number(t, "SELECT %s::BIGINT FROM (%s)", c.sum, q.SQL); got != c.want {
			t.Errorf("%q: %s is %d, want %d", q.Question, c.sum, got, c.want)
		}
	}
}
