// Package metrics measures the metrics of a month in DuckDB.
//
//	go run ./internal/trial metrics -users 1000
//
// A simulated tenant of -users and -days gets into a lake: its call records straight into raw, and then by graphlake replay into tables;
// all else the command reads, without limits. Each metric of the views that it prints is then asked for whole, as one query, by DuckDB with two
// threads and -gigabytes of memory. What is made is kept where -dir says, and measured again by the next trial that says the same. GOMAXPROCS bounds
// the cores that making it takes.
//
// The output is a line a metric: its seconds, its rows, and the most rows that an operator of its plan yields, beside those of the
// largest table that the plan reads. The last line is: metrics views=N slowest=S name=NAME. It fails if a metric takes longer than -seconds, or if an operator
// yields more than -times as many rows as the largest table and more than a hundred thousand.
package metrics

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/internal/trial/command"
	"graphlake/internal/trial/duckdb"
	"graphlake/schemas"
)

// The day after the last one.
const to = "2026-11-23"

// nowhere is where nobody answers: of what is there Graph is not asked.
const nowhere = "http://127.0.0.1:1"

// few are rows that nobody has to wait for, whatever yields them.
const few = 100_000

// Trial is the trial of a tenant.
func Trial(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	m := metrics{}
	flags.IntVar(&m.users, "users", 10_000, "users of the simulated tenant")
	flags.IntVar(&m.days, "days", 30, "days that are read")
	flags.IntVar(&m.gigabytes, "gigabytes", 2, "memory of DuckDB")
	flags.Float64Var(&m.most, "seconds", 10, "seconds that a metric may take; 0: any")
	flags.IntVar(&m.times, "times", 5, "times the rows of its largest table that an operator may yield")
	flags.StringVar(&m.dir, "dir", "", "where the lake is, or is made as far as it is not there; empty: a temporary directory")
	return func(ctx context.Context, bin string) error {
		m.bin = bin
		return m.run(ctx)
	}
}

// metrics is one go of it.
type metrics struct {
	bin, dir         string
	users, days      int
	gigabytes, times int
	most             float64
}

func (m metrics) run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "metrics")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if m.dir == "" {
		m.dir = dir
	}
	engine, err := duckdb.Build(ctx, dir)
	if err != nil {
		return err
	}
	lake := command.Client{Bin: m.bin, Dir: m.dir, URL: nowhere, Rate: command.Unhindered}
	if err := m.make(ctx, lake); err != nil {
		return err
	}
	statements, err := duckdb.Views(ctx, lake)
	if err != nil {
		return err
	}
	return m.measure(ctx, engine, statements)
}

// make makes the lake, or as much of it as an earlier trial did not come to. What is made is noted beside it: first call records, then all.
func (m metrics) make(ctx context.Context, lake command.Client) error {
	made, tenant := filepath.Join(m.dir, "made"), fmt.Sprintf("%d users, %d days", m.users, m.days)
	calls, whole := tenant+": call records\n", tenant+"\n"
	text, err := os.ReadFile(made)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case string(text) == whole:
		return nil
	case string(text) != calls:
		return fmt.Errorf("%s holds another tenant: %s", m.dir, text)
	}
	last, err := time.Parse(time.DateOnly, to)
	if err == nil {
		err = os.MkdirAll(m.dir, 0o700)
	}
	if err != nil {
		return err
	}
	// The night after the last day: later the first calls of thirty days would have expired.
	o := graphsim.Options{Seed: 1, Users: m.users, From: last.AddDate(0, 0, -m.days), To: last, Now: func() time.Time { return last }}
	if string(text) != calls {
		if err := m.writeCalls(ctx, lake, o); err != nil {
			return err
		}
		if err := os.WriteFile(made, []byte(calls), 0o600); err != nil {
			return err
		}
	}
	if err := m.read(ctx, lake, o); err != nil {
		return err
	}
	return os.WriteFile(made, []byte(whole), 0o600)
}

// writeCalls writes call records into raw, and has tables made of it.
func (m metrics) writeCalls(ctx context.Context, lake command.Client, o graphsim.Options) error {
	start := time.Now()
	records, err := m.write(ctx, o)
	if err != nil {
		return err
	}
	fmt.Printf("%d call records of %d users written into raw in %.0f s\n", records, m.users, time.Since(start).Seconds())
	start = time.Now()
	if _, err := lake.Output(ctx, "replay", "--dataset", straight, "--now", to+"T00:00:00Z"); err != nil {
		return err
	}
	fmt.Printf("and replayed in %.0f s\n", time.Since(start).Seconds())
	return nil
}

// read reads all but call records.
func (m metrics) read(ctx context.Context, lake command.Client, o graphsim.Options) (err error) {
	from, now := o.From.Format(time.DateOnly), to+"T00:00:00Z"
	sim, err := command.Simulate(ctx, m.bin, m.dir, "--users", strconv.Itoa(m.users), "--seed", strconv.FormatInt(o.Seed, 10), "--from", from, "--to", to, "--now", now)
	if err != nil {
		return err
	}
	defer func() {
		_, stopped := sim.Stop()
		err = errors.Join(err, stopped)
	}()
	lake.URL = sim.URL
	var names []string
	for _, d := range schemas.BuiltIn() {
		if d.Name != straight && !d.Optional {
			names = append(names, d.Name)
		}
	}
	r, err := lake.Run(ctx, "--dataset", strings.Join(names, ","), "--from", from, "--to", to, "--now", now)
	if err == nil {
		fmt.Printf("%d other records of %d users read in %.0f s\n", r.Records, m.users, r.Wall.Seconds())
	}
	return err
}

var viewOfMetric = regexp.MustCompile(`^CREATE OR REPLACE VIEW "(metric_\w+)"`)

// measure asks for all metrics, prints their lines, and fails where one is slow or an operator yields too much.
func (m metrics) measure(ctx context.Context, engine duckdb.DuckDB, statements []string) error {
	queries := []string{fmt.Sprintf("SET threads = 2; SET memory_limit = '%dGB'", m.gigabytes), strings.Join(statements, ";\n")}
	var names []string
	for _, s := range statements {
		if found := viewOfMetric.FindStringSubmatch(s); found != nil {
			names = append(names, found[1])
			queries = append(queries, "EXPLAIN (ANALYZE, FORMAT JSON) FROM "+found[1])
		}
	}
	if len(names) == 0 {
		return errors.New("the views have no metric")
	}
	answers, err := engine.Ask(ctx, queries...)
	if err != nil {
		return err
	}
	slowest, slowestName := 0.0, ""
	var failed []error
	for i, a := range answers[2:] {
		p, err := parse(a.Value)
		if err != nil {
			return fmt.Errorf("%s: %w", names[i], err)
		}
		fmt.Printf("%-28s %6.2f s %8d rows, at most %d by %s, of a table of %d\n", names[i], a.Seconds, p.rows, p.most, p.by, p.table)
		if a.Seconds > slowest {
			slowest, slowestName = a.Seconds, names[i]
		}
		if p.most > few && p.most > m.times*p.table {
			failed = append(failed, fmt.Errorf("%s: %s yields %d rows, more than %d times those of the largest table, %d", names[i], p.by, p.most, m.times, p.table))
		}
	}
	fmt.Printf("metrics views=%d slowest=%.2f name=%s\n", len(names), slowest, slowestName)
	if m.most > 0 && slowest > m.most {
		failed = append(failed, fmt.Errorf("%s took %.1f s, more than %.0f", slowestName, slowest, m.most))
	}
	return errors.Join(failed...)
}
