// Package flock has files and directories that the operating system keeps other processes off until their own has ended.
//
// A lock of flock(2) belongs to one opening of a file and is freed when that is closed, however its process ends. Whoever
// can open a file, also only to read it, can hold its lock: what is locked must be its owner's alone. It needs a local
// file system.
package flock

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// Private is the mode of a file whose lock only its owner may hold.
const Private fs.FileMode = 0o600

// ErrHeld says that somebody holds the lock.
var ErrHeld error = syscall.EWOULDBLOCK

// Try takes the lock on an open file or directory, or answers [ErrHeld] at once.
func Try(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// Open opens the file of a lock, and makes it where there is none. One that an earlier version made for others too is
// closed to them, if it is ours.
func Open(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, Private)
	if err != nil {
		return nil, err
	}
	if err := closeToOthers(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func closeToOthers(f *os.File) error {
	info, err := f.Stat()
	if err != nil || info.Mode().Perm()&^Private == 0 || !Ours(info) {
		return err
	}
	return f.Chmod(Private)
}

// Ours reports whether a file is this process's user's.
func Ours(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
