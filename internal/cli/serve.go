package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"graphlake/control"
	"graphlake/internal/foreign"
	"graphlake/jobs"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
)

type serveCommand struct {
	Listen string   `default:"127.0.0.1:8443" placeholder:"HOST:PORT" help:"Where callers ask. On another address than this machine's own: with control.tls, or behind a proxy that ends TLS."`
	Grace  duration `default:"1m" help:"How long units that are under way have to end when the command is told to."`
}

// Run stays until it is told to end: by a signal, after which units under way have the grace to end. What was asked for and has not
// begun is begun by the next.
func (s serveCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	callers, err := cfg.verifier(c.logger())
	if err != nil {
		return err
	}
	listener, err := cfg.listenControl(ctx, s.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	var tenants []plan.Tenant
	for _, t := range cfg.Tenants {
		tenants = append(tenants, t.planned())
	}
	setup, err := c.setup(ctx, cfg, plan.Selection{Tenants: tenants, Datasets: cfg.set}, true)
	if err != nil {
		return err
	}
	defer setup.close(ctx)
	setup.bars = false // runs run side by side
	serving, end := context.WithCancel(ctx)
	defer end()
	setup.runner.Stop = serving.Done()
	graceful, stop := withGrace(serving, time.Duration(s.Grace))
	defer stop()
	host, err := os.Hostname()
	if err != nil {
		host = "a host without a name"
	}
	server := control.New(control.Options{
		Store: setup.runner.Store, Tenants: tenants, Callers: callers, Longest: time.Duration(cfg.Control.Longest),
		Select: cfg.asked, Execute: setup.runAsked, Status: setup.statusOf, ExitStatus: reportStatus, Host: host, PID: os.Getpid(), Log: setup.runner.Log,
	})
	_ = callers.Ready(ctx) // Entra may be away, as the log says then: callers are told to ask again until it is there
	setup.runner.Log.InfoContext(ctx, "serves the control API", "address", listener.Addr().String())
	served := make(chan error, 1)
	context.AfterFunc(serving, func() {
		setup.runner.Log.InfoContext(graceful, "serve ends: no unit begins, and those under way have the grace", "grace_seconds", time.Duration(s.Grace).Seconds())
	})
	go func() {
		defer end()
		served <- server.Serve(serving, listener)
	}()
	server.BeginRuns(serving, graceful)
	return <-served
}

// asked is what a caller of the control API asks for: what graphlake run does for the same words, of the caller's tenants. What is wrong
// with it is said without what the configuration has besides.
func (c *config) asked(choice control.Choice) (plan.Selection, error) {
	own := *c
	own.Tenants = slices.DeleteFunc(slices.Clone(c.Tenants), func(t tenantConfig) bool { return !slices.Contains(choice.Tenants, t.planned()) })
	job, known := c.Jobs[choice.Job]
	switch {
	case choice.Job != "" && !known:
		return plan.Selection{}, usage(fmt.Errorf("there is no job %q: ask for a dataset, or whoever runs this server which jobs there are", choice.Job))
	case choice.Job != "" && len(job.Datasets) == 0:
		return plan.Selection{}, usage(fmt.Errorf("the job %q reads nothing, it only removes: graphlake schedule runs it at its times, "+
			"and graphlake run --job at once", choice.Job))
	}
	s := selection{From: moment{instant: instant{choice.From}}, To: moment{instant: instant{choice.To}}}
	if s.Job = choice.Job; choice.Dataset != "" {
		s.Dataset = []string{choice.Dataset}
	}
	sel, err := s.of(&own)
	if err == nil {
		err = forSomebody(sel, s.Dataset)
	}
	if err != nil || sel.Ranged() {
		return sel, err
	}
	if sel.Expire = job.Expire; sel.Expire && len(own.Tenants) == len(c.Tenants) { // reports are of all tenants
		sel.KeepRuns = c.keepRuns()
	}
	sel.Vacuum = job.Vacuum
	return sel, nil
}

// runAsked makes a run of that id.
func (s *setup) runAsked(ctx context.Context, run string, sel plan.Selection) control.Result {
	now := time.Now().UTC()
	rep, err := s.run(ctx, now, func(runner *jobs.Runner) (jobs.Report, error) {
		runner.RunID = run
		return runner.Run(ctx, sel)
	})
	s.notifyOfRun(ctx, "", now, rep, err)
	result := control.Result{Report: rep, ExitStatus: reportStatus(rep, err)}
	if err == nil {
		return result
	}
	s.runner.Log.ErrorContext(ctx, "run has failed", "run", run, "error", err)
	result.Error = foreign.Printable(err.Error())
	if s.config.Privacy.Pseudonymize { // it may name whom a request was for
		result.Error = "not kept in a lake with pseudonyms; the log of the server says it"
	}
	return result
}

// reportStatus is the exit status of a command that has ended with a report, or with an error.
func reportStatus(rep jobs.Report, err error) int {
	if err != nil {
		return exitStatus(err)
	}
	return exitStatus(reported(rep))
}

// statusOf is how the lake stands in what is selected.
func (s *setup) statusOf(ctx context.Context, sel plan.Selection, now time.Time) (clock.Status, error) {
	scheduled, err := s.config.scheduled(tenantChoice{}, "")
	if err != nil {
		return clock.Status{}, err
	}
	for i := range scheduled {
		tenants := &scheduled[i].Selection.Tenants
		*tenants = slices.DeleteFunc(slices.Clone(*tenants), func(t plan.Tenant) bool { return !slices.Contains(sel.Tenants, t) })
	}
	status, damaged := s.config.status(ctx, s.runner.Store, sel, scheduled, now)
	if status.Lane != nil {
		status.Lane.On = s.runner.Delta != nil
		damaged = errors.Join(damaged, status.Lane.LoadTables(ctx, cmp.Or(s.runner.Delta, s.runner.DeltaOff), sel))
	}
	return status, damaged
}
