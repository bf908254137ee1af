package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"graphlake/jobs"
	"graphlake/load"
)

type checkCommand struct{ choice }

const (
	patience     = time.Minute // how long a question may take, with all tries
	triesOfCheck = 2           // of a request: one failure may be chance, and who waits wants to know
)

// errStopped is what became of a question that a signal ended.
var errStopped = fmt.Errorf("stopped before there was an answer: %w", context.Canceled)

// Run checks everything, whatever it finds: who has to ask an administrator wants to ask once. What is found until
// a signal comes is said.
func (k checkCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	tenants, err := k.tenants(cfg)
	if err != nil {
		return err
	}
	datasets, err := k.datasets(cfg)
	if err != nil {
		return err
	}
	rep := checkReport{Config: cfg.file, Tenants: []tenantCheck{}}
	privacy, err := cfg.privacy()
	rep.Privacy = found(err)
	for _, t := range tenants {
		if ctx.Err() != nil {
			rep.stopped = true
			break
		}
		rep.Tenants = append(rep.Tenants, cfg.checkTenant(ctx, t, datasets, c.logger()))
	}
	store, err := cfg.checkLake(ctx)
	rep.Lake = lakeCheck{cfg.Lake, found(unlessStopped(ctx, inTime(err)))}
	if err == nil && rep.Privacy.Error == nil {
		rep.Privacy = found(unlessStopped(ctx, cfg.settled(jobs.Agree(ctx, store, privacy))))
	}
	status := rep.conclude()
	if err := c.printCheck(rep); err != nil || status == exitDone {
		return err
	}
	return statusError{status: status}
}

// checkLake writes, reads and removes an object.
func (c *config) checkLake(ctx context.Context) (store, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	s, err := c.openStore(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Writable(ctx); err != nil {
		return nil, c.lakeError(err)
	}
	if err := load.Probe(ctx, s); err != nil {
		return nil, c.lakeError(err)
	}
	return s, nil
}

// unlessStopped is the error of what was tried, or that it was stopped: what a signal breaks off fails in many ways.
func unlessStopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errStopped
	}
	return err
}

// inTime explains the end of patience, which says nothing of what was waited for.
func inTime(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: there was no whole answer in %v; run again later", err, patience)
	}
	return err
}
