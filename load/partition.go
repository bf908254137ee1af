package load

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"sync/atomic"

	"graphlake/schemas"
)

// Lake reads and writes the partitions in a store. It is safe for concurrent use; each spool, merge and writer that it
// gives is of one goroutine.
type Lake struct {
	store Store
	// scratch is a directory for what does not fit into memory.
	scratch string
	held    func() error // of the lock that commits are made under
	// comparing lakes publish nothing: their writers compare.
	comparing bool
	spooled   *atomic.Int64 // bytes that its spools hold
	tuning
}

// New gives the lake in a store. Sorting uses the directory scratch; "" is the system's.
func New(store Store, scratch string) *Lake {
	return &Lake{store: store, scratch: scratch, held: func() error { return nil }, spooled: new(atomic.Int64), tuning: standard}
}

// Under gives the lake to the holder of a lock: nothing is published once held answers an error.
func (l *Lake) Under(held func() error) *Lake {
	locked := *l
	locked.held = held
	return &locked
}

// version is the state that a partition is in; "" means that it is not there.
func (l *Lake) version(ctx context.Context, p Partition) (Version, error) {
	info, err := l.info(ctx, p.Object())
	return info.Version, err
}

// info says of an object that is not there that it has no version.
func (l *Lake) info(ctx context.Context, name string) (Info, error) {
	object, err := l.store.Open(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return Info{}, nil
	}
	if err != nil {
		return Info{}, err
	}
	return object.Info(), object.Close()
}

// Exists reports whether a partition is there.
func (l *Lake) Exists(ctx context.Context, p Partition) (bool, error) {
	v, err := l.version(ctx, p)
	return v != "", err
}

// Hash tells the contents of a partition apart, also after it was copied to another store and back.
func (l *Lake) Hash(ctx context.Context, p Partition) (string, error) {
	object, err := l.store.Open(ctx, p.Object())
	if err != nil {
		return "", fmt.Errorf("read %s: %w", p, err)
	}
	defer object.Close()
	sum := sha256.New()
	if err := copyAll(sum, object, object.Info().Size); err != nil {
		return "", fmt.Errorf("read %s: %w", p, err)
	}
	return hashText(sum), nil
}

func hashText(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)[:16]) }

// Commit is the result of committing one partition.
type Commit struct {
	Partition Partition
	Rows      int64
	Bytes     int64  // of the file
	Hash      string // of the file in raw and tables, as [Lake.Hash] gives it
	Changed   bool   // false: it already held these bytes
}

// Write begins a partition. Nothing of it is visible before its Commit, which publishes only over
// the version that is there now: what is made of older data cannot replace what is made of newer.
func (l *Lake) Write(ctx context.Context, p Partition, t schemas.Table) (*Writer, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	v, err := l.version(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", p, err)
	}
	if l.comparing {
		return l.compare(ctx, p, t, v), nil
	}
	return l.writeOver(ctx, p, t, v)
}

// writeOver begins a partition that replaces a version of it.
func (l *Lake) writeOver(ctx context.Context, p Partition, t schemas.Table, v Version) (*Writer, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	staged, err := l.store.Stage(ctx, p.Object())
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", p, err)
	}
	w, err := newWriter(ctx, p, t, staged, l.tuning)
	if err != nil {
		staged.Discard()
		return nil, fmt.Errorf("write %s: %w", p, err)
	}
	w.base, w.held = Still(v), l.held
	return w, nil
}
