package command

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

const configuration = `lake: %s
graph:
  endpoint: %s
  rate: %g
%stenants:
  - name: contoso
    tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30
    auth: {%s}
%s%s%s`

// bearer signs in without being asked who one is: with the simulator's token.
const bearer = "method: token, token_env: GRAPHSIM_TOKEN"

// Unhindered is a rate at which no published limit is felt.
const Unhindered = 100_000

// Client is graphlake, with a lake of its own.
type Client struct {
	Bin  string  // where graphlake is
	Dir  string  // where its lake is, and its configuration
	URL  string  // Graph's
	Rate float64 // factor on the published limits
	Jobs string  // the section jobs of the configuration; may be empty

	Tenants string // further lines of the section tenants; may be empty

	Delta string // which Delta tables the lake has, as the configuration says it in a line; empty: none

	Auth        string   // how it signs in, as the section auth has it in a line; empty: with the simulator's token
	Authority   string   // where it signs in; empty: the global cloud's
	Environment []string // in which it is started, besides ours
}

// Counts are what a run, or a unit of it, did.
type Counts struct {
	Records, Requests, Throttled int64
	Bytes                        int64 // of JSON, in answers
	Written                      int64 // partitions that changed
	Rows                         map[string]int64
}

// Unit is a range of a dataset, as a run reports it.
type Unit struct {
	Dataset, From string
	Counts
	Seconds float64
}

// Result is what a run did and took.
type Result struct {
	Counts
	Units []Unit

	Wall, CPU time.Duration
	Peak      float64 // MB of memory, at most
}

// Command is graphlake with arguments, to be started. What it prints on stdout is JSON.
func (c Client) Command(ctx context.Context, args ...string) (*exec.Cmd, error) {
	file := filepath.Join(c.Dir, "graphlake.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, configuration, filepath.Join(c.Dir, "lake"), c.URL, c.Rate, c.authority(), cmp.Or(c.Auth, bearer), c.Tenants, c.delta(), c.Jobs), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(c.Bin, "graphlake"), append([]string{"--config", file, "--quiet", "--output", "json"}, args...)...)
	cmd.Env = slices.Concat(os.Environ(), []string{"GRAPHSIM_TOKEN=" + Token}, c.Environment)
	return cmd, nil
}

// authority is the line of the configuration.
func (c Client) authority() string {
	if c.Authority == "" {
		return ""
	}
	return "  authority: " + c.Authority + "\n"
}

// delta is the line of the configuration.
func (c Client) delta() string {
	if c.Delta == "" {
		return ""
	}
	return "delta: " + c.Delta + "\n"
}

// Run runs what the flags say.
func (c Client) Run(ctx context.Context, flags ...string) (Result, error) {
	cmd, err := c.Command(ctx, append([]string{"run"}, flags...)...)
	if err != nil {
		return Result{}, err
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return Result{}, fmt.Errorf("graphlake run: %w\n%s", err, out.Bytes())
	}
	return result(out.Bytes(), time.Since(start), cmd.ProcessState)
}

// result adds up the units of a report.
func result(report []byte, wall time.Duration, state *os.ProcessState) (Result, error) {
	var run struct{ Units []Unit }
	if err := json.Unmarshal(report, &run); err != nil {
		return Result{}, err
	}
	memory, err := peak(state)
	if err != nil {
		return Result{}, err
	}
	sum := Result{
		Counts: Counts{Rows: map[string]int64{}},
		Units:  run.Units,
		Wall:   wall, CPU: state.UserTime() + state.SystemTime(),
		Peak: memory,
	}
	for _, u := range run.Units {
		sum.Records += u.Records
		sum.Requests += u.Requests
		sum.Throttled += u.Throttled
		sum.Bytes += u.Bytes
		sum.Written += u.Written
		for table, rows := range u.Rows {
			sum.Rows[table] += rows
		}
	}
	return sum, nil
}
