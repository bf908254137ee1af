// Package read counts the files that DuckDB opens in a large lake by the views that graphlake sql prints.
//
//	go run ./internal/trial read -days 400
//
// A simulated tenant of -users is read for a few days. Then each table gets -days days, links to the files of these, and in a
// second lake so has each of -tenants. Both are asked for: all views; a day of a table of one tenant; a picture's newest of
// one tenant; and the latter two of all tenants. What is answered is compared with what the command itself reads of the
// days that were linked.
//
// The output is a line a lake. The last line is: read create=N day=N current=N seconds=S. N are the most opens of
// files, a file that was opened twice counted twice, of either lake, for what one tenant is asked; S is how long all queries took. It
// fails above -create, -day, -current and -seconds, and where all tenants take more than so many times as much.
package read

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"graphlake/internal/trial/command"
	"graphlake/internal/trial/duckdb"
)

// The days of the tenant that are read, and of which a copy is asked for.
const (
	from, to, now = "2026-11-19", "2026-11-23", "2026-11-23T02:30:00Z"
	asked, next   = "2026-11-20", "2026-11-21"
)

// Trial is the trial of two lakes.
func Trial(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	r := read{}
	flags.IntVar(&r.users, "users", 40, "users of the simulated tenant")
	flags.IntVar(&r.days, "days", 400, "days of each table")
	flags.IntVar(&r.tenants, "tenants", 10, "tenants of the second lake")
	flags.IntVar(&r.most.create, "create", 100, "opens to make all views, at most")
	flags.IntVar(&r.most.day, "day", 3, "opens for a day of a table of a tenant, at most")
	flags.IntVar(&r.most.current, "current", 5, "opens for the newest picture of a table of a tenant, at most")
	flags.Float64Var(&r.most.seconds, "seconds", 120, "seconds of all queries, at most")
	return func(ctx context.Context, bin string) error {
		r.bin = bin
		return r.run(ctx)
	}
}

// read is one go of it.
type read struct {
	bin                  string
	users, days, tenants int
	most                 opens
	engine               duckdb.DuckDB
}

// opens is what a lake took, or may take at most.
type opens struct {
	create, day, current int // files
	seconds              float64
}

func (r read) run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "read")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	small, err := r.simulated(ctx, dir)
	if err != nil {
		return err
	}
	if r.engine, err = duckdb.Build(ctx, dir); err != nil {
		return err
	}
	want, err := expected(ctx, small)
	if err != nil {
		return err
	}
	var most opens
	for _, tenants := range []int{1, r.tenants} {
		large := small
		large.Dir = filepath.Join(dir, "of "+strconv.Itoa(tenants))
		files, err := widen(filepath.Join(small.Dir, "lake"), filepath.Join(large.Dir, "lake"), r.days, tenants)
		if err != nil {
			return err
		}
		fmt.Printf("tenants=%d files=%d: ", tenants, files)
		took, err := r.measure(ctx, large, tenants, want)
		if err != nil {
			return err
		}
		most = opens{max(most.create, took.create), max(most.day, took.day), max(most.current, took.current), most.seconds + took.seconds}
	}
	fmt.Printf("read create=%d day=%d current=%d seconds=%.1f\n", most.create, most.day, most.current, most.seconds)
	return r.most.hold("one tenant", 1, most)
}

// simulated is the lake of a few days.
func (r read) simulated(ctx context.Context, dir string) (client command.Client, err error) {
	sim, err := command.Simulate(ctx, r.bin, dir, "--users", strconv.Itoa(r.users), "--from", from, "--to", to, "--now", now)
	if err != nil {
		return client, err
	}
	defer func() {
		_, stopped := sim.Stop()
		err = errors.Join(err, stopped)
	}()
	client = command.Client{Bin: r.bin, Dir: filepath.Join(dir, "small"), URL: sim.URL, Rate: command.Unhindered}
	if err := os.MkdirAll(client.Dir, 0o750); err != nil {
		return client, err
	}
	_, err = client.Run(ctx, "--from", from, "--to", to, "--now", now)
	return client, err
}

// rows are those of a tenant: of calls on the day that is asked for, and of users in the newest picture.
type rows struct{ calls, users int }

func expected(ctx context.Context, small command.Client) (want rows, err error) {
	lake := command.Lake{Client: small}
	calls, err := lake.Count(ctx, "calls", asked, next)
	if err != nil {
		return want, err
	}
	users, err := lake.Count(ctx, "users", to, "2026-11-24")
	if err == nil && calls.Rows*users.Rows == 0 {
		err = fmt.Errorf("the tenant has %d calls and %d users: there is nothing to compare", calls.Rows, users.Rows)
	}
	return rows{calls.Rows, users.Rows}, err
}

// measure asks a lake, prints what it took, and fails where an answer is wrong or all tenants take too much.
func (r read) measure(ctx context.Context, lake command.Client, tenants int, want rows) (opens, error) {
	statements, err := duckdb.Views(ctx, lake)
	if err != nil {
		return opens{}, err
	}
	const (
		day     = "SELECT count(*) FROM calls WHERE dt = DATE '" + asked + "' AND start_time IS NOT NULL"
		current = "SELECT count(*) FROM users_current WHERE user_id IS NOT NULL"
		ofOne   = " AND tenant_id = '" + theTenant + "'"
	)
	answers, err := r.engine.Ask(ctx, strings.Join(statements, ";\n"), day+ofOne, current+ofOne, day, current)
	if err != nil {
		return opens{}, err
	}
	for i, n := range []int{want.calls, want.users, want.calls * tenants, want.users * tenants} {
		if got := answers[i+1].Value; got != strconv.Itoa(n) {
			return opens{}, fmt.Errorf("query %d of %d tenants has %s rows, want %d", i+1, tenants, got, n)
		}
	}
	one := opens{create: answers[0].Opens, day: answers[1].Opens, current: answers[2].Opens}
	all := opens{create: answers[0].Opens, day: answers[3].Opens, current: answers[4].Opens}
	for _, a := range answers {
		one.seconds += a.Seconds
	}
	fmt.Printf("all views %d in %.1f s, a day %d, a newest picture %d; of all tenants %d and %d\n",
		one.create, answers[0].Seconds, one.day, one.current, all.day, all.current)
	return one, r.most.hold("all tenants", tenants, all)
}

// hold is an error where some tenants took more than so many times what one may.
func (most opens) hold(who string, tenants int, took opens) error {
	switch {
	case took.create > most.create:
		return fmt.Errorf("%s: to make the views %d files were opened, more than %d", who, took.create, most.create)
	case took.day > most.day*tenants:
		return fmt.Errorf("%s: for a day %d files were opened, more than %d", who, took.day, most.day*tenants)
	case took.current > most.current*tenants:
		return fmt.Errorf("%s: for a newest picture %d files were opened, more than %d", who, took.current, most.current*tenants)
	case took.seconds > most.seconds:
		return fmt.Errorf("%s: the queries took %.1f s, more than %.0f", who, took.seconds, most.seconds)
	}
	return nil
}
