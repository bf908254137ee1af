package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// contender turns the file of records into Parquet, one file a table, below a directory.
type contender struct {
	name  string
	write func(ctx context.Context, file, dir string) (files map[string]string, err error)
	took  []cost
}

// cost is what a round took by the clock, and of the processor: the same on a machine at rest.
type cost struct{ wall, cpu time.Duration }

func (c cost) String() string {
	return fmt.Sprintf("%.2f s (cpu %.2f)", c.wall.Seconds(), c.cpu.Seconds())
}

// measure lets the contender write once. The files are there until look returns.
func (c *contender) measure(ctx context.Context, file string, look func(files map[string]string) error) (took cost, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(file), "round")
	if err != nil {
		return took, err
	}
	defer os.RemoveAll(dir)
	runtime.GC() // nobody pays for what the other left behind
	start, used := time.Now(), processorTime()
	files, err := c.write(ctx, file, dir)
	took = cost{time.Since(start), processorTime() - used}
	if err != nil {
		return took, fmt.Errorf("%s: %w", c.name, err)
	}
	return took, look(files)
}

func (c *contender) wall() float64 {
	return median(c.took, func(x cost) time.Duration { return x.wall })
}
func (c *contender) cpu() float64 { return median(c.took, func(x cost) time.Duration { return x.cpu }) }

func median(took []cost, of func(cost) time.Duration) float64 {
	var all []time.Duration
	for _, x := range took {
		all = append(all, of(x))
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]).Seconds() / 2
}

// processorTime is what the process has used so far, DuckDB's part of it included.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
