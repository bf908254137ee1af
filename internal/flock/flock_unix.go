//go:build unix

package flock

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

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

// unsupported reports whether the file system has no such locks.
func unsupported(err error) bool {
	return errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOLCK) || errors.Is(err, syscall.EBADF)
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

// openToLock opens what is locked while it is in use. It follows no link, and waits for nobody at a pipe.
func openToLock(name string, _ bool) (*os.File, error) {
	return os.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
}

// openToAsk opens what may be locked.
func openToAsk(name string, isDir bool) (*os.File, error) { return openToLock(name, isDir) }

// removeLocked removes a file or directory whose lock is held, and then frees the lock.
func removeLocked(name string, f *os.File) error { return errors.Join(os.RemoveAll(name), f.Close()) }

// giveUp removes what was just made and is held by a sweep.
func giveUp(name string, f *os.File) error { return errors.Join(f.Close(), removed(os.Remove(name))) }

// inUse is never so: what is open can be removed.
func inUse(error) bool { return false }
