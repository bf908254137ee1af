// Graphlake copies what happens in Microsoft Teams from Microsoft Graph into a data lake of typed,
// partitioned Parquet. See README.md, and "graphlake --help".
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	// Buffers of some megabytes come and go; collected twice as often as by default they hold a
	// third less memory, for about a tenth more CPU.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// command is the command line: what every subcommand takes, and the subcommands.
type command struct {
	Config    string `default:"${config}" placeholder:"FILE" help:"The configuration (default ${default})."`
	Lake      string `placeholder:"URL" help:"The lake, instead of the configured one: a directory or az://CONTAINER/PREFIX."`
	Output    string `enum:"text,json" default:"text" help:"Results as text or as one JSON document."`
	LogFormat string `enum:"auto,text,json" default:"auto" help:"Logs as text or JSON lines; auto: text on a terminal, JSON elsewhere."`
	Quiet     bool   `help:"Log errors only."`

	Run         runCommand         `cmd:"" help:"Read a range from Graph into the lake."`
	Plan        planCommand        `cmd:"" help:"Say what a run would read, without asking Graph."`
	Replay      replayCommand      `cmd:"" help:"Make the tables anew from raw, without asking Graph."`
	Audit       auditCommand       `cmd:"" help:"Find gaps, duplicates, orphans and stale partitions; exit 1 if there are any."`
	Status      statusCommand      `cmd:"" help:"Say how far the datasets reach, and what the last runs did."`
	Datasets    datasetsCommand    `cmd:"" help:"List the datasets and their tables."`
	Schema      schemaCommand      `cmd:"" help:"Describe the columns of a table."`
	Cat         catCommand         `cmd:"" help:"Print the rows of a table as JSON lines."`
	Check       checkCommand       `cmd:"" help:"Try the configuration: sign in, compare permissions, ask for every dataset, write to the lake."`
	Permissions permissionsCommand `cmd:"" help:"List the permissions of each product, or make of those that are needed a manifest or a link to consent."`
	Version     versionCommand     `cmd:"" help:"Print the version."`

	stdout io.Writer
	stderr *screen
}

// defaultConfig is the file that is read where --config names none.
const defaultConfig = "graphlake.yaml"

const description = `Copies what happens in Microsoft Teams from Microsoft Graph into a data lake of Parquet.

Exit status: 0 done; 2 wrong usage or configuration; 1 failed, or audit findings; 3 not permitted (credentials, consent);
75 try again later (throttled out, not reachable, stopped); 4 done, but records were quarantined, parents were refused, or a dataset was skipped.`

func run(args []string, stdout, stderr io.Writer) int {
	c := command{stdout: stdout, stderr: &screen{stderr: stderr}}
	exited := -1
	parser := kong.Must(&c,
		kong.Name("graphlake"),
		kong.Description(description),
		kong.Vars{"config": defaultConfig},
		kong.Writers(stdout, stderr),
		kong.Exit(func(status int) { exited = status }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help was asked for and printed
		return exited
	}
	if err != nil {
		fmt.Fprintf(stderr, "graphlake: %v\nsee: graphlake --help\n", err)
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(&c)
	if status, ok := errors.AsType[statusError](err); err != nil && (!ok || status.err != nil) {
		fmt.Fprintf(stderr, "graphlake: %v\n", err)
	}
	return exitStatus(err)
}
