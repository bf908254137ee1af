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
	"syscall"
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
	took  []cost
}

// cost is what a round took by the clock, and of the processor: the same on a machine at rest.
type cost struct{ wall, cpu time.Duration }

func (c cost) String() string {
	return fmt.Sprintf("%.2f s (cpu %.2f)", c.wall.Seconds(), c.cpu.Seconds())
}

// round lets the contender write once. The files are there until keep returns.
func (c *contender) round(ctx context.Context, file string, keep func(files map[string]string) error) (took cost, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(file), "round")
	if err != nil {
		return took, err
	}
	defer os.RemoveAll(dir)
	runtime.GC() // nobody pays for what the other left behind
	start, used := time.Now(), processorTime()
	files, err := c.write(ctx, file, dir)
	took = cost{time.Since(start), processorTime() - used}
	if err != nil {
		return took, fmt.Errorf("%s: %w", c.name, err)
	}
	return took, keep(files)
}

func (c *contender) wall() float64 {
	return median(c.took, func(x cost) time.Duration { return x.wall })
}
func (c *contender) cpu() float64 { return median(c.took, func(x cost) time.Duration { return x.cpu }) }

func median(took []cost, of func(cost) time.Duration) float64 {
	var all []time.Duration
	for _, x := range took {
		all = append(all, of(x))
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]).Seconds() / 2
}

// processorTime is what the process has used so far, DuckDB's part of it included.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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
			fmt.Printf("  %s %v", c.name, took)
		}
		fmt.Println()
	}
	report(input, all)
	return nil
}

func report(in records, all []*contender) {
	us, exact, text := all[0], all[1], all[2]
	for _, c := range all {
		fmt.Printf("%s: %.0f MB/s, %.0f MB/s of processor time\n", c.name, float64(in.bytes)/1e6/c.wall(), float64(in.bytes)/1e6/c.cpu())
	}
	fmt.Printf("ratio %.2f of processor time, %.2f if DuckDB left durations as text\n", exact.cpu()/us.cpu(), text.wall()/us.wall())
	fmt.Printf("bench-duckdb ratio=%.2f ours=%.2f duckdb=%.2f\n", exact.wall()/us.wall(), us.wall(), exact.wall())
}
