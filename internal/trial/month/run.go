package month

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"graphlake/internal/trial/command"
)

// report is what a run says, and how it ended.
type report struct {
	Status string
	Units  []unit
	exit   int
}

// findings are what an audit says.
type findings struct{ Findings []map[string]any }

type unit struct {
	Dataset, Outcome             string
	Records, Requests, Throttled int64
}

// patience is how long a run may try to reach a Graph that is not there, until it is told to stop.
const patience = 3 * time.Second

// ask runs the command, reads what it says, and gives its exit status.
func ask(ctx context.Context, c command.Client, answer any, args ...string) (exit int, err error) {
	cmd, err := c.Command(ctx, args...)
	if err != nil {
		return 0, err
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = time.Minute
	err = cmd.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		exit, err = ended.ExitCode(), nil
	}
	if err == nil {
		err = json.Unmarshal(out.Bytes(), answer)
	}
	if err != nil {
		err = fmt.Errorf("graphlake %s ended with %d: %w\n%s", args, exit, err, out.Bytes())
	}
	return exit, err
}

// nightly runs a job, which is told to stop if Graph is away.
func nightly(ctx context.Context, c command.Client, of kind, job, now string) (r report, err error) {
	if of == away {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	r.exit, err = ask(ctx, c, &r, "run", "--job", job, "--now", now)
	return r, err
}

// sum adds up the units.
func (r report) sum() (all unit) {
	for _, u := range r.Units {
		all.Records += u.Records
		all.Requests += u.Requests
		all.Throttled += u.Throttled
	}
	return all
}

// check says what a run should not have said on a night of a kind.
func (r report) check(of kind) error {
	want := map[kind]report{
		calm: {exit: 0, Status: "data"}, throttled: {exit: 0, Status: "data"},
		refused: {exit: 3, Status: "forbidden"},
		closed:  {exit: 75, Status: "unavailable"}, away: {exit: 75, Status: "interrupted"},
	}[of]
	if r.exit != want.exit || r.Status != want.Status {
		return fmt.Errorf("ended with %d, %s; want %d, %s", r.exit, r.Status, want.exit, want.Status)
	}
	if len(r.Units) == 0 {
		return errors.New("nothing was due")
	}
	for _, u := range r.Units {
		switch {
		case want.exit != 0 && (u.Outcome != want.Status || u.Records > 0):
			return fmt.Errorf("%s is %s with %d records", u.Dataset, u.Outcome, u.Records)
		case of == calm && u.Throttled > 0:
			return fmt.Errorf("%s was throttled", u.Dataset)
		}
	}
	return nil
}
