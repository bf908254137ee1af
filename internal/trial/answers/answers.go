// Package answers compares metrics with what the simulator says that happened, row by row.
//
//	go run ./internal/trial answers -users 40
//
// For each of two tenants a week is read in four nights: calls get late versions, and in the second night some records and
// mailboxes are sick, which are healed before the third. Then DuckDB asks the views that graphlake sql prints, and the same of the facts
// that the simulator's generator gives without being asked over Graph. A row that only one of them has is a difference.
//
// The output is a line a view and tenant. The last line is: answers views=N rows=N differing=N, the views that were compared, the
// rows of the facts, and the rows that differed. The exit status is 1 unless the latter is 0.
package answers

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/internal/trial/command"
	"graphlake/internal/trial/duckdb"
)

// The days of the tenants, and the nights: in the second of them the tenant is sick.
const (
	from, to = "2026-11-16", "2026-11-23"
	healed   = "2026-11-20"
	late     = 0.2
	large    = 40
)

var nights = []string{"2026-11-18", "2026-11-19", "2026-11-21", "2026-11-25"}

// Trial is the trial of two tenants of -users.
func Trial(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	users := flags.Int("users", 40, "users of each simulated tenant")
	return func(ctx context.Context, bin string) error { return run(ctx, bin, *users) }
}

func run(ctx context.Context, bin string, users int) error {
	dir, err := os.MkdirTemp("", "answers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	duck, err := duckdb.Build(ctx, dir)
	if err != nil {
		return err
	}
	rows, differing := 0, 0
	for seed := int64(1); seed <= 2; seed++ {
		t := tenant{bin: bin, dir: filepath.Join(dir, strconv.FormatInt(seed, 10)), seed: seed, users: users, duck: duck}
		r, d, err := t.compare(ctx)
		if err != nil {
			return err
		}
		rows, differing = rows+r, differing+d
	}
	fmt.Printf("answers views=%d rows=%d differing=%d\n", len(comparisons), rows, differing)
	if differing > 0 {
		return errors.New("the metrics are not what happened")
	}
	return nil
}

// tenant is one of the two.
type tenant struct {
	bin, dir string
	seed     int64
	users    int
	duck     duckdb.DuckDB
}

func midnight(day string) string { return day + "T00:00:00Z" }

// compare reads the tenant and gives how many rows it has, and how many differ.
func (t tenant) compare(ctx context.Context) (rows, differing int, err error) {
	if err := os.MkdirAll(t.dir, 0o750); err != nil {
		return 0, 0, err
	}
	lake, err := t.read(ctx)
	if err != nil {
		return 0, 0, err
	}
	if err := t.writeFacts(); err != nil {
		return 0, 0, err
	}
	statements, err := duckdb.Views(ctx, lake.Client)
	if err != nil {
		return 0, 0, err
	}
	queries := []string{strings.Join(statements, ";\n")}
	for _, c := range comparisons {
		queries = append(queries, c.queries(t.dir)...)
	}
	answers, err := t.duck.Ask(ctx, queries...)
	if err != nil {
		return 0, 0, err
	}
	for i, c := range comparisons {
		of := answers[1+i*3 : 4+i*3]
		n, err := strconv.Atoi(of[0].Value)
		if err != nil {
			return 0, 0, err
		}
		d, err := strconv.Atoi(of[1].Value)
		if err != nil {
			return 0, 0, err
		}
		if n == 0 {
			return 0, 0, fmt.Errorf("tenant %d has no facts for %s: there is nothing to compare", t.seed, c.view)
		}
		fmt.Printf("answers tenant=%d %s rows=%d differing=%d%s\n", t.seed, c.view, n, d, of[2].Value)
		rows, differing = rows+n, differing+d
	}
	return rows, differing, nil
}

// read reads the tenant in its nights.
func (t tenant) read(ctx context.Context) (lake command.Lake, err error) {
	clock := filepath.Join(t.dir, "now")
	if err := os.WriteFile(clock, []byte(midnight(nights[0])), 0o600); err != nil {
		return lake, err
	}
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	sim, err := command.Simulate(ctx, t.bin, t.dir, "--users", strconv.Itoa(t.users), "--seed", number(t.seed), "--from", from, "--to", to,
		"--late", fmt.Sprint(late), "--large", strconv.Itoa(large), "--now-file", clock,
		"--sick", number(t.seed), "--sick-kind", "404", "--sick-kind", "403", "--heal", midnight(healed))
	if err != nil {
		return lake, err
	}
	defer func() {
		_, stopped := sim.Stop()
		err = errors.Join(err, stopped)
	}()
	lake.Client = command.Client{Bin: t.bin, Dir: t.dir, URL: sim.URL, Rate: command.Unhindered}
	names, err := lake.Names(ctx)
	if err != nil {
		return lake, err
	}
	for i, night := range nights {
		if err := os.WriteFile(clock, []byte(midnight(night)), 0o600); err != nil {
			return lake, err
		}
		args := []string{"--dataset", names, "--now", midnight(night)}
		if i == 0 {
			args = append(args, "--from", from, "--to", night)
		}
		start := time.Now()
		// A night in which somebody is sick ends with an exit status of its own; the last has to end well.
		if _, err := lake.Run(ctx, args...); err != nil && night > healed {
			return lake, err
		}
		fmt.Printf("answers tenant=%d night %s: %.1f s\n", t.seed, night, time.Since(start).Seconds())
	}
	return lake, nil
}

// facts are what the generator says, as of the last night.
func (t tenant) facts() (graphsim.Facts, error) {
	var days [3]time.Time
	for i, text := range []string{from, to, nights[len(nights)-1]} {
		var err error
		if days[i], err = time.Parse(time.DateOnly, text); err != nil {
			return graphsim.Facts{}, err
		}
	}
	heal, err := time.Parse(time.DateOnly, healed)
	if err != nil {
		return graphsim.Facts{}, err
	}
	return graphsim.New(graphsim.Options{
		Seed: t.seed, Users: t.users, From: days[0], To: days[1], Late: late, Large: large, Now: func() time.Time { return days[2] },
		Sick: graphsim.Sick{Seed: t.seed, Heal: heal},
	}).Facts(), nil
}

// queries are how many rows the facts have, how many differ, and the first that do.
func (c comparison) queries(dir string) []string {
	facts := "read_json('" + strings.ReplaceAll(filepath.Join(dir, c.name+".json"), "'", "''") + "', format = 'newline_delimited', columns = " + c.columns() + ")"
	told := "SELECT " + c.list() + " FROM " + facts
	seen := c.seen
	differing := fmt.Sprintf("(SELECT 'only in facts' AS side, * FROM (%[1]s EXCEPT ALL %[2]s) UNION ALL SELECT 'only in the lake', * FROM (%[2]s EXCEPT ALL %[1]s))", told, seen)
	return []string{
		"SELECT count(*) FROM " + facts,
		"SELECT count(*) FROM " + differing + " AS d",
		"SELECT coalesce(string_agg(chr(10) || '  ' || d::VARCHAR, ''), '') FROM (SELECT d FROM " + differing + " AS d LIMIT 6)",
	}
}
