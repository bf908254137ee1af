package dirstore

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"graphlake/load"
)

// staged is a file under .staging on its way to its name.
type staged struct {
	store *Store
	name  string
	file  *os.File // nil when spent
	size  int64
	sum   hash.Hash
	err   error // the first of Write
}

func (s *Store) stage(name string) (*staged, error) {
	f, err := os.CreateTemp(s.path(staging), "*.part")
	if err == nil {
		// CreateTemp makes files that only their owner can read; the lake is for others too.
		err = f.Chmod(0o644)
	}
	if err != nil {
		return nil, explain("stage "+name, err)
	}
	return &staged{store: s, name: name, file: f, sum: sha256.New()}, nil
}

func (w *staged) Write(p []byte) (int, error) {
	if w.file == nil {
		return 0, fmt.Errorf("write %s: %w", w.name, load.ErrSpent)
	}
	n, err := w.file.Write(p)
	w.size += int64(n)
	w.sum.Write(p[:n])
	if err != nil {
		err = explain("write "+w.name, err)
		w.err = cmp.Or(w.err, err)
	}
	return n, err
}

func (w *staged) Commit(ctx context.Context, base load.Condition) (bool, load.Version, error) {
	var kept load.Version
	v, err := w.publish(ctx, base, &kept)
	return err == nil && kept == "", v, err
}

// publish renames the staged file to its name. If kept is given, an object of the same bytes is
// left alone and its version stored there.
func (w *staged) publish(ctx context.Context, base load.Condition, kept *load.Version) (load.Version, error) {
	if w.file == nil {
		return "", fmt.Errorf("commit %s: %w", w.name, load.ErrSpent)
	}
	defer w.Discard()
	if w.err != nil {
		return "", w.err
	}
	if err := w.file.Sync(); err != nil {
		return "", explain("commit "+w.name, err)
	}
	lock, err := w.store.lock(ctx)
	if err != nil {
		return "", explain("commit "+w.name, err)
	}
	defer lock.Close()
	old, modified, err := w.store.stat(w.name)
	if err != nil {
		return "", explain("commit "+w.name, err)
	}
	if kept != nil && old.Version != "" && old.Size == w.size {
		if same, err := w.same(); err != nil || same {
			*kept = old.Version
			return old.Version, explain("compare "+w.name, err)
		}
	}
	if !base.Allows(old.Version) {
		return "", fmt.Errorf("commit %s: %w", w.name, load.ErrConflict)
	}
	v, err := w.rename(modified)
	return v, explain("commit "+w.name, err)
}

// same compares the object with what was written; the sizes are known to be equal.
func (w *staged) same() (bool, error) {
	f, err := os.Open(w.store.path(w.name))
	if err != nil {
		return false, err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return false, err
	}
	return string(sum.Sum(nil)) == string(w.sum.Sum(nil)), nil
}

// rename puts the file in its place, with a modification time later than that of the file before
// it, however fast they follow each other and wherever the clock went.
func (w *staged) rename(before time.Time) (load.Version, error) {
	modified := time.Now()
	if !modified.After(before) {
		modified = before.Add(time.Microsecond)
	}
	from, to := w.file.Name(), w.store.path(w.name)
	if err := os.Chtimes(from, modified, modified); err != nil {
		return "", err
	}
	if err := makeDir(filepath.Dir(to)); err != nil {
		return "", err
	}
	if err := os.Rename(from, to); err != nil {
		return "", err
	}
	if err := syncDir(filepath.Dir(to)); err != nil {
		return "", err
	}
	stat, err := w.file.Stat()
	if err != nil {
		return "", err
	}
	return info(w.name, stat).Version, nil
}

func (w *staged) Discard() error {
	if w.file == nil {
		return nil
	}
	f := w.file
	w.file = nil
	err := f.Close()
	// After a rename nothing of this name is left, which is well.
	if e := os.Remove(f.Name()); e != nil && !errors.Is(e, os.ErrNotExist) {
		err = errors.Join(err, e)
	}
	return explain("discard "+w.name, err)
}
