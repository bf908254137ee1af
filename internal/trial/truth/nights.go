package truth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/internal/trial/command"
)

// The days of the tenant, and the nights. The simulator's directory depends on the first day and its
// meetings on both, so that every simulator is given the same.
const (
	from = "2026-11-16"
	to   = "2026-11-19"
)

var nights = []string{"2026-11-18", "2026-11-19", "2026-11-20"}

// lasting is the fault that is one answer's however often it is asked for: whose it is, is behind and due the next day, so
// that the lake is not yet what the simulator generated. The trial sick is of these.
const lasting = "loop"

// mostRuns is how often the same command is given in a night until it ends well.
const mostRuns = 30

// tenant are the flags of every simulator.
func (t *truth) tenant() []string {
	return []string{"--users", strconv.Itoa(t.users), "--from", from, "--to", to, "--late", "0.3", "--moves", "30"}
}

// week is the nights of one lake.
type week struct {
	failing string // so many requests
	delta   string // which Delta tables the lake has
}

// week reads the nights into a lake, and compares.
func (t *truth) week(ctx context.Context, w week) (err error) {
	dir, err := os.MkdirTemp("", "truth")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	clock := filepath.Join(dir, "now")
	flags := append(t.tenant(), "--now-file", clock)
	if w.failing != "" {
		flags = append(flags, "--fail", w.failing)
		for _, fault := range graphsim.FaultNames() {
			if fault != lasting {
				flags = append(flags, "--fault", fault)
			}
		}
	}
	if err := set(clock, nights[0]); err != nil {
		return err
	}
	sim, err := command.Simulate(ctx, t.bin, dir, flags...)
	if err != nil {
		return err
	}
	defer func() {
		_, stopped := sim.Stop()
		err = errors.Join(err, stopped)
	}()
	l := &command.Lake{Client: command.Client{Bin: t.bin, Dir: dir, URL: sim.URL, Rate: command.Unhindered, Delta: w.delta}}
	var before map[string]command.Keys
	for i, night := range nights {
		if err := set(clock, night); err != nil {
			return err
		}
		start := time.Now()
		runs, err := read(ctx, l, night, i == 0)
		if err != nil {
			return fmt.Errorf("the night of %s: %w", night, err)
		}
		fmt.Printf("night %s, %s of the requests fail: done by %d runs in %.1f s\n", night, cmp.Or(w.failing, "none"), runs, time.Since(start).Seconds())
		generated, err := command.Generated(ctx, t.bin, append(t.tenant(), "--now", midnight(night))...)
		if err != nil {
			return err
		}
		if err := t.compare(ctx, l, night, generated, before); err != nil {
			return err
		}
		before = generated
		if err := t.compareLane(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// compareLane says of the Delta tables whether they are what the plain files are.
func (t *truth) compareLane(ctx context.Context, l *command.Lake) error {
	files, problems, err := l.CompareLanes(ctx)
	for _, p := range problems {
		fmt.Printf("truth %s differs\n", p)
	}
	t.laneFiles, t.laneDiffering = max(t.laneFiles, files), t.laneDiffering+len(problems)
	return err
}

// set sets the simulator's clock to a midnight.
func set(clock, night string) error {
	return os.WriteFile(clock, []byte(midnight(night)), 0o600)
}

func midnight(day string) string { return day + "T00:00:00Z" }

// compare says of every table whether it is what the simulator generated until the midnight of a night, and
// what a picture alone lacks. Before is what it had generated until the midnight before, nil at the first.
func (t *truth) compare(ctx context.Context, l *command.Lake, night string, generated, before map[string]command.Keys) error {
	at, err := time.Parse(time.DateOnly, night)
	if err != nil {
		return err
	}
	all, err := l.Datasets(ctx)
	if err != nil {
		return err
	}
	expected := command.With(generated, command.Absent(all, before, generated))
	isCalendar := func(d command.Dataset) bool { return d.Name == "calendar_events" }
	if err := t.Compare(ctx, l, expected, func(d command.Dataset) (string, string) {
		switch {
		case isCalendar(d):
			return "", ""
		case d.ByTime():
			return from, to
		}
		return night, at.AddDate(0, 0, 1).Format(time.DateOnly)
	}); err != nil || before == nil {
		return err
	}
	still := *l
	still.Only = map[string]map[string]bool{"user_id": generated["users"]}
	return t.Compare(ctx, &still, generated, func(d command.Dataset) (string, string) {
		if isCalendar(d) {
			return from, to
		}
		return "", ""
	})
}

// read gives the same command until it ends well, and says how often that was. The first night reads a
// range, the others what is due.
func read(ctx context.Context, l *command.Lake, night string, first bool) (runs int, err error) {
	names, err := l.Names(ctx)
	if err != nil {
		return 0, err
	}
	args := []string{"run", "--dataset", names, "--now", midnight(night)}
	if first {
		args = append(args, "--from", from, "--to", night)
	}
	for runs := 1; ; runs++ {
		report, err := l.Output(ctx, args...)
		exit, ended := errors.AsType[*exec.ExitError](err)
		switch {
		case err == nil:
			return runs, nil
		case !ended || !slices.Contains(goesOn, exit.ExitCode()) || runs == mostRuns:
			return runs, fmt.Errorf("run %d: %w\n%s", runs, err, report)
		}
	}
}

// goesOn are the statuses after which the same command goes on: something has failed, somebody is behind, or
// it is to be tried again later.
var goesOn = []int{1, 4, 75}
