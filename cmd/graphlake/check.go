package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"graphlake/load"
)

type checkCommand struct{ choice }

// patience is how long a question may take, with all tries.
const patience = time.Minute

// Run checks everything, whatever it finds: who has to ask an administrator wants to ask once.
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
	for _, t := range tenants {
		rep.Tenants = append(rep.Tenants, cfg.checkTenant(ctx, t, datasets, c.logger()))
	}
	rep.Lake = lakeCheck{cfg.Lake, found(inTime(cfg.checkLake(ctx)))}
	status := rep.conclude()
	if err := c.printCheck(rep); err != nil || status == exitDone {
		return err
	}
	return statusError{status: status}
}

// checkLake writes, reads and removes an object.
func (c *config) checkLake(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	store, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	if err := store.Writable(ctx); err != nil {
		return c.lakeError(err)
	}
	if err := load.Probe(ctx, store); err != nil {
		return c.lakeError(err)
	}
	return nil
}

// inTime explains the end of patience, which says nothing of what was waited for.
func inTime(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: there was no whole answer in %v; run again later", err, patience)
	}
	return err
}
