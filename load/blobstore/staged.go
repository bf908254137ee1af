package blobstore

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	stdhash "hash"
	"os"

	"graphlake/load"
)

// staged is a local file on its way to a blob. It is kept whole before anything is sent, because
// only its last byte tells whether there is anything to send.
type staged struct {
	store *Store
	name  string
	file  *os.File // nil when spent
	size  int64
	sum   stdhash.Hash
	err   error // the first of Write
}

// Stage implements [load.Store].
func (s *Store) Stage(ctx context.Context, name string) (load.Staged, error) {
	if err := errors.Join(ctx.Err(), load.CheckName(name)); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(s.scratch, "graphlake-*.part")
	if err != nil {
		return nil, fmt.Errorf("stage %s: %w; the scratch directory must be writable", name, err)
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
		err = fmt.Errorf("write %s to the scratch directory: %w", w.name, err)
		w.err = cmp.Or(w.err, err)
	}
	return n, err
}

func (w *staged) Commit(ctx context.Context, base load.Condition) (bool, load.Version, error) {
	if w.file == nil {
		return false, "", fmt.Errorf("commit %s: %w", w.name, load.ErrSpent)
	}
	defer w.Discard()
	if w.err != nil {
		return false, "", w.err
	}
	now, err := w.store.stat(ctx, w.name)
	if err != nil {
		return false, "", explain("commit "+w.name, err)
	}
	sum := hex.EncodeToString(w.sum.Sum(nil))
	if now.info.Version != "" && now.info.Size == w.size && now.hash == sum {
		return false, now.info.Version, nil
	}
	if !base.Allows(now.info.Version) { // spares the upload; the service is asked all the same
		return false, "", fmt.Errorf("commit %s: %w", w.name, load.ErrConflict)
	}
	v, err := w.store.publish(ctx, w.name, base, content{w.file, w.size, sum})
	return err == nil, v, err
}

func (w *staged) Discard() error {
	if w.file == nil {
		return nil
	}
	f := w.file
	w.file = nil
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
