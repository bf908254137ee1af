package memstore

import (
	"context"
	"fmt"

	"graphlake/load"
)

// lock is held while the store knows it by its name.
type lock struct {
	store *Store
	name  string
}

// Lock implements [load.Locker].
func (s *Store) Lock(ctx context.Context, name string) (load.Lock, error) {
	if err := check(ctx, name); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.locks[name] != nil {
		return nil, fmt.Errorf("lock %s: %w", name, load.ErrLocked)
	}
	l := &lock{s, name}
	s.locks[name] = l
	return l, nil
}

func (l *lock) Held() error {
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	if l.store.locks[l.name] != l {
		return fmt.Errorf("%s: %w", l.name, load.ErrLockLost)
	}
	return nil
}

func (l *lock) Unlock(context.Context) error {
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	if l.store.locks[l.name] == l {
		delete(l.store.locks, l.name)
	}
	return nil
}
