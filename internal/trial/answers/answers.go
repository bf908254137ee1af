// Package answers compares metrics with what the simulator says that happened, row by row.
//
//	go run ./internal/trial answers -users 40
//
// Two tenants are read into one lake, in some nights: calls get late versions, and in the second night some records and
// mailboxes are sick, which are healed before the third. Both are drawn from one seed, so that many ids are the same in both: a join
// that forgets the tenant finds rows of the other. Then DuckDB, in a session far from UTC, asks the views that graphlake sql prints, and the same of the facts
// that the simulator's generator gives without being asked over Graph. A row that only one of them has is a difference, and so is
// a key of any view that more than one row has.
//
// Facts are legs, calls, messages, events and the like; what a metric makes of them is counted here once more, where there is a choice
// in another way: by looking at each second, or quarter of an hour. All metrics are compared, and call_persons, phone_legs and both views of users.
// Of metric_people the zone is not, which has one name of several for the same clock, but what metric_message_hours makes of it; nor are the devices
// and addresses of metric_stream_sides, of which no other metric tells. In a tenant so small nothing may begin at the instant at which something ends, as
// metric_concurrency defines, and hardly anybody is active in one part of a month alone: these are in the examples by hand.
//
// The output is a line a view. The last line is: answers views=N rows=N differing=N, the views that were compared, the
// rows of the facts, and the rows that differed, with those of keys that are not unique. The exit status is 1 unless the latter is 0.
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

// What the tenants are like.
const (
	from  = "2026-10-19" // a Monday, six days before clocks change in Europe, and two weeks before they do in America
	late  = 0.2
	large = 40
	moves = 8 // of a thousand users a day: so many that some join, leave and change departments
	seed  = 1

	zone = "America/St_Johns" // of the session with DuckDB, on which no answer may depend
)

// Nights, in days after the first: in the second of them the tenants are sick. Further ones follow every week, and the last two after the
// tenants' last day: what was absent once is then absent twice.
const (
	firstNight, sickNight, healed, thirdNight, fourthNight = 2, 3, 4, 5, 9
	week, afterwards                                       = 7, 2
)

// Trial is the trial of two tenants, of -users and a third more.
func Trial(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	users := flags.Int("users", 40, "users of the smaller tenant")
	days := flags.Int("days", 35, "days of the tenants, at least 4; in fewer than 31 no team is dormant")
	return func(ctx context.Context, bin string) error {
		if *days < healed {
			return errors.New("-days are too few for a sick night")
		}
		first, err := time.Parse(time.DateOnly, from)
		if err != nil {
			return err
		}
		t := &trial{first: first, days: *days}
		for i, id := range []string{"4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30", "b7d20c94-1e6a-4f83-95c7-0a3e8d5f6b12"} {
			t.tenants = append(t.tenants, graphsim.New(graphsim.Options{
				Seed: seed, Users: *users + *users*i/3, Tenant: id, From: first, To: t.day(*days), Now: t.clock.now, Late: late, Large: large, Moves: moves,
				Token: tokens[i], Sick: graphsim.Sick{Seed: int64(i + 1), Kinds: []string{"404", "403"}, Heal: t.day(healed)},
			}))
		}
		return t.run(ctx, bin)
	}
}

// trial is one go of it.
type trial struct {
	first   time.Time
	days    int
	clock   clock
	tenants []*graphsim.Tenant
	dir     string
	lake    command.Lake
	duck    duckdb.DuckDB
}

func (t *trial) day(n int) time.Time { return t.first.AddDate(0, 0, n) }

func (t *trial) run(ctx context.Context, bin string) (err error) {
	if t.dir, err = os.MkdirTemp("", "answers"); err != nil {
		return err
	}
	defer os.RemoveAll(t.dir)
	if t.duck, err = duckdb.Build(ctx, t.dir); err != nil {
		return err
	}
	if err := t.read(ctx, bin); err != nil {
		return err
	}
	if err := t.writeFacts(); err != nil {
		return err
	}
	statements, err := duckdb.Views(ctx, t.lake.Client)
	if err != nil {
		return err
	}
	rows, differing, err := t.compare(ctx, statements)
	if err != nil {
		return err
	}
	doubled, err := t.doubled(ctx, statements)
	if err != nil {
		return err
	}
	fmt.Printf("answers views=%d rows=%d differing=%d\n", len(comparisons), rows, differing+doubled)
	if differing+doubled > 0 {
		return errors.New("the metrics are not what happened")
	}
	return nil
}

// compare gives how many rows the facts have, and how many differ.
func (t *trial) compare(ctx context.Context, statements []string) (rows, differing int, err error) {
	queries := []string{"SET TimeZone = '" + zone + "';\n" + strings.Join(statements, ";\n")}
	for _, c := range comparisons {
		queries = append(queries, c.queries(t.dir)...)
	}
	answers, err := t.duck.Ask(ctx, queries...)
	if err != nil {
		return 0, 0, err
	}
	for i, c := range comparisons {
		of := answers[1+i*3 : 4+i*3]
		d, err := strconv.Atoi(of[1].Value)
		if err != nil {
			return 0, 0, err
		}
		n := 0
		for count := range strings.SplitSeq(of[0].Value, ",") {
			one, err := strconv.Atoi(count)
			if err != nil {
				return 0, 0, err
			}
			n += one
		}
		if strings.Count(of[0].Value, ",") != len(t.tenants)-1 {
			return 0, 0, fmt.Errorf("of some tenant there are no facts for %s, which have %s rows: there is nothing to compare", c.view, of[0].Value)
		}
		fmt.Printf("answers %s rows=%d differing=%d%s\n", c.view, n, d, of[2].Value)
		rows, differing = rows+n, differing+d
	}
	return rows, differing, nil
}

// queries are how many rows the facts have of each tenant, how many differ, and the first that do.
func (c comparison) queries(dir string) []string {
	facts := "read_json('" + strings.ReplaceAll(filepath.Join(dir, c.name+".json"), "'", "''") + "', format = 'newline_delimited', columns = " + c.columns() + ")"
	told := "SELECT " + c.list() + " FROM " + facts
	seen := "(" + c.seen + ")"
	differing := fmt.Sprintf("(SELECT 'only in facts' AS side, * FROM (%[1]s EXCEPT ALL %[2]s) UNION ALL SELECT 'only in the lake', * FROM (%[2]s EXCEPT ALL %[1]s))", told, seen)
	return []string{
		"SELECT string_agg(n, ',') FROM (SELECT count(*)::VARCHAR AS n FROM " + facts + " GROUP BY tenant) AS t",
		"SELECT count(*) FROM " + differing + " AS d",
		"SELECT coalesce(string_agg(chr(10) || '  ' || d::VARCHAR, ''), '') FROM (SELECT d FROM " + differing + " AS d LIMIT 6)",
	}
}
