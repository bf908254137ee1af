// Graphlake-temporal runs what graphlake runs, for more tenants than one machine reads: on Temporal, which says when, retries
// for hours, and shows what became of each tenant. See docs/engine.md, and "graphlake-temporal --help".
//
//	graphlake-temporal worker      stays, and does what Temporal asks for
//	graphlake-temporal schedules   makes Temporal's schedules of the jobs of graphlake.yaml
//	graphlake-temporal night       and what is begun by hand: backfill, replay, onboard
//
// main.go has the command line, connect.go the connection to Temporal, and each command its file. What happens when is in
// package workflows, what is done in package activities.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"graphlake/internal/cli"
	"graphlake/internal/commandline"
	"graphlake/internal/foreign"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// command is the command line: what every command takes, and the commands.
type command struct {
	Config    string `default:"graphlake.yaml" placeholder:"FILE" help:"The configuration, as graphlake's (default ${default})."`
	Lake      string `placeholder:"URL" help:"The lake, instead of the configured one: a directory or az://CONTAINER/PREFIX."`
	Output    string `enum:"text,json" default:"text" help:"Results as text or as one JSON document."`
	LogFormat string `enum:"auto,text,json" default:"auto" help:"Logs as text or JSON lines; auto: text on a terminal, JSON elsewhere."`
	Quiet     bool   `help:"Of the log warnings and errors only."`

	Worker    workerCommand    `cmd:"" help:"Stay, and do what Temporal asks for: read tenants, and derive tables anew."`
	Schedules schedulesCommand `cmd:"" help:"Make Temporal's schedules those of the jobs of the configuration; pause them, or let them go on."`
	Night     nightCommand     `cmd:"" help:"Begin a job at once, of all tenants or of some."`
	Backfill  backfillCommand  `cmd:"" help:"Begin to read past days of tenants, what Graph forgets soonest first."`
	Replay    replayCommand    `cmd:"" help:"Begin to make tables anew from raw, on all workers, without asking Graph."`
	Onboard   onboardCommand   `cmd:"" help:"Begin with new tenants: check them, read their past, and run their jobs once."`
	Version   versionCommand   `cmd:"" help:"Print the version."`

	stdout, stderr io.Writer // what of them a terminal would obey is escaped
}

const description = `Runs the jobs of graphlake for hundreds of tenants on Temporal.

Where Temporal is say TEMPORAL_ADDRESS (default localhost:7233), TEMPORAL_NAMESPACE (default: default), and TEMPORAL_API_KEY or
TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH to sign in; or temporal.toml. With a key in
GRAPHLAKE_TEMPORAL_KEY what Temporal stores is encrypted.

Exit status, also of what has been waited for: 0 done; 2 wrong usage or configuration; 1 failed; 3 not permitted
(credentials, consent); 75 try again later (throttled out, not reachable, stopped); 4 done, but not all of it.`

// examples end the help of a command.
var examples = map[string][]string{
	"worker": {
		"graphlake-temporal worker",
		"graphlake-temporal worker --listen 127.0.0.1:8082 --tenants 8 --grace 5m",
		"graphlake-temporal worker --tenants 0 --parts 8",
	},
	"schedules": {
		"graphlake-temporal schedules --dry-run",
		"graphlake-temporal schedules",
		"graphlake-temporal schedules --pause --job nightly-calls --reason \"the lake moves\"",
		"graphlake-temporal schedules --resume",
	},
	"night": {
		"graphlake-temporal night --job nightly-calls",
		"graphlake-temporal night --job nightly-calls --tenant contoso --wait",
	},
	"backfill": {
		"graphlake-temporal backfill --tenant contoso --last 30d",
		"graphlake-temporal backfill --tenant contoso,fabrikam --dataset call_records --from 2026-11-01 --to 2026-11-08 --wait",
	},
	"replay": {
		"graphlake-temporal replay --dataset call_records",
		"graphlake-temporal replay --tenant contoso --from 2026-01-01 --to 2026-07-01 --wait",
	},
	"onboard": {
		"graphlake-temporal onboard --tenant contoso",
		"graphlake-temporal onboard --tenant contoso --last 2w --wait",
	},
}

// run is the whole command; its result is the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 { // not knowing what to ask for is wrong usage, and help is the cure
		run(ctx, []string{"--help"}, stderr, stderr)
		return cli.ExitUsage
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // who asks twice does not want to wait; the lake takes no harm
	printed, warned := foreign.NewWriter(stdout), foreign.NewWriter(stderr)
	defer printed.Close()
	defer warned.Close()
	c := command{stdout: printed, stderr: warned}
	err := c.program().Parse(ctx, args, stdout)
	if wrong, ok := errors.AsType[*commandline.UsageError](err); ok {
		see := strings.TrimSpace("graphlake-temporal " + wrong.Command)
		fmt.Fprintf(c.stderr, "graphlake-temporal: %s\nsee: %s --help\n", foreign.Printable(err.Error()), see)
		return cli.ExitUsage
	}
	if status, ok := errors.AsType[cli.StatusError](err); err != nil && (!ok || status.Err != nil) {
		fmt.Fprintf(c.stderr, "graphlake-temporal: %s\n", told(err))
	}
	return exitStatus(err)
}

// program reads the command line into c, and runs the command that it names.
func (c *command) program() *commandline.Program {
	p := commandline.New("graphlake-temporal", description, c, nil)
	p.Examples = examples
	p.Run = func(ctx context.Context, selected any) error {
		m, ok := selected.(interface {
			Run(ctx context.Context, c *command) error
		})
		if !ok {
			panic(fmt.Sprintf("%T cannot be run", selected))
		}
		return m.Run(ctx, c)
	}
	return p
}

// options are what the product needs of the command line.
func (c *command) options() cli.EngineOptions {
	return cli.EngineOptions{Config: c.Config, Lake: c.Lake, LogFormat: c.LogFormat, Quiet: c.Quiet, Stderr: c.stderr}
}

func (c *command) printJSON(v any) error {
	e := json.NewEncoder(c.stdout)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(_ context.Context, c *command) error {
	if c.Output == "json" {
		return c.printJSON(map[string]string{"version": cli.Version()})
	}
	_, err := fmt.Fprintln(c.stdout, "graphlake-temporal", cli.Version())
	return err
}
