package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"graphlake/engine/temporal/internal/tenants"
	"graphlake/engine/temporal/workflows"
	"graphlake/internal/graphsim"
)

// now is the instant that tenants and workers take for now.
var now = time.Date(2026, 11, 24, 2, 30, 0, 0, time.UTC)

// usersOf are the sizes of tenants, from the most to the fewest: of a hundred tenants 60, 30, 9 and 1 have so many users.
var usersOf = [4]int{4, 12, 40, 150}

// users is the size of a tenant. The sizes are mixed.
func users(i int) int {
	switch place := i * 37 % 100; {
	case place < 60:
		return usersOf[0]
	case place < 90:
		return usersOf[1]
	case place < 99:
		return usersOf[2]
	default:
		return usersOf[3]
	}
}

// night is what was measured.
type night struct {
	tenants, workers int
	wall             time.Duration
	result           workflows.NightResult

	requests int // to Graph
	fewest   int // tenants of a worker in the night
	most     int
	atOnce   int // tenants of a worker at most
	cpu      struct{ workers, temporal, simulator time.Duration }
	busy     float64 // the machine, of all its CPU; 0 where it does not say
	cpus     float64 // CPUs that were used by us
	peak     float64 // MB of memory of the largest worker

	cost cost
}

func (m night) anHour() float64 { return float64(m.tenants) / m.wall.Hours() }

// serve begins to answer for the tenants, and writes the configuration of an empty lake beside which it is to lie.
func (t trial) serve(ctx context.Context) (graph *tenants.Graph, file string, err error) {
	dir, err := os.MkdirTemp("", "temporal-scale")
	if err != nil {
		return nil, "", err
	}
	graph = tenants.New(tenants.Make(t.tenants, func(i int) graphsim.Options {
		return graphsim.Options{
			Users: users(i), CallsPerUserDay: 3, Large: 20, From: now.AddDate(0, 0, -7).Truncate(24 * time.Hour), To: now.Truncate(24 * time.Hour),
			Now: func() time.Time { return now },
		}
	}))
	graph.Latency = t.latency
	url, err := graph.Serve(ctx)
	if err == nil {
		file = filepath.Join(dir, "graphlake.yaml")
		text := tenants.Configuration{Lake: filepath.Join(dir, "lake"), URL: url, Jobs: "  nightly: {datasets: [" + t.datasets + "]}"}.YAML(graph)
		err = os.WriteFile(file, []byte(text), 0o600)
	}
	if err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(dir))
	}
	return graph, file, nil
}

// alone lets one process of graphlake run do what the night is, and prints what that took.
func (t trial) alone(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	graph, file, err := t.serve(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(filepath.Dir(file))
	p := &process{name: "graphlake run"}
	start, machine := time.Now(), machineCPU()
	args := []string{"--config", file, "--log-format", "json", "--quiet", "run", "--job", "nightly", "--now", now.Format(time.RFC3339)}
	if err := p.start(ctx, filepath.Join(t.bin, "graphlake"), args, graph.Environment("alone")); err != nil {
		return err
	}
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("graphlake run: %w\n%s", err, p.said.String())
	}
	wall := time.Since(start)
	fmt.Printf("graphlake run, one process: %d tenants in %.0f s, %.0f an hour; %d requests; CPU %.0f s; the machine %.0f %% busy; at most %.0f MB\n",
		t.tenants, wall.Seconds(), float64(t.tenants)/wall.Hours(), len(graph.Log()), p.cpu().Seconds(), 100*machineCPU().busySince(machine), p.peak())
	return nil
}

// measure lets the night pass with n workers, on an empty lake.
func (t trial) measure(ctx context.Context, n int) (m night, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // whoever was not told to end is killed
	graph, file, err := t.serve(ctx)
	if err != nil {
		return m, err
	}
	defer os.RemoveAll(filepath.Dir(file))
	server, err := t.startServer(ctx)
	if err != nil {
		return m, err
	}
	workers, err := t.startWorkers(ctx, n, file, server, graph)
	if err != nil {
		return m, err
	}
	if err := waitForWorkers(ctx, workers); err != nil {
		return m, err
	}
	m = night{tenants: t.tenants, workers: n}
	id, err := m.pass(ctx, t.bin, file, server)
	if err != nil {
		return m, errors.Join(err, says(workers))
	}
	if err := m.count(ctx, server, id); err != nil {
		return m, err
	}
	for _, w := range workers {
		if err := w.end(); err != nil {
			return m, err
		}
		m.cpu.workers += w.cpu()
		m.peak = max(m.peak, w.peak())
	}
	if m.cost.calls, err = server.stop(); err != nil {
		return m, err
	}
	m.cpu.temporal = server.cpu()
	m.cpus = (m.cpu.workers + m.cpu.temporal + m.cpu.simulator).Seconds() / m.wall.Seconds()
	return m, m.check(graph, t.places)
}

func (t trial) startWorkers(ctx context.Context, n int, file string, server *temporalServer, graph *tenants.Graph) (all []*process, err error) {
	for i := range n {
		w := &process{name: fmt.Sprintf("worker-%d", i+1)}
		args := []string{"--config", file, "--log-format", "json", "worker", fmt.Sprintf("--tenants=%d", t.places)}
		if err := w.start(ctx, filepath.Join(t.bin, "graphlake-temporal"), args, append(server.environment(), graph.Environment(w.name)...)); err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// says is what workers have said, of which one may have ended.
func says(workers []*process) (err error) {
	for _, w := range workers {
		_ = w.cmd.Process.Kill() // it is of no use any more
		_ = w.cmd.Wait()
		err = errors.Join(err, fmt.Errorf("%s: %s", w.name, w.said.String()))
	}
	return err
}

// pass has the night, by the command that begins one, and gives the id of its workflow.
func (m *night) pass(ctx context.Context, bin, file string, server *temporalServer) (id string, err error) {
	before, machine := ownCPU(), machineCPU()
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "graphlake-temporal"),
		"--config", file, "--quiet", "--output", "json", "night", "--job", "nightly", "--now", now.Format(time.RFC3339), "--wait")
	cmd.Env = slices.Concat(os.Environ(), server.environment())
	out, err := cmd.Output()
	m.cpu.simulator = ownCPU() - before
	m.busy = machineCPU().busySince(machine)
	var begun struct {
		Workflows []struct {
			Workflow string
			Result   workflows.NightResult
		}
	}
	if err == nil {
		err = json.Unmarshal(out, &begun)
	}
	if err != nil || len(begun.Workflows) != 1 {
		return "", fmt.Errorf("graphlake-temporal night: %w\n%s", err, out)
	}
	m.result = begun.Workflows[0].Result
	return begun.Workflows[0].Workflow, nil
}

// count asks the server how long the night took, and what it cost.
func (m *night) count(ctx context.Context, server *temporalServer, id string) error {
	c, err := client.DialContext(ctx, client.Options{
		HostPort: server.address, Namespace: server.namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return err
	}
	defer c.Close()
	d, err := c.DescribeWorkflowExecution(ctx, id, "")
	if err != nil {
		return err
	}
	info := d.GetWorkflowExecutionInfo()
	m.wall = info.GetCloseTime().AsTime().Sub(info.GetStartTime().AsTime())
	m.cost, err = costOf(ctx, c, id, m.tenants)
	return err
}

// check is an error where not every tenant was read, whole, by one worker at a time. It counts who asked.
func (m *night) check(graph *tenants.Graph, places int) error {
	asked := graph.Log()
	m.requests = len(asked)
	had := held(asked)
	m.fewest = m.tenants
	for _, of := range had {
		m.fewest, m.most, m.atOnce = min(m.fewest, len(of)), max(m.most, len(of)), max(m.atOnce, atOnce(of))
	}
	if len(had) < m.workers {
		m.fewest = 0
	}
	r := m.result
	switch overlapping := tenants.Overlapping(asked); {
	case r.Outcome != workflows.Done || r.Tenants != m.tenants || r.Units < m.tenants || r.Records == 0:
		return fmt.Errorf("the night ended with %+v", r)
	case int64(m.requests) < r.Requests:
		return fmt.Errorf("the workers counted %d requests, the tenants %d", r.Requests, m.requests)
	case m.atOnce > places:
		return fmt.Errorf("a worker with %d places had %d tenants at once", places, m.atOnce)
	case overlapping > 0:
		return fmt.Errorf("%d requests of two workers to one tenant at once", overlapping)
	}
	return nil
}

// print says what it took.
func (m night) print() {
	ours := ""
	if m.busy > 0 {
		ours = fmt.Sprintf("; the machine %.0f %% busy", 100*m.busy)
	}
	fmt.Printf("%d workers: %d tenants in %.0f s, %.0f an hour; %d units, %d requests, %d records; %d to %d tenants a worker, at most %d at once; CPU: workers %.0f s, Temporal %.0f s, simulator %.0f s, %.2f CPUs%s; a worker at most %.0f MB\n",
		m.workers, m.tenants, m.wall.Seconds(), m.anHour(), m.result.Units, m.requests, m.result.Records, m.fewest, m.most, m.atOnce,
		m.cpu.workers.Seconds(), m.cpu.temporal.Seconds(), m.cpu.simulator.Seconds(), m.cpus, ours, m.peak)
}
