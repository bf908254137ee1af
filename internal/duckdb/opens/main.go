// Opens asks DuckDB queries, and says how many files it has opened for each.
//
//	go run ./opens <queries.json
//
// The input is an array of queries, texts of one statement or of several. They are asked in their order in a
// database that is empty at first. The output is an array with an object for each: opens, a number; value, the last value
// of the first row as a text, or null; and seconds. Opens are those that DuckDB's own log of its file system has: directories, which it lists to find
// files, are not among them, and a file that was opened twice is counted twice. strace counts the same.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // the driver
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "opens:", err)
		os.Exit(1)
	}
}

// answer is what became of a query.
type answer struct {
	Opens   int     `json:"opens"`
	Value   *string `json:"value"`
	Seconds float64 `json:"seconds"`
}

func run(ctx context.Context, in io.Reader, out io.Writer) error {
	var queries []string
	if err := json.NewDecoder(in).Decode(&queries); err != nil {
		return fmt.Errorf("the queries: %w", err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	answers := make([]answer, len(queries))
	for i, query := range queries {
		if answers[i], err = ask(ctx, db, query); err != nil {
			return fmt.Errorf("%w\nin %.2000s", err, query)
		}
	}
	return json.NewEncoder(out).Encode(answers)
}

// ask logs a query only, and not what looks into the log.
func ask(ctx context.Context, db *sql.DB, query string) (a answer, err error) {
	if _, err := db.ExecContext(ctx, "CALL enable_logging('FileSystem', level = 'trace'); CALL truncate_duckdb_logs()"); err != nil {
		return a, err
	}
	start := time.Now()
	if a.Value, err = last(ctx, db, query); err != nil {
		return a, err
	}
	a.Seconds = time.Since(start).Seconds()
	const opened = "SELECT count(*) FROM duckdb_logs_parsed('FileSystem') WHERE op = 'OPEN'"
	if err := db.QueryRowContext(ctx, opened).Scan(&a.Opens); err != nil {
		return a, err
	}
	_, err = db.ExecContext(ctx, "CALL disable_logging()")
	return a, err
}

// last is the last value of the first row of an answer. All rows are read.
func last(ctx context.Context, db *sql.DB, query string) (*string, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	row := make([]any, len(columns))
	for i := range row {
		row[i] = new(sql.NullString)
	}
	var value *string
	for first := true; rows.Next(); first = false {
		if !first {
			continue
		}
		if err := rows.Scan(row...); err != nil {
			return nil, err
		}
		if v, ok := row[len(row)-1].(*sql.NullString); ok && v.Valid {
			value = &v.String
		}
	}
	return value, rows.Err()
}
