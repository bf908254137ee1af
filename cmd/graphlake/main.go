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

	// What an empty container image lacks, used where the machine has none of its own: the time zones that jobs
	// name, and the certificates by which Graph and Blob Storage are known.
	_ "time/tzdata"

	_ "golang.org/x/crypto/x509roots/fallback"
)

func main() {
	// Buffers of some megabytes come and go. Near the limit, which is not a hard one, they are collected more
	// often; that bounds memory as well as collecting always twice as often, for a tenth less CPU.
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(256 << 20)
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

	Init        initCommand        `cmd:"" help:"Write a configuration with comments, to begin with."`
	Run         runCommand         `cmd:"" help:"Read what is due, or a range, from Graph into the lake."`
	Plan        planCommand        `cmd:"" help:"Say what a run would read, without asking Graph."`
	Replay      replayCommand      `cmd:"" help:"Make the tables anew from raw, without asking Graph."`
	Schedule    scheduleCommand    `cmd:"" help:"Stay, and run every job at its times."`
	Audit       auditCommand       `cmd:"" help:"Find gaps, duplicates, orphans, stale partitions, and what could not be read; exit 1 if there are any."`
	Status      statusCommand      `cmd:"" help:"Say how far the datasets reach, and what the last runs did."`
	Datasets    datasetsCommand    `cmd:"" help:"List the datasets and their tables."`
	Schema      schemaCommand      `cmd:"" help:"Describe the columns of a table."`
	Cat         catCommand         `cmd:"" help:"Print the rows of a table as JSON lines."`
	SQL         sqlCommand         `cmd:"" name:"sql" help:"Print the views by which DuckDB or Synapse sees the lake."`
	Check       checkCommand       `cmd:"" help:"Try the configuration: sign in, compare permissions, ask for every dataset, write to the lake."`
	Permissions permissionsCommand `cmd:"" help:"List the permissions of each product, or make of those that are needed a manifest or a link to consent."`
	Completion  completionCommand  `cmd:"" help:"Print a script that completes commands, flags and names in a shell."`
	Complete    completeCommand    `cmd:"" hidden:"" help:"Say what words may become, for the script of completion."`
	Version     versionCommand     `cmd:"" help:"Print the version."`

	stdout io.Writer
	stderr *screen
}

// defaultConfig is the file that is read where --config names none.
const defaultConfig = "graphlake.yaml"

const description = `Copies what happens in Microsoft Teams from Microsoft Graph into a data lake of Parquet.

Exit status: 0 done; 2 wrong usage or configuration; 1 failed, or audit findings; 3 not permitted (credentials, consent);
75 try again later (throttled out, not reachable, stopped); 4 done, but not all of it: records were
quarantined or lost, parents or records could not be read, far less came than before, or a dataset was skipped.`

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 { // not knowing what to ask for is wrong usage, and help is the cure
		run([]string{"--help"}, stderr, stderr)
		return exitUsage
	}
	c := command{stdout: stdout, stderr: &screen{stderr: stderr}}
	exited := -1
	parsed, err := c.parser(func(status int) { exited = status }).Parse(args)
	if exited >= 0 { // --help was asked for and printed
		return exited
	}
	if err != nil {
		see := "graphlake"
		if wrong, ok := errors.AsType[*kong.ParseError](err); ok && wrong.Context.Selected() != nil {
			see += " " + wrong.Context.Selected().Name
		}
		fmt.Fprintf(stderr, "graphlake: %v\nsee: %s --help\n", err, see)
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // who asks twice does not want to wait; the lake takes no harm
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(&c)
	if status, ok := errors.AsType[statusError](err); err != nil && (!ok || status.err != nil) {
		fmt.Fprintf(stderr, "graphlake: %v\n", err)
	}
	return exitStatus(err)
}

// parser reads the command line into c. It calls exit when it has printed the help.
func (c *command) parser(exit func(status int)) *kong.Kong {
	return kong.Must(c,
		kong.Name("graphlake"),
		kong.Description(description),
		kong.Vars{"config": defaultConfig},
		kong.Writers(c.stdout, c.stderr),
		kong.Exit(exit),
		kong.Help(helpWithExamples),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
}
