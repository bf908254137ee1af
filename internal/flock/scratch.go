package flock

// Scratch files and directories are locked from when they are made until they are removed, so that whoever finds one
// that is not locked knows that its process has ended. Between its making and its lock a sweep may take it for a dead
// one's: then it is gone, and another is made.

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// In the directory for scratch files, which others use too, all that is ours has a name of the pattern Scratch, also
// the files. Earlier versions called theirs otherwise and locked them not, so that nobody can tell whether one is in use.
const (
	Scratch      = "graphlake-scratch-*"
	ScratchFiles = Scratch + ".part"
)

// SweepScratch removes from the directory for scratch files, or another, what ended processes have left of ours.
func SweepScratch(dir string) error { return Sweep(cmp.Or(dir, os.TempDir()), Scratch) }

// NewFile makes a file of mode 0600 in a directory, by a pattern as os.CreateTemp takes it.
func NewFile(dir, pattern string) (*os.File, error) {
	for {
		f, err := os.CreateTemp(dir, pattern)
		if err != nil {
			return nil, err
		}
		ours, err := claim(f)
		if ours {
			return f, nil
		}
		if err := errors.Join(err, giveUp(f.Name(), f)); err != nil {
			return nil, err
		}
	}
}

// Dir is a directory of mode 0700.
type Dir struct {
	Name string
	open *os.File // holds its lock
}

// NewDir makes a directory in another, by a pattern as os.MkdirTemp takes it.
func NewDir(dir, pattern string) (*Dir, error) {
	for {
		name, err := os.MkdirTemp(dir, pattern)
		if err != nil {
			return nil, err
		}
		f, err := openToLock(name, true)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, errors.Join(err, removed(os.Remove(name)))
		}
		ours, err := claim(f)
		if ours {
			return &Dir{name, f}, nil
		}
		if err := errors.Join(err, giveUp(name, f)); err != nil {
			return nil, err
		}
	}
}

// Remove removes the directory with what is in it.
func (d *Dir) Remove() error { return removeLocked(d.Name, d.open) }

// claim takes the lock on what was just made. It is not ours if it was swept meanwhile. A file system without locks of
// this kind leaves it unlocked, and then nobody sweeps it either.
func claim(f *os.File) (bool, error) {
	switch err := Try(f); {
	case errors.Is(err, ErrHeld):
		return false, nil
	case err != nil && !unsupported(err):
		return false, err
	}
	return stillThere(f)
}

// stillThere reports whether an open file has its name.
func stillThere(f *os.File) (bool, error) {
	open, err := f.Stat()
	if err != nil {
		return false, err
	}
	named, err := os.Lstat(f.Name())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(open, named), err
}

// Sweep removes from a directory the files and directories of a pattern, as filepath.Match takes it, whose process has
// ended. It leaves alone what is locked, what is another user's, and links. A directory that is not there is swept.
func Sweep(dir, pattern string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for what ended processes have left: %w", err)
	}
	var errs []error
	for _, e := range entries {
		matched, err := filepath.Match(pattern, e.Name())
		if err != nil {
			return err
		}
		if !matched || !e.IsDir() && !e.Type().IsRegular() {
			continue
		}
		if err := removed(removeDead(filepath.Join(dir, e.Name()))); err != nil { // perhaps another process was faster
			errs = append(errs, fmt.Errorf("remove what an ended process has left: %w", err))
		}
	}
	return errors.Join(errs...)
}

// removeDead removes what nobody has the lock on.
func removeDead(name string) error {
	info, err := os.Lstat(name)
	if err != nil || !Ours(info) {
		return err
	}
	f, err := openToLock(name, info.IsDir())
	if inUse(err) {
		return nil
	}
	if err != nil {
		return err
	}
	err = Try(f)
	if errors.Is(err, ErrHeld) {
		return f.Close()
	}
	there := false
	if err == nil {
		there, err = stillThere(f)
	}
	if !there {
		return errors.Join(err, f.Close())
	}
	return removeLocked(name, f)
}

// IsLeft reports whether something of scratch is this user's and nobody has the lock on it, so that whoever has made it has
// ended; or it is gone. Where there are no such locks it is taken for left.
func IsLeft(name string) bool {
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	if err != nil || !Ours(info) {
		return false
	}
	f, err := openToAsk(name, info.IsDir())
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	defer f.Close()
	return !errors.Is(Try(f), ErrHeld)
}

// removed takes it for no error that there is nothing to remove.
func removed(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
