// Package memstore keeps objects in memory: for tests, and as the shortest statement of what a
// store is. It passes the same suite as the others and forgets everything with its process.
package memstore

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"graphlake/load"
)

// Store is a [load.Store], [load.Swapper] and [load.Locker] in memory.
type Store struct {
	mu      sync.Mutex
	objects map[string]object
	locks   map[string]*lock // that are held
	commits int              // of the whole store, so that no version ever comes back
}

type object struct {
	*bytes.Reader // over bytes that nobody writes again
	data          []byte
	info          load.Info
}

func (o object) Info() load.Info { return o.info }
func (o object) Close() error    { return nil }

// New gives an empty store.
func New() *Store { return &Store{objects: map[string]object{}, locks: map[string]*lock{}} }

// Open implements [load.Store].
func (s *Store) Open(ctx context.Context, name string) (load.Object, error) {
	if err := check(ctx, name); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.objects[name]
	if !ok {
		return nil, fmt.Errorf("open %s: %w", name, fs.ErrNotExist)
	}
	return o, nil
}

// List implements [load.Store].
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[load.Info, error] {
	return func(yield func(load.Info, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(load.Info{}, fmt.Errorf("list %s: %w", prefix, err))
			return
		}
		s.mu.Lock()
		objects := maps.Clone(s.objects)
		s.mu.Unlock()
		for _, name := range slices.Sorted(maps.Keys(objects)) {
			if strings.HasPrefix(name, prefix) && !yield(objects[name].info, nil) {
				return
			}
		}
	}
}

// Stage implements [load.Store].
func (s *Store) Stage(ctx context.Context, name string) (load.Staged, error) {
	if err := check(ctx, name); err != nil {
		return nil, err
	}
	return &staged{store: s, name: name}, nil
}

// Remove implements [load.Store].
func (s *Store) Remove(ctx context.Context, name string, base load.Condition) error {
	if err := check(ctx, name); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if o, there := s.objects[name]; there && !base.Allows(o.info.Version) {
		return fmt.Errorf("remove %s: %w", name, load.ErrConflict)
	}
	delete(s.objects, name)
	return nil
}

// Swap implements [load.Swapper].
func (s *Store) Swap(ctx context.Context, name string, old load.Version, data []byte) (load.Version, error) {
	if err := check(ctx, name); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(name, load.Still(old), slices.Clone(data))
}

// put publishes data; the caller holds the lock.
func (s *Store) put(name string, base load.Condition, data []byte) (load.Version, error) {
	if !base.Allows(s.objects[name].info.Version) {
		return "", fmt.Errorf("%s: %w", name, load.ErrConflict)
	}
	s.commits++
	v := load.Version(strconv.Itoa(s.commits))
	s.objects[name] = object{bytes.NewReader(data), data, load.Info{Name: name, Size: int64(len(data)), Version: v}}
	return v, nil
}

type staged struct {
	store *Store
	name  string
	data  []byte
	spent bool
}

func (s *staged) Write(p []byte) (int, error) {
	if s.spent {
		return 0, fmt.Errorf("write %s: %w", s.name, load.ErrSpent)
	}
	s.data = append(s.data, p...)
	return len(p), nil
}

func (s *staged) Commit(ctx context.Context, base load.Condition) (bool, load.Version, error) {
	if s.spent {
		return false, "", fmt.Errorf("commit %s: %w", s.name, load.ErrSpent)
	}
	s.spent = true
	if err := ctx.Err(); err != nil {
		return false, "", fmt.Errorf("commit %s: %w", s.name, err)
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	if o, ok := s.store.objects[s.name]; ok && bytes.Equal(o.data, s.data) {
		return false, o.info.Version, nil
	}
	v, err := s.store.put(s.name, base, s.data)
	return err == nil, v, err
}

func (s *staged) Discard() error {
	s.spent, s.data = true, nil
	return nil
}

func check(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return load.CheckName(name)
}
