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
	ExitDone       = 0
	ExitFailed     = 1
	ExitUsage      = 2
	ExitForbidden  = 3
	ExitIncomplete = 4
	ExitLater      = 75
)

// StatusError ends the command with a status; Err is nil if what is to be said has been said.
type StatusError struct {
	Status int
	Err    error
}

func (e StatusError) Error() string {
	if e.Err == nil {
		return "the report says it"
	}
	return e.Err.Error()
}

func (e StatusError) Unwrap() error { return e.Err }

// Usage marks an error as one of usage or configuration.
func Usage(err error) error { return usage(err) }

func usage(err error) error {
	if err == nil {
		return nil
	}
	return StatusError{ExitUsage, err}
}

func exitStatus(err error) int {
	if err == nil {
		return ExitDone
	}
	if s, ok := errors.AsType[StatusError](err); ok {
		return s.Status
	}
	kind := graph.KindOf(err)
	network, failed := errors.AsType[*url.Error](err)
	_, isForeign := errors.AsType[lane.ForeignError](err)
	switch {
	case errors.Is(err, lane.ErrIdentity), errors.Is(err, lane.ErrDamaged):
		return ExitUsage
	case errors.Is(err, jobs.ErrClock), errors.Is(err, jobs.ErrNotTold), errors.Is(err, load.ErrLocked), errors.Is(err, load.ErrConflict), errors.Is(err, load.ErrLockLost):
		return ExitLater
	case kind == graph.Unauthorized, kind == graph.NoPolicy, kind == graph.SignedOut, errors.Is(err, fs.ErrPermission), errors.Is(err, exclude.ErrNobody), isForeign:
		return ExitForbidden
	case kind == graph.Off, kind == graph.NoAttribution:
		return ExitIncomplete
	case kind == graph.Throttled, kind == graph.Unavailable, kind == graph.Incomplete, failed && network.Op != "parse",
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return ExitLater
	default:
		return ExitFailed
	}
}

// reported is the status of a run by its report, the first that applies.
func reported(rep jobs.Report) error {
	status := map[state.Outcome]int{
		state.Failed: ExitFailed, state.Forbidden: ExitForbidden, state.Unavailable: ExitLater, state.Interrupted: ExitLater,
	}[rep.Status]
	if status == ExitDone && rep.Incomplete() {
		status = ExitIncomplete
	}
	if status == ExitDone {
		return nil
	}
	return StatusError{Status: status}
}
