package main

import (
	"cmp"
	"context"
	"errors"
	"runtime/debug"
	"strings"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
	"graphlake/internal/foreign"
)

// The exit statuses, which are graphlake's.
const (
	exitDone       = 0
	exitFailed     = 1
	exitUsage      = 2
	exitForbidden  = 3
	exitIncomplete = 4
	exitLater      = 75
)

// outcomes are all that there are, from the best to the worst.
var outcomes = []workflows.Outcome{workflows.Done, workflows.Incomplete, workflows.Unavailable, workflows.Forbidden, workflows.Usage, workflows.Failed}

// statuses are those of outcomes.
var statuses = map[workflows.Outcome]int{
	workflows.Done: exitDone, workflows.Incomplete: exitIncomplete, workflows.Unavailable: exitLater,
	workflows.Forbidden: exitForbidden, workflows.Usage: exitUsage, workflows.Failed: exitFailed,
}

// statusOf is the status of an outcome.
func statusOf(o workflows.Outcome) int {
	if status, known := statuses[o]; known {
		return status
	}
	return exitFailed
}

// statusError ends the command with a status; err is nil if what is to be said has been said.
type statusError struct {
	status int
	err    error
}

func (e statusError) Error() string {
	if e.err == nil {
		return "the result says it"
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

// exitStatus is the status of an error: by what Temporal says, and otherwise as graphlake ends with it.
func exitStatus(err error) int {
	if err == nil {
		return exitDone
	}
	if s, ok := errors.AsType[statusError](err); ok {
		return s.status
	}
	if outcome := outcomeOf(err); outcome != "" {
		return statusOf(outcome)
	}
	switch {
	case is[*serviceerror.PermissionDenied](err):
		return exitForbidden
	case is[*serviceerror.NamespaceNotFound](err):
		return exitUsage
	case is[*serviceerror.Unavailable](err), is[*serviceerror.DeadlineExceeded](err), is[*serviceerror.ResourceExhausted](err),
		is[*serviceerror.Canceled](err), is[*temporal.CanceledError](err), is[*temporal.TerminatedError](err), is[*temporal.TimeoutError](err),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return exitLater
	}
	return cli.ExitStatus(err)
}

// told is the text of an error, with what can be done where Temporal does not say it.
func told(err error) string {
	text := foreign.Printable(err.Error())
	if is[*serviceerror.NamespaceNotFound](err) {
		text = strings.TrimSuffix(text, ".") + "; TEMPORAL_NAMESPACE names another one, or make it, with: temporal operator namespace create --namespace NAME --retention 7d"
	}
	return text
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// outcomeOf is how a workflow has ended that has failed: by its error's type, which is a kind. Empty: nothing of a workflow.
func outcomeOf(err error) workflows.Outcome {
	failed, ok := errors.AsType[*temporal.ApplicationError](err)
	if !ok {
		return ""
	}
	return workflows.OutcomeOf(cmp.Or(failed.Type(), "failed"))
}

// version is that of the module, or of the revision that it was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
