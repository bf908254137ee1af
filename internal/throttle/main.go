// Throttle measures how near a backfill comes to the least time that Graph's published limits allow:
// the real command, against the simulated Graph in another process, which enforces the limits on a
// clock that runs faster.
//
//	go run ./internal/throttle -days 29 -rate 10
//
// The last line is: throttle ratio=R throttled=P% requests=N rate=F. R is the whole time of the command,
// its start and its last table included, over that least time. It fails above -most, and if 0.5 % of the
// requests or more were throttled. In a few days the last table weighs more than in a month of them, so a
// short backfill shows that nothing is throttled, and not how near it comes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"graphlake/internal/trial"
)

const mostThrottled = 0.5 // percent

// forTheTime is the request of a run by which it holds its clock against Graph's. It is in no report.
const forTheTime = 1

// In 29 days the tenant has 100,000 records. Almost all are small: what is measured is the waiting, not the work.
const (
	users = 950
	large = 10 // participants of the largest meetings
	now   = "2026-11-21T12:00:00Z"
)

var to = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

func main() {
	days := flag.Int("days", 29, "days of the backfill, the last of them a Friday")
	rate := flag.Float64("rate", 10, "how many times faster than Graph's the clock of the limits runs")
	most := flag.Float64("most", 1.10, "times the least time that the backfill may take; 0: any")
	bin := flag.String("bin", "bin", "where graphlake and graphsim are")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	r, asked, err := measure(ctx, *bin, *days, *rate)
	stop()
	if err == nil {
		err = judge(r, asked, *rate, *most)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "throttle:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, bin string, days int, rate float64) (r trial.Result, asked trial.Asked, err error) {
	dir, err := os.MkdirTemp("", "throttle")
	if err != nil {
		return r, asked, err
	}
	defer os.RemoveAll(dir)
	first, last := to.AddDate(0, 0, -days).Format(time.DateOnly), to.Format(time.DateOnly)
	sim, err := trial.Simulate(ctx, bin, dir, "--rate", fmt.Sprint(rate), "--users", fmt.Sprint(users), "--large", fmt.Sprint(large),
		"--from", first, "--to", last, "--now", now)
	if err != nil {
		return r, asked, err
	}
	lake := trial.Client{Bin: bin, Dir: dir, URL: sim.URL, Rate: rate}
	r, err = lake.Run(ctx, "call_records", first, last, now)
	asked, ended := sim.Stop()
	return r, asked, errors.Join(err, ended)
}

// judge prints what was measured, and is an error where that is not good enough.
func judge(r trial.Result, asked trial.Asked, rate, most float64) error {
	b := bound(r.Records)
	least := time.Duration(float64(b.least()) / rate)
	ratio := r.Wall.Seconds() / least.Seconds()
	throttled := 100 * float64(asked.Throttled) / float64(max(asked.Requests, 1))
	fmt.Printf("%d records in %.1f s; %s allows for them in %.1f s; CPU of the command %.1f s\n",
		r.Records, r.Wall.Seconds(), b.name, least.Seconds(), r.CPU.Seconds())
	fmt.Printf("throttle ratio=%.2f throttled=%.2f%% requests=%d rate=%g\n", ratio, throttled, asked.Requests, rate)
	switch {
	case r.Records == 0:
		return errors.New("there was nothing to read")
	case r.Requests+forTheTime != asked.Requests:
		return fmt.Errorf("the command counted %d requests, the simulator %d, one of them for the time", r.Requests, asked.Requests)
	case most > 0 && ratio > most:
		return fmt.Errorf("the backfill took %.2f times the least time, more than %.2f", ratio, most)
	case throttled >= mostThrottled:
		return fmt.Errorf("%.2f %% of the requests were throttled, not less than %.1f", throttled, mostThrottled)
	}
	return nil
}
