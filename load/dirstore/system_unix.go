//go:build unix

package dirstore

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// inode is the file's number in its file system.
func inode(stat fs.FileInfo) uint64 {
	if sys, ok := stat.Sys().(*syscall.Stat_t); ok {
		return sys.Ino
	}
	return 0
}

// openToRead opens a file that may be replaced meanwhile.
func openToRead(path string) (*os.File, error) { return os.Open(path) }

// openToSync opens a directory.
func openToSync(dir string) (*os.File, error) { return os.Open(dir) }

// syncHere makes a file or a directory durable.
func syncHere(f *os.File) error { return f.Sync() }

// replace renames a file to a name that may be another's.
func replace(from, to string) error { return os.Rename(from, to) }

// patiently does at once what no reader can hold up.
func patiently(_ context.Context, do func() error) error { return do() }

// inUse is never so: what is open can be replaced and removed.
func inUse(error) bool { return false }

func readOnly(err error) bool { return errors.Is(err, syscall.EROFS) }

// checkHere has nothing against a name that all stores take.
func checkHere(string) error { return nil }
