// Package draft is a local file that is written once, hashed on the way, and then moved or sent
// somewhere by a store. It never publishes anything itself.
package draft

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"

	"graphlake/internal/flock"
	"graphlake/load"
)

// Files is a pattern of the names of drafts on disk. Each is locked while its process writes it.
const Files = "*.part"

// File is a draft of the object Name. Its methods are those of [load.Staged] except Commit.
type File struct {
	Name string
	file *os.File // nil when spent
	size int64
	sum  hash.Hash
	err  error // the first of Write
}

// New begins the draft of the object name in the directory dir. The file gets a name of the pattern, which has one star.
func New(dir, pattern, name string) (*File, error) {
	f, err := flock.NewFile(dir, pattern)
	if err != nil {
		return nil, fmt.Errorf("stage %s: %w; the directory must be writable and have space", name, err)
	}
	return &File{Name: name, file: f, sum: sha256.New()}, nil
}

func (f *File) Write(p []byte) (int, error) {
	if f.file == nil {
		return 0, fmt.Errorf("write %s: %w", f.Name, load.ErrSpent)
	}
	n, err := f.file.Write(p)
	f.size += int64(n)
	f.sum.Write(p[:n])
	if DiskFull(err) {
		err = fmt.Errorf("write %s: %w; free some space and run again, this file was not published", f.Name, err)
	} else if err != nil {
		err = fmt.Errorf("write %s: %w", f.Name, err)
	}
	f.err = cmp.Or(f.err, err)
	return n, err
}

// Open gives the file for its Commit; a draft that was not written whole has none.
func (f *File) Open() (*os.File, error) {
	if f.file == nil {
		return nil, fmt.Errorf("commit %s: %w", f.Name, load.ErrSpent)
	}
	return f.file, f.err
}

// Close closes the file before its Commit moves it, for what is open cannot be moved everywhere, and gives its path. Its
// lock ends, so whoever calls it keeps sweeps away; Discard removes what was not moved.
func (f *File) Close() (path string, err error) { return f.file.Name(), f.file.Close() }

// Size is the number of bytes written.
func (f *File) Size() int64 { return f.size }

// Sum is the SHA-256 of the bytes written, in hex.
func (f *File) Sum() string { return hex.EncodeToString(f.sum.Sum(nil)) }

// Discard removes the file, unless it was moved away; a second Discard does nothing.
func (f *File) Discard() error {
	if f.file == nil {
		return nil
	}
	file := f.file
	f.file = nil
	err := file.Close()
	if errors.Is(err, fs.ErrClosed) {
		err = nil
	}
	if e := os.Remove(file.Name()); e != nil && !errors.Is(e, fs.ErrNotExist) {
		err = errors.Join(err, e)
	}
	if err != nil {
		return fmt.Errorf("discard %s: %w", f.Name, err)
	}
	return nil
}
