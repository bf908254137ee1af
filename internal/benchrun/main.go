// Benchrun measures a whole run as its users see it: the real command, from an empty lake, against
// the simulated Graph in another process.
//
//	go run ./internal/benchrun -users 800
//
// The last line is: bench-run records/s=R MB/s=M cpu=S peak=P. MB are of the JSON that was answered.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"graphlake/internal/trial"
)

const (
	from = "2026-11-16"
	to   = "2026-11-23"
	now  = "2026-11-23T02:30:00Z"
)

func main() {
	users := flag.Int("users", 800, "users of the simulated tenant")
	calls := flag.Float64("calls-per-user-day", 5, "calls of a user on a working day")
	most := flag.Float64("most", 0, "MB of memory that the run may take at most; 0: any")
	bin := flag.String("bin", "bin", "where graphlake and graphsim are")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	r, err := measure(ctx, *bin, *users, *calls)
	stop()
	if err == nil {
		err = report(r, *most)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchrun:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, bin string, users int, calls float64) (r trial.Result, err error) {
	dir, err := os.MkdirTemp("", "benchrun")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	sim, err := trial.Simulate(ctx, bin, dir, "--users", fmt.Sprint(users), "--calls-per-user-day", fmt.Sprint(calls),
		"--from", from, "--to", to, "--now", now)
	if err != nil {
		return r, err
	}
	lake := trial.Client{Bin: bin, Dir: dir, URL: sim.URL, Rate: trial.Unhindered} // what is measured is the run, not the waiting
	r, err = lake.Run(ctx, "call_records", from, to, now)
	_, ended := sim.Stop()
	return r, errors.Join(err, ended)
}

func report(r trial.Result, most float64) error {
	fmt.Printf("%d records, %d requests, %.1f MB of JSON in %.1f s\n", r.Records, r.Requests, float64(r.Bytes)/1e6, r.Wall.Seconds())
	fmt.Printf("bench-run records/s=%.0f MB/s=%.1f cpu=%.1fs peak=%.0fMB\n",
		float64(r.Records)/r.Wall.Seconds(), float64(r.Bytes)/1e6/r.Wall.Seconds(), r.CPU.Seconds(), r.Peak)
	if most > 0 && r.Peak > most {
		return fmt.Errorf("the run took %.0f MB of memory, more than %.0f", r.Peak, most)
	}
	return nil
}
