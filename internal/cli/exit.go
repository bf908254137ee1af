package cli

import (
	"context"
	"errors"
	"io/fs"
	"net/url"

	"graphlake/extract/graph"
	"graphlake/jobs"
	"graphlake/jobs/exclude"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
)

// The exit statuses, as --help lists them.
const (
	exitDone       = 0
	exitFailed     = 1
	exitUsage      = 2
	exitForbidden  = 3
	exitIncomplete = 4
	exitLater      = 75
)

// statusError ends the command with a status; err is nil if what is to be said has been said.
type statusError struct {
	status int
	err    error
}

func (e statusError) Error() string {
	if e.err == nil {
		return "the report says it"
	}
	return e.err.Error()
}

func (e statusError) Unwrap() error { return e.err }

// usage marks an error as one of usage or configuration.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return statusError{exitUsage, err}
}

func exitStatus(err error) int {
	if err == nil {
		return exitDone
	}
	if s, ok := errors.AsType[statusError](err); ok {
		return s.status
	}
	kind := graph.KindOf(err)
	network, failed := errors.AsType[*url.Error](err)
	_, isForeign := errors.AsType[lane.ForeignError](err)
	switch {
	case errors.Is(err, lane.ErrIdentity), errors.Is(err, lane.ErrDamaged):
		return exitUsage
	case errors.Is(err, jobs.ErrClock), errors.Is(err, jobs.ErrNotTold), errors.Is(err, load.ErrLocked), errors.Is(err, load.ErrConflict), errors.Is(err, load.ErrLockLost):
		return exitLater
	case kind == graph.Unauthorized, kind == graph.NoPolicy, kind == graph.SignedOut, errors.Is(err, fs.ErrPermission), errors.Is(err, exclude.ErrNobody), isForeign:
		return exitForbidden
	case kind == graph.Off, kind == graph.NoAttribution:
		return exitIncomplete
	case kind == graph.Throttled, kind == graph.Unavailable, kind == graph.Incomplete, failed && network.Op != "parse",
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return exitLater
	default:
		return exitFailed
	}
}

// reported is the status of a run by its report, the first that applies.
func reported(rep jobs.Report) error {
	status := map[state.Outcome]int{
		state.Failed: exitFailed, state.Forbidden: exitForbidden, state.Unavailable: exitLater, state.Interrupted: exitLater,
	}[rep.Status]
	if status == exitDone && rep.Incomplete() {
		status = exitIncomplete
	}
	if status == exitDone {
		return nil
	}
	return statusError{status: status}
}
