package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"graphlake/engine/temporal/workflows"
)

// process is one that serves until it is told to end.
type process struct {
	name string
	cmd  *exec.Cmd
	said bytes.Buffer // on stderr; complete once it has ended
}

// start starts a program. It is killed when the context ends.
func (p *process) start(ctx context.Context, program string, args, environment []string) error {
	p.cmd = exec.CommandContext(ctx, program, args...)
	p.cmd.Env = slices.Concat(os.Environ(), environment)
	p.cmd.Stderr = &p.said
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	return nil
}

// end tells it to end, and waits.
func (p *process) end() error {
	if p.cmd.ProcessState != nil {
		return nil
	}
	if err := errors.Join(p.cmd.Process.Signal(syscall.SIGTERM), p.cmd.Wait()); err != nil {
		return fmt.Errorf("%s: %w\n%s", p.name, err, tail(p.said.Bytes()))
	}
	return nil
}

// cpu is what it has used, once it has ended.
func (p *process) cpu() time.Duration {
	return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
}

// tail is the end of what somebody said.
func tail(b []byte) []byte { return b[max(0, len(b)-2000):] }

// temporalServer is Temporal.
type temporalServer struct {
	process
	address, namespace string
	out                *bufio.Reader
}

func (t trial) startServer(ctx context.Context) (*temporalServer, error) {
	s := &temporalServer{process: process{name: "temporal-server"}}
	s.cmd = exec.CommandContext(ctx, filepath.Join(t.bin, "temporal-server"))
	s.cmd.Stderr = &s.said
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.out = bufio.NewReader(out)
	line, err := s.out.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the server ended before it said its address: %w", errors.Join(err, s.cmd.Wait()))
	}
	var ok bool
	if s.address, s.namespace, ok = strings.Cut(strings.TrimSpace(line), " "); !ok {
		return nil, fmt.Errorf("the server said %q, and not its address and its namespace", line)
	}
	return s, nil
}

// environment is that of a worker of it.
func (s *temporalServer) environment() []string {
	return []string{"TEMPORAL_ADDRESS=" + s.address, "TEMPORAL_NAMESPACE=" + s.namespace}
}

// stop ends it, and gives how often each of its methods was called.
func (s *temporalServer) stop() (calls map[string]int, err error) {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(s.out)
	if err := errors.Join(err, s.cmd.Wait()); err != nil {
		return nil, fmt.Errorf("temporal-server: %w\n%s", err, tail(s.said.Bytes()))
	}
	return calls, json.Unmarshal(text, &calls)
}

// waitForWorkers waits until so many workers ask for work.
func waitForWorkers(ctx context.Context, c client.Client, n int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		d, err := c.DescribeTaskQueue(ctx, workflows.Queue, enums.TASK_QUEUE_TYPE_ACTIVITY)
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, p := range d.GetPollers() {
			seen[p.GetIdentity()] = true
		}
		if len(seen) >= n {
			return nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("only %d of %d workers ask for work: %w", len(seen), n, ctx.Err())
		}
	}
}
