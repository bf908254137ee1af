package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	_ "time/tzdata" // the time zones that jobs name, where the machine has none, as an empty container image

	_ "golang.org/x/crypto/x509roots/fallback" // the certificates by which Graph and Blob Storage are known, where it has none

	"graphlake/internal/commandline"
	"graphlake/internal/foreign"
	"graphlake/schemas"
)

// Main is the command, by the arguments, the streams and the environment of the process, which it ends.
func Main() {
	// Buffers of some megabytes come and go. Near the limit, which is not a hard one, they are collected more
	// often; that bounds memory as well as collecting always twice as often, for a tenth less CPU.
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(256 << 20)
	}
	os.Exit(start(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// command is the command line: what every subcommand takes, and the subcommands.
type command struct {
	Config    string `default:"${config}" placeholder:"FILE" help:"The configuration (default ${default})."`
	Lake      string `placeholder:"URL" help:"The lake, instead of the configured one: a directory or az://CONTAINER/PREFIX."`
	Output    string `enum:"text,json" default:"text" help:"Results as text or as one JSON document."`
	LogFormat string `enum:"auto,text,json" default:"auto" help:"Logs as text or JSON lines; auto: text on a terminal, JSON elsewhere."`
	Quiet     bool   `help:"No bars, and of the log warnings and errors only."`

	NoProgress bool `help:"Neither bars nor lines that say how far a run is. The log stays."`

	Init        initCommand        `cmd:"" help:"Write a configuration with comments, to begin with."`
	Run         runCommand         `cmd:"" help:"Read what is due, or a range, from Graph into the lake."`
	Plan        planCommand        `cmd:"" help:"Say what a run would read, without asking Graph."`
	Replay      replayCommand      `cmd:"" help:"Make the tables anew from raw, without asking Graph."`
	Erase       eraseCommand       `cmd:"" help:"Take people out of the lake, or prove with --verify that nothing of them is left; exit 1 if something is."`
	Schedule    scheduleCommand    `cmd:"" help:"Stay, and run every job at its times."`
	Serve       serveCommand       `cmd:"" help:"Stay, and let services ask for runs over HTTPS, and for how the lake stands."`
	Expire      expireCommand      `cmd:"" help:"Remove the days that are older than privacy.keep says the lake keeps, and reports of runs."`
	Vacuum      vacuumCommand      `cmd:"" help:"Remove what no version of the Delta tables needs that is younger than a week; older ones cannot be read then."`
	Compact     compactCommand     `cmd:"" help:"Roll the days of months that have been over for 60 days to one file a month, in the Delta tables of a lake that has delta: {compact: true}."`
	Audit       auditCommand       `cmd:"" help:"Find gaps, duplicates, orphans, stale partitions, and what could not be read; exit 1 if there are any."`
	Status      statusCommand      `cmd:"" help:"Say how far the datasets reach, and what the last runs did."`
	Runs        runsCommand        `cmd:"" help:"List the runs of the last month, or say what one did and which partitions it changed by how many rows."`
	DU          duCommand          `cmd:"" name:"du" help:"Say what the datasets take in the lake, a day and a year."`
	Datasets    datasetsCommand    `cmd:"" help:"List the datasets and their tables."`
	Schema      schemaCommand      `cmd:"" help:"Describe the columns of a table."`
	Cat         catCommand         `cmd:"" help:"Print the rows of a table as JSON lines."`
	SQL         sqlCommand         `cmd:"" name:"sql" help:"Print the views by which DuckDB, Synapse or Spark sees the lake."`
	Report      reportCommand      `cmd:"" help:"Answer what is asked first: missed calls, queues, poor audio, out of hours, meetings, who is active."`
	Check       checkCommand       `cmd:"" help:"Try the configuration: sign in, compare permissions, ask for every dataset, write to the lake."`
	SignIn      signInCommand      `cmd:"" help:"Let a person sign in, where what one person may see is read."`
	SignOut     signOutCommand     `cmd:"" help:"Forget the person who is signed in."`
	Notify      notifyCommand      `cmd:"" help:"Try whether those whom notify in the configuration names can be told; exit 1 if not."`
	Permissions permissionsCommand `cmd:"" help:"List the permissions of each product, or make of those that are needed a manifest or a link to consent."`
	Completion  completionCommand  `cmd:"" help:"Print a script that completes commands, flags and names in a shell."`
	Complete    completeCommand    `cmd:"" hidden:"" help:"Say what words may become, for the script of completion."`
	Version     versionCommand     `cmd:"" help:"Print the version."`

	stdout  io.Writer // what of it a terminal would obey is escaped, as in stderr
	width   int       // of the terminal that stdout is, in columns; 80 of what is none
	colours io.Writer // stdout itself, where colours are wanted; nil: they are not
	stderr  *screen
	args    []string // of the command line
	scraped bool     // metrics are kept for whoever asks for them

	set          schemas.Set       // of the configuration that was read
	applications map[string]string // by the names of tenants, the id of the application that signs in, where the configuration has it
}

// defaultConfig is the file that is read where --config names none.
const defaultConfig = "graphlake.yaml"

const description = `Copies what happens in Microsoft Teams from Microsoft Graph into a data lake of Parquet.

Exit status: 0 done; 2 wrong usage or configuration; 1 failed, or audit findings; 3 not permitted (credentials, consent);
75 try again later (throttled out, not reachable, stopped), or, of status, data is late; 4 done, but not all of it: records were
quarantined or lost, parents or records could not be read, far less came than before, or a dataset was skipped;
of status: something is refused, behind, lost or dirty, or a Delta table is foreign.`

func run(args []string, stdout, stderr io.Writer) int {
	return runUntil(context.Background(), args, stdout, stderr)
}

// runUntil runs the command until it has ended, or is told to end: by a signal or by its context.
func runUntil(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 { // not knowing what to ask for is wrong usage, and help is the cure
		runUntil(ctx, []string{"--help"}, stderr, stderr)
		return ExitUsage
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // who asks twice does not want to wait; the lake takes no harm
	printed := foreign.NewWriter(stdout)
	defer printed.Close()
	c := command{stdout: printed, width: widthOf(stdout), stderr: newScreen(stderr), args: args}
	if takesColours(stdout) {
		c.colours = stdout
	}
	err := c.program().Parse(ctx, args, stdout)
	if wrong, ok := errors.AsType[*commandline.UsageError](err); ok {
		see := strings.TrimSpace("graphlake " + wrong.Command)
		fmt.Fprintf(c.stderr, "graphlake: %s\nsee: %s --help\n", foreign.Printable(err.Error()), see)
		return ExitUsage
	}
	if status, ok := errors.AsType[StatusError](err); err != nil && (!ok || status.Err != nil) {
		fmt.Fprintf(c.stderr, "graphlake: %s\n", c.forSameFile(foreign.Printable(err.Error())))
	}
	return exitStatus(err)
}

// program reads the command line into c, and runs the subcommand that it names.
func (c *command) program() *commandline.Program {
	p := commandline.New("graphlake", description, c, map[string]string{"config": defaultConfig})
	p.Examples = examples
	p.Run = func(ctx context.Context, selected any) error {
		switch m := selected.(type) {
		case interface {
			Run(ctx context.Context, c *command) error
		}:
			return m.Run(ctx, c)
		case interface{ Run(c *command) error }:
			return m.Run(c)
		}
		panic(fmt.Sprintf("%T cannot be run", selected))
	}
	return p
}
