package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	from  = "2026-11-16"
	to    = "2026-11-23"
	now   = "2026-11-23T02:30:00Z"
	token = "torture"
)

const configuration = `lake: %s
graph:
  endpoint: %s
  rate: 100000 # what is tortured is the run, not its patience
tenants:
  - name: contoso
    tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30
    auth: {method: token, token_env: GRAPHSIM_TOKEN}
`

// lake is a lake and the command that works on it.
type lake struct {
	dir     string
	program string
	config  string
}

func (t *torture) lake(dir, url string) (lake, error) {
	l := lake{dir: dir, program: filepath.Join(t.bin, "graphlake"), config: dir + ".yaml"}
	return l, os.WriteFile(l.config, fmt.Appendf(nil, configuration, dir, url), 0o600)
}

func (l lake) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, l.program, append([]string{"--config", l.config, "--quiet", "--output", "json"}, args...)...)
	cmd.Env = append(os.Environ(), "GRAPHSIM_TOKEN="+token)
	return cmd
}

// How a run ended; other statuses are the command's own.
const (
	done   = 0
	failed = 1
	later  = 75
	killed = -1
)

// run runs the command, and kills it after a time, unless that is 0.
func (l lake) run(ctx context.Context, after time.Duration) (status int, err error) {
	cmd := l.command(ctx, "run", "--dataset", "call_records,pstn_calls,direct_routing_calls,users", "--from", from, "--to", to, "--now", now)
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
func (t *torture) torment(ctx context.Context, l lake) error {
	kills, ends := 0, 0
	for {
		var after time.Duration
		if t.kills > 0 {
			after = time.Duration(t.random.Int64N(int64(t.span))) + 1
		}
		status, err := l.run(ctx, after)
		switch {
		case err != nil:
			return err
		case status == done:
			fmt.Printf("%s: killed %d times, ended %d times by itself, complete\n", filepath.Base(l.dir), kills, ends)
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

// simulate starts a simulator of its own and waits for the address that it prints.
func (t *torture) simulate(ctx context.Context, more ...string) (url string, stop func(), err error) {
	sim := exec.CommandContext(ctx, filepath.Join(t.bin, "graphsim"), append([]string{
		"--users", fmt.Sprint(t.users), "--calls-per-user-day", "2", "--large", "30", "--late", "0.3", "--moves", "50",
		"--from", from, "--to", to, "--now", now, "--token", token,
	}, more...)...)
	sim.Stderr = os.Stderr
	pipe, err := sim.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := sim.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = sim.Process.Signal(syscall.SIGTERM)
		_ = sim.Wait()
	}
	line, err := bufio.NewReader(pipe).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, errors.New("the simulator ended before it said its address")
	}
	return strings.TrimSpace(line), stop, nil
}
