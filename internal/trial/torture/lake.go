package torture

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"graphlake/internal/trial/command"
)

const (
	from = "2026-11-16"
	to   = "2026-11-23"
	now  = "2026-11-23T02:30:00Z"
)

func (t *torture) lake(name, url string) (*command.Lake, error) {
	dir := filepath.Join(t.dir, name)
	return &command.Lake{Client: command.Client{Bin: t.bin, Dir: dir, URL: url, Rate: command.Unhindered, Delta: "true"}}, os.Mkdir(dir, 0o700)
}

// How a run ended; other statuses are the command's own.
const (
	done   = 0
	failed = 1
	later  = 75
	killed = -1
)

// datasets are logs and a directory, and what is read for each user, with collections on the way, documents and pages by $skip.
const datasets = "call_records,pstn_calls,direct_routing_calls,users,transcripts,call_transcripts,recordings,attendance_reports,phone_numbers,dial_out_logs"

// run runs the command, and kills it after a time, unless that is 0.
func run(ctx context.Context, l *command.Lake, after time.Duration) (status int, err error) {
	cmd, err := l.Command(ctx, "run", "--dataset", datasets, "--from", from, "--to", to, "--now", now)
	if err != nil {
		return 0, err
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	if after > 0 {
		kill := time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may have ended
		defer kill.Stop()
	}
	err = cmd.Wait()
	if ended, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ended.Signaled() && ctx.Err() == nil {
		return killed, nil
	}
	switch status := cmd.ProcessState.ExitCode(); status {
	case done, failed, later:
		return status, ctx.Err()
	default:
		return status, fmt.Errorf("graphlake run: %w\n%s", err, output.Bytes())
	}
}

// mostEnds is how often a run may end by itself and unfinished, before the torture is given up.
const mostEnds = 40

// torment runs the same command again and again until it is done, and kills it as long as kills are left.
func (t *torture) torment(ctx context.Context, l *command.Lake) error {
	kills, ends := 0, 0
	for {
		var after time.Duration
		if t.kills > 0 {
			after = time.Duration(t.random.Int64N(int64(t.span))) + 1
		}
		status, err := run(ctx, l, after)
		if err == nil {
			err = t.lane(ctx, l)
		}
		switch {
		case err != nil:
			return err
		case status == done:
			fmt.Printf("%s: killed %d times, ended %d times by itself, complete\n", filepath.Base(l.Dir), kills, ends)
			return nil
		case status == killed:
			kills++
			t.kills--
		default:
			if ends++; ends == mostEnds {
				return fmt.Errorf("the command has ended %d times by itself and is not done; last with status %d", ends, status)
			}
		}
	}
}

// simulate starts a simulator of its own.
func (t *torture) simulate(ctx context.Context, more ...string) (*command.Simulator, error) {
	return command.Simulate(ctx, t.bin, t.dir, append([]string{
		"--users", fmt.Sprint(t.users), "--calls-per-user-day", "2", "--large", "30", "--late", "0.3", "--moves", "50",
		"--from", from, "--to", to, "--now", now,
	}, more...)...)
}
