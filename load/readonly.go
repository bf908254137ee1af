package load

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
)

// ReadOnly gives a store in which nothing changes. What is staged there is hashed and not kept, and
// its Commit says whether it would have changed the object: it compares all bytes, and publishes
// none.
func ReadOnly(s Store) Store { return readOnly{s} }

type readOnly struct{ Store }

// Stage implements [Store].
func (r readOnly) Stage(ctx context.Context, name string) (Staged, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	return &unkept{store: r.Store, name: name, sum: sha256.New()}, ctx.Err()
}

// Remove refuses.
func (readOnly) Remove(_ context.Context, name string) error {
	return fmt.Errorf("remove %s: the lake is open for reading only", name)
}

// unkept is what was staged, known by its hash.
type unkept struct {
	store Store
	name  string
	sum   hash.Hash
	size  int64
	spent bool
}

func (u *unkept) Write(p []byte) (int, error) {
	if u.spent {
		return 0, fmt.Errorf("write %s: %w", u.name, ErrSpent)
	}
	u.size += int64(len(p))
	return u.sum.Write(p)
}

// Commit says whether the object holds other bytes, or is not there.
func (u *unkept) Commit(ctx context.Context, base Condition) (differs bool, v Version, err error) {
	if u.spent {
		return false, "", fmt.Errorf("compare %s: %w", u.name, ErrSpent)
	}
	u.spent = true
	object, err := u.store.Open(ctx, u.name)
	if errors.Is(err, fs.ErrNotExist) {
		return true, "", u.allowed(base, "")
	}
	if err != nil {
		return false, "", err
	}
	defer object.Close()
	info := object.Info()
	if err := u.allowed(base, info.Version); err != nil {
		return false, "", err
	}
	if info.Size != u.size {
		return true, info.Version, nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(object, 0, info.Size)); err != nil {
		return false, "", fmt.Errorf("compare %s: %w", u.name, err)
	}
	return !bytes.Equal(sum.Sum(nil), u.sum.Sum(nil)), info.Version, nil
}

func (u *unkept) allowed(base Condition, v Version) error {
	if !base.Allows(v) {
		return fmt.Errorf("compare %s: %w", u.name, ErrConflict)
	}
	return nil
}

// Discard implements [Staged].
func (u *unkept) Discard() error {
	u.spent = true
	return nil
}
