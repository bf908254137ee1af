// Bench measures how fast one thread turns call records into six Parquet tables, against DuckDB on
// the same warm file with one record a line.
//
//	go run ./bench -mb 200
//	go run ./bench -file log.ndjson -dataset pstn_calls
//
// The second form measures a file of other records: the trial million writes one with -rows.
//
// Both sides write the same rows of the same columns, which is checked value by value before
// anything is measured. DuckDB gets its SQL from the same schemas. The last line is:
// bench-duckdb ratio=R ours=S duckdb=S, medians in seconds, where R says how many times as long
// DuckDB took. It does not know Graph: call records come from the simulator.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"

	"graphlake/schemas"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench-duckdb:", err)
		os.Exit(1)
	}
}

func run() error {
	megabytes := flag.Int("mb", 200, "size of the file of records")
	file := flag.String("file", "", "a file with a record of -dataset a line; empty: call records are made")
	dataset := flag.String("dataset", schemas.CallRecords.Name, "of the records in -file")
	rounds := flag.Int("rounds", 5, "measured rounds, after one to warm up")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	dir, err := os.MkdirTemp("", "bench-duckdb")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tables := schemas.CallRecords.Read().Tables
	var in records
	if *file == "" {
		in, err = writeRecords(ctx, filepath.Join(dir, "records.ndjson"), int64(*megabytes)*1e6)
	} else {
		in, tables, err = given(*file, *dataset)
	}
	if err != nil {
		return fmt.Errorf("the records: %w", err)
	}
	fmt.Printf("%.1f MB of JSON, %d records\n", float64(in.bytes)/1e6, in.records)

	runtime.GOMAXPROCS(1)
	db, err := openDuckDB(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	m, err := newMatch(db, in, tables)
	if err != nil {
		return err
	}
	if err := m.warmUp(ctx); err != nil {
		return err
	}
	for i := range max(*rounds, 1) {
		if err := m.round(ctx, i+1); err != nil {
			return err
		}
	}
	m.report()
	return nil
}
