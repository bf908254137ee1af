package dirstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"graphlake/load"
	"graphlake/load/internal/draft"
)

// staged is a file under .staging on its way to its name.
type staged struct {
	*draft.File
	store *Store
}

func (s *Store) stage(ctx context.Context, name string) (*staged, error) {
	if err := s.Writable(ctx); err != nil {
		return nil, err
	}
	f, err := draft.New(s.path(staging), draft.Files, name)
	if err != nil {
		return nil, err
	}
	return &staged{f, s}, nil
}

func (s *staged) Commit(ctx context.Context, base load.Condition) (bool, load.Version, error) {
	var kept load.Version
	v, err := s.publish(ctx, base, &kept)
	return err == nil && kept == "", v, err
}

// publish renames the staged file to its name. If kept is given, an object of the same bytes is
// left alone and its version stored there.
func (s *staged) publish(ctx context.Context, base load.Condition, kept *load.Version) (load.Version, error) {
	f, err := s.Open()
	defer s.Discard()
	if err != nil {
		return "", err
	}
	if err := s.store.sync(f); err != nil {
		return "", explain("commit "+s.Name, err)
	}
	lock, err := s.store.lock(ctx)
	if err != nil {
		return "", explain("commit "+s.Name, err)
	}
	defer lock.Close()
	old, modified, err := s.store.stat(s.Name)
	if err != nil {
		return "", explain("commit "+s.Name, err)
	}
	if kept != nil && old.Version != "" && old.Size == s.Size() {
		if same, err := s.same(); err != nil || same {
			*kept = old.Version
			return old.Version, explain("compare "+s.Name, err)
		}
	}
	if !base.Allows(old.Version) {
		return "", fmt.Errorf("commit %s: %w", s.Name, load.ErrConflict)
	}
	v, err := s.rename(ctx, f, modified)
	return v, explain("commit "+s.Name, err)
}

// same compares the object with what was written; the sizes are known to be equal.
func (s *staged) same() (bool, error) {
	f, err := os.Open(s.store.path(s.Name))
	if err != nil {
		return false, err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return false, err
	}
	return hex.EncodeToString(sum.Sum(nil)) == s.Sum(), nil
}

// rename puts the file in its place, with a modification time later than that of the file before
// it, however fast they follow each other and wherever the clock went.
func (s *staged) rename(ctx context.Context, f *os.File, before time.Time) (load.Version, error) {
	modified := time.Now()
	if !modified.After(before) {
		modified = before.Add(time.Microsecond)
	}
	to := s.store.path(s.Name)
	if err := os.Chtimes(f.Name(), modified, modified); err != nil {
		return "", err
	}
	if err := f.Chmod(s.store.mode &^ 0o111); err != nil { // a draft is its owner's alone
		return "", err
	}
	if err := s.store.makeDir(filepath.Dir(to), s.store.mode); err != nil {
		return "", err
	}
	from, err := s.Close()
	if err != nil {
		return "", err
	}
	if err := patiently(ctx, func() error { return replace(from, to) }); err != nil {
		return "", err
	}
	if err := s.store.syncDir(filepath.Dir(to)); err != nil {
		return "", err
	}
	stat, err := os.Stat(to)
	if err != nil {
		return "", err
	}
	return info(s.Name, stat).Version, nil
}
