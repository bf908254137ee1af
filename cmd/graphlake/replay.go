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
	if err := cfg.lakeIsThere(); err != nil {
		return err
	}
	log := c.logger()
	tell, err := newTelemetry(ctx, log)
	if err != nil {
		return err
	}
	defer tell.close(ctx)
	store, err := cfg.openFor(ctx, privacy)
	if err != nil {
		return err
	}
	runner := jobs.Runner{Store: store, Lake: load.New(store, ""), Privacy: privacy, Now: r.now(), Log: log}
	runner.Progress, runner.Telemetry = &jobs.Progress{}, tell.Telemetry
	stop := c.watch(ctx, runner.Progress, log)
	rep, err := runner.Replay(ctx, sel)
	stop()
	tell.observe(ctx, cfg, store, sel.Tenants)
	if err := errors.Join(err, c.printReport(rep)); err != nil {
		return err
	}
	return reported(rep)
}
