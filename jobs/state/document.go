package state

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"sync"

	"graphlake/internal/foreign"
	"graphlake/load"
)

// Store is where a lake is kept, with its state and its locks.
type Store interface {
	load.Store
	load.Swapper
	load.Locker
}

// Document is the state of a dataset of a tenant under its lock: no other process changes it, or what raw and the
// tables hold of the dataset, until it is closed. It is safe for concurrent use.
type Document struct {
	store Store
	pair  Pair
	lock  load.Lock
	log   *slog.Logger

	mu      sync.Mutex // of what follows
	state   State
	version load.Version
}

// Open takes the lock and reads the state. Another's lock is [load.ErrLocked], at once.
func Open(ctx context.Context, store Store, pair Pair, log *slog.Logger) (*Document, error) {
	lock, err := store.Lock(ctx, pair.Lock())
	if err != nil {
		return nil, err
	}
	d := &Document{store: store, pair: pair, lock: lock, log: log}
	if d.state, d.version, err = loadState(ctx, store, pair); err != nil {
		return nil, errors.Join(err, d.Close(ctx))
	}
	return d, nil
}

// Close lets the lock go, also when the context has ended.
func (d *Document) Close(ctx context.Context) error {
	return d.lock.Unlock(context.WithoutCancel(ctx))
}

// Held is [load.Lock.Held] of the document's lock.
func (d *Document) Held() error { return d.lock.Held() }

// IsLost reports whether another may have the lock by now: then nothing may be written any more.
func (d *Document) IsLost() bool { return d.lock.Held() != nil }

// View is the state as it stands; its slices are not to be changed.
func (d *Document) View() State {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state
}

// Update changes the state, in the lake first. Whoever lost the lock changes nothing.
func (d *Document) Update(ctx context.Context, change func(*State)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	next := d.state.Clone()
	change(&next)
	text, object, list, err := encode(d.pair, next)
	if err == nil {
		err = d.lock.Held()
	}
	if err == nil && object != "" && object != d.state.BehindObject {
		err = putBehind(ctx, d.store, object, list)
	}
	var v load.Version
	if err == nil {
		v, err = d.store.Swap(ctx, d.pair.Object(), d.version, text)
	}
	if err != nil {
		return fmt.Errorf("state: %w", err)
	}
	old := d.state.BehindObject
	d.state, d.version = next, v
	d.state.BehindObject = object
	if old != "" && old != object {
		if err := d.store.Remove(ctx, old, load.Condition{}); err != nil { // the state is what it should be; the list is only in the way
			d.log.WarnContext(ctx, "a list that nothing names any more could not be removed", "object", old, "error", err)
		}
	}
	return nil
}

// Load reads the state of a dataset; one that was never read has an empty state.
func Load(ctx context.Context, store load.Store, p Pair) (State, error) {
	s, _, err := loadState(ctx, store, p)
	return s, err
}

// LoadAll reads the states of some datasets.
func LoadAll(ctx context.Context, store load.Store, pairs []Pair) (map[Pair]State, error) {
	known := map[Pair]State{}
	for _, p := range pairs {
		s, err := Load(ctx, store, p)
		if err != nil {
			return nil, err
		}
		known[p] = s
	}
	return known, nil
}

// loadState reads a state, once more if a run has replaced it, and its long list, meanwhile.
func loadState(ctx context.Context, store load.Store, p Pair) (State, load.Version, error) {
	s, v, err := readState(ctx, store, p)
	if errors.Is(err, fs.ErrNotExist) {
		return readState(ctx, store, p)
	}
	return s, v, err
}

func readState(ctx context.Context, store load.Store, p Pair) (State, load.Version, error) {
	text, v, err := load.ReadObject(ctx, store, p.Object())
	if errors.Is(err, fs.ErrNotExist) {
		return State{Format: Format}, "", nil
	}
	if err != nil {
		return State{}, "", err
	}
	var s State
	read := json.NewDecoder(bytes.NewReader(text))
	read.DisallowUnknownFields()
	err = read.Decode(&s)
	if _, more := read.Token(); err == nil && more != io.EOF {
		err = errors.New("something follows it")
	}
	if err == nil && s.Format != Format {
		err = fmt.Errorf("its format is %d, not %d", s.Format, Format)
	}
	if err != nil {
		return State{}, "", fmt.Errorf("%s is no state of this version of graphlake: %w; use the version that wrote it, or remove the object and read the ranges again",
			p.Object(), err)
	}
	if s.BehindObject != "" {
		if s.Behind, err = loadBehind(ctx, store, s.BehindObject); err != nil {
			return State{}, "", fmt.Errorf("%w; restore that object, or remove %s and read the ranges again", err, p.Object())
		}
	}
	// States that earlier versions wrote have ids of chats themselves.
	for i, b := range s.Behind {
		s.Behind[i].Parent, s.Behind[i].Record = foreign.Shown(b.Parent), foreign.Shown(b.Record)
	}
	for i, l := range s.Lost {
		s.Lost[i].Parent, s.Lost[i].Record = foreign.Shown(l.Parent), foreign.Shown(l.Record)
	}
	return s, v, nil
}

// encode gives the state as it is stored, and the object that it leaves its long list to, if any.
func encode(p Pair, s State) (text []byte, object string, list []byte, err error) {
	s.BehindObject = ""
	if len(s.Behind) > mostBehind {
		if list, err = json.Marshal(s.Behind); err != nil {
			return nil, "", nil, err
		}
		sum := sha256.Sum256(list)
		object = load.BehindObject(p.TenantID, p.Dataset, hex.EncodeToString(sum[:8]))
		s.Behind, s.BehindObject = nil, object
	}
	text, err = json.Marshal(s)
	return text, object, list, err
}

// putBehind stores a list under the name of its content.
func putBehind(ctx context.Context, store Store, object string, list []byte) error {
	_, err := store.Swap(ctx, object, "", list)
	if errors.Is(err, load.ErrConflict) {
		return nil // it is there already
	}
	return err
}

func loadBehind(ctx context.Context, store load.Store, name string) ([]Behind, error) {
	text, _, err := load.ReadObject(ctx, store, name)
	if err != nil {
		return nil, fmt.Errorf("parents that are behind: %w", err)
	}
	var all []Behind
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return all, nil
}
