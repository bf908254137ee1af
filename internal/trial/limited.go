package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"graphlake/internal/trial/command"
)

// A limitedRun is one of one dataset on the days [from, to) of a tenant that there is on these days alone. The simulated
// Graph enforces the published limits at a rate, and the command keeps to them.
type limitedRun struct {
	dataset, from, to, now string
	tenant                 []string // flags of the simulator
	rate                   float64
}

// measure gives what the run did, and what Graph was asked.
func (l limitedRun) measure(ctx context.Context, bin string) (r command.Result, asked command.Asked, err error) {
	dir, err := os.MkdirTemp("", l.dataset)
	if err != nil {
		return r, asked, err
	}
	defer os.RemoveAll(dir)
	days := []string{"--from", l.from, "--to", l.to, "--now", l.now}
	sim, err := command.Simulate(ctx, bin, dir, slices.Concat(l.tenant, days, []string{"--rate", fmt.Sprint(l.rate)})...)
	if err != nil {
		return r, asked, err
	}
	client := command.Client{Bin: bin, Dir: dir, URL: sim.URL, Rate: l.rate}
	r, err = client.Run(ctx, append([]string{"--dataset", l.dataset}, days...)...)
	asked, ended := sim.Stop()
	return r, asked, errors.Join(err, ended)
}
