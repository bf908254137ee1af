package main

import (
	"context"
	"errors"

	"graphlake/jobs"
	"graphlake/load"
)

type replayCommand struct{ selection }

func (r replayCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	sel, err := r.of(cfg)
	if err != nil {
		return err
	}
	privacy, err := cfg.privacy()
	if err != nil {
		return err
	}
	store, err := cfg.openFor(ctx, privacy)
	if err != nil {
		return err
	}
	runner := jobs.Runner{Store: store, Lake: load.New(store, ""), Privacy: privacy, Now: r.now(), Log: c.logger(), Progress: &jobs.Progress{}}
	stop := c.watch(ctx, runner.Progress, runner.Log)
	rep, err := runner.Replay(ctx, sel)
	stop()
	if err := errors.Join(err, c.printReport(rep)); err != nil {
		return err
	}
	return reported(rep)
}
