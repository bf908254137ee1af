package dirstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"

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
	if err := s.makeDir(filepath.Dir(s.path(name))); err != nil {
		return nil, explain("lock "+name, err)
	}
	f, err := os.OpenFile(s.path(name), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, explain("lock "+name, err)
	}
	err = flock(f)
	if err == nil {
		return &lock{name: name, file: f}, nil
	}
	err = errors.Join(err, f.Close())
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("lock %s: %w", name, load.ErrLocked)
	}
	return nil, explain("lock "+name, err)
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

// flock takes the lock on a file, or answers EWOULDBLOCK at once.
func flock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
