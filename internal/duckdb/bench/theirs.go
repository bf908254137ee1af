package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	_ "github.com/duckdb/duckdb-go/v2" // the driver

	"graphlake/schemas"
)

// milliseconds reads an ISO 8601 duration, for which DuckDB has no function. Nearly all durations
// are only seconds, so these are tried first; the rest is rewritten into what an INTERVAL is read from.
const milliseconds = `CREATE OR REPLACE MACRO milliseconds(d) AS coalesce(
	(try_cast(substr(d, 3, length(d) - 3) AS DECIMAL(18, 7)) * 1000)::BIGINT,
	(epoch(replace(replace(replace(replace(replace(replace(replace(d,
		'PT', ''), 'P', ''), 'DT', ' days '), 'D', ' days '), 'H', ' hours '), 'M', ' minutes '), 'S', ' seconds')::INTERVAL) * 1000)::BIGINT)`

// durationsAsText leaves out what the macro costs.
const durationsAsText = `CREATE OR REPLACE MACRO milliseconds(d) AS d`

// openDuckDB opens a database in memory that uses one thread.
func openDuckDB(ctx context.Context) (*sql.DB, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "SET threads = 1; SET TimeZone = 'UTC'"); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// job is the statements that write all tables into a directory.
type job struct {
	before []string          // run first
	tables []string          // in order
	query  map[string]string // SELECT of a table
	after  []string
}

// loadOnce reads the file into a table of nested records, and writes six times from that.
func loadOnce(tables []schemas.Table, file, durations string) (job, error) {
	records, err := shapeOf(tables)
	if err != nil {
		return job{}, err
	}
	j := job{
		before: []string{durations, "CREATE TABLE records AS SELECT * FROM " + scan(records, file)},
		after:  []string{"DROP TABLE records"},
	}
	return j, j.add(tables, func(schemas.Table) (*shape, string, error) { return records, "records", nil })
}

// scanEach reads the file once for every table, and of it only what that table wants.
func scanEach(tables []schemas.Table, file, durations string) (job, error) {
	j := job{before: []string{durations}}
	return j, j.add(tables, func(t schemas.Table) (*shape, string, error) {
		records, err := shapeOf([]schemas.Table{t})
		if err != nil {
			return nil, "", err
		}
		return records, scan(records, file), nil
	})
}

func (j *job) add(tables []schemas.Table, source func(schemas.Table) (*shape, string, error)) error {
	j.query = map[string]string{}
	for _, t := range tables {
		records, from, err := source(t)
		if err != nil {
			return err
		}
		if j.query[t.Name], err = selection(records, t, from); err != nil {
			return err
		}
		j.tables = append(j.tables, t.Name)
	}
	return nil
}

// scan reads a file of one record a line, with every type given and none inferred.
func scan(records *shape, file string) string {
	columns := make([]string, len(records.names))
	for i, name := range records.names {
		columns[i] = literal(name) + ": " + literal(records.members[name].String())
	}
	return fmt.Sprintf("read_json(%s, format = 'newline_delimited', columns = {%s})", literal(file), strings.Join(columns, ", "))
}

// run writes the tables and returns where.
func (j job) run(ctx context.Context, db *sql.DB, dir string) (map[string]string, error) {
	files := map[string]string{}
	statements := slices.Clone(j.before)
	for _, t := range j.tables {
		files[t] = filepath.Join(dir, t+".parquet")
		statements = append(statements, fmt.Sprintf("COPY (%s) TO %s (FORMAT parquet, COMPRESSION snappy)", j.query[t], literal(files[t])))
	}
	for _, s := range append(statements, j.after...) {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return nil, fmt.Errorf("%w\nin %s", err, s)
		}
	}
	return files, nil
}

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
