package duckdb

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"graphlake/schemas"
)

// Two days of two tenants, written by DuckDB: on the second day somebody was removed and nobody has a licence.
// The first day of users is of a time when the table had fewer columns, and so is every day of the licences.
// In the lake's name is what patterns are made of.
func TestCurrent(t *testing.T) {
	dir := t.TempDir()
	l := &lake{dir: filepath.Join(dir, "Ann's [a-b] *=? lake"), bin: filepath.Join(dir, "bin")}
	command(t, "go", "build", "-o", l.bin+string(filepath.Separator), "./cmd/graphlake")
	l.write(t, "users", "one", "2026-11-21", `SELECT * EXCLUDE (mail) FROM u, (VALUES ('ann', false), ('bob', false)) v(user_id, removed)`)
	l.write(t, "users", "one", "2026-11-22", `SELECT * FROM u, (VALUES ('ann', false), ('bob', true)) v(user_id, removed)`)
	l.write(t, "users", "two", "2026-11-21", `SELECT * FROM u, (VALUES ('cid', false)) v(user_id, removed)`)
	const licences = "SELECT 'ann' AS user_id, 's1' AS sku_id, false AS removed"
	l.write(t, "user_licenses", "one", "2026-11-21", licences)
	l.write(t, "user_licenses", "one", "2026-11-22", licences+" LIMIT 0")
	l.write(t, "user_licenses", "two", "2026-11-21", strings.Replace(licences, "ann", "cid", 1))

	seen := l.views(t)
	for view, want := range map[string][]string{
		"users":                 {"2026-11-21 one ann", "2026-11-21 one bob", "2026-11-21 two cid", "2026-11-22 one ann", "2026-11-22 one bob"},
		"users_current":         {"2026-11-21 two cid", "2026-11-22 one ann"},
		"user_licenses":         {"2026-11-21 one ann", "2026-11-21 two cid"},
		"user_licenses_current": {"2026-11-21 two cid"},
	} {
		var got []string
		for _, p := range seen.pairs(t, "SELECT concat_ws(' ', dt, tenant_id, user_id), '' FROM %s ORDER BY ALL", view) {
			got = append(got, p[0])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has %q, want %q", view, got, want)
		}
	}
	if n := seen.number(t, "SELECT count(*) FROM users WHERE (mail IS NULL) = (dt = '2026-11-21' AND tenant_id = 'one')"); n != 5 {
		t.Errorf("of a column that was added since, %d rows of 5 are as they were written", n)
	}
	if n := seen.number(t, "SELECT count(*) FROM user_licenses WHERE disabled_plans IS NULL"); n != 2 {
		t.Errorf("a column that no file has is null in %d rows of 2", n)
	}
	seen.viewColumns(t, "users", "user_licenses")
	seen.filesRead(t, 1, "dt = '2026-11-22' AND tenant_id = 'one'")
	seen.filesRead(t, 2, "dt < '2026-11-22'")
	if n := seen.number(t, "SELECT count(*) FROM duckdb_views() WHERE view_name = 'runs'"); n != 0 {
		t.Error("there is a view of runs, and no run")
	}
}

// filesRead compares how many files a query of users reads, which is known of those in other partitions before
// they are opened.
func (l *lake) filesRead(t *testing.T, want int, where string) {
	t.Helper()
	profile := l.pairs(t, "EXPLAIN ANALYZE SELECT user_id, mail FROM users WHERE %s", where)
	if says := fmt.Sprintf("Total Files Read: %d ", want); !strings.Contains(profile[0][1], says) {
		t.Errorf("where %s, %q is not in\n%s", where, says, profile[0][1])
	}
}

// write writes a partition. In its query the table u is a row of users without whom it is about.
func (l *lake) write(t *testing.T, table, tenant, date, query string) {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	w := &lake{db: db}
	var columns []string
	for _, c := range usersColumns(t) {
		columns = append(columns, "NULL::"+c[1]+" AS "+c[0])
	}
	w.exec(t, "CREATE TABLE u AS SELECT "+strings.Join(columns, ", "))
	w.exec(t, "UPDATE u SET mail = 'somebody@contoso.example'")
	dir := filepath.Join(l.dir, "tables", table, "tenant_id="+tenant, "dt="+date)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	// A literal, as no name of a file is a parameter.
	w.exec(t, "COPY ("+query+") TO '"+strings.ReplaceAll(filepath.Join(dir, table+".parquet"), "'", "''")+"' (FORMAT parquet)")
}

// usersColumns are the names and types of what write's u has.
func usersColumns(t *testing.T) (columns [][2]string) {
	t.Helper()
	_, table, ok := schemas.BuiltIn().FindTable("users")
	if !ok {
		t.Fatal("there is no table users")
	}
	for _, c := range table.Columns {
		if c.Name != "user_id" && c.Name != "removed" {
			columns = append(columns, [2]string{c.Name, duckDBTypes[c.Type]})
		}
	}
	return columns
}
