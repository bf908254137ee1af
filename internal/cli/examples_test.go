package cli

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Every subcommand ends its help with examples, and all of them can be parsed.
func TestExamples(t *testing.T) {
	left := maps.Clone(examples)
	for _, sub := range newCommand().program().Root.Commands() {
		if sub.Hidden {
			continue
		}
		all := examples[sub.Name()]
		delete(left, sub.Name())
		if len(all) < 2 || len(all) > 5 {
			t.Errorf("%s has %d examples, want two to five", sub.Name(), len(all))
		}
		help := helpOf(t, sub.Name())
		if want := "\nExamples:\n  " + strings.Join(all, "\n  ") + "\n"; !strings.HasSuffix(help, want) {
			t.Errorf("the help of %s does not end with its examples:\n%s", sub.Name(), help)
		}
		for _, example := range all {
			typed, _, _ := strings.Cut(example, " >")
			args := strings.Fields(typed)
			program := newCommand().program()
			program.Run = func(context.Context, any) error { return nil }
			if err := program.Parse(t.Context(), args[1:], io.Discard); err != nil {
				t.Errorf("%s: %v", example, err)
			} else if args[0] != "graphlake" || args[1] != sub.Name() {
				t.Errorf("%s is no example of %s", example, sub.Name())
			}
		}
	}
	if len(left) > 0 {
		t.Errorf("examples of what is no command: %v", slices.Sorted(maps.Keys(left)))
	}
}

func newCommand() *command { return &command{stdout: io.Discard, stderr: newScreen(io.Discard)} }

// helpOf is what --help prints, whose lines are to fit into a terminal.
func helpOf(t *testing.T, name string) string {
	t.Helper()
	var out strings.Builder
	if status := run([]string{name, "--help"}, &out, io.Discard); status != ExitDone {
		t.Errorf("%s --help ended with %d", name, status)
	}
	for line := range strings.Lines(out.String()) {
		if len([]rune(line)) > 101 {
			t.Errorf("the help of %s has a line of more than 100: %s", name, line)
		}
	}
	return out.String()
}

// Without arguments the command helps, and says by its status that nothing was done.
func TestNothingAskedFor(t *testing.T) {
	var out, log, help strings.Builder
	if status := run(nil, &out, &log); status != ExitUsage {
		t.Errorf("exit status %d, want %d", status, ExitUsage)
	}
	run([]string{"--help"}, &help, io.Discard)
	if out.Len() > 0 || log.String() != help.String() || help.Len() < 1000 {
		t.Errorf("stdout:\n%s\nstderr:\n%s", &out, &log)
	}
}
