// Benchmillion measures what a day of very many small records takes: the real command reads them into an
// empty lake, and then once more, when it holds them all.
//
//	go run ./internal/benchmillion -records 1000000
//
// The last line is: bench-million records=N peak=P seconds=S, the larger memory of the two runs and the time
// of both. It fails above -most MB.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/signal"

	"graphlake/internal/trial"
)

const (
	from = "2026-11-18"
	to   = "2026-11-19"
	now  = "2026-11-23T02:30:00Z"
)

func main() {
	records := flag.Int("records", 1_000_000, "records of the day")
	most := flag.Float64("most", 400, "MB of memory that a run may take at most")
	bin := flag.String("bin", "bin", "where graphlake is")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := measure(ctx, *bin, *records, *most)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchmillion:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, bin string, records int, most float64) error {
	dir, err := os.MkdirTemp("", "benchmillion")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	server := httptest.NewServer(telephoneLog{records})
	defer server.Close()
	lake := trial.Client{Bin: bin, Dir: dir, URL: server.URL, Rate: trial.Unhindered}
	peak, seconds := 0., 0.
	for _, name := range []string{"an empty lake", "a lake that holds them"} {
		r, err := lake.Run(ctx, "pstn_calls", from, to, now)
		if err != nil {
			return err
		}
		if r.Records != int64(records) {
			return fmt.Errorf("%d records were read of %d", r.Records, records)
		}
		fmt.Printf("into %s: %.0f MB of memory, %.1f s, CPU %.1f s, %d partitions changed\n", name, r.Peak, r.Wall.Seconds(), r.CPU.Seconds(), r.Written)
		peak, seconds = max(peak, r.Peak), seconds+r.Wall.Seconds()
	}
	fmt.Printf("bench-million records=%d peak=%.0fMB seconds=%.1f\n", records, peak, seconds)
	if peak > most {
		return errors.New("that is too much memory")
	}
	return nil
}
