package main

import (
	"context"
	"errors"

	"graphlake/jobs"
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
	w, err := c.begin(ctx, cfg, sel.Tenants, false)
	if err != nil {
		return err
	}
	defer w.end(ctx)
	rep, err := w.do(ctx, r.now(), func(x *jobs.Runner) (jobs.Report, error) { return x.Replay(ctx, sel) })
	if err := errors.Join(err, c.printReport(rep)); err != nil {
		return err
	}
	return reported(rep)
}
