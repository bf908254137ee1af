package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"sync"

	"golang.org/x/term"

	"graphlake/jobs"
)

// logger writes to stderr what a run has to say on its way, every line with the run's id.
func (c *command) logger() *slog.Logger {
	options := &slog.HandlerOptions{}
	if c.Quiet {
		options.Level = slog.LevelError
	}
	var lines slog.Handler = slog.NewJSONHandler(c.stderr, options)
	if c.LogFormat == "text" || c.LogFormat == "auto" && c.stderr.terminal() {
		lines = slog.NewTextHandler(c.stderr, options)
	}
	return slog.New(runHandler{lines})
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

// screen is stderr. While bars are shown on it, lines go above them.
type screen struct {
	stderr io.Writer

	mu    sync.Mutex
	above io.Writer // nil: there are no bars
}

func (s *screen) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.above != nil {
		if n, err := s.above.Write(line); err == nil {
			return n, nil
		}
	}
	return s.stderr.Write(line)
}

// setAbove makes lines go to w from here on; nil is to stderr itself.
func (s *screen) setAbove(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.above = w
}

// terminal reports whether somebody reads what is written.
func (s *screen) terminal() bool {
	f, ok := s.stderr.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
