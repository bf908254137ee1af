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
	"sync"
	"syscall"
	"time"
)

// process is one that serves until it is told to end.
type process struct {
	name string
	cmd  *exec.Cmd
	said said // on stderr
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

// said is the end of what a process has said. It is safe for concurrent use.
type said struct {
	mu   sync.Mutex
	text []byte // guarded by mu
	seen bool   // guarded by mu: the line that says that a worker is there was among them
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = append(s.text, b...)
	s.seen = s.seen || bytes.Contains(s.text, []byte(`"worker is there"`))
	s.text = bytes.Clone(s.text[max(0, len(s.text)-2000):])
	return len(b), nil
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.text)
}

// there reports whether a worker has said that it is.
func (s *said) there() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

// end tells it to end, and waits.
func (p *process) end() error {
	if p.cmd.ProcessState != nil {
		return nil
	}
	if err := errors.Join(p.cmd.Process.Signal(syscall.SIGTERM), p.cmd.Wait()); err != nil {
		return fmt.Errorf("%s: %w\n%s", p.name, err, p.said.String())
	}
	return nil
}

// cpu is what it has used, once it has ended.
func (p *process) cpu() time.Duration {
	return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
}

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
		return nil, fmt.Errorf("temporal-server: %w\n%s", err, s.said.String())
	}
	return calls, json.Unmarshal(text, &calls)
}

// waitForWorkers waits until all say that they are there.
func waitForWorkers(ctx context.Context, workers []*process) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, w := range workers {
		for !w.said.there() {
			select {
			case <-time.After(20 * time.Millisecond):
			case <-ctx.Done():
				return fmt.Errorf("%s does not say that it is there: %w\n%s", w.name, ctx.Err(), w.said.String())
			}
		}
	}
	return nil
}
