package dirstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/windows"

	"graphlake/load"
)

// Paths of more than 260 characters are written, read, listed and removed.
func TestLongPaths(t *testing.T) {
	deep := strings.Repeat("deep", 25)
	s, err := New(t.Context(), filepath.Join(t.TempDir(), deep, deep, deep))
	if err != nil {
		t.Fatal(err)
	}
	const name = "raw/calls/dt=2026-11-22/calls.parquet"
	v, err := s.Swap(t.Context(), name, "", []byte("one"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Swap(t.Context(), name, v, []byte("two")); err != nil {
		t.Fatal(err)
	}
	o, err := s.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	text := make([]byte, 3)
	if _, err := o.ReadAt(text, 0); err != nil || string(text) != "two" {
		t.Errorf("it holds %q, %v", text, err)
	}
	o.Close()
	var listed []string
	for info, err := range s.List(t.Context(), "") {
		listed = append(listed, fmt.Sprint(info.Name, err))
	}
	if len(listed) != 1 {
		t.Errorf("listed %q", listed)
	}
	if err := s.Remove(t.Context(), name, load.Condition{}); err != nil {
		t.Error(err)
	}
}

// A file by whose name Windows opens a device, or another stream of a file, is none.
func TestNamesOfDevices(t *testing.T) {
	s, err := New(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"state/con.json", "nul", "raw/aux/x", "state/users.json:more", "com1.txt"} {
		if _, err := s.Swap(t.Context(), name, "", nil); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	if _, err := s.Swap(t.Context(), "state/console.json", "", nil); err != nil {
		t.Error(err)
	}
}

// A file that somebody reads without letting others replace it stays as it is, and is replaced once they have closed it.
func TestReplaceBesideAReader(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	for _, name := range []string{from, to} {
		if err := os.WriteFile(name, []byte(filepath.Base(name)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	reader, err := os.Open(to) // which shares reading and writing alone
	if err != nil {
		t.Fatal(err)
	}
	if err := replace(from, to); !inUse(err) && !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		t.Errorf("replaced beside a reader: %v", err)
	}
	if text, err := os.ReadFile(to); string(text) != "to" || err != nil {
		t.Errorf("the reader's file holds %q, %v", text, err)
	}
	reader.Close()
	if err := replace(from, to); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(to); string(text) != "from" || err != nil {
		t.Errorf("it holds %q, %v", text, err)
	}
}

// What is open somewhere is tried again; nothing else is, and not for who is told to stop.
func TestPatience(t *testing.T) {
	held := &fs.PathError{Op: "rename", Path: "x", Err: windows.ERROR_SHARING_VIOLATION}
	tries := 0
	err := patiently(t.Context(), func() error {
		if tries++; tries < 4 {
			return held
		}
		return nil
	})
	if err != nil || tries != 4 {
		t.Errorf("%v after %d tries, want success after 4", err, tries)
	}
	tries = 0
	if err := patiently(t.Context(), func() error { tries++; return fs.ErrNotExist }); !errors.Is(err, fs.ErrNotExist) || tries != 1 {
		t.Errorf("%v after %d tries, want the first", err, tries)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := patiently(ctx, func() error { return held }); !errors.Is(err, context.Canceled) || !errors.Is(err, held) {
		t.Errorf("stopped: %v, want both errors", err)
	}
	if text := explain("commit x", held).Error(); !strings.Contains(text, "another program has the file open: end it") {
		t.Errorf("%s, want the cure", text)
	}
}
