package duckdb

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"graphlake/schemas"
	"graphlake/views"
)

// zones are of sessions: in one the day of the examples is UTC's, in one it begins later, in one earlier by half an hour more than whole ones.
var zones = []string{"UTC", "America/New_York", "Asia/Kolkata"}

// example is rows, a question, and the answer.
type example struct {
	name, inserts, question string
	answer                  []string
}

// computed fills in what a lake has computed of its records, by the first text of the metrics.
const computed = `
	DELETE FROM call_legs;
	INSERT INTO call_legs BY NAME SELECT *, 0 AS session_index FROM original_call_legs;
	DELETE FROM call_persons;
	INSERT INTO call_persons BY NAME SELECT tenant_id, dt, call_id, person_id, bool_or(kind = 'user') AS is_member, min(start_time) AS first_time, max(end_time) AS last_time,
		epoch(max(end_time) - min(start_time)) AS seconds
		FROM (FROM call_legs SELECT *, caller_id AS person_id, caller_kind AS kind UNION ALL FROM call_legs SELECT *, callee_id, callee_kind)
		WHERE outcome IN ('answered', 'joined') AND end_time >= start_time AND kind IN ('user', 'external', 'pstn') AND person_id IS NOT NULL
		GROUP BY tenant_id, dt, call_id, person_id;
	UPDATE calls SET duration_seconds = o.length_seconds, member_count = o.members, outsider_count = o.outsiders, phone_count = o.phones,
		call_kind = o.kind, direction = o.direction, outcome = o.outcome,
		organizer_masked = calls.organizer_id LIKE '%*%' OR calls.organizer_id = 'anonymous'
		FROM original_calls o WHERE o.tenant_id = calls.tenant_id AND o.call_id = calls.call_id;
	UPDATE direct_routing_calls SET direction = CASE WHEN lower(call_type) LIKE 'byotin%' OR lower(call_type) LIKE 'dr_in%' THEN 'inbound' WHEN lower(call_type) LIKE '%out%' THEN 'outbound' ELSE 'unknown' END,
		result = CASE WHEN successful_call THEN 'success' WHEN final_sip_code IN (486, 600) THEN 'busy' WHEN final_sip_code IN (408, 480, 487) THEN 'no_answer'
			WHEN final_sip_code IN (403, 603) THEN 'rejected' WHEN final_sip_code IN (404, 410, 484, 604) THEN 'bad_number' ELSE 'network' END,
		ring_seconds = CASE WHEN successful_call AND start_time >= invite_time THEN date_diff('microsecond', invite_time, start_time) / 1e6 END;
	UPDATE pstn_calls SET direction = CASE WHEN lower(call_type) LIKE '%in' THEN 'inbound' WHEN lower(call_type) LIKE '%out%' THEN 'outbound' ELSE 'unknown' END,
		charged_to = CASE WHEN lower(call_type) LIKE 'conf%' THEN 'conference' WHEN lower(call_type) LIKE 'ucap%' THEN 'voice_app' ELSE 'user' END,
		total_charge = CASE WHEN charge IS NOT NULL OR connection_charge IS NOT NULL THEN coalesce(charge, 0) + coalesce(connection_charge, 0) END, started_minutes = ceil(duration_seconds / 60.0);
	UPDATE mailbox_settings_current m SET working_hours_start_seconds = epoch(o.day_start), working_hours_end_seconds = epoch(o.day_end),
		works_monday = o.working_days LIKE '%"monday"%', works_tuesday = o.working_days LIKE '%"tuesday"%', works_wednesday = o.working_days LIKE '%"wednesday"%',
		works_thursday = o.working_days LIKE '%"thursday"%', works_friday = o.working_days LIKE '%"friday"%', works_saturday = o.working_days LIKE '%"saturday"%',
		works_sunday = o.working_days LIKE '%"sunday"%' FROM original_people o WHERE o.tenant_id = m.tenant_id AND o.user_id = m.user_id;
	UPDATE call_media_streams m SET is_test = false, medium = o.medium, cqd_class = o.cqd_class, cri_poor = o.cri_poor = 1
		FROM original_streams o WHERE o.tenant_id = m.tenant_id AND o.call_id = m.call_id AND o.session_id = m.session_id
		AND o.media_index = m.media_index AND o.stream_index = m.stream_index;
	UPDATE call_media_streams m SET sender_identity_id = o.user_id, sender_tenant_id = o.tenant_id, sender_platform = o.platform,
		sender_connection_type = o.connection_type, sender_subnet = o.subnet, sender_wifi_band = o.wifi_band
		FROM original_stream_sides o WHERE o.role = 'sends' AND o.tenant_id = m.tenant_id AND o.call_id = m.call_id AND o.session_id = m.session_id
		AND o.media_index = m.media_index AND o.stream_index = m.stream_index;
	UPDATE call_media_streams m SET receiver_identity_id = o.user_id, receiver_tenant_id = o.tenant_id, receiver_platform = o.platform,
		receiver_connection_type = o.connection_type, receiver_subnet = o.subnet, receiver_wifi_band = o.wifi_band
		FROM original_stream_sides o WHERE o.role = 'receives' AND o.tenant_id = m.tenant_id AND o.call_id = m.call_id AND o.session_id = m.session_id
		AND o.media_index = m.media_index AND o.stream_index = m.stream_index;`

// Each example is answered as counted by hand, whatever the session's zone.
func TestMetricExamples(t *testing.T) {
	examples := metricExamples(t)
	if len(examples) != 52 {
		t.Errorf("there are %d examples, want 52", len(examples))
	}
	dir := os.Getenv("EXAMPLES")
	if dir != "" {
		handOn(t, dir, examples)
	}
	for _, zone := range zones {
		t.Run(zone, func(t *testing.T) {
			l := empty(t)
			l.exec(t, "SET TimeZone = '"+zone+"'")
			l.metricViews(t)
			l.exec(t, originals(t))
			for _, e := range examples {
				if e.inserts != "" {
					l.exec(t, e.inserts)
				}
				l.exec(t, computed)
				if dir != "" && zone == "UTC" {
					l.handOnTables(t, filepath.Join(dir, e.name))
				}
				if got := l.rowTexts(t, e.question); !slices.EqualFunc(got, e.answer, sameRow) {
					t.Errorf("%s: %s\nis %q\nwant %q", e.name, e.question, got, e.answer)
				}
			}
		})
	}
}

func metricExamples(t *testing.T) (all []example) {
	t.Helper()
	text, err := os.ReadFile("testdata/examples.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(string(text), "-- example ")[1:] {
		name, body, _ := strings.Cut(part, "\n")
		e := example{name: name}
		var statements []string
		for line := range strings.SplitSeq(body, "\n") {
			if row, ok := strings.CutPrefix(line, "-- = "); ok {
				e.answer = append(e.answer, row)
			} else if !strings.HasPrefix(line, "--") {
				statements = append(statements, line)
			}
		}
		whole := strings.TrimSpace(strings.Join(statements, "\n"))
		i := strings.LastIndex(whole, "SELECT ")
		for i > 0 && !strings.HasPrefix(whole[i-1:], "\n") { // one within a statement does not begin a line
			i = strings.LastIndex(whole[:i], "SELECT ")
		}
		e.inserts, e.question = whole[:i], strings.TrimSuffix(whole[i:], ";")
		all = append(all, e)
	}
	return all
}

// sameRow compares values with commas between them, numbers and instants by their value.
func sameRow(got, want string) bool {
	return slices.EqualFunc(strings.Split(got, ", "), strings.Split(want, ", "), func(a, b string) bool {
		x, errX := strconv.ParseFloat(a, 64)
		y, errY := strconv.ParseFloat(b, 64)
		return a == b || errX == nil && errY == nil && x == y || sameInstant(a, b)
	})
}

// sameInstant compares two as DuckDB writes them, by the clock of a session and with its offset.
func sameInstant(a, b string) bool {
	read := func(s string) time.Time {
		if i := max(strings.LastIndexAny(s, "+-"), 0); !strings.Contains(s[i:], ":") {
			s += ":00"
		}
		at, _ := time.Parse("2006-01-02 15:04:05-07:00", s)
		return at
	}
	return !read(a).IsZero() && read(a).Equal(read(b))
}

// rowTexts is the rows of an answer, as texts with commas between the values.
func (l *lake) rowTexts(t *testing.T, query string) (all []string) {
	t.Helper()
	rows, err := l.db.QueryContext(t.Context(), "SELECT COLUMNS(*)::VARCHAR FROM ("+query+")")
	if err != nil {
		t.Fatalf("%v\nin %s", err, query)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, v := range values {
			if !v.Valid {
				v.String = "NULL"
			}
			texts = append(texts, v.String)
		}
		all = append(all, strings.Join(texts, ", "))
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%v\nin %s", err, query)
	}
	return all
}

// empty is a database with every table without rows, and the views of newest pictures as tables.
func empty(t *testing.T) *lake {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	l := &lake{db: db}
	l.exec(t, "CREATE TABLE coverage (tenant_id VARCHAR, dataset VARCHAR, dt DATE, outcome VARCHAR)")
	for _, d := range schemas.BuiltIn() {
		for _, table := range d.Tables {
			var columns []string
			for _, c := range table.Columns {
				column := c.Name + " " + duckDBTypes[c.Type]
				if c.Type == schemas.Present {
					column += " DEFAULT false"
				}
				columns = append(columns, column)
			}
			columns = append(columns, "tenant_id VARCHAR")
			if d.Mode.Pictures() {
				l.exec(t, "CREATE TABLE "+table.Name+"_current ("+strings.Join(append(slices.Clone(columns), "picture_date DATE"), ", ")+")")
			}
			l.exec(t, "CREATE TABLE "+table.Name+" ("+strings.Join(append(columns, "dt DATE"), ", ")+")")
		}
	}
	return l
}

// metricViews makes them over what is there. That their columns are there is what DuckDB asks at once.
func (l *lake) metricViews(t *testing.T) {
	t.Helper()
	for _, m := range views.Metrics() {
		query, err := m.Query(views.DuckDB)
		if err != nil {
			t.Fatal(err)
		}
		l.exec(t, "CREATE VIEW "+m.Name+" AS "+query)
	}
}

// metrics looks at those of the demo's lake: at their values where its rows are in memory, for a question asks many tables
// often; at what they read where the command has printed them.
func (l *lake) metrics(t *testing.T) {
	held := empty(t)
	held.exec(t, "SET TimeZone = 'Pacific/Auckland'") // no value may depend on the reader's zone
	other := l.named(t)
	for _, d := range queried() {
		of := l
		if d.Optional {
			of = other
		}
		for _, table := range d.Tables {
			rows := " BY NAME SELECT * FROM read_parquet('" + of.glob("tables", table.Name) + "', hive_partitioning = true, hive_types = {'tenant_id': VARCHAR, 'dt': DATE})"
			held.exec(t, "INSERT INTO "+table.Name+rows)
			if d.Mode.Pictures() { // of which there is one
				held.exec(t, "INSERT INTO "+table.Name+"_current"+strings.Replace(rows, "*", "* EXCLUDE (dt)", 1))
			}
		}
	}
	held.exec(t, "INSERT INTO coverage SELECT DISTINCT tenant_id, 'call_records', dt, 'data' FROM calls")
	held.metricViews(t)
	t.Run("keys", held.metricKeys)
	t.Run("as they were first written", held.metricOriginals)
	t.Run("files", l.views(t).metricFiles)
}

// metricKeys are unique and never null.
func (l *lake) metricKeys(t *testing.T) {
	null := map[string]string{"final_sip_code": "metric_direct_routing_codes", "call_end_sub_reason": "metric_direct_routing_codes"}
	for _, m := range views.Metrics() {
		key := strings.Join(m.Key, ", ")
		if n := l.number(t, "SELECT count(*) FROM (SELECT 1 FROM %s GROUP BY %s HAVING count(*) > 1)", m.Name, key); n > 0 {
			t.Errorf("%s: %d keys are there more than once", m.Name, n)
		}
		if n := l.number(t, "SELECT count(*) FROM %s", m.Name); n == 0 {
			t.Errorf("%s has no row", m.Name)
		}
		for _, c := range m.Key {
			if null[c] == m.Name {
				continue
			}
			if n := l.number(t, "SELECT count(*) FROM %s WHERE %s IS NULL", m.Name, c); n > 0 {
				t.Errorf("%s.%s is part of the key, and null in %d rows", m.Name, c, n)
			}
		}
	}
}

func originals(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/original.sql")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// metricOriginals compares every row with that of the first text, which reads other tables and knows none of our words.
func (l *lake) metricOriginals(t *testing.T) {
	l.exec(t, originals(t))
	compared := 0
	for _, m := range views.Metrics() {
		original := "original_" + strings.TrimPrefix(m.Name, "metric_")
		if l.number(t, "SELECT count(*) FROM duckdb_views() WHERE view_name = '%s'", original) == 0 {
			continue
		}
		var both []string // sums of floating point are compared to the millisecond, for they depend on their order
		for _, p := range l.pairs(t, `SELECT if(b.column_type = 'DOUBLE', format('round({}, 3)', a.column_name), a.column_name), '' FROM (DESCRIBE "%s") a JOIN (DESCRIBE "%s") b USING (column_name)`, m.Name, original) {
			both = append(both, p[0])
		}
		columns := strings.Join(both, ", ")
		if n := l.number(t, "SELECT count(*) FROM ((SELECT %[1]s FROM %[2]s EXCEPT ALL SELECT %[1]s FROM %[3]s) UNION ALL (SELECT %[1]s FROM %[3]s EXCEPT ALL SELECT %[1]s FROM %[2]s))",
			columns, m.Name, original); n > 0 || len(both) < 4 {
			t.Errorf("%s differs from its first text in %d rows of the columns %s", m.Name, n, columns)
		}
		compared++
	}
	if compared < 33 {
		t.Errorf("%d metrics were compared, want 33", compared)
	}
}

// metricFiles: a filter on a day and a tenant reaches every file that a metric reads.
func (l *lake) metricFiles(t *testing.T) {
	for _, name := range []string{
		"metric_call_legs", "metric_talk_spans", "metric_streams", "metric_call_quality", "metric_queue_journeys", "metric_attendant_journeys",
		"metric_direct_routing", "metric_direct_routing_codes", "metric_pstn_costs", "calls_short", "call_media_streams_short",
	} {
		l.readsOneDay(t, name, firstTenant)
	}
}

// readsOneDay: with a filter on a day and a tenant a view reads one file of each table.
func (l *lake) readsOneDay(t *testing.T, view, tenant string) {
	t.Helper()
	var plan string
	query := "EXPLAIN (FORMAT json) SELECT * FROM " + view + " WHERE dt = DATE '2026-11-18' AND tenant_id = '" + tenant + "'"
	if err := l.db.QueryRowContext(t.Context(), query).Scan(new(string), &plan); err != nil {
		t.Fatal(err)
	}
	scans, ofOne := strings.Count(plan, `"name": "READ_PARQUET`), strings.Count(plan, `"Scanning Files": "1/`) // of as many as a first look left
	if scans == 0 || scans != ofOne {
		t.Errorf("%s reads %d tables, and of %d of these one file of seven", view, scans, ofOne)
	}
}
