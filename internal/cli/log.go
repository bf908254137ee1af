package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"

	"graphlake/internal/foreign"
	"graphlake/jobs"
)

// logger writes to stderr what a run has to say on its way, every line with the run's id.
func (c *command) logger() *slog.Logger {
	options := &slog.HandlerOptions{ReplaceAttr: printable}
	options.Level = &atLeast{c}
	var lines slog.Handler = slog.NewJSONHandler(c.stderr, options)
	if c.LogFormat == "text" || c.LogFormat == "auto" && c.stderr.terminal() {
		lines = slog.NewTextHandler(c.stderr, options)
	}
	return slog.New(runHandler{lines})
}

// atLeast is the level of lines that are logged: where bars are shown, and to who wants quiet, warnings and errors.
type atLeast struct{ command *command }

// Level implements [slog.Leveler].
func (l *atLeast) Level() slog.Level {
	if l.command.Quiet || l.command.stderr.hasBars() {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// printable is an attribute of a line fit to be logged: errors say what others have said, and a name of the configuration is anything.
func printable(_ []string, a slog.Attr) slog.Attr {
	switch value := a.Value.Any().(type) {
	case error:
		a.Value = slog.StringValue(foreign.Printable(value.Error()))
	case string:
		a.Value = slog.StringValue(foreign.Printable(value))
	}
	return a
}

// runHandler puts the id of the run into every line that is logged under its context.
type runHandler struct{ slog.Handler }

func (h runHandler) Handle(ctx context.Context, line slog.Record) error {
	if id := jobs.RunOf(ctx); id != "" {
		line = line.Clone()
		line.AddAttrs(slog.String("run", id))
	}
	return h.Handler.Handle(ctx, line)
}

func (h runHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return runHandler{h.Handler.WithAttrs(attrs)}
}

func (h runHandler) WithGroup(name string) slog.Handler { return runHandler{h.Handler.WithGroup(name)} }

// screen is stderr. While bars are shown on it, lines go above them. What of a line a terminal would obey is escaped.
type screen struct {
	stderr  io.Writer // as it is, for the bars
	colours bool      // that lines take

	mu    sync.Mutex
	lines *foreign.Writer // guarded by mu
	above io.Writer       // guarded by mu; nil: there are no bars
}

func newScreen(stderr io.Writer) *screen {
	return &screen{stderr: stderr, colours: takesColours(stderr), lines: foreign.NewWriter(stderr)}
}

// Write writes a line of the log, with the colour of its level.
func (s *screen) Write(line []byte) (int, error) {
	colour := unpainted
	switch {
	case !s.colours:
	case bytes.Contains(line, []byte(" level=ERROR ")), bytes.HasPrefix(line, []byte("graphlake: ")):
		colour = red
	case bytes.Contains(line, []byte(" level=WARN ")):
		colour = yellow
	}
	return s.write(colour, line)
}

// say writes a text as a line.
func (s *screen) say(colour paint, text string) {
	if !s.colours {
		colour = unpainted
	}
	_, _ = s.write(colour, []byte(text+"\n"))
}

func (s *screen) write(colour paint, line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.above == nil && colour == unpainted {
		return s.lines.Write(line)
	}
	var escaped bytes.Buffer
	w := foreign.NewWriter(&escaped)
	_, err := w.Write(line)
	if err = errors.Join(err, w.Close()); err != nil {
		return 0, err
	}
	text, ends := strings.CutSuffix(escaped.String(), "\n")
	if text = colour.on(text); ends {
		text += "\n"
	}
	if s.above != nil {
		if _, err := io.WriteString(s.above, text); err == nil {
			return len(line), nil
		}
	}
	if _, err := io.WriteString(s.stderr, text); err != nil {
		return 0, err
	}
	return len(line), nil
}

// setAbove makes lines go to w, above bars, from here on; nil is to stderr itself.
func (s *screen) setAbove(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.above = w
}

func (s *screen) hasBars() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.above != nil
}

// terminal reports whether somebody reads what is written.
func (s *screen) terminal() bool { return isTerminal(s.stderr) }
