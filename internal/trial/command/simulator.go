package command

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// Token is what the simulator accepts and the runs send.
const Token = "trial"

// Simulator is graphsim, serving.
type Simulator struct {
	URL   string
	cmd   *exec.Cmd
	stats string
}

// Asked is what a simulator was asked, by its own count.
type Asked struct{ Requests, Throttled int64 }

// Simulate starts the graphsim in bin and waits for the address that it prints. It writes into dir,
// and has to be stopped.
func Simulate(ctx context.Context, bin, dir string, flags ...string) (*Simulator, error) {
	s := &Simulator{stats: filepath.Join(dir, "asked.json")}
	s.cmd = exec.CommandContext(ctx, filepath.Join(bin, "graphsim"), append(flags, "--token", Token, "--stats", s.stats)...)
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, errors.Join(errors.New("the simulator ended before it said its address"), s.cmd.Wait())
	}
	s.URL = strings.TrimSpace(line)
	return s, nil
}

// Stop ends the simulator, which then says what it was asked.
func (s *Simulator) Stop() (Asked, error) {
	var a Asked
	if err := errors.Join(s.cmd.Process.Signal(syscall.SIGTERM), s.cmd.Wait()); err != nil {
		return a, fmt.Errorf("stop the simulator: %w", err)
	}
	text, err := os.ReadFile(s.stats)
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	return a, err
}

// Generated asks the graphsim in bin what a tenant holds, by table. The flags are those of the tenant and
// of the instant.
func Generated(ctx context.Context, bin string, flags ...string) (map[string]Keys, error) {
	out, err := exec.CommandContext(ctx, filepath.Join(bin, "graphsim"), append(flags, "--truth", "--keys")...).Output()
	if err != nil {
		return nil, fmt.Errorf("graphsim --truth: %w", err)
	}
	var said struct {
		Tables map[string]Count
		Keys   map[string][]string
	}
	if err := json.Unmarshal(out, &said); err != nil {
		return nil, err
	}
	all := map[string]Keys{}
	for table, count := range said.Tables {
		all[table] = Keys{}
		for _, key := range said.Keys[table] {
			all[table][key] = true
		}
		if got := all[table].Count(); got != count {
			return nil, fmt.Errorf("graphsim --truth says %v of %s and gives the keys of %v", count, table, got)
		}
	}
	return all, nil
}
