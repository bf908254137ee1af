package dirstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"graphlake/internal/flock"
	"graphlake/load"
)

// lock is an open file that the operating system keeps others off: also those of this process,
// for the lock belongs to one opening of the file.
type lock struct {
	name string

	mu   sync.Mutex
	file *os.File // nil when unlocked
}

// Lock implements [load.Locker]. The file of the lock stays where it is: if it were removed, one
// process could lock the file that is gone and another the new one.
func (s *Store) Lock(ctx context.Context, name string) (load.Lock, error) {
	if err := check(ctx, name); err != nil {
		return nil, err
	}
	if err := s.Writable(ctx); err != nil {
		return nil, err
	}
	f, err := s.openLock(name)
	if err != nil {
		return nil, explain("lock "+name, err)
	}
	err = flock.Try(f)
	if err == nil {
		err = flock.Sign(f)
	}
	if err == nil {
		return &lock{name: name, file: f}, nil
	}
	if errors.Is(err, flock.ErrHeld) {
		err = fmt.Errorf("lock %s%s: %w", name, heldBy(f), load.ErrLocked)
	} else {
		err = explain("lock "+name, err)
	}
	return nil, errors.Join(err, f.Close())
}

// openLock opens the file of a lock. Its directory may be removed in between by whoever has emptied it: then it is made
// once more.
func (s *Store) openLock(name string) (f *os.File, err error) {
	for range 3 {
		if err = s.makeDir(filepath.Dir(s.path(name)), s.mode); err == nil {
			f, err = flock.Open(s.path(name))
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return f, err
}

func (l *lock) Held() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return fmt.Errorf("%s: %w", l.name, load.ErrLockLost)
	}
	return nil
}

func (l *lock) Unlock(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return explain("unlock "+l.name, err)
}

// heldBy is who holds the lock on a file, as part of a sentence; empty where nobody knows.
func heldBy(f *os.File) string {
	if holder := flock.Holder(f); holder != "" {
		return ", which " + holder + " holds"
	}
	return ""
}
