package duckdb

import (
	"slices"
	"strings"
	"testing"

	"graphlake/schemas"
)

func TestLake(t *testing.T) {
	l := demo(t)
	t.Run("second run changes nothing", l.secondRun)
	t.Run("rows are those reported", l.rows)
	t.Run("rows are those the simulator holds", l.simulated)
	t.Run("types", l.types)
	t.Run("keys", l.keys)
	t.Run("parents", l.parents)
	t.Run("dates", l.dates)
	t.Run("files", l.files)
	t.Run("empty days", l.emptyDays)
	t.Run("raw", l.raw)
	t.Run("values", l.values)
	t.Run("enums", l.enums)
	t.Run("sums", l.sums)
	t.Run("views", l.viewed)
	t.Run("metrics", l.metrics)
	t.Run("files beside the partitions", l.beside)
	t.Run("lengths", l.lengths)
	t.Run("documented queries", l.documented)
	t.Run("wrong queries", l.traps)
	t.Run("answers", l.answersAreTheViews)
	t.Run("queries", l.queries)
}

func (l *lake) secondRun(t *testing.T) {
	unchanged := 0
	for _, u := range l.reports {
		switch d, _ := schemas.BuiltIn().Find(u.Dataset); d.Mode {
		case schemas.Changes: // a unit looks at any day that its records are of
			u.Unchanged = 0
		case schemas.Observations: // a minute later, one more is made: raw and its table
			u.Written -= 2
		}
		if u.Outcome != "data" || u.Written != 0 || u.Quarantined != 0 {
			t.Errorf("%s: outcome %s, %d written, %d quarantined; want data, 0, 0", u.Dataset, u.Outcome, u.Written, u.Quarantined)
		}
		unchanged += u.Unchanged
	}
	// Seven days of nine call record files, of two each for the logs and of three for the calendars, and
	// one day of users, groups, the organization, teams, mailbox settings and chats.
	if want := 7*(9+2+2+3) + 3 + 4 + 3 + 3 + 2 + 3; unchanged != want {
		t.Errorf("%d partitions unchanged, want %d", unchanged, want)
	}
}

func (l *lake) rows(t *testing.T) {
	for _, d := range demonstrated() {
		if d.Mode == schemas.Observations { // of which a second run reports its own
			continue
		}
		var records int64
		rows := map[string]int64{}
		for _, u := range l.reports {
			if u.Dataset != d.Name {
				continue
			}
			records += u.Records
			for table, n := range u.Rows {
				rows[table] += n
			}
		}
		if got := l.number(t, "SELECT count(*) FROM raw.%s", d.Name); got != records || records == 0 {
			t.Errorf("raw of %s has %d records, reported are %d", d.Name, got, records)
		}
		for _, table := range d.Tables {
			if got := l.number(t, "SELECT count(*) FROM %s", table.Name); got != rows[table.Name] || got == 0 {
				t.Errorf("%s has %d rows, reported are %d", table.Name, got, rows[table.Name])
			}
		}
	}
}

func (l *lake) simulated(t *testing.T) {
	var all day
	for _, d := range l.truth {
		all.CallRecords += d.CallRecords
		all.Participants += d.Participants
		all.Sessions += d.Sessions
		all.Segments += d.Segments
		all.Media += d.Media
		all.Streams += d.Streams
		all.PSTN += d.PSTN
		all.DirectRouting += d.DirectRouting
	}
	for table, want := range map[string]int64{
		"calls": all.CallRecords, "call_participants": all.Participants, "call_sessions": all.Sessions,
		"call_segments": all.Segments, "call_media": all.Media, "call_media_streams": all.Streams,
		"pstn_calls": all.PSTN, "direct_routing_calls": all.DirectRouting, "users": 30,
	} {
		if got := l.number(t, "SELECT count(*) FROM %s", table); got != want {
			t.Errorf("%s has %d rows, the simulator holds %d", table, got, want)
		}
	}
}

// duckDBTypes is what DuckDB has to see for each type, so that every reader can read it: no unsigned
// number, no time without zone, nothing nested.
var duckDBTypes = map[schemas.Type]string{
	schemas.String: "VARCHAR", schemas.Enum: "VARCHAR", schemas.LongText: "VARCHAR", schemas.JSON: "VARCHAR",
	schemas.Member: "VARCHAR", schemas.Hash: "VARCHAR", schemas.Zone: "VARCHAR", schemas.KeyText: "VARCHAR", schemas.Digest: "VARCHAR",
	schemas.Bool: "BOOLEAN", schemas.Present: "BOOLEAN",
	schemas.Int32: "INTEGER", schemas.Int64: "BIGINT", schemas.DurationMS: "BIGINT", schemas.Version: "BIGINT",
	schemas.Float64: "DOUBLE", schemas.Decimal: "DECIMAL(18,6)",
	schemas.Timestamp: "TIMESTAMP WITH TIME ZONE", schemas.UTCTime: "TIMESTAMP WITH TIME ZONE",
}

func (l *lake) types(t *testing.T) {
	check := func(kind string, table schemas.Table) {
		var want [][2]string
		for _, c := range table.Columns {
			want = append(want, [2]string{c.Name, duckDBTypes[c.Type]})
		}
		// Without hive partitioning these are the columns of the files alone.
		got := l.pairs(t, "SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet('%s', hive_partitioning = false))",
			l.glob(kind, table.Name))
		if !slices.Equal(got, want) {
			t.Errorf("%s %s has the columns\n%v, want\n%v", kind, table.Name, got, want)
		}
		var required [][2]string
		for _, c := range table.Columns {
			repetition := "OPTIONAL"
			if table.Requires(c) || c.Type.NeverNull() {
				repetition = "REQUIRED"
			}
			required = append(required, [2]string{c.Name, repetition})
		}
		got = l.pairs(t, "SELECT DISTINCT ON (name) name, repetition_type FROM parquet_schema('%s') WHERE type IS NOT NULL ORDER BY column_id",
			l.glob(kind, table.Name))
		if !slices.Equal(got, required) {
			t.Errorf("%s %s: null is allowed in\n%v, want\n%v", kind, table.Name, got, required)
		}
	}
	for _, d := range l.datasets {
		check("raw", schemas.RawTable(d))
		for _, table := range d.Tables {
			check("tables", table)
		}
	}
}

func (l *lake) keys(t *testing.T) {
	for _, d := range l.datasets {
		for _, table := range d.Tables {
			key := strings.Join(table.Key, ", ")
			if n := l.number(t, "SELECT count(*) FROM (SELECT 1 FROM %s GROUP BY tenant_id, dt, %s HAVING count(*) > 1)", table.Name, key); n > 0 {
				t.Errorf("%s: %d keys are there more than once", table.Name, n)
			}
			for _, c := range table.Columns {
				if !table.Requires(c) && !c.Type.NeverNull() {
					continue
				}
				if n := l.number(t, "SELECT count(*) FROM %s WHERE %s IS NULL", table.Name, c.Name); n > 0 {
					t.Errorf("%s.%s is required, and null in %d rows", table.Name, c.Name, n)
				}
			}
		}
	}
}

func (l *lake) parents(t *testing.T) {
	for _, link := range []struct{ child, parent, by string }{
		{"call_participants", "calls", "call_id"},
		{"call_sessions", "calls", "call_id"},
		{"call_segments", "call_sessions", "call_id, session_id, session_index"},
		{"call_media", "call_segments", "call_id, session_id, session_index, segment_id"},
		{"call_media_streams", "call_media", "call_id, session_id, session_index, segment_id, media_index"},
		{"message_mentions", "chat_messages", "chat_id, message_id, mailbox_id"},
		{"message_attachments", "chat_messages", "chat_id, message_id, mailbox_id"},
		{"message_reactions", "chat_messages", "chat_id, message_id, mailbox_id"},
		{"message_events", "chat_messages", "chat_id, message_id, mailbox_id"},
		{"user_licenses", "users", "user_id"},
		{"group_members", "groups", "group_id"},
		{"group_owners", "groups", "group_id"},
		{"subscribed_skus", "tenants", "organization_id"},
		{"channels", "teams", "team_id"},
	} {
		if d, _, _ := schemas.BuiltIn().FindTable(link.child); !slices.ContainsFunc(l.datasets, func(o schemas.Dataset) bool { return o.Name == d.Name }) {
			continue
		}
		if n := l.number(t, "SELECT count(*) FROM %s ANTI JOIN %s USING (tenant_id, dt, %s)", link.child, link.parent, link.by); n > 0 {
			t.Errorf("%d rows of %s have no row in %s", n, link.child, link.parent)
		}
	}
}

func (l *lake) dates(t *testing.T) {
	for table, column := range map[string]string{
		"calls": "start_time", "call_participants": "call_start_time", "call_sessions": "call_start_time",
		"call_segments": "call_start_time", "call_media": "call_start_time", "call_media_streams": "call_start_time",
		"pstn_calls": "start_time", "direct_routing_calls": "call_time", "users": "TIMESTAMPTZ '2026-11-23 02:30:00Z'",
		"presence": "observed_time",
	} {
		if n := l.number(t, "SELECT count(*) FROM %s WHERE dt IS DISTINCT FROM (%s AT TIME ZONE 'UTC')::DATE", table, column); n > 0 {
			t.Errorf("%d rows of %s lie in the partition of another day", n, table)
		}
	}
}
