// Scale measures how a night of many tenants spreads over workers: real worker processes, Temporal's server in a process of its
// own with its database in memory, and simulated tenants of mixed size whose answers each take a time, as Graph's do.
//
//	go run ./scale -tenants 300 -workers 1,2,4
//
// -h lists the flags. A tenant's night is mostly waiting; so the workers are bound by their places for tenants, as long as the machine
// has CPU left. For each number of workers the lake is empty, and the night is measured from its start to the end of its last tenant.
// A line each says what it took, and of what; then two say what the last one was for Temporal. With -alone, one process of graphlake run
// is measured before them. The last line is
//
//	temporal-scale tenants=N workers=1,2,4 an-hour=R,R,R slope=S busy=P%
//
// where R are tenants in an hour, S how much a further worker adds to that as a part of what the first one does (the line of least
// squares), and P how busy the machine was with the most workers. The exit status is 1 unless S is -slope at least, and unless every
// tenant was read by one worker at a time, and whole. Where the machine had no CPU left, S says nothing of workers: it ends with 1 too.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	t := trial{}
	flag.StringVar(&t.bin, "bin", "../../../bin", "where graphlake-temporal and temporal-server are")
	flag.IntVar(&t.tenants, "tenants", 300, "tenants")
	workers := flag.String("workers", "1,2,4", "how many workers, one number after the other")
	flag.IntVar(&t.places, "places", 8, "tenants that a worker has at once")
	flag.DurationVar(&t.latency, "latency", 800*time.Millisecond, "time that an answer takes at least")
	flag.IntVar(&t.repeat, "repeat", 1, "times that each is measured; the median counts")
	flag.StringVar(&t.datasets, "datasets", "call_records, pstn_calls, direct_routing_calls, users, groups, organization", "what a tenant has due")
	flag.BoolVar(&t.besides, "alone", false, "measure one process of graphlake run besides, which is in -bin too")
	flag.Float64Var(&t.slope, "slope", 0.8, "what a further worker has to add at least, of what the first one does")
	flag.Parse()
	err := t.of(*workers)
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		err = t.run(ctx)
		stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "temporal-scale:", err)
		os.Exit(1)
	}
}

// trial is what is measured, and how good it has to be.
type trial struct {
	bin      string
	tenants  int
	workers  []int // ascending
	places   int
	latency  time.Duration
	repeat   int
	datasets string
	besides  bool // graphlake run
	slope    float64
}

func (t *trial) of(workers string) error {
	for text := range strings.SplitSeq(workers, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || len(t.workers) > 0 && n <= t.workers[len(t.workers)-1] {
			return fmt.Errorf("-workers %s: want numbers from 1 that ascend", workers)
		}
		t.workers = append(t.workers, n)
	}
	if t.tenants < 1 || t.places < 1 || t.repeat < 1 {
		return errors.New("-tenants, -places and -repeat: want at least 1")
	}
	return nil
}

// run measures the night with each number of workers.
func (t trial) run(ctx context.Context) error {
	if t.besides {
		if err := t.alone(ctx); err != nil {
			return err
		}
	}
	var nights []night
	for _, n := range t.workers {
		var same []night
		for range t.repeat {
			m, err := t.measure(ctx, n)
			if err != nil {
				return fmt.Errorf("%d workers: %w", n, err)
			}
			m.print()
			same = append(same, m)
		}
		nights = append(nights, middle(same))
	}
	nights[len(nights)-1].printCost()
	return t.judge(nights)
}

// fullyBusy is the part of the machine's CPU from which on there counts as none left.
const fullyBusy = 0.9

// judge prints what the nights were together, and is an error where that is not good enough.
func (t trial) judge(nights []night) error {
	var workers, rates []string
	var ns, rs []float64
	for _, m := range nights {
		workers, rates = append(workers, strconv.Itoa(m.workers)), append(rates, fmt.Sprintf("%.0f", m.anHour()))
		ns, rs = append(ns, float64(m.workers)), append(rs, m.anHour())
	}
	slope, busy := slopeOf(ns, rs), nights[len(nights)-1].busy
	fmt.Printf("temporal-scale tenants=%d workers=%s an-hour=%s slope=%.2f busy=%.0f%%\n",
		t.tenants, strings.Join(workers, ","), strings.Join(rates, ","), slope, 100*busy)
	switch {
	case len(nights) == 1:
		return nil
	case busy > fullyBusy:
		return fmt.Errorf("the machine was %.0f %% busy with %d workers: the slope says nothing; a longer -latency leaves it CPU", 100*busy, t.workers[len(t.workers)-1])
	case slope < t.slope:
		return fmt.Errorf("a further worker adds %.2f of what the first does, less than %.2f", slope, t.slope)
	}
	return nil
}
