package main

import (
	"context"
	"time"

	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/load"
)

// work is what the runs of the command share: the lake, the tenants' clients, whose budgets are one, and
// who is told.
type work struct {
	config  *config
	tenants []plan.Tenant
	runner  jobs.Runner
	tell    *telemetry
	// show shows how far a run is until stop is called.
	show func(ctx context.Context, p *jobs.Progress) (stop func())
}

// begin opens what runs of some tenants need. It has to be ended. What asks Graph nothing needs no
// credentials, but a lake that is there.
func (c *command) begin(ctx context.Context, cfg *config, tenants []plan.Tenant, asks bool) (*work, error) {
	privacy, err := cfg.privacy()
	if err != nil {
		return nil, err
	}
	w := &work{config: cfg, tenants: tenants, runner: jobs.Runner{Privacy: privacy, Log: c.logger()}}
	w.show = func(ctx context.Context, p *jobs.Progress) (stop func()) { return c.watch(ctx, p, w.runner.Log) }
	if asks {
		w.runner.Clients, err = cfg.clients(tenants, w.runner.Log)
	} else {
		err = cfg.lakeIsThere()
	}
	if err != nil {
		return nil, err
	}
	store, err := cfg.openFor(ctx, privacy)
	if err != nil {
		return nil, err
	}
	w.runner.Store, w.runner.Lake = store, load.New(store, "")
	if w.tell, err = newTelemetry(ctx, w.runner.Log); err != nil {
		return nil, err
	}
	w.runner.Telemetry = w.tell.Telemetry
	return w, nil
}

// end tells what was not told yet.
func (w *work) end(ctx context.Context) { w.tell.close(ctx) }

// do runs or replays at what counts as now, and shows and tells meanwhile how far it is.
func (w *work) do(ctx context.Context, now time.Time, run func(*jobs.Runner) (jobs.Report, error)) (jobs.Report, error) {
	runner := w.runner
	runner.Now, runner.Witness, runner.Progress = now, true, &jobs.Progress{Rate: w.config.Graph.Rate}
	stop := w.show(ctx, runner.Progress)
	rep, err := run(&runner)
	stop()
	w.observe(ctx)
	return rep, err
}

// observe tells how far the datasets are.
func (w *work) observe(ctx context.Context) {
	w.tell.observe(ctx, w.config, w.runner.Store, w.tenants)
}
