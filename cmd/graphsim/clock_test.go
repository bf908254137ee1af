package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The clock shows what is in the file now, and stands still where that is no instant.
func TestClockFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "now")
	write := func(text string, age time.Duration) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		stamp := time.Now().Add(-age)
		if err := os.Chtimes(name, stamp, stamp); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := openClock(name); err == nil {
		t.Error("a clock without a file was opened")
	}
	write("noon\n", time.Hour)
	if _, err := openClock(name); err == nil {
		t.Error("noon passed for an instant")
	}
	write("2026-11-23T02:30:00Z\n", time.Hour)
	clock, err := openClock(name)
	if err != nil {
		t.Fatal(err)
	}
	shows := func(want string) {
		t.Helper()
		if got := clock.now().Format(time.RFC3339); got != want {
			t.Errorf("the clock shows %s, want %s", got, want)
		}
	}
	shows("2026-11-23T02:30:00Z")
	write("2026-11-24T02:30:00Z\n", time.Minute)
	shows("2026-11-24T02:30:00Z")
	write("", 2*time.Second)
	shows("2026-11-24T02:30:00Z")
	write("2026-11-25T02:30:00Z", time.Second)
	shows("2026-11-25T02:30:00Z")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	shows("2026-11-25T02:30:00Z")
}
