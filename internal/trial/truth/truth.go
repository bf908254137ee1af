// Package truth lets graphlake read a simulated tenant for three nights, and compares the lake after each of them
// with what the simulator says that it generated; then once more, while one of twenty requests fails and
// the same command is given until it has ended well: faults that pass, for what lasts of one parent is left to the trial sick.
//
//	go run ./internal/trial truth -users 60
//
// The first night reads the range from the tenant's first day to its midnight, with every dataset there
// is, those included that are read only where they are named. The nights after it read what is due, as an
// operator's would: new calls and messages on the second; on both what was edited, deleted, reacted to
// and moved, later versions of calls, and users who joined, left or changed. Every night is a midnight, so
// that what is due ends at the instant for which the simulator says what it holds.
//
// Of tables by the time of their records all days of the tenant are compared, of pictures the day of the
// night, of presence the observation of the night; rows that are marked removed do not count. What only is not
// listed any more is removed when it was absent on two days: so of a picture is expected what the simulator
// has generated until that midnight, and of the midnight before what belongs to a record that is gone since.
//
// Calendars are compared from the second night on: at the first the simulator counts events of days that
// the range has not. Events of users who are gone are not compared, for the lake keeps what it has read once.
//
// The lakes have Delta tables too, the second one by month and a table for each tenant: after each night each live file of theirs has to be named by the hashes
// of its plain files, and to have their rows, so that what is said of tables is said of both.
//
// The output is a line a table and night, truth TABLE rows=N/N keys=H/H ok, or differs at its end, the
// lake's numbers before the simulator's. Keys is a checksum over the keys of the rows. The last line is: truth
// tables=N differing=N lane_files=N lane_differing=N, the tables that were compared and those that ever differed, and the same of live files.
// The exit status is 1 unless N differing are 0.
package truth

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"graphlake/internal/trial/command"
)

// Trial is the trial of a tenant of -users.
func Trial(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	t := truth{Comparison: command.Comparison{Name: "truth"}}
	flags.IntVar(&t.users, "users", 60, "users of the simulated tenant")
	return func(ctx context.Context, bin string) error {
		t.bin = bin
		return t.run(ctx)
	}
}

// truth is one go of it.
type truth struct {
	command.Comparison
	bin   string
	users int

	laneFiles, laneDiffering int
}

func (t *truth) run(ctx context.Context) error {
	for _, w := range []week{{delta: "true"}, {failing: "0.05", delta: "{layout: per_tenant, compact: true}"}} {
		if err := t.week(ctx, w); err != nil {
			return err
		}
	}
	fmt.Printf("truth tables=%d differing=%d lane_files=%d lane_differing=%d\n", len(t.Tables), t.Differing(), t.laneFiles, t.laneDiffering)
	if t.Differing()+t.laneDiffering > 0 || t.laneFiles == 0 {
		return errors.New("the lake is not what the simulator generated")
	}
	return nil
}
