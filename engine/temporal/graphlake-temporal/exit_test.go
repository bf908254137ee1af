package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
	"graphlake/load"
)

func failure(kind string) error {
	return temporal.NewNonRetryableApplicationError(kind+": text", kind, nil)
}

func TestExitStatus(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, cli.ExitDone},
		{cli.Usage(errors.New("x")), cli.ExitUsage},
		{cli.StatusError{Status: cli.ExitIncomplete}, cli.ExitIncomplete},
		{fmt.Errorf("x: %w", serviceerror.NewPermissionDenied("x", "")), cli.ExitForbidden},
		{serviceerror.NewNamespaceNotFound("x"), cli.ExitUsage},
		{serviceerror.NewUnavailable("x"), cli.ExitLater},
		{serviceerror.NewDeadlineExceeded("x"), cli.ExitLater},
		{serviceerror.NewResourceExhausted(enums.RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT, "x"), cli.ExitLater},
		{serviceerror.NewInvalidArgument("x"), cli.ExitFailed},
		{temporal.NewCanceledError(), cli.ExitLater},
		{context.Canceled, cli.ExitLater},
		{load.ErrLocked, cli.ExitLater},
		{failure("throttled"), cli.ExitLater},
		{failure("unauthorized"), cli.ExitForbidden},
		{failure("usage"), cli.ExitUsage},
		{failure("bad record"), cli.ExitFailed},
		{errors.New("x"), cli.ExitFailed},
	} {
		if got := exitStatus(c.err); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

// The status of several workflows is that of the worst, unless some of them ended well.
func TestWorst(t *testing.T) {
	for _, c := range []struct {
		outcomes string
		want     int
	}{
		{"done", 0}, {"done done", 0}, {"done incomplete", 4}, {"done failed", 4}, {"forbidden incomplete", 4},
		{"forbidden", 3}, {"unavailable forbidden", 3}, {"unavailable", 75}, {"usage unavailable", 2}, {"failed usage", 1}, {"strange", 1}, {"", 0},
	} {
		var all []*begun
		for outcome := range strings.FieldsSeq(c.outcomes) {
			all = append(all, &begun{Outcome: workflows.Outcome(outcome)})
		}
		if got := exitStatus(worst(all)); got != c.want {
			t.Errorf("%s: %d, want %d", c.outcomes, got, c.want)
		}
	}
}

// What the SDK logs of an error is its kind: its text may be of Graph, or have a name in it.
func TestLogHasKinds(t *testing.T) {
	var lines strings.Builder
	log := withKinds(slog.New(slog.NewTextHandler(&lines, nil)))
	secret := "ada@contoso.example"
	ctx := t.Context()
	log.WarnContext(ctx, "Activity error.", "Error", temporal.NewApplicationErrorWithOptions(secret, "throttled", temporal.ApplicationErrorOptions{Cause: errors.New(secret)}))
	log.WarnContext(ctx, "2", "Error", temporal.NewNonRetryableApplicationError(secret, "", nil))
	log.WarnContext(ctx, "3", "Error", fmt.Errorf("read %s: %w", secret, context.Canceled))
	log.WarnContext(ctx, "4", "Error", errors.New("of "+secret))
	log.WarnContext(ctx, "5", "PanicError", "of "+secret)
	log.With("Error", errors.New(secret)).WithGroup("g").WarnContext(ctx, "6", "ActivityType", "Unit", "Attempt", 2)
	for _, want := range []string{"Error=throttled\n", "msg=2 Error=failed\n", "msg=3 Error=canceled\n", "msg=4 ", "msg=5 ", "g.ActivityType=Unit g.Attempt=2"} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("no %q in\n%s", want, &lines)
		}
	}
	if strings.Contains(lines.String(), secret) {
		t.Errorf("the log names somebody:\n%s", &lines)
	}
}

// Of a night that was not done it is said how those are found whom its counts do not name.
func TestWhoWasNotDone(t *testing.T) {
	for _, c := range []struct {
		b    begun
		says bool
	}{
		{begun{Workflow: "lake/night/nightly/1", Outcome: workflows.Incomplete, many: true, namespace: "calls"}, true},
		{begun{Workflow: "lake/night/nightly/1", Outcome: workflows.Done, many: true, namespace: "calls"}, false},
		{begun{Workflow: "lake/contoso/onboard", Outcome: workflows.Forbidden, namespace: "calls"}, false},
	} {
		var out strings.Builder
		if err := (&command{Output: "text", stdout: &out}).printBegun([]*begun{&c.b}); err != nil {
			t.Fatal(err)
		}
		if says := strings.Contains(out.String(), `--namespace calls --query 'RootWorkflowId = "lake/night/nightly/1" AND GraphlakeOutcome != "done"'`); says != c.says {
			t.Errorf("%s", &out)
		}
	}
}

// Numbers are told as one speaks of them.
func TestCounts(t *testing.T) {
	for _, c := range []struct{ result, want string }{
		{`{"tenants":1,"units":1,"records":1,"requests":1,"outcomes":{"done":1}}`, "1 tenant, 1 unit, 1 record, 1 request"},
		{`{"tenants":3,"units":0,"records":2,"requests":9,"outcomes":{"done":2,"forbidden":1}}`, "3 tenants, 2 done, 1 forbidden, 0 units, 2 records, 9 requests"},
		{`{"weeks":1,"units":7}`, "1 week, 7 units"},
		{`{"parts":1,"days":1,"written":1}`, "1 part, 1 day, 1 partition written"},
		{`{"checked":{"needs":["User.Read.All"]}}`, "needs User.Read.All"},
	} {
		if got := counts([]byte(c.result)); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
