package duckdb

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/dirstore"
	"graphlake/report"
	"graphlake/schemas"
)

const (
	firstTenant  = "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"
	secondTenant = "5a2d3b8f-04c6-4d19-9e70-306b8d2f0c41" // whose records are those of the first
)

// answersAreTheViews holds what graphlake report counts, without SQL, against the metric views: of the whole week, and of three days of it.
func (l *lake) answersAreTheViews(t *testing.T) {
	two := l.twoTenants(t)
	store, err := dirstore.New(t.Context(), two.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, days := range [][2]string{{"2026-11-16", "2026-11-23"}, {"2026-11-18", "2026-11-21"}} {
		r := two.answersOf(t, store, days[0], days[1])
		for _, tenant := range r.Tenants {
			two.sameAnswers(t, tenant, days[0], days[1])
		}
	}
}

// twoTenants is the lake with a second tenant, of the same records: its tables are derived, so that nobody in them is of it.
func (l *lake) twoTenants(t *testing.T) *lake {
	t.Helper()
	two := &lake{dir: filepath.Join(t.TempDir(), "lake"), bin: l.bin}
	if err := os.CopyFS(two.dir, os.DirFS(l.dir)); err != nil {
		t.Fatal(err)
	}
	from, err := filepath.Glob(filepath.Join(l.dir, "raw", "*", "tenant_id="+firstTenant))
	if err != nil || len(from) == 0 {
		t.Fatal(from, err)
	}
	copies := map[string]string{filepath.Join(l.dir, "state", firstTenant): filepath.Join(two.dir, "state", secondTenant)}
	for _, dir := range from {
		copies[dir] = filepath.Join(two.dir, "raw", filepath.Base(filepath.Dir(dir)), "tenant_id="+secondTenant)
	}
	for from, to := range copies {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	config := filepath.Join(t.TempDir(), "two.yaml")
	text := "tenants: [{name: first, tenant_id: " + firstTenant + ", auth: {method: token, token_env: NONE}}, {name: second, tenant_id: " + secondTenant + ", auth: {method: token, token_env: NONE}}]\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, filepath.Join(l.bin, "graphlake"), "--config", config, "--lake", two.dir, "--quiet", "replay", "--tenant", "second")
	return two.views(t)
}

func (l *lake) answersOf(t *testing.T, store load.Store, from, to string) report.Report {
	t.Helper()
	o := report.Options{Store: store, Datasets: schemas.BuiltIn(), Tenants: []report.Named{{ID: firstTenant, Name: "first"}, {ID: secondTenant, Name: "second"}}}
	var err error
	if o.From, err = time.Parse(time.DateOnly, from); err == nil {
		o.To, err = time.Parse(time.DateOnly, to)
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := report.Make(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sameAnswers compares every answer of a tenant: what all have together, and each department that is shown.
func (l *lake) sameAnswers(t *testing.T, got report.Tenant, from, to string) {
	t.Helper()
	where := fmt.Sprintf("m.tenant_id = '%s' AND m.dt >= DATE '%s' AND m.dt < DATE '%s'", got.ID, from, to)
	check := func(what, query string, rows ...[]any) {
		t.Helper()
		l.sameNumbers(t, fmt.Sprintf("%s of %s from %s", what, got.Name, from), strings.ReplaceAll(query, "WHERE_DAYS", where), rows)
	}
	const department = " LEFT JOIN users_current AS u ON u.tenant_id = m.tenant_id AND u.user_id = m.user_id"
	const name = "CASE WHEN u.user_id IS NULL THEN 'not in the directory' ELSE coalesce(u.department, 'unknown') END"
	numbers := func(m report.Missed) []any {
		return []any{m.Missed, m.Returned, m.CalledBack, m.Anonymous, m.Unreturned + m.Waiting}
	}
	const missed = "count(*), count(returned_time), coalesce(sum(called_back), 0), coalesce(sum(1 - can_match), 0), count(*) FILTER (WHERE can_match = 1 AND returned_time IS NULL)"
	check("missed", "SELECT "+missed+" FROM metric_missed_calls AS m WHERE WHERE_DAYS", numbers(got.MissedAll))
	check("missed by department", "SELECT CASE WHEN target_kind = 'queue' THEN 'queues' ELSE "+name+" END, "+missed+
		" FROM (SELECT *, target_id AS user_id FROM metric_missed_calls) AS m"+department+" WHERE WHERE_DAYS GROUP BY 1", byName(got.Missed, numbers)...)

	var queues [][]any
	for _, q := range got.Queues {
		queues = append(queues, []any{q.Day.Format(time.DateOnly) + " " + q.Accounts, q.Offered, q.Answered, q.InTarget, q.Forwarded, q.Voicemail, q.Left})
	}
	check("queues", "SELECT strftime(dt, '%Y-%m-%d') || ' ' || resource_accounts, offered, answered, answered_in_target, forwarded, voicemail, left_unanswered FROM metric_queue_days AS m WHERE WHERE_DAYS", queues...)

	quality := func(q report.Quality) []any { return []any{q.Good, q.Poor, q.Unclassified} }
	const audio = "coalesce(sum(good), 0), coalesce(sum(poor), 0), coalesce(sum(unclassified), 0) FROM metric_quality_by_network AS m WHERE WHERE_DAYS AND medium = 'audio'"
	check("audio", "SELECT "+audio, quality(got.AudioAll))
	check("audio by connection", "SELECT connection_type, "+audio+" GROUP BY 1", byName(got.Connections, quality)...)
	check("audio by network", "SELECT connection_type || ', ' || subnet, "+audio+" GROUP BY 1", byName(got.Networks, quality)...)

	written := func(h report.Hours) []any { return []any{h.Inside, h.Outside, h.NotKnown} }
	// The view's day is that of the writer's clock; the whole week has the same messages by either, but for those around its ends.
	if from == "2026-11-16" {
		const messages = "coalesce(sum(inside), 0), coalesce(sum(outside), 0), coalesce(sum(not_known), 0) FROM metric_message_hours AS m"
		of := " WHERE m.tenant_id = '" + got.ID + "'"
		check("messages", "SELECT "+messages+of, written(got.HoursAll))
	}
	talked := func(h report.Hours) []any { return []any{h.TalkInside, h.TalkOutside, h.TalkNotKnown} }
	const talk = "coalesce(sum(seconds - outside_seconds), 0) / 3600, coalesce(sum(outside_seconds), 0) / 3600, coalesce(sum(CASE WHEN outside_seconds IS NULL THEN seconds END), 0) / 3600 FROM metric_call_hours AS m"
	check("talk", "SELECT "+talk+" WHERE WHERE_DAYS", talked(got.HoursAll))
	var talkers []report.Group[report.Hours]
	for _, g := range got.Hours {
		if g.Hidden || g.Of.TalkInside+g.Of.TalkOutside+g.Of.TalkNotKnown > 0 {
			talkers = append(talkers, g)
		}
	}
	check("talk by department", "SELECT "+name+", "+talk+department+" WHERE WHERE_DAYS GROUP BY 1", byName(talkers, talked)...)

	load := func(m report.Meetings) []any {
		return []any{m.People, m.Meetings, m.Hours, m.WithoutOverlap, m.Conflicting, m.DoubleBooked}
	}
	const meetings = "count(*), sum(meetings), sum(meeting_hours), sum(hours_without_overlap), sum(conflicting_hours), sum(double_booked_hours) FROM metric_meeting_load AS m"
	week := " WHERE m.tenant_id = '" + got.ID + "' AND week = DATE '2026-11-16' GROUP BY 1"
	var weeks [][]any
	for _, w := range got.Meetings {
		weeks = append(weeks, append([]any{w.Monday.Format(time.DateOnly)}, load(w.Meetings)...))
	}
	check("meetings", "SELECT strftime(week, '%Y-%m-%d'), "+meetings+week, weeks...)
	check("meetings by department", "SELECT "+name+", "+meetings+department+week, byName(got.MeetingsBy, load)...)

	var calls, active [][]any
	for _, c := range got.Calls {
		calls = append(calls, []any{c.Kind + " " + c.Outcome, c.Calls})
	}
	check("calls", "SELECT kind || ' ' || outcome, count(*) FROM metric_calls AS m WHERE WHERE_DAYS GROUP BY 1", calls...)
	for _, a := range got.Active {
		active = append(active, []any{a.Day.Format(time.DateOnly), a.Of1, a.Of7, a.Of28, a.DaysWithData})
	}
	check("active", "SELECT strftime(dt, '%Y-%m-%d'), active_1_day, active_7_days, active_28_days, days_with_data FROM metric_active_counts AS m WHERE WHERE_DAYS", active...)
}

// byName are the groups; of one that is hidden the numbers are nil.
func byName[T any](groups []report.Group[T], numbers func(T) []any) (rows [][]any) {
	for _, g := range groups {
		if g.Hidden {
			rows = append(rows, []any{g.Name, nil})
		} else {
			rows = append(rows, append([]any{g.Name}, numbers(g.Of)...))
		}
	}
	return rows
}

// sameNumbers compares the rows of a query with those of the report, by their first column if that is a name. Rows that are
// hidden are left out of both.
func (l *lake) sameNumbers(t *testing.T, what, query string, want [][]any) {
	t.Helper()
	found, err := l.db.QueryContext(t.Context(), query)
	if err != nil {
		t.Errorf("%s: %v\n%s", what, err, query)
		return
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]float64{}
	for found.Next() {
		values := make([]any, len(columns))
		name, numbers := "", make([]float64, len(columns))
		for i := range values {
			values[i] = &numbers[i]
		}
		if _, named := firstOf(want).(string); named {
			values[0], numbers = &name, numbers[1:]
		}
		if err := found.Scan(values...); err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
		rows[name] = numbers
	}
	if err := found.Err(); err != nil {
		t.Errorf("%s: %v", what, err)
	}
	want = slices.DeleteFunc(want, func(row []any) bool {
		hidden := row[len(row)-1] == nil
		if hidden {
			delete(rows, row[0].(string))
		}
		return hidden
	})
	if len(rows) != len(want) {
		t.Errorf("%s: the views have %d rows and the report %d\n%v\n%v", what, len(rows), len(want), rows, want)
		return
	}
	for _, row := range want {
		name := ""
		if s, named := row[0].(string); named {
			name, row = s, row[1:]
		}
		numbers, there := rows[name]
		if !there || !slices.EqualFunc(row, numbers, func(a any, b float64) bool { return math.Abs(plain(a)-b) < 1e-6 }) {
			t.Errorf("%s: %q is %v in the report and %v in the views", what, name, row, numbers)
		}
	}
}

func firstOf(rows [][]any) any {
	if len(rows) == 0 {
		return ""
	}
	return rows[0][0]
}

func plain(v any) float64 {
	switch n := v.(type) {
	case int64:
		return float64(n)
	case float64:
		return n
	}
	return math.NaN()
}
