package flock

// What differs on Windows:
//
//   - A lock there keeps others from reading and writing the bytes that it is on. It is on one byte that no file reaches,
//     so that what a file says can be read by all who may open it.
//   - The system does not tell who holds a lock: the holder writes it into the file.
//   - A directory cannot be locked. The lock of one is that of a file in it.
//   - A file that is open cannot be removed by others, unless who opened it has allowed that. Nobody here does with what
//     is locked: so a lock may be freed before its file is removed, for whoever takes it in between has the file open.

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/windows"
)

// ErrHeld says that somebody holds the lock.
var ErrHeld error = windows.ERROR_LOCK_VIOLATION

// lockedByte is the offset of the byte that a lock is on, in units of 4 GiB.
const lockedByte = 1 << 30

// lockOfDir is the file in a directory whose lock is the directory's.
const lockOfDir = "held"

// Try takes the lock on an open file, or answers [ErrHeld] at once.
func Try(f *os.File) error {
	const now = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(f.Fd()), now, 0, 1, 0, &windows.Overlapped{OffsetHigh: lockedByte})
	if errors.Is(err, windows.ERROR_IO_PENDING) {
		return ErrHeld
	}
	return err
}

// unsupported reports whether the file system has no such locks.
func unsupported(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, windows.ERROR_INVALID_FUNCTION)
}

// closeToOthers does nothing: who may open a file is said by the list of its directory.
func closeToOthers(*os.File) error { return nil }

// Ours takes every file for this process's user's: the directory for scratch files is.
func Ours(fs.FileInfo) bool { return true }

// openToLock opens what is locked while it is in use.
func openToLock(name string, isDir bool) (*os.File, error) {
	if isDir {
		return os.OpenFile(filepath.Join(name, lockOfDir), os.O_CREATE|os.O_RDWR, Private)
	}
	return os.Open(name)
}

// openToAsk opens what may be locked. A directory without the file is nobody's.
func openToAsk(name string, isDir bool) (*os.File, error) {
	if isDir {
		return os.Open(filepath.Join(name, lockOfDir))
	}
	return os.Open(name)
}

// removeLocked frees the lock on a file or directory and removes it. What somebody has open by then stays: whoever sweeps
// it next removes it.
func removeLocked(name string, f *os.File) error {
	err := f.Close()
	for range 5 {
		removing := os.RemoveAll(name)
		if !inUse(removing) {
			return errors.Join(err, removing)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

// giveUp leaves what was just made to the sweep that holds it.
func giveUp(_ string, f *os.File) error { return f.Close() }

// inUse reports whether something cannot be removed because it is open somewhere, or is being removed by somebody else.
func inUse(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_DIR_NOT_EMPTY)
}

// Sign writes into the file of a lock who holds it. Who has not the lock must not.
func Sign(f *os.File) error {
	program, _ := os.Executable()
	text := fmt.Sprintf("%d %s\n", os.Getpid(), filepath.Base(program))
	if _, err := f.WriteAt([]byte(text), 0); err != nil {
		return err
	}
	return f.Truncate(int64(len(text)))
}

// Holder says who holds the lock on an open file, as "process 4711 (graphlake.exe)"; empty where that is not known.
func Holder(f *os.File) string {
	text, err := io.ReadAll(io.NewSectionReader(f, 0, 300))
	if err != nil {
		return ""
	}
	number, program, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	pid, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return ""
	}
	if !plainName.MatchString(program) {
		return fmt.Sprintf("process %d", pid)
	}
	return fmt.Sprintf("process %d (%s)", pid, program)
}
