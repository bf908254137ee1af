package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"graphlake/internal/trial/command"
)

// night measures an ordinary night of every dataset that is not optional: the real command, against the simulated Graph in another
// process, which enforces the published limits on a clock that runs faster. The night before it, which fills the
// lake, passes unmeasured and without limits. Of optional datasets it is not counted what they need at least, and at a clock that
// runs ten times faster a limit of a second is one of a tenth, whose edge a busy machine misses.
//
// The last line is: night ratio=R requests=N least=N throttled=P%. R is the whole time of the command, its
// start and its last table included, over the time of the budget that takes longest; least are the
// requests that nobody can do without, as [reader.least] counts them. It fails above -most-ratio, above
// -most-requests times the least, and if more of them are throttled than now and then one. Before it stands a line for each budget, with its requests and
// their time at -rate, and one for each dataset with those that it took.
func night(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	n := ordinary{}
	flags.IntVar(&n.users, "users", 2000, "users of the tenant")
	flags.Float64Var(&n.rate, "rate", 3, "how many times faster than Graph's the clock of the limits runs")
	flags.Float64Var(&n.ratio, "most-ratio", 1.10, "times the time of the longest budget that the night may take; 0: any")
	flags.Float64Var(&n.requests, "most-requests", 1.05, "times the least requests that there may be; 0: any")
	return func(ctx context.Context, bin string) error {
		budgets, r, asked, err := n.pass(ctx, bin)
		if err != nil {
			return err
		}
		return n.judge(budgets, r, asked)
	}
}

// One request of so many may be throttled: all limits of a resource, as of a team with many channels, are not foreseen.
const mostThrottledOf = 50

// ordinary is a night, and how good it has to be.
type ordinary struct {
	users                 int
	rate, ratio, requests float64
}

// Of the tenant there are days before the first night, and days after, so that meetings are planned. The night
// that is measured reads three working days of calls.
const (
	nightFrom, nightTo = "2026-11-09", "2026-11-23"
	nightBegins        = 2*time.Hour + 30*time.Minute
)

var nightBefore, nightMeasured = time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)

// pass lets the night before pass, counts what the next one needs at least, and measures it.
func (n ordinary) pass(ctx context.Context, bin string) (least []budget, r command.Result, asked command.Asked, err error) {
	dir, err := os.MkdirTemp("", "night")
	if err != nil {
		return nil, r, asked, err
	}
	defer os.RemoveAll(dir)
	l := &command.Lake{Client: command.Client{Bin: bin, Dir: dir, Rate: command.Unhindered}}
	datasets, err := l.Ordinary(ctx)
	if err != nil {
		return nil, r, asked, err
	}
	if least, err = n.before(ctx, l, datasets); err != nil {
		return nil, r, asked, fmt.Errorf("the night before: %w", err)
	}
	now := nightMeasured.Add(nightBegins).Format(time.RFC3339)
	sim, err := command.Simulate(ctx, bin, dir, append(n.tenant(), "--now", now, "--rate", fmt.Sprint(n.rate))...)
	if err != nil {
		return nil, r, asked, err
	}
	l.URL, l.Rate = sim.URL, n.rate
	r, err = l.Run(ctx, "--dataset", datasets, "--now", now)
	asked, ended := sim.Stop()
	return least, r, asked, errors.Join(err, ended)
}

// before runs the night before from a Graph without limits, and asks that what a reader sees in it and in the next.
func (n ordinary) before(ctx context.Context, l *command.Lake, datasets string) (least []budget, err error) {
	clock := filepath.Join(l.Dir, "now")
	set := func(night time.Time) (now string, err error) {
		now = night.Add(nightBegins).Format(time.RFC3339)
		return now, os.WriteFile(clock, []byte(now), 0o600)
	}
	now, err := set(nightBefore)
	if err != nil {
		return nil, err
	}
	sim, err := command.Simulate(ctx, l.Bin, l.Dir, append(n.tenant(), "--now-file", clock)...)
	if err != nil {
		return nil, err
	}
	defer func() {
		_, stopped := sim.Stop()
		err = errors.Join(err, stopped)
	}()
	l.URL = sim.URL
	if _, err := l.Run(ctx, "--dataset", datasets, "--now", now); err != nil {
		return nil, err
	}
	var known seen
	for _, night := range []time.Time{nightBefore, nightMeasured} {
		if _, err := set(night); err != nil {
			return nil, err
		}
		if least, err = (reader{sim.URL}).least(ctx, night, night.Add(nightBegins), &known); err != nil {
			return nil, err
		}
	}
	return least, nil
}

func (n ordinary) tenant() []string {
	return []string{"--users", fmt.Sprint(n.users), "--large", "10", "--from", nightFrom, "--to", nightTo}
}

// judge prints what was measured, and is an error where that is not good enough.
func (n ordinary) judge(budgets []budget, r command.Result, asked command.Asked) error {
	most, all := longest(budgets), budgets[len(budgets)-1].requests
	for _, b := range budgets {
		fmt.Printf("%s: at least %d requests, in %.1f s\n", b.name, b.requests, b.least().Seconds()/n.rate)
	}
	for _, u := range r.Units {
		fmt.Printf("%s %s: %d requests, %.1f s\n", u.Dataset, u.From, u.Requests, u.Seconds)
	}
	ratio := r.Wall.Seconds() / (most.least().Seconds() / n.rate)
	fmt.Printf("%.1f s; %s needs %.1f s; CPU of the command %.1f s, peak %.0f MB\n", r.Wall.Seconds(), most.name, most.least().Seconds()/n.rate, r.CPU.Seconds(), r.Peak)
	fmt.Printf("night ratio=%.2f requests=%d least=%d throttled=%.2f%%\n", ratio, asked.Requests, all, 100*float64(asked.Throttled)/float64(max(asked.Requests, 1)))
	switch {
	case r.Records == 0:
		return errors.New("there was nothing to read")
	case r.Requests+forTheTime != asked.Requests:
		return fmt.Errorf("the command counted %d requests, the simulator %d, one of them for the time", r.Requests, asked.Requests)
	case asked.Requests < int64(all):
		return fmt.Errorf("%d requests are fewer than the least: that is counted wrong", asked.Requests)
	case n.ratio > 0 && ratio > n.ratio:
		return fmt.Errorf("the night took %.2f times the time of its longest budget, more than %.2f", ratio, n.ratio)
	case asked.Throttled*mostThrottledOf > asked.Requests:
		return fmt.Errorf("%d of %d requests were throttled, more than one of %d", asked.Throttled, asked.Requests, mostThrottledOf)
	case n.requests > 0 && float64(asked.Requests) > n.requests*float64(all):
		return fmt.Errorf("%d requests are more than %.2f times the least, %d", asked.Requests, n.requests, all)
	}
	return nil
}
