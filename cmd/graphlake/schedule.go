package main

import (
	"cmp"
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
)

type scheduleCommand struct {
	whose
	Listen string        `placeholder:"HOST:PORT" help:"Answer /healthz there: 200, or 503 when data is late (default: nowhere)."`
	Grace  time.Duration `default:"1m" help:"How long units that are under way have to end when the command is told to."`
}

// defaultLate is how long after its time the data of a job may not be there, where it does not say.
const defaultLate = 6 * time.Hour

// Run stays until it is told to end: by a signal, after which units under way have the grace to end.
func (s scheduleCommand) Run(ctx context.Context, c *command) error {
	if s.Grace < 0 {
		return usage(fmt.Errorf("--grace %v: want a duration that is not negative, as 1m", s.Grace))
	}
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	all, err := cfg.scheduled(s.whose, "")
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return usage(fmt.Errorf("%s: no job has a schedule, so there is nothing to wait for: give one a line as schedule: \"30 2 * * *\"", cfg.line("$.jobs")))
	}
	w, err := c.begin(ctx, cfg, all[0].Selection.Tenants, true) // all jobs have the same tenants
	if err != nil {
		return err
	}
	defer w.end(ctx)
	w.show = func(ctx context.Context, p *jobs.Progress) func() { return logProgress(ctx, p.Standing, w.runner.Log) } // jobs run side by side
	w.observe(ctx)
	graceful, stop := withGrace(ctx, s.Grace)
	defer stop()
	w.runner.Stop = ctx.Done()
	d := duty{work: w, command: c, graceful: graceful}
	stopped, err := s.answer(graceful, &d, all)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() {
		w.runner.Log.InfoContext(graceful, "schedule ends: no unit begins, and those under way have the grace", "grace_seconds", s.Grace.Seconds())
	})
	schedule := clock.Schedule{Jobs: all, Store: w.runner.Store, Do: d.do, Log: w.runner.Log}
	schedule.Run(ctx)
	stop()
	return <-stopped
}

// answer serves what is known of the health, if that is wanted.
func (s scheduleCommand) answer(ctx context.Context, d *duty, all []clock.Job) (stopped <-chan error, err error) {
	if s.Listen == "" {
		none := make(chan error)
		close(none)
		return none, nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.Listen)
	if err != nil {
		return nil, usage(fmt.Errorf("--listen %s: %w; want the HOST:PORT of a free port, as 127.0.0.1:8081", s.Listen, err))
	}
	d.health = newHealth(d.runner.Store, all, d.runner.Log)
	return d.health.serve(ctx, listener), nil
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

// duty does the jobs of a schedule.
type duty struct {
	*work
	command  *command
	health   *health         // nil: nobody asks
	graceful context.Context //nolint:containedctx // of runs: it outlives the schedule's by the grace
	print    sync.Mutex
}

// do runs a job and prints its report: in JSON one document a line. It says whether to try again in a while.
func (d *duty) do(ctx context.Context, j clock.Job, now time.Time) (again bool) {
	var log *slog.Logger
	rep, err := d.work.do(d.graceful, now, func(x *jobs.Runner) (jobs.Report, error) {
		x.Log = x.Log.With("job", j.Name)
		log = x.Log
		return x.Run(d.graceful, j.Selection)
	})
	if d.health != nil {
		d.health.look(d.graceful, time.Now())
	}
	d.print.Lock()
	defer d.print.Unlock()
	if d.command.Output == "json" {
		err = errors.Join(err, json.NewEncoder(d.command.stdout).Encode(rep))
	} else {
		fmt.Fprintf(d.command.stdout, "\njob %s of %s\n", j.Name, instant{now.UTC()})
		err = errors.Join(err, d.command.printReport(rep))
	}
	if err != nil {
		log.ErrorContext(ctx, "run has failed", "run", rep.Run, "error", err)
	}
	return rep.TryAgain() || exitStatus(err) == exitLater
}

// scheduled are the jobs that have a schedule, or the one of them that is named, for the chosen tenants.
func (c *config) scheduled(w whose, name string) ([]clock.Job, error) {
	var all []clock.Job
	for _, job := range slices.Sorted(maps.Keys(c.Jobs)) {
		j := c.Jobs[job]
		if j.Schedule == "" || name != "" && job != name {
			continue
		}
		sel, err := selection{choice: choice{Job: job, whose: w}}.of(c)
		if err != nil {
			return nil, err
		}
		times, err := j.times()
		if err != nil {
			return nil, usage(err)
		}
		all = append(all, clock.Job{
			Name: job, Selection: sel, Times: times, Jitter: time.Duration(j.Jitter), Late: cmp.Or(time.Duration(j.Late), defaultLate),
		})
	}
	return all, nil
}

// times are those of the schedule; none without one.
func (j jobConfig) times() (clock.Times, error) {
	if j.Schedule == "" {
		return clock.Times{}, nil
	}
	return clock.ParseTimes(j.Schedule, j.Timezone)
}
