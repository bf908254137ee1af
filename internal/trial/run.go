package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"graphlake/internal/trial/command"
)

// run measures a whole run as its users see it: the real command, from an empty lake, against the simulated
// Graph in another process.
//
// The last line is: bench-run records/s=R MB/s=M cpu=S peak=P. MB are of the JSON that was answered. With
// -against, before it stands what two commands took in turns.
func run(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	users := flags.Int("users", 800, "users of the simulated tenant")
	calls := flags.Float64("calls-per-user-day", 5, "calls of a user on a working day")
	most := flags.Float64("most", 300, "MB of memory that the run may take at most; 0: any")
	against := flags.String("against", "", usageAgainst)
	return func(ctx context.Context, bin string) (err error) {
		const from, to, now = "2026-11-16", "2026-11-23", "2026-11-23T02:30:00Z"
		dir, err := os.MkdirTemp("", "run")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		sim, err := command.Simulate(ctx, bin, dir, "--users", fmt.Sprint(*users), "--calls-per-user-day", fmt.Sprint(*calls),
			"--from", from, "--to", to, "--now", now)
		if err != nil {
			return err
		}
		defer func() {
			_, stopped := sim.Stop()
			err = errors.Join(err, stopped)
		}()
		client := command.Client{Bin: bin, URL: sim.URL, Rate: command.Unhindered} // what is measured is the run, not the waiting
		results, err := measure(client, *against, func(c command.Client) ([]command.Result, error) {
			r, err := c.Run(ctx, "--dataset", "call_records", "--from", from, "--to", to, "--now", now)
			return []command.Result{r}, err
		})
		if err != nil {
			return err
		}
		return reportRun(results[0], *most)
	}
}

func reportRun(r command.Result, most float64) error {
	fmt.Printf("%d records, %d requests, %.1f MB of JSON in %.1f s\n", r.Records, r.Requests, float64(r.Bytes)/1e6, r.Wall.Seconds())
	fmt.Printf("bench-run records/s=%.0f MB/s=%.1f cpu=%.1fs peak=%.0fMB\n",
		float64(r.Records)/r.Wall.Seconds(), float64(r.Bytes)/1e6/r.Wall.Seconds(), r.CPU.Seconds(), r.Peak)
	if most > 0 && r.Peak > most {
		return fmt.Errorf("the run took %.0f MB of memory, more than %.0f", r.Peak, most)
	}
	return nil
}
