package cli

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"graphlake/jobs"
	"graphlake/jobs/state"
)

// Colours have a meaning each, and are for terminals: red is failed, yellow in part or to be looked at, green done.
// NO_COLOR, whatever it says, and TERM=dumb do without: https://no-color.org.
type paint string

const (
	unpainted paint = ""
	red       paint = "\x1b[31m"
	green     paint = "\x1b[32m"
	yellow    paint = "\x1b[33m"
	noMore          = "\x1b[0m"
)

// takesColours says whether somebody reads what is written, and wants colours.
func takesColours(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && !isDumb()
}

// isDumb says of the terminal that it shows what others obey, so that nothing on it can be drawn anew.
func isDumb() bool { return os.Getenv("TERM") == "dumb" }

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// on is a text in the colour.
func (p paint) on(text string) string {
	if p == unpainted || text == "" {
		return text
	}
	return string(p) + text + noMore
}

// paintOf is the colour of the worst outcome of some units.
func paintOf(o state.Outcome) paint {
	switch {
	case o == "":
		return unpainted
	case o == state.Failed || o == state.Forbidden:
		return red
	case jobs.Worse(o, state.NotYet):
		return yellow
	}
	return green
}

// print prints a text in a colour, where stdout takes it.
func (c *command) print(p paint, text string) {
	if c.colours == nil || p == unpainted {
		fmt.Fprint(c.stdout, text)
		return
	}
	fmt.Fprint(c.colours, string(p)) // past what escapes it
	fmt.Fprint(c.stdout, text)
	fmt.Fprint(c.colours, noMore)
}
