// Benchrun measures a whole run as its users see it: the real command, from an empty lake, against
// the simulated Graph in another process.
//
//	go run ./internal/benchrun -users 800
//
// The last line is: bench-run records/s=R MB/s=M cpu=S peak=P. MB are of the JSON that was answered.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	from = "2026-11-16"
	to   = "2026-11-23"
	now  = "2026-11-23T02:30:00Z"
)

const configuration = `lake: %s
graph:
  endpoint: %s
  rate: 100000 # what is measured is the run, not the waiting
tenants:
  - name: contoso
    tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30
    auth: {method: token, token_env: GRAPHSIM_TOKEN}
`

func main() {
	users := flag.Int("users", 800, "users of the simulated tenant")
	calls := flag.Float64("calls-per-user-day", 5, "calls of a user on a working day")
	most := flag.Float64("most", 0, "MB of memory that the run may take at most; 0: any")
	bin := flag.String("bin", "bin", "where graphlake and graphsim are")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := measure(ctx, *bin, *users, *calls, *most)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchrun:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, bin string, users int, calls, most float64) error {
	dir, err := os.MkdirTemp("", "benchrun")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	url, stop, err := simulate(ctx, filepath.Join(bin, "graphsim"), users, calls)
	if err != nil {
		return err
	}
	defer stop()
	file := filepath.Join(dir, "graphlake.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, configuration, filepath.Join(dir, "lake"), url), 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "graphlake"), "--config", file, "--quiet", "--output", "json",
		"run", "--dataset", "call_records", "--from", from, "--to", to, "--now", now)
	cmd.Env = append(os.Environ(), "GRAPHSIM_TOKEN=bench")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("graphlake run: %w\n%s", err, out.Bytes())
	}
	return report(out.Bytes(), time.Since(start), cmd.ProcessState, most)
}

// simulate starts the simulator and waits for the address that it prints.
func simulate(ctx context.Context, program string, users int, calls float64) (url string, stop func(), err error) {
	sim := exec.CommandContext(ctx, program, "--users", fmt.Sprint(users), "--calls-per-user-day", fmt.Sprint(calls),
		"--from", from, "--to", to, "--now", now, "--token", "bench")
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

func report(out []byte, wall time.Duration, state *os.ProcessState, most float64) error {
	var run struct {
		Units []struct {
			Records, Requests, Bytes int64
		}
	}
	if err := json.Unmarshal(out, &run); err != nil {
		return err
	}
	var records, requests, size int64
	for _, u := range run.Units {
		records, requests, size = records+u.Records, requests+u.Requests, size+u.Bytes
	}
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("this system does not say how much memory a process used")
	}
	peak := float64(usage.Maxrss) / 1024 // Linux counts in KiB
	cpu := (state.UserTime() + state.SystemTime()).Seconds()
	fmt.Printf("%d records, %d requests, %.1f MB of JSON in %.1f s\n", records, requests, float64(size)/1e6, wall.Seconds())
	fmt.Printf("bench-run records/s=%.0f MB/s=%.1f cpu=%.1fs peak=%.0fMB\n",
		float64(records)/wall.Seconds(), float64(size)/1e6/wall.Seconds(), cpu, peak)
	if most > 0 && peak > most {
		return fmt.Errorf("the run took %.0f MB of memory, more than %.0f", peak, most)
	}
	return nil
}
