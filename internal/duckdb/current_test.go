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

// Two tenants.
const (
	one = "00000000-0000-4000-8000-000000000001"
	two = "00000000-0000-4000-8000-000000000002"
)

// Two days of two tenants, written by DuckDB: on the second day somebody was removed and nobody has a licence.
// The first day of users is of a time when the table had fewer columns, and so is every day of the licences; that of the other
// tenant is of a time when it has one more.
// In the lake's name is what patterns are made of. Directories of no tenant and of no day are not read.
func TestCurrent(t *testing.T) {
	dir := t.TempDir()
	l := &lake{dir: filepath.Join(dir, "Ann's [a-b] *=? lake"), bin: filepath.Join(dir, "bin")}
	command(t, "go", "build", "-o", l.bin+string(filepath.Separator), "./cmd/graphlake")
	l.write(t, "users", one, "2026-11-21", `SELECT * EXCLUDE (mail) FROM u, (VALUES ('ann', false), ('bob', false)) v(user_id, removed)`)
	l.write(t, "users", one, "2026-11-22", `SELECT * FROM u, (VALUES ('ann', false), ('bob', true)) v(user_id, removed)`)
	l.write(t, "users", two, "2026-11-21", `SELECT 7 AS added_later, * FROM u, (VALUES ('cid', false)) v(user_id, removed)`)
	for _, stray := range [][2]string{{one + " copy", "2026-11-22"}, {one, "2026-11-41"}} {
		l.write(t, "users", stray[0], stray[1], "SELECT * FROM u, (VALUES ('stray', false)) v(user_id, removed)")
	}
	const licences = "SELECT 'ann' AS user_id, 's1' AS sku_id, false AS removed"
	l.write(t, "user_licenses", one, "2026-11-21", licences)
	l.write(t, "user_licenses", one, "2026-11-22", licences+" LIMIT 0")
	l.write(t, "user_licenses", two, "2026-11-21", strings.Replace(licences, "ann", "cid", 1))

	seen := l.views(t)
	for view, want := range map[string][]string{
		"users":                 {"2026-11-21 " + one + " ann", "2026-11-21 " + one + " bob", "2026-11-21 " + two + " cid", "2026-11-22 " + one + " ann", "2026-11-22 " + one + " bob"},
		"users_current":         {"2026-11-21 " + two + " cid", "2026-11-22 " + one + " ann"},
		"user_licenses":         {"2026-11-21 " + one + " ann", "2026-11-21 " + two + " cid"},
		"user_licenses_current": {"2026-11-21 " + two + " cid"},
	} {
		var got []string
		for _, p := range seen.pairs(t, "SELECT concat_ws(' ', %s, tenant_id, user_id), '' FROM %s ORDER BY ALL", dayOf(view), view) {
			got = append(got, p[0])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has %q, want %q", view, got, want)
		}
	}
	if n := seen.number(t, "SELECT count(*) FROM users WHERE (mail IS NULL) = (dt = '2026-11-21' AND tenant_id = '%s')", one); n != 5 {
		t.Errorf("of a column that was added since, %d rows of 5 are as they were written", n)
	}
	if n := seen.number(t, "SELECT count(*) FROM user_licenses WHERE disabled_plans IS NULL"); n != 2 {
		t.Errorf("a column that no file has is null in %d rows of 2", n)
	}
	seen.viewColumns(t, "users", "user_licenses")
	seen.filesRead(t, 1, "dt = '2026-11-22' AND tenant_id = '"+one+"'")
	seen.filesRead(t, 2, "dt < '2026-11-22'")
	seen.filesRead(t, 3, "true")
	if n := seen.number(t, "SELECT count(*) FROM duckdb_views() WHERE view_name = 'runs'"); n != 0 {
		t.Error("there is a view of runs, and no run")
	}
}

// dayOf is the column that a view has the day of a row in.
func dayOf(view string) string {
	if strings.HasSuffix(view, "_current") {
		return "picture_date"
	}
	return "dt"
}

// Views are printed once and asked for weeks. Then there are new pictures, of one tenant and not of the other, files with columns that
// the views do not know, days that were replaced and days that were removed.
func TestViewsStayRight(t *testing.T) {
	dir := t.TempDir()
	l := &lake{dir: filepath.Join(dir, "lake"), bin: filepath.Join(dir, "bin")}
	command(t, "go", "build", "-o", l.bin+string(filepath.Separator), "./cmd/graphlake")
	for _, tenant := range []string{one, two} {
		l.write(t, "users", tenant, "2026-11-20", `SELECT * FROM u, (VALUES ('ann', false)) v(user_id, removed)`)
		l.write(t, "users", tenant, "2026-11-21", `SELECT * FROM u, (VALUES ('ann', false), ('bob', false)) v(user_id, removed)`)
		l.write(t, "user_licenses", tenant, "2026-11-21", "SELECT 'ann' AS user_id, 's1' AS sku_id, false AS removed")
	}
	seen := l.views(t)
	holds := func(query string, want ...string) {
		t.Helper()
		var got []string
		for _, p := range seen.pairs(t, "SELECT concat_ws(' ', %s), '' FROM %s ORDER BY ALL", "right(tenant_id, 1), "+dayOf(query)+", user_id", query) {
			got = append(got, p[0])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has %q, want %q", query, got, want)
		}
	}
	holds("users_current", "1 2026-11-21 ann", "1 2026-11-21 bob", "2 2026-11-21 ann", "2 2026-11-21 bob")
	seen.opened(t, 4, "FROM users_current") // two files, each twice
	seen.opened(t, 2, "FROM users_current WHERE tenant_id = '"+two+"'")

	l.write(t, "users", one, "2026-11-22", `SELECT 'new' AS added_later, * EXCLUDE (mail) FROM u, (VALUES ('cid', false)) v(user_id, removed)`)
	l.write(t, "user_licenses", one, "2026-11-22", "SELECT 'x' AS added_later, 'cid' AS user_id, 's1' AS sku_id, false AS removed")
	holds("users_current", "1 2026-11-22 cid", "2 2026-11-21 ann", "2 2026-11-21 bob")
	holds("user_licenses_current", "1 2026-11-22 cid", "2 2026-11-21 ann")
	holds("users WHERE dt = DATE '2026-11-22' AND mail IS NULL", "1 2026-11-22 cid")
	seen.opened(t, 4, "FROM users_current")

	l.write(t, "users", two, "2026-11-21", `SELECT * FROM u, (VALUES ('dan', false), ('eve', true)) v(user_id, removed)`)
	holds("users_current", "1 2026-11-22 cid", "2 2026-11-21 dan")
	if err := os.RemoveAll(filepath.Join(l.dir, "tables", "users", "tenant_id="+one, "dt=2026-11-20")); err != nil {
		t.Fatal(err)
	}
	holds("users WHERE dt < DATE '2026-11-22'", "1 2026-11-21 ann", "1 2026-11-21 bob", "2 2026-11-20 ann", "2 2026-11-21 dan", "2 2026-11-21 eve")
	seen.opened(t, 2, "FROM users WHERE dt = DATE '2026-11-20'")
	seen.opened(t, 0, "FROM users WHERE dt = DATE '2026-11-19'")
}

// opened compares how often a query opens a file, by the log of DuckDB's file system.
func (l *lake) opened(t *testing.T, want int64, query string) {
	t.Helper()
	l.exec(t, "CALL enable_logging('FileSystem', level = 'trace')")
	l.exec(t, "CALL truncate_duckdb_logs()")
	l.number(t, "SELECT count(user_id) %s", query)
	if got := l.number(t, "SELECT count(*) FROM duckdb_logs_parsed('FileSystem') WHERE op = 'OPEN'"); got != want {
		t.Errorf("%s opens %d files, want %d", query, got, want)
	}
	l.exec(t, "CALL disable_logging()")
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
