package main

import (
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

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

// lines makes lines go to w from here on; nil is to stderr itself.
func (s *screen) lines(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.above = w
}

// terminal reports whether somebody reads what is written.
func (s *screen) terminal() bool {
	f, ok := s.stderr.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
