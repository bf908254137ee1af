package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// A clockFile is a clock that a script sets: the instant in a file. It is safe for concurrent use.
type clockFile struct {
	name  string
	mu    sync.Mutex
	as    os.FileInfo // of what was read
	shown time.Time
}

// openClock reads the file for the first time, and fails if there is no instant in it.
func openClock(name string) (*clockFile, error) {
	c := &clockFile{name: name}
	return c, c.read()
}

// now is the instant in the file, which is read anew when it has changed. While the file is missing or
// half written, the clock stands still.
func (c *clockFile) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if info, err := os.Stat(c.name); err == nil && (!info.ModTime().Equal(c.as.ModTime()) || info.Size() != c.as.Size()) {
		_ = c.read()
	}
	return c.shown
}

func (c *clockFile) read() error {
	info, err := os.Stat(c.name)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(c.name)
	if err != nil {
		return err
	}
	at, err := parseNow(strings.TrimSpace(string(text)))
	if err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	c.as, c.shown = info, at
	return nil
}

func parseNow(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, fmt.Errorf("%q: want an instant, as 2026-11-23T02:30:00Z", text)
	}
	return at, nil
}
