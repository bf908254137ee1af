// Bench measures how fast one thread turns call records into six Parquet tables, against DuckDB on
// the same warm file with one record a line.
//
//	go run ./bench -mb 200
//
// Both sides write the same rows of the same columns, which is checked value by value before
// anything is measured. DuckDB gets its SQL from the same schemas. The last line is:
// bench-duckdb ratio=R ours=S duckdb=S, medians in seconds, where R says how many times as long
// DuckDB took. It does not know Graph: the records come from the simulator.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"graphlake/schemas"
)

func main() {
	megabytes := flag.Int("mb", 200, "size of the file of records")
	rounds := flag.Int("rounds", 5, "measured rounds, after one to warm up")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, int64(*megabytes)*1e6, max(*rounds, 1)); err != nil {
		fmt.Fprintln(os.Stderr, "bench-duckdb:", err)
		os.Exit(1)
	}
}

// contender turns the file of records into Parquet, one file a table, below a directory.
type contender struct {
	name  string
	write func(ctx context.Context, file, dir string) (files map[string]string, err error)
	took  []time.Duration
}

// round lets the contender write once. The files are there until keep returns.
func (c *contender) round(ctx context.Context, file string, keep func(files map[string]string) error) (time.Duration, error) {
	dir, err := os.MkdirTemp(filepath.Dir(file), "round")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	runtime.GC() // nobody pays for what the other left behind
	start := time.Now()
	files, err := c.write(ctx, file, dir)
	took := time.Since(start)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", c.name, err)
	}
	return took, keep(files)
}

func (c *contender) median() float64 {
	took := slices.Sorted(slices.Values(c.took))
	return (took[(len(took)-1)/2] + took[len(took)/2]).Seconds() / 2
}

func measure(ctx context.Context, size int64, rounds int) error {
	dir, err := os.MkdirTemp("", "bench-duckdb")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tables := schemas.CallRecords.Tables
	input, err := writeRecords(ctx, filepath.Join(dir, "records.ndjson"), size)
	if err != nil {
		return fmt.Errorf("write the records: %w", err)
	}
	fmt.Printf("%.1f MB of JSON, %d call records\n", float64(input.bytes)/1e6, input.records)

	runtime.GOMAXPROCS(1)
	db, err := openDuckDB(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	us, err := ours(tables)
	if err != nil {
		return err
	}
	theirs, err := chooseTheirs(ctx, db, tables, input.file, us)
	if err != nil {
		return err
	}
	all := []*contender{us, theirs.exact, theirs.text}
	for i := range rounds {
		fmt.Printf("round %d:", i+1)
		for _, c := range all {
			took, err := c.round(ctx, input.file, func(map[string]string) error { return nil })
			if err != nil {
				return err
			}
			c.took = append(c.took, took)
			fmt.Printf("  %s %.2f s", c.name, took.Seconds())
		}
		fmt.Println()
	}
	report(input, all)
	return nil
}

func report(in records, all []*contender) {
	us, exact, text := all[0], all[1], all[2]
	for _, c := range all {
		fmt.Printf("%s: %.0f MB/s\n", c.name, float64(in.bytes)/1e6/c.median())
	}
	fmt.Printf("ratio %.2f if DuckDB left durations as text\n", text.median()/us.median())
	fmt.Printf("bench-duckdb ratio=%.2f ours=%.2f duckdb=%.2f\n", exact.median()/us.median(), us.median(), exact.median())
}
