package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"graphlake/internal/trial/command"
)

// throttle measures how near a backfill comes to the least time that Graph's published limits allow: the
// real command, against the simulated Graph in another process, which enforces the limits on a clock that
// runs faster.
//
// The last line is: throttle ratio=R throttled=P% requests=N rate=F. R is the whole time of the command,
// its start and its last table included, over that least time. It fails above -most, and if 0.5 % of the
// requests or more were throttled. In a few days the last table weighs more than in a month of them, so a
// short backfill shows that nothing is throttled, and not how near it comes.
func throttle(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	days := flags.Int("days", 29, "days of the backfill, the last of them a Friday")
	rate := flags.Float64("rate", 10, "how many times faster than Graph's the clock of the limits runs")
	most := flags.Float64("most", 1.10, "times the least time that the backfill may take; 0: any")
	return func(ctx context.Context, bin string) error {
		to := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
		// In 29 days the tenant has 100,000 records, almost all of them small: what is measured is the waiting, not the work.
		r, asked, err := limitedRun{
			dataset: "call_records", from: to.AddDate(0, 0, -*days).Format(time.DateOnly), to: to.Format(time.DateOnly), now: "2026-11-21T12:00:00Z",
			tenant: []string{"--users", "950", "--large", "10"}, rate: *rate,
		}.measure(ctx, bin)
		if err != nil {
			return err
		}
		return judge(r, asked, *rate, *most)
	}
}

const mostThrottled = 0.5 // percent

// forTheTime is the request of a run by which it holds its clock against Graph's. It is in no report.
const forTheTime = 1

// judge prints what was measured, and is an error where that is not good enough.
func judge(r command.Result, asked command.Asked, rate, most float64) error {
	b := bound(int(r.Records))
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
