package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"

	"graphlake/internal/trial/command"
)

const usageAgainst = "where another graphlake is, of before: the two run in turns, and their CPU is compared"

// turns is how often each of two commands is measured.
const turns = 3

// measure measures runs of a client, each time with an empty lake. If there is another command to compare
// with, the two take turns, so that what else the machine does slows both; printed are the medians of the
// CPU of each run, and what is given is the turn of median CPU of the client's own command.
func measure(c command.Client, against string, runs func(command.Client) ([]command.Result, error)) ([]command.Result, error) {
	if against == "" {
		return once(c, runs)
	}
	var before, after [][]command.Result
	for range turns {
		old := c
		old.Bin = against
		b, err := once(old, runs)
		if err != nil {
			return nil, fmt.Errorf("before: %w", err)
		}
		a, err := once(c, runs)
		if err != nil {
			return nil, err
		}
		before, after = append(before, b), append(after, a)
	}
	for i := range after[0] {
		b, a := median(before, i)[i].CPU.Seconds(), median(after, i)[i].CPU.Seconds()
		fmt.Printf("CPU before %.2f s after %.2f s ratio %.2f\n", b, a, a/b)
	}
	return median(after, 0), nil
}

// once measures with a new lake.
func once(c command.Client, runs func(command.Client) ([]command.Result, error)) (_ []command.Result, err error) {
	if c.Dir, err = os.MkdirTemp("", "measured"); err != nil {
		return nil, err
	}
	defer os.RemoveAll(c.Dir)
	return runs(c)
}

// median is the turn whose i-th run took the median of CPU.
func median(all [][]command.Result, i int) []command.Result {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b []command.Result) int { return cmp.Compare(a[i].CPU, b[i].CPU) })
	return sorted[len(sorted)/2]
}
