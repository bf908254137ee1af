package sick

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/internal/trial/command"
	"graphlake/jobs/plan"
	"graphlake/load/dirstore"
)

// longestRun is how long a run of the command may take on the machine's clock.
const longestRun = 15 * time.Second

// real lives with the real commands on loopback, where waits are waits: without the sicknesses that a client
// is patient with.
func (l *life) real(t *testing.T) {
	ctx := t.Context()
	quick := slices.DeleteFunc(graphsim.SickKinds(true), func(kind string) bool {
		return l.options.Sick.Kinds != nil && !slices.Contains(l.options.Sick.Kinds, kind)
	})
	l.options.Sick.Kinds = quick
	l.options.Sick.Share = flagShare
	l.ill = graphsim.New(l.options)
	clock := filepath.Join(l.dir, "now")
	set := func(at time.Time) {
		l.now.Store(at.Unix())
		if err := os.WriteFile(clock, []byte(at.Format(time.RFC3339)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	set(first)
	flags := []string{
		"--seed", l.number(), "--sick", l.number(), "--users", "12", "--calls-per-user-day", "1", "--large", "14", "--late", "0.2",
		"--moves", "20", "--messages", "2", "--from", first.Format(time.DateOnly), "--to", l.options.To.Format(time.DateOnly),
		"--now-file", clock, "--heal", first.AddDate(0, 0, *nights+1).Format(time.RFC3339),
	}
	for _, kind := range quick {
		flags = append(flags, "--sick-kind", kind)
	}
	sim, err := command.Simulate(ctx, *bin, l.dir, flags...)
	if err != nil {
		t.Fatal(err)
	}
	client := command.Client{Bin: *bin, Dir: l.dir, URL: sim.URL, Rate: command.Unhindered}
	if err := os.Mkdir(filepath.Join(l.dir, "lake"), 0o700); err != nil {
		t.Fatal(err)
	}
	if l.store, err = dirstore.New(ctx, filepath.Join(l.dir, "lake")); err != nil {
		t.Fatal(err)
	}
	l.run = func(ctx context.Context, s plan.Selection, now time.Time) []byte {
		args := []string{"run", "--dataset", namesOf(s), "--now", now.Format(time.RFC3339)}
		if !s.From.IsZero() {
			args = append(args, "--from", s.From.Format(time.RFC3339), "--to", s.To.Format(time.RFC3339))
		}
		return l.command(ctx, client, args...)
	}
	l.audit = func(ctx context.Context, now time.Time) []byte {
		return l.command(ctx, client, "audit", "--dataset", namesOf(l.night()), "--now", now.Format(time.RFC3339))
	}
	l.live(t, set)
	if _, err := sim.Stop(); err != nil {
		t.Error(err)
	}
}

// flagShare is the share of what is sick that the command has without being told.
const flagShare = 0.03

// command is what graphlake prints, whatever its exit status.
func (l *life) command(ctx context.Context, client command.Client, args ...string) []byte {
	ctx, cancel := context.WithTimeout(ctx, longestRun)
	defer cancel()
	cmd, err := client.Command(ctx, args...)
	if err != nil {
		l.tell("no command", "%v", err)
		return nil
	}
	var out, words bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &words
	err = cmd.Run()
	switch _, exited := errors.AsType[*exec.ExitError](err); {
	case ctx.Err() != nil:
		l.unnamed++
		l.tell("a run without end", "graphlake %s takes longer than %v", args[0], longestRun)
	case err != nil && (!exited || cmd.ProcessState.ExitCode() == 2):
		l.unnamed++
		l.tell("wrong usage", "graphlake %s: %v: %s", strings.Join(args, " "), err, words.String())
	}
	return out.Bytes()
}

func namesOf(s plan.Selection) string {
	var names []string
	for _, d := range s.Datasets {
		names = append(names, d.Name)
	}
	return strings.Join(names, ",")
}
