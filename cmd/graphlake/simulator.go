package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"syscall"
	"time"

	"graphlake/jobs/plan"
)

// setupOnce is the setup of a single run, which does not wait for a simulator that has ended.
func (c *command) setupOnce(ctx context.Context, cfg *config, sel plan.Selection) (*setup, error) {
	if _, err := cfg.clients(sel.Tenants, c.logger()); err != nil {
		return nil, err
	}
	if err := cfg.isHere(ctx); err != nil {
		return nil, err
	}
	return c.setup(ctx, cfg, sel, true)
}

// isHere asks nobody but this machine: a Graph that should be served on it, as by the simulator, and that nobody serves any
// more will not come back by waiting. Of others nothing is said.
func (c *config) isHere(ctx context.Context) error {
	u, err := url.Parse(c.Graph.Endpoint)
	switch {
	case err != nil:
		return usage(err)
	case u.Port() == "" || !onThisMachine(u.Hostname()):
		return nil
	}
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", u.Host)
	if err == nil {
		return conn.Close()
	}
	if refused := errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, errRefusedOnWindows); !refused {
		return nil // the run says what it is
	}
	return statusError{exitLater, fmt.Errorf("%s: graph.endpoint: nobody answers at %s, so the simulator that was there has ended: start it again with graphsim --addr %s, or read the demo again with make demo; status, report and all that looks into the lake need none",
		c.line("$.graph.endpoint"), c.Graph.Endpoint, u.Host)}
}

// errRefusedOnWindows is WSAECONNREFUSED, which package syscall does not take for ECONNREFUSED; elsewhere no error has this number.
const errRefusedOnWindows = syscall.Errno(10061)

func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
