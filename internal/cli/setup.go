package cli

import (
	"context"
	"os"
	"time"

	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// setup is what the runs of the command share: the lake, the tenants' clients, whose budgets are one, and where
// telemetry goes.
type setup struct {
	command   *command
	config    *config
	tenants   []plan.Tenant
	runner    jobs.Runner // each run has a copy
	telemetry *telemetry
	bars      bool // on a terminal bars show how far a run is, and elsewhere lines of the log
}

// setup opens what runs of a selection need. It has to be closed. What asks Graph nothing needs no
// credentials, but a lake that is there.
func (c *command) setup(ctx context.Context, cfg *config, sel plan.Selection, asks bool) (*setup, error) {
	s, err := c.newSetup(cfg, sel.Tenants)
	if err != nil {
		return nil, err
	}
	if asks {
		s.runner.Clients, err = cfg.clients(sel.Tenants, s.runner.Log)
	} else {
		err = cfg.lakeIsThere()
	}
	if err != nil {
		return nil, err
	}
	return s, s.open(ctx, sel.Datasets)
}

// newSetup is one that has neither a lake nor clients yet.
func (c *command) newSetup(cfg *config, tenants []plan.Tenant) (*setup, error) {
	privacy, err := cfg.privacy()
	if err != nil {
		return nil, err
	}
	return &setup{
		command: c, config: cfg, tenants: tenants, bars: c.stderr.terminal() && !isDumb(),
		runner: jobs.Runner{Privacy: privacy, Exclude: cfg.Privacy.Exclude.of(), Log: c.logger(), Pulse: pulse()},
	}, nil
}

// open opens the lake for runs of some datasets, and what telemetry goes by.
func (s *setup) open(ctx context.Context, datasets []schemas.Dataset) error {
	cfg := s.config
	store, err := cfg.openToWrite(ctx, s.runner.Privacy)
	if err != nil {
		return err
	}
	if err := cfg.unchanged(jobs.EnsureDeclared(ctx, store, cfg.declaredOf(datasets))); err != nil {
		return err
	}
	if s.runner.Delta, s.runner.DeltaOff, err = cfg.beginLane(ctx, store); err != nil {
		return err
	}
	s.runner.Store, s.runner.Lake = store, load.New(store, "")
	if s.telemetry, err = newTelemetry(ctx, s.runner.Log, s.command.scraped); err != nil {
		return err
	}
	s.runner.Telemetry = s.telemetry.instruments
	return nil
}

// pulse lets runs of this process say that they are alive.
func pulse() *jobs.Pulse {
	host, err := os.Hostname()
	if err != nil {
		host = "a host without a name"
	}
	return &jobs.Pulse{Host: host, PID: os.Getpid(), Ticks: func() (<-chan time.Time, func()) {
		t := time.NewTicker(state.BeatEvery)
		return t.C, t.Stop
	}}
}

// close sends the telemetry that was not sent yet.
func (s *setup) close(ctx context.Context) { s.telemetry.close(ctx) }

// run runs or replays at what counts as now, shows meanwhile how far it is, and sends afterwards how far the datasets
// are.
func (s *setup) run(ctx context.Context, now time.Time, run func(*jobs.Runner) (jobs.Report, error)) (jobs.Report, error) {
	runner := s.at(now)
	stop := s.command.watch(ctx, runner.Progress, s.runner.Log, s.bars)
	rep, err := run(runner)
	stop()
	s.observe(ctx)
	return rep, err
}

// at is the runner of one run, at what counts as now.
func (s *setup) at(now time.Time) *jobs.Runner {
	runner := s.runner
	runner.Now, runner.CheckClock, runner.Progress = now, true, &jobs.Progress{Rate: s.config.Graph.Rate}
	return &runner
}

// observe sends how far the datasets are.
func (s *setup) observe(ctx context.Context) {
	s.telemetry.observe(ctx, s.config, s.runner.Store, s.tenants)
}
