// Package flock has files and directories that the operating system keeps other processes off until their own has ended.
//
// A lock belongs to one opening of a file and is freed when that is closed, however its process ends. On Unix it is that
// of flock(2): whoever can open a file, also only to read it, can hold its lock, so that what is locked must be its
// owner's alone. On Windows it is a byte far behind the end of the file, for others cannot read what is locked there. It
// needs a local file system.
package flock

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
)

// Private is the mode of a file whose lock only its owner may hold.
const Private fs.FileMode = 0o600

// plainName is what a process may call itself to be named: another user's may call itself anything.
var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

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
