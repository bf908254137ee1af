package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"graphlake/internal/trial/command"
)

// scale measures a night of a large tenant: the real command reads what all users wrote in chats on one day,
// mailbox by mailbox, from the simulated Graph in another process, which enforces the published limits on a
// clock that runs faster.
//
// Everybody in a chat has a copy of each of its messages, so that what is read is several times what was
// written. The last line is: bench-scale users=N messages=N ratio=R peak=PMB seconds=S. Messages are those
// that were written, and R is the whole time of the command, its start and its tables included, over the
// least time that the limits allow for as many requests. It fails above -most and above -memory.
func scale(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	var s largeNight
	flags.IntVar(&s.users, "users", 50_000, "users of the tenant")
	flags.IntVar(&s.messages, "messages", 20, "messages that a user writes on the day")
	flags.Float64Var(&s.rate, "rate", 1, "how many times faster than Graph's the clock of the limits runs")
	flags.Float64Var(&s.most, "most", 1.10, "times the least time that the night may take; 0: any")
	flags.Float64Var(&s.memory, "memory", 400, "MB of memory that the command may take at most")
	return func(ctx context.Context, bin string) error {
		r, asked, err := limitedRun{
			dataset: "chat_messages", from: "2026-11-18", to: "2026-11-19", now: "2026-11-19T00:30:00Z", // of a Wednesday
			tenant: []string{"--users", fmt.Sprint(s.users), "--messages", fmt.Sprint(s.messages)}, rate: s.rate,
		}.measure(ctx, bin)
		if err != nil {
			return err
		}
		return s.judge(r, asked)
	}
}

// largeNight is what is measured, and how good it has to be.
type largeNight struct {
	users    int
	messages int // that a user writes
	rate     float64
	most     float64
	memory   float64
}

// judge prints what was measured, and is an error where that is not good enough.
func (s largeNight) judge(r command.Result, asked command.Asked) error {
	listing := ceil(s.users, 999) // pages of users, which have a limit of their own
	least := float64(r.Requests-int64(listing)) / (perSecondExport * s.rate)
	ratio := r.Wall.Seconds() / least
	fmt.Printf("%d requests, %.2f %% of them throttled; the limits allow for them in %.1f s; CPU of the command %.1f s\n",
		asked.Requests, 100*float64(asked.Throttled)/float64(max(asked.Requests, 1)), least, r.CPU.Seconds())
	fmt.Printf("bench-scale users=%d messages=%d ratio=%.2f peak=%.0fMB seconds=%.1f\n",
		s.users, r.Rows["chat_messages"], ratio, r.Peak, r.Wall.Round(100*time.Millisecond).Seconds())
	switch {
	case r.Rows["chat_messages"] == 0:
		return errors.New("there was nothing to read")
	case s.most > 0 && ratio > s.most:
		return fmt.Errorf("the night took %.2f times the least time, more than %.2f", ratio, s.most)
	case r.Peak > s.memory:
		return fmt.Errorf("%.0f MB of memory, more than %.0f", r.Peak, s.memory)
	}
	return nil
}
