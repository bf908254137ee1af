package dirstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"graphlake/load/internal/draft"
)

// lock takes the store's lock, which the operating system frees when the file is closed or its
// process ends. It is polled, for a blocked flock would not notice a cancelled context.
func (s *Store) lock(ctx context.Context) (*os.File, error) {
	f, err := os.OpenFile(s.path(staging+"/lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for wait := time.Millisecond; ; wait = min(2*wait, 20*time.Millisecond) {
		err := ctx.Err()
		if err == nil {
			err = flock(f)
		}
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(err, f.Close())
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// sweep removes what processes that are no more have staged: whoever is alive holds the lock on
// the file that it writes.
func (s *Store) sweep() error {
	entries, err := os.ReadDir(s.path(staging))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != draft.Suffix {
			continue
		}
		if err := removeDead(s.path(staging + "/" + e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err // unless another process was faster
		}
	}
	return nil
}

// removeDead removes a file on which nobody has the lock.
func removeDead(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close() // and with it the lock, once the file is gone
	switch err := flock(f); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil
	case err != nil:
		return err
	}
	return os.Remove(name)
}

// couldBeDir refuses a path at which no directory is nor could be made, as below a file.
func couldBeDir(dir string) error {
	stat, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !stat.IsDir() {
		err = &fs.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR}
	}
	return err
}

// makeDir makes a directory with its parents and syncs the parent of every new one: a rename is
// not durable in a directory that is not.
func (s *Store) makeDir(dir string) error {
	if stat, err := os.Stat(dir); err == nil && stat.IsDir() {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := s.makeDir(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if stat, err := os.Stat(dir); err != nil || !stat.IsDir() {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
	}
	return s.syncDir(parent)
}

func (s *Store) syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(s.sync(d), d.Close())
}

// explain adds what was tried and, where there is one, the cure. A nil error stays nil.
func explain(what string, err error) error {
	cure := ""
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission):
		cure = "; give this user write access to the directory, or choose another lake"
	case errors.Is(err, syscall.EROFS):
		cure = "; the file system is read-only: choose another lake"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		cure = "; free some space and run again, this file was not published"
	case errors.Is(err, syscall.ENOTDIR):
		cure = "; a file stands where a directory is needed: move it away, or choose another lake"
	}
	return fmt.Errorf("%s: %w%s", what, err, cure)
}
