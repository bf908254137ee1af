package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"graphlake/jobs"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/load/lane"
)

type scheduleCommand struct {
	tenantChoice
	Listen string   `placeholder:"HOST:PORT" help:"Serve a page of how the lake stands there, /metrics for Prometheus, and /healthz: 200, or 503 when data is late (default: nowhere). There is no sign-in: 127.0.0.1:8081 is this machine's alone."`
	Grace  duration `default:"1m" help:"How long units that are under way have to end when the command is told to."`
}

// defaultLate is how long after its time the data of a job may not be there, where it does not say.
const defaultLate = 6 * time.Hour

// Run stays until it is told to end: by a signal, after which units under way have the grace to end.
func (s scheduleCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	all, err := cfg.scheduled(s.tenantChoice, "")
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return usage(fmt.Errorf("%s: no job has a schedule, so there is nothing to wait for: give one a line as schedule: \"30 2 * * *\"", cfg.line("$.jobs")))
	}
	c.scraped = s.Listen != ""
	setup, err := c.setup(ctx, cfg, ofAll(all), true)
	if err != nil {
		return err
	}
	defer setup.close(ctx)
	setup.bars = false // jobs run side by side
	setup.observe(ctx)
	graceful, stop := withGrace(ctx, time.Duration(s.Grace))
	defer stop()
	setup.runner.Stop = ctx.Done()
	r := jobRunner{setup: setup, tenants: s.tenantChoice}
	stopped, err := s.watch(graceful, &r, all)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() {
		setup.runner.Log.InfoContext(graceful, "schedule ends: no unit begins, and those under way have the grace", "grace_seconds", time.Duration(s.Grace).Seconds())
	})
	schedule := clock.Schedule{Jobs: all, Store: setup.runner.Store, Log: setup.runner.Log}
	schedule.Do = func(_ context.Context, j clock.Job, now time.Time) (again bool) { return r.run(graceful, j, now) }
	schedule.Run(ctx)
	stop()
	return <-stopped
}

// watch watches what is late, if somebody wants to know, and serves it, if it is asked for.
func (s scheduleCommand) watch(ctx context.Context, r *jobRunner, all []clock.Job) (stopped <-chan error, err error) {
	none := make(chan error)
	close(none)
	if s.Listen == "" && len(r.setup.config.Notify) == 0 {
		return none, nil
	}
	var listener net.Listener
	if s.Listen != "" {
		if listener, err = new(net.ListenConfig).Listen(ctx, "tcp", s.Listen); err != nil {
			return nil, usage(fmt.Errorf("--listen %s: %w; want the HOST:PORT of a free port, as 127.0.0.1:8081", s.Listen, err))
		}
	}
	h := newHealth(r.setup.runner.Store, all, r.setup.runner.Log)
	h.notifier = r.setup.config.notifier(ctx, r.setup.runner.Store, r.setup.runner.Log)
	h.refresh(ctx, time.Now())
	r.health = h
	go h.watch(ctx)
	if listener == nil {
		return none, nil
	}
	return h.serve(ctx, listener, r.setup.telemetry.scrape), nil
}

// withGrace is a context that ends a while after another one.
func withGrace(ctx context.Context, grace time.Duration) (context.Context, func()) {
	graceful, end := context.WithCancel(context.WithoutCancel(ctx))
	unwatch := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			end()
		case <-graceful.Done():
		}
	})
	return graceful, func() { unwatch(); end() }
}

// jobRunner runs the jobs of a schedule, several at once.
type jobRunner struct {
	setup   *setup
	tenants tenantChoice
	health  *health    // nil: nobody asks, and nobody is notified
	print   sync.Mutex // of one report at a time
}

// run runs a job and prints its report: in JSON one document a line. It says whether to try again in a while.
func (r *jobRunner) run(ctx context.Context, j clock.Job, now time.Time) (again bool) {
	var log *slog.Logger
	end := func() {}
	if r.health != nil {
		end = r.health.begin(j.Name)
	}
	rep, err := r.setup.run(ctx, now, func(runner *jobs.Runner) (jobs.Report, error) {
		runner.Log = runner.Log.With("job", j.Name)
		log = runner.Log
		if len(j.Selection.Datasets) == 0 { // it only removes what is too old
			sel, err := r.setup.config.everything(r.tenants, j.Selection.Vacuum)
			if err != nil {
				return jobs.Report{}, err
			}
			if !j.Selection.Expire {
				return runner.Vacuum(ctx, sel, jobs.VacuumOptions{OlderThan: lane.KeepVersions, Compact: true})
			}
			return runner.Expire(ctx, sel, jobs.ExpireOptions{Whole: r.tenants == tenantChoice{}})
		}
		return runner.Run(ctx, j.Selection)
	})
	end()
	if r.health != nil {
		r.health.refresh(ctx, time.Now())
		defer r.health.notifyOfRun(ctx, j.Name, rep, err)
	}
	r.print.Lock()
	defer r.print.Unlock()
	c := r.setup.command
	if c.Output == "json" {
		err = errors.Join(err, json.NewEncoder(c.stdout).Encode(rep))
	} else {
		fmt.Fprintf(c.stdout, "\njob %s of %s\n", j.Name, instant{now.UTC()})
		err = errors.Join(err, c.printReport(rep))
	}
	if err != nil {
		log.ErrorContext(ctx, "run has failed", "run", rep.Run, "error", err)
	}
	return rep.TryAgain() || exitStatus(err) == ExitLater
}

// ofAll is what all of the jobs read. They have the same tenants.
func ofAll(all []clock.Job) plan.Selection {
	sel := plan.Selection{Tenants: all[0].Selection.Tenants}
	for _, j := range all {
		sel.Datasets = append(sel.Datasets, j.Selection.Datasets...)
	}
	return sel
}

// scheduled are the jobs that have a schedule, or the one of them that is named, for the chosen tenants.
func (c *config) scheduled(t tenantChoice, name string) ([]clock.Job, error) {
	var all []clock.Job
	for _, job := range slices.Sorted(maps.Keys(c.Jobs)) {
		j := c.Jobs[job]
		if j.Schedule == "" || name != "" && job != name {
			continue
		}
		sel, err := selection{choice: choice{Job: job, tenantChoice: t}}.of(c)
		if err != nil {
			return nil, err
		}
		if sel.Expire = j.Expire; sel.Expire {
			sel.KeepRuns = c.keepRuns()
		}
		sel.Vacuum = j.Vacuum
		times, err := j.times()
		if err != nil {
			return nil, usage(err)
		}
		all = append(all, clock.Job{Name: job, Selection: sel, Times: times, Jitter: time.Duration(j.Jitter), Late: j.late()})
	}
	return all, nil
}

// late is how long after its time the data of the job may not be there.
func (j jobConfig) late() time.Duration {
	if j.Late == nil {
		return defaultLate
	}
	return time.Duration(*j.Late)
}

// times are those of the schedule; none without one.
func (j jobConfig) times() (clock.Times, error) {
	if j.Schedule == "" {
		return clock.Times{}, nil
	}
	return clock.ParseTimes(j.Schedule, j.Timezone)
}
