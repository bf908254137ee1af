package duckdb

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"graphlake/schemas"
	"graphlake/views"
)

// views runs what the command prints, as the file that it is, in a database where nothing else is, and gives the
// lake as seen by it.
func (l *lake) views(t *testing.T) *lake {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	seen := &lake{dir: l.dir, bin: l.bin, db: db, datasets: l.datasets, reports: l.reports, truth: l.truth}
	seen.exec(t, "SET TimeZone = 'Pacific/Auckland'") // no value may depend on the reader's zone
	seen.exec(t, l.script(t, "duckdb"))
	return seen
}

// script is what the command prints for an engine.
func (l *lake) script(t *testing.T, engine string, flags ...string) string {
	t.Helper()
	config := filepath.Join(t.TempDir(), "graphlake.yaml")
	text := "tenants: [{name: contoso, tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, auth: {method: token, token_env: NONE}}]\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"--config", config, "--lake", l.dir, "sql", "--engine", engine}, flags...)
	return command(t, filepath.Join(l.bin, "graphlake"), args...)
}

// statements are the same one by one, as a program takes them.
func (l *lake) statements(t *testing.T, engine string) []string {
	t.Helper()
	var script struct{ Statements []string }
	if err := json.Unmarshal([]byte(l.script(t, engine, "--output", "json")), &script); err != nil {
		t.Fatal(err)
	}
	return script.Statements
}

func (l *lake) viewed(t *testing.T) {
	seen := l.views(t)
	t.Run("names", seen.viewNames)
	t.Run("columns", func(t *testing.T) { seen.viewColumns(t, tableNames()...) })
	t.Run("short ones", seen.shortViews)
	t.Run("zones", seen.viewZones)
	t.Run("columns of runs", seen.runsColumns)
	t.Run("rows are those reported", seen.viewRows)
	t.Run("rows are those the simulator holds", seen.simulated)
	t.Run("runs", seen.viewRuns)
	t.Run("comments", seen.viewComments)
}

// tableNames are the tables that the demo reads.
func tableNames() (names []string) {
	for _, d := range demonstrated() {
		for _, table := range d.Tables {
			names = append(names, table.Name)
		}
	}
	return names
}

// viewNames are those of the tables that the demo reads, and of what the lake says of itself.
func (l *lake) viewNames(t *testing.T) {
	want := []string{"run_changes", "runs"}
	if days, _ := filepath.Glob(filepath.Join(l.dir, "state", "*", "*.days.json")); days != nil {
		want = append(want, "coverage", "incomplete")
	}
	for _, d := range demonstrated() {
		for _, table := range d.Tables {
			want = append(want, table.Name)
			if d.Mode == schemas.Entities || d.Mode == schemas.Snapshot {
				want = append(want, table.Name+"_current")
			}
		}
	}
	for _, s := range views.Shorts() {
		want = append(want, s.Name())
	}
	there := func(name string) bool { return slices.Contains(want, name) }
	for _, m := range views.Metrics() {
		lacks := slices.ContainsFunc(m.Needs, func(name string) bool { return !there(name) })
		if !lacks && (len(m.Needs) > 0 || slices.ContainsFunc(m.Also, there)) {
			want = append(want, m.Name)
		}
	}
	slices.Sort(want)
	var got []string
	for _, p := range l.pairs(t, "SELECT view_name, '' FROM duckdb_views() WHERE NOT internal ORDER BY view_name") {
		got = append(got, p[0])
	}
	if !slices.Equal(got, want) {
		t.Errorf("the views are %v, want %v", got, want)
	}
}

// viewColumns compares names, types and order with the schema's.
func (l *lake) viewColumns(t *testing.T, tables ...string) {
	t.Helper()
	for _, name := range tables {
		d, table, _ := schemas.BuiltIn().FindTable(name)
		var want [][2]string
		for _, c := range table.Columns {
			typ := duckDBTypes[c.Type]
			if c.Type == schemas.JSON { // which is text in the files
				typ = "JSON"
			}
			want = append(want, [2]string{c.Name, typ})
		}
		want = append(want, [2]string{"tenant_id", "VARCHAR"})
		l.described(t, name, append(slices.Clone(want), [2]string{"dt", "DATE"}))
		if d.Mode.Pictures() {
			l.described(t, name+"_current", append(want, [2]string{"picture_date", "DATE"}))
		}
	}
}

// viewZones: no value of any view depends on the zone of the session.
func (l *lake) viewZones(t *testing.T) {
	read := func(zone string) map[string]string {
		l.exec(t, "SET TimeZone = '"+zone+"'")
		sums := map[string]string{}
		for _, v := range l.pairs(t, "SELECT view_name, '' FROM duckdb_views() WHERE NOT internal") {
			var values []string
			for _, c := range l.pairs(t, `SELECT column_name, column_type FROM (DESCRIBE "%s")`, v[0]) {
				value := `"` + c[0] + `"`
				if c[1] == "DOUBLE" { // a sum depends on its order; instants have whole microseconds, which must not be at an edge
					value = "round(" + value + " + 2.5e-7, 3)"
				}
				if strings.HasPrefix(c[1], "TIMESTAMP") && c[1] != "TIMESTAMP WITH TIME ZONE" {
					t.Errorf("%s.%s is an instant that does not know its zone", v[0], c[0])
				}
				values = append(values, value)
			}
			rows := l.pairs(t, `SELECT count(*)::VARCHAR, coalesce(bit_xor(hash(%s)), 0)::VARCHAR FROM "%s"`, strings.Join(values, ", "), v[0])
			sums[v[0]] = fmt.Sprint(rows)
		}
		return sums
	}
	want := read("Asia/Kolkata")
	for view, got := range read("Pacific/Auckland") {
		if got != want[view] {
			t.Errorf("%s has the rows %s in Auckland and %s in Kolkata", view, got, want[view])
		}
	}
}

// shortViews have the rows of the wide ones, and of their columns the named ones, of the same types.
func (l *lake) shortViews(t *testing.T) {
	for _, s := range views.Shorts() {
		named := slices.Concat(s.Columns, []string{"tenant_id", "dt", "picture_date"})
		var want [][2]string
		for _, n := range named {
			want = append(want, l.pairs(t, "SELECT column_name, column_type FROM (DESCRIBE %s) WHERE column_name = '%s'", s.Of, n)...)
		}
		l.described(t, s.Name(), want)
		if got, all := l.number(t, "SELECT count(*) FROM %s", s.Name()), l.number(t, "SELECT count(*) FROM %s", s.Of); got != all || all == 0 {
			t.Errorf("%s has %d rows, want %d", s.Name(), got, all)
		}
	}
}

func (l *lake) described(t *testing.T, view string, want [][2]string) {
	t.Helper()
	if got := l.pairs(t, `SELECT column_name, column_type FROM (DESCRIBE "%s")`, view); !slices.Equal(got, want) {
		t.Errorf("%s has the columns\n%v, want\n%v", view, got, want)
	}
}

func (l *lake) runsColumns(t *testing.T) {
	const text, number, instant = "VARCHAR", "BIGINT", "TIMESTAMP WITH TIME ZONE"
	l.described(t, "runs", [][2]string{
		{"run", text}, {"started", instant}, {"ended", instant}, {"status", text}, {"tenant", text}, {"dataset", text},
		{"from", instant}, {"to", instant}, {"outcome", text}, {"records", number}, {"quarantined", number},
		{"written", number}, {"unchanged", number}, {"requests", number}, {"throttled", number}, {"seconds", "DOUBLE"},
		{"error_kind", text}, {"error_message", text}, {"dt", "DATE"},
	})
}

func (l *lake) viewRows(t *testing.T) {
	rows := map[string]int64{}
	for _, u := range l.reports {
		for table, n := range u.Rows {
			rows[table] += n
		}
	}
	for _, d := range demonstrated() {
		for _, table := range d.Tables {
			if got := l.number(t, "SELECT count(*) FROM %s", table.Name); got != rows[table.Name] || got == 0 {
				t.Errorf("%s has %d rows, reported are %d", table.Name, got, rows[table.Name])
			}
			// By what runs have changed, too, without a look into a file.
			if got := l.number(t, "SELECT coalesce(sum(rows_after), 0) FROM (FROM run_changes WHERE kind = 'tables' AND table_name = '%s' QUALIFY row_number() OVER (PARTITION BY tenant_id, partition_dt ORDER BY ended DESC) = 1)", table.Name); got != rows[table.Name] {
				t.Errorf("%s has %d rows by what runs have changed, reported are %d", table.Name, got, rows[table.Name])
			}
			if !d.Mode.Pictures() {
				continue
			}
			// There is one picture, from which nobody was removed.
			if got := l.number(t, "SELECT count(*) FROM %s_current", table.Name); got != rows[table.Name] {
				t.Errorf("%s_current has %d rows, want %d", table.Name, got, rows[table.Name])
			}
		}
	}
}

// viewRuns compares the view with the report of the second run, and counts both.
func (l *lake) viewRuns(t *testing.T) {
	if n := l.number(t, "SELECT count(DISTINCT run) FROM runs WHERE status = 'data' AND ended > started AND dt = (started AT TIME ZONE 'UTC')::DATE"); n != 2 {
		t.Errorf("%d runs, want 2", n)
	}
	var want [][2]string
	for _, u := range l.reports {
		want = append(want, [2]string{u.Dataset, fmt.Sprintf("contoso %s %d %d %d %d", u.Outcome, u.Records, u.Quarantined, u.Written, u.Unchanged)})
	}
	got := l.pairs(t, `SELECT dataset, concat_ws(' ', tenant, outcome, records, quarantined, written, unchanged) FROM runs
		WHERE run = (SELECT max(run) FROM runs) AND "from" < "to" AND requests > 0 AND throttled = 0 AND seconds > 0 AND error_kind IS NULL`)
	order := func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) }
	slices.SortFunc(want, order)
	slices.SortFunc(got, order)
	if !slices.Equal(got, want) {
		t.Errorf("the last run is\n%v, reported were\n%v", got, want)
	}
}

func (l *lake) viewComments(t *testing.T) {
	for _, d := range demonstrated() {
		for _, table := range d.Tables {
			if n := l.number(t, "SELECT count(*) FROM duckdb_views() WHERE view_name = '%s' AND comment = '%s'",
				table.Name, strings.ReplaceAll(table.Doc, "'", "''")); n != 1 {
				t.Errorf("%s does not say what it is", table.Name)
			}
		}
	}
	if n := l.number(t, "SELECT count(*) FROM duckdb_columns() JOIN duckdb_views() ON table_name = view_name AND NOT duckdb_views.internal "+
		"WHERE duckdb_columns.comment IS NULL AND NOT ends_with(table_name, '_current') AND NOT ends_with(table_name, '_short') AND NOT starts_with(table_name, 'metric_') AND table_name NOT IN ('users_on_day', 'users_history', 'phone_legs')"); n > 0 {
		t.Errorf("%d columns do not say what they are", n)
	}
}
