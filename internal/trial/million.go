package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http/httptest"

	"graphlake/internal/trial/command"
)

// million measures what a day of very many small records takes: the real command reads them into an empty
// lake, and then once more, when it holds them all.
//
// The last line is: bench-million records=N peak=P seconds=S, the larger memory of the two runs and the time
// of both. It fails above -most MB. With -against, before it stands what two commands took in turns, a line
// for each of the two runs.
func million(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	records := flags.Int("records", 1_000_000, "records of the day")
	most := flags.Float64("most", 400, "MB of memory that a run may take at most")
	against := flags.String("against", "", usageAgainst)
	rows := flags.String("rows", "", "a file to write the records to, one a line, for make bench-duckdb; nothing is measured then")
	return func(ctx context.Context, bin string) error {
		if *rows != "" {
			return telephoneLog{*records}.write(*rows)
		}
		server := httptest.NewServer(telephoneLog{*records})
		defer server.Close()
		client := command.Client{Bin: bin, URL: server.URL, Rate: command.Unhindered}
		results, err := measure(client, *against, func(c command.Client) (both []command.Result, err error) {
			for range 2 {
				r, err := c.Run(ctx, "--dataset", "pstn_calls", "--from", "2026-11-18", "--to", "2026-11-19", "--now", "2026-11-23T02:30:00Z")
				if err != nil {
					return nil, err
				}
				if r.Records != int64(*records) {
					return nil, fmt.Errorf("%d records were read of %d", r.Records, *records)
				}
				both = append(both, r)
			}
			return both, nil
		})
		if err != nil {
			return err
		}
		peak, seconds := 0., 0.
		for i, into := range []string{"an empty lake", "a lake that holds them"} {
			r := results[i]
			fmt.Printf("into %s: %.0f MB of memory, %.1f s, CPU %.1f s, %d partitions changed\n", into, r.Peak, r.Wall.Seconds(), r.CPU.Seconds(), r.Written)
			peak, seconds = max(peak, r.Peak), seconds+r.Wall.Seconds()
		}
		fmt.Printf("bench-million records=%d peak=%.0fMB seconds=%.1f\n", *records, peak, seconds)
		if peak > *most {
			return errors.New("that is too much memory")
		}
		return nil
	}
}
