package main

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
	"graphlake/internal/foreign"
)

// statuses are those of outcomes.
var statuses = map[workflows.Outcome]int{
	workflows.Done: cli.ExitDone, workflows.Incomplete: cli.ExitIncomplete, workflows.Unavailable: cli.ExitLater,
	workflows.Forbidden: cli.ExitForbidden, workflows.Usage: cli.ExitUsage, workflows.Failed: cli.ExitFailed,
}

// statusOf is the status of an outcome.
func statusOf(o workflows.Outcome) int {
	if status, known := statuses[o]; known {
		return status
	}
	return cli.ExitFailed
}

// exitStatus is the status of an error: by what Temporal says, and otherwise as graphlake ends with it.
func exitStatus(err error) int {
	if err == nil {
		return cli.ExitDone
	}
	if s, ok := errors.AsType[cli.StatusError](err); ok {
		return s.Status
	}
	if outcome := outcomeOf(err); outcome != "" {
		return statusOf(outcome)
	}
	switch {
	case is[*serviceerror.PermissionDenied](err):
		return cli.ExitForbidden
	case is[*serviceerror.NamespaceNotFound](err):
		return cli.ExitUsage
	case is[*serviceerror.Unavailable](err), is[*serviceerror.DeadlineExceeded](err), is[*serviceerror.ResourceExhausted](err),
		is[*serviceerror.Canceled](err), is[*temporal.CanceledError](err), is[*temporal.TerminatedError](err), is[*temporal.TimeoutError](err),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return cli.ExitLater
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
