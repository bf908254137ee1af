package load

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"graphlake/internal/flock"
)

// scratchFiles are patterns of what sorters and stores keep outside of a lake while they work, those of earlier versions
// included.
var scratchFiles = []string{flock.Scratch, "graphlake-spool-*", "graphlake-draft-*"}

// InUseError says of scratch that it is in use, or another user's.
type InUseError struct{ Name string }

func (e *InUseError) Error() string { return e.Name + " is in use, or another user's" }

// Leftovers are the files on this machine that hold something of a lake and are none of its objects: below its directory
// what is hidden, as drafts; "" has none. And in a directory for scratch what sorters and stores keep there; "" is the
// system's. They are named by their paths. One that is gone meanwhile is left out; of what a process works with, which may be
// of any lake, or what is another user's, there is an [InUseError].
func Leftovers(ctx context.Context, lake, scratch string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		var roots []string
		if lake != "" {
			roots = append(roots, lake)
		}
		scratch = cmp.Or(scratch, os.TempDir())
		for _, pattern := range scratchFiles {
			found, err := fs.Glob(os.DirFS(scratch), pattern) // for the directory's own name may have what is a pattern
			if err != nil {
				yield(nil, err)
				return
			}
			for _, name := range found {
				root := filepath.Join(scratch, name)
				if !flock.IsLeft(root) {
					if !yield(nil, &InUseError{root}) {
						return
					}
					continue
				}
				roots = append(roots, root)
			}
		}
		for _, root := range roots {
			err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
				if errors.Is(err, fs.ErrNotExist) {
					return nil
				}
				if err = cmp.Or(err, ctx.Err()); err != nil || !entry.Type().IsRegular() {
					return err
				}
				if below, _ := filepath.Rel(root, path); root == lake && !strings.Contains("/"+filepath.ToSlash(below), "/.") {
					return nil // an object
				}
				return visitFile(path, yield)
			})
			if errors.Is(err, fs.SkipAll) {
				return
			}
			if err != nil && !yield(nil, err) {
				return
			}
		}
	}
}

func visitFile(path string, yield func(Object, error) bool) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return err
	}
	if !yield(leftover{f, Info{Name: path, Size: stat.Size()}}, nil) {
		return fs.SkipAll
	}
	return nil
}

type leftover struct {
	*os.File
	info Info
}

func (l leftover) Info() Info { return l.info }
