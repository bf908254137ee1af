package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"sync"

	"golang.org/x/term"

	"graphlake/internal/foreign"
	"graphlake/jobs"
)

// logger writes to stderr what a run has to say on its way, every line with the run's id.
func (c *command) logger() *slog.Logger {
	options := &slog.HandlerOptions{ReplaceAttr: printable}
	if c.Quiet {
		options.Level = slog.LevelError
	}
	var lines slog.Handler = slog.NewJSONHandler(c.stderr, options)
	if c.LogFormat == "text" || c.LogFormat == "auto" && c.stderr.terminal() {
		lines = slog.NewTextHandler(c.stderr, options)
	}
	return slog.New(runHandler{lines})
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
	stderr io.Writer // as it is, for the bars

	mu    sync.Mutex
	lines *foreign.Writer // guarded by mu
	above *foreign.Writer // guarded by mu; nil: there are no bars
}

func newScreen(stderr io.Writer) *screen {
	return &screen{stderr: stderr, lines: foreign.NewWriter(stderr)}
}

func (s *screen) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.above != nil {
		if n, err := s.above.Write(line); err == nil {
			return n, nil
		}
	}
	return s.lines.Write(line)
}

// setAbove makes lines go to w from here on; nil is to stderr itself.
func (s *screen) setAbove(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.above = nil
	if w != nil {
		s.above = foreign.NewWriter(w)
	}
}

// terminal reports whether somebody reads what is written.
func (s *screen) terminal() bool {
	f, ok := s.stderr.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
