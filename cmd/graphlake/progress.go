package main

import (
	"context"
	"log/slog"
	"time"

	"graphlake/jobs"
)

// A line at this interval says how far a long run is, where there is no terminal for bars.
const sayEvery = 30 * time.Second

// watch shows how far a run is until stop is called: by bars on a terminal, by lines of the log elsewhere, and not at
// all if it is to be quiet.
func (c *command) watch(ctx context.Context, p *jobs.Progress, log *slog.Logger) (stop func()) {
	switch {
	case c.Quiet:
		return func() {}
	case c.stderr.terminal():
		return every(ctx, drawEvery, newBars(c.stderr, p.Standing))
	}
	return say(ctx, p.Standing, log)
}

// shown is a way to show how far a run is: again and again, and once more at its end.
type shown interface {
	show()
	end()
}

// every shows at an interval until stop is called.
func every(ctx context.Context, interval time.Duration, to shown) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // a run that is stopped still has to end
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticks := time.NewTicker(interval)
		defer ticks.Stop()
		for {
			select {
			case <-ticks.C:
				to.show()
			case <-ctx.Done():
				to.end()
				return
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// say logs at an interval how far a run is.
func say(ctx context.Context, standing func() jobs.Standing, log *slog.Logger) (stop func()) {
	return every(ctx, sayEvery, &sayings{ctx: ctx, standing: standing, log: log})
}

type sayings struct {
	ctx      context.Context //nolint:containedctx // of the run whose lines they are
	standing func() jobs.Standing
	log      *slog.Logger
	pace     pace
}

func (s *sayings) show() {
	now := s.standing()
	args := []any{"run", now.Run, "units", now.All.Units, "done", now.All.Done}
	args = append(args, counts(now.All)...)
	args = append(args, "per_second", s.pace.of(now.All.Requests, sayEvery))
	for _, w := range now.Each {
		if w.Done < w.Units && w.Requests > 0 {
			args = append(args, slog.Group(w.Dataset+" of "+w.Tenant, counts(w)...))
		}
	}
	s.log.InfoContext(s.ctx, "progress", args...)
}

func (s *sayings) end() {}

// counts are those of some units for a line of the log. How long it takes is left out where it is not known.
func counts(w jobs.Work) []any {
	args := []any{
		"requests", w.Requests, "expected", w.Expected, "records", w.Records, "throttled", w.Throttled,
		"waited_seconds", w.Waited.Round(time.Second).Seconds(),
	}
	if w.Known {
		args = append(args, "left_seconds", w.Left.Round(time.Second).Seconds())
	}
	return args
}

// pace is how many requests a second were sent of late.
type pace struct{ sent []int64 }

// paced are the intervals that it looks back.
const paced = 10

// of takes what was sent so far, at every interval.
func (p *pace) of(sent int64, interval time.Duration) float64 {
	if p.sent = append(p.sent, sent); len(p.sent) > paced+1 {
		p.sent = p.sent[1:]
	}
	n := len(p.sent) - 1
	if n == 0 {
		return float64(sent) / interval.Seconds() // since the start
	}
	return float64(sent-p.sent[0]) / (float64(n) * interval.Seconds())
}
