package dirstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"graphlake/internal/flock"
	"graphlake/load"
	"graphlake/load/internal/draft"
)

// How long a write waits for another that is published, which takes some milliseconds; where bytes are compared, some
// seconds.
const (
	tellAfter  = 10 * time.Second
	waitAtMost = 45 * time.Second
)

// lock takes the store's lock, which the operating system frees when the file is closed or its
// process ends. It is polled, for a blocked flock would not notice a cancelled context.
func (s *Store) lock(ctx context.Context) (*os.File, error) {
	f, err := flock.Open(s.path(staging + "/lock"))
	if err != nil {
		return nil, err
	}
	if err := s.wait(ctx, f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (s *Store) wait(ctx context.Context, f *os.File) error {
	start, told := time.Now(), false
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		err := ctx.Err()
		if err == nil {
			err = flock.Try(f)
		}
		if err == nil {
			return flock.Sign(f)
		}
		if !errors.Is(err, flock.ErrHeld) {
			return err
		}
		waited := time.Since(start)
		if waited >= waitAtMost {
			return fmt.Errorf("%s%s: it was not free for %v: %w; if that is no run of graphlake, end it",
				f.Name(), heldBy(f), waitAtMost, load.ErrLocked)
		}
		if !told && waited >= tellAfter {
			told = true
			s.log.WarnContext(ctx, "waiting for a lock of the lake", "lock", f.Name(), "held_by", flock.Holder(f),
				"waited_seconds", tellAfter.Seconds(), "at_most_seconds", waitAtMost.Seconds())
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// narrow closes to others what an earlier version, or another mode, has opened to them: the directories and the
// document at the top of the lake, below which nobody gets then, and the files of all locks. What is another user's is
// left alone, and so is the lake's own directory, which may have been there before.
func (s *Store) narrow() error {
	narrowest := map[string]fs.FileMode{staging: 0o700}
	for _, name := range load.Tops() {
		narrowest[name] = s.mode
	}
	locks, err := fs.Glob(os.DirFS(s.root), load.LockFiles) // for the lake's own name may have what is a pattern
	if err != nil {
		return err
	}
	for name, mode := range narrowest {
		if err := narrowTo(s.path(name), mode); err != nil {
			return err
		}
	}
	for _, name := range locks {
		if err := narrowTo(s.path(name), flock.Private); err != nil {
			return err
		}
	}
	return nil
}

// narrowTo takes away what a mode does not give. It follows no link.
func narrowTo(name string, mode fs.FileMode) error {
	info, err := os.Lstat(name)
	switch {
	case absent(err):
		return nil
	case err != nil:
		return err
	case !info.IsDir() && !info.Mode().IsRegular(), !flock.Ours(info), info.Mode().Perm()&^mode == 0:
		return nil
	}
	err = os.Chmod(name, info.Mode()&^(fs.ModePerm&^mode))
	if absent(err) {
		return nil
	}
	return err
}

// couldBeDir refuses a path at which no directory is nor could be made, as below a file; Windows says of that only that
// nothing is there.
func couldBeDir(dir string) error {
	stat, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if above := filepath.Dir(dir); above != dir {
			return couldBeDir(above)
		}
		return nil
	}
	if err == nil && !stat.IsDir() {
		err = &fs.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR}
	}
	return err
}

// makeDir makes a directory with its parents and syncs the parent of every new one: a rename is
// not durable in a directory that is not. It gets the mode whatever the umask is, and keeps the bit by which its group is
// that of its parent.
func (s *Store) makeDir(dir string, mode fs.FileMode) error {
	if stat, err := os.Stat(dir); err == nil && stat.IsDir() {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := s.makeDir(parent, s.mode); err != nil {
			return err
		}
	}
	err := os.Mkdir(dir, mode)
	made := err == nil
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	stat, err := os.Stat(dir)
	if err != nil {
		return err // perhaps it was empty, and is removed
	}
	if !stat.IsDir() {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
	}
	if made && stat.Mode().Perm() != mode {
		if err := os.Chmod(dir, mode|stat.Mode()&fs.ModeSetgid); err != nil {
			return err
		}
	}
	return s.syncDir(parent)
}

// removeEmpty removes a directory and those above it as far as nothing is in them, and gives the first that stays. Whoever
// publishes makes its directories under the same lock.
func (s *Store) removeEmpty(dir string) (left string) {
	for dir != s.root && os.Remove(dir) == nil {
		dir = filepath.Dir(dir)
	}
	return dir
}

func (s *Store) syncDir(dir string) error {
	d, err := openToSync(dir)
	if d == nil || err != nil {
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
	case inUse(err):
		cure = "; another program has the file open: end it, or have it read a copy, and run again"
	case errors.Is(err, fs.ErrPermission) && strings.HasSuffix(failedPath(err), "lock"):
		cure = "; locks are their owner's alone: run as the user who owns the lake"
	case errors.Is(err, fs.ErrPermission):
		cure = "; give this user write access to the directory, or choose another lake"
	case readOnly(err):
		cure = "; the file system is read-only: choose another lake"
	case draft.DiskFull(err):
		cure = "; free some space and run again, this file was not published"
	case errors.Is(err, syscall.ENOTDIR):
		cure = "; a file stands where a directory is needed: move it away, or choose another lake"
	}
	return fmt.Errorf("%s: %w%s", what, err, cure)
}

// failedPath is the file that an error is about; empty if it names none.
func failedPath(err error) string {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Path
	}
	return ""
}
