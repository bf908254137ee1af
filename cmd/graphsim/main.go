// Graphsim serves a simulated tenant that answers like Microsoft Graph, to try things out and to
// measure against.
//
//	graphsim --users 200                   prints its address and serves until it is interrupted
//	graphsim --users 200 -- COMMAND ARG…   runs a command with GRAPHSIM_URL and GRAPHSIM_TOKEN set, and
//	                                       ends with it and with its status
//	graphsim --users 200 --truth           prints what the tenant holds, as JSON
//
// Some calls get later versions until two days after they ended, every day some users join, leave or
// change, and messages are edited, deleted and reacted to until five days after they were written;
// --now-file FILE lets a script move the clock from one night to the next while the simulator
// serves. --rate 1 throttles as Graph has published it, and --rate 50 fifty times faster; --stats FILE
// counts the requests. --fail 0.05 lets a twentieth of the requests fail, in all ways or in those that
// --fault names. --sick 7 lets some records, mailboxes, teams and lists answer wrong for nights, and --heal
// TIME ends that; --illnesses prints what is sick. --serve 'GET /v1.0/users/{id}/licenseDetails=pages' answers
// with JSON what the tenant does not make; {id} in a page stands for the key. --forbidden 0.02 lets nobody read a fiftieth of the mailboxes and teams.
// --transcripts-off, --no-attribution and --no-policy 0.1 shut the gates before transcripts.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"graphlake/internal/commandline"
	"graphlake/internal/graphsim"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}

// run is the whole command; its result is the exit status: 2 for wrong usage, 1 for a failure, and
// otherwise that of the command that it ran.
func run(ctx context.Context, args []string) int {
	var f flags
	program := commandline.New("graphsim", "A simulated tenant that answers like Microsoft Graph.", &f,
		map[string]string{"faults": strings.Join(graphsim.FaultNames(), ", "), "sicknesses": strings.Join(graphsim.SickKinds(false), ", ")})
	program.Run = func(ctx context.Context, _ any) error {
		options, err := f.options()
		if err != nil {
			return &usageError{err}
		}
		return f.start(ctx, options)
	}
	err := program.Parse(ctx, args, os.Stdout)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() > 0 {
		return exit.ExitCode() // the command has said itself what was wrong
	}
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "graphsim:", err)
	_, unread := errors.AsType[*commandline.UsageError](err)
	_, wrong := errors.AsType[*usageError](err)
	if unread || wrong {
		return 2
	}
	return 1
}

// usageError is an error of flags that can be read and do not go together.
type usageError struct{ error }
