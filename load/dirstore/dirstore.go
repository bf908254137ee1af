// Package dirstore keeps objects as files under a directory.
//
// A file is written under .staging, synced, and renamed to its place while the store's lock is
// held; then the directory is synced. So a reader's glob never meets half a file, a crash leaves
// at most something stale under .staging, which the first write of the next process removes, and
// several processes may share one directory. Reading changes nothing on the disk, and follows
// links. It needs a file system with flock and atomic rename: a local disk, not every network
// share.
package dirstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"graphlake/internal/flock"
	"graphlake/load"
	"graphlake/load/internal/draft"
)

const staging = load.Staging

// Store is a [load.Store], [load.Swapper] and [load.Locker] in a directory.
type Store struct {
	root string
	mode fs.FileMode // of directories
	log  *slog.Logger
	sync func(*os.File) error // makes a file or a directory durable

	mu    sync.Mutex
	ready bool // to write: what Writable makes is made
}

// DefaultMode lets the owner write and the group read.
const DefaultMode fs.FileMode = 0o750

// Options say who may read a lake, and who is told of a wait.
type Options struct {
	// Mode is that of directories, whatever the umask is; files have it without the bits to execute. 0: [DefaultMode].
	// Locks and drafts are their owner's alone in any case: whoever can read a lock can hold it.
	Mode fs.FileMode
	Log  *slog.Logger // nil: nobody is told
}

// New opens the store in the directory root, which need not be there before the first write.
func New(ctx context.Context, root string) (*Store, error) {
	return NewWithOptions(ctx, root, Options{})
}

// NewWithOptions is [New] for a lake that others may read.
func NewWithOptions(ctx context.Context, root string, o Options) (*Store, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("lake directory: %w", err)
	}
	err = ctx.Err()
	if err == nil {
		err = couldBeDir(root)
	}
	if err != nil {
		return nil, explain("open the lake "+root, err)
	}
	s := &Store{root: root, mode: cmp.Or(o.Mode, DefaultMode), log: o.Log, sync: syncHere}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s, nil
}

// Writable makes what writing needs, removes what a crash has left, and says whether the lake can
// be written. Every write asks it; only its first success does anything.
func (s *Store) Writable(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ready {
		return nil
	}
	if err := s.prepare(ctx); err != nil {
		return explain("open the lake "+s.root+" for writing", err)
	}
	s.ready = true
	return nil
}

func (s *Store) prepare(ctx context.Context) error {
	if err := s.makeDir(s.path(staging), 0o700); err != nil {
		return err
	}
	lock, err := s.lock(ctx) // also proves that the directory can be written
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := s.narrow(); err != nil {
		return err
	}
	return flock.Sweep(s.path(staging), draft.Files)
}

// Open implements [load.Store]. The open file stays what it was when its name gets another.
func (s *Store) Open(ctx context.Context, name string) (load.Object, error) {
	if err := check(ctx, name); err != nil {
		return nil, err
	}
	f, err := openToRead(s.path(name))
	if absent(err) {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, explain("open "+name, err)
	}
	stat, err := f.Stat()
	if err == nil && !stat.Mode().IsRegular() {
		err = fs.ErrNotExist // a directory is no object
	}
	if err != nil {
		return nil, errors.Join(explain("open "+name, err), f.Close())
	}
	return object{f, info(name, stat)}, nil
}

type object struct {
	*os.File
	info load.Info
}

func (o object) Info() load.Info { return o.info }

// Stage implements [load.Store].
func (s *Store) Stage(ctx context.Context, name string) (load.Staged, error) {
	if err := check(ctx, name); err != nil {
		return nil, err
	}
	return s.stage(ctx, name)
}

// Remove implements [load.Store]. It is durable with the directory that is left, which is synced: an entry that is gone
// from there takes all below it along.
func (s *Store) Remove(ctx context.Context, name string, base load.Condition) error {
	if err := check(ctx, name); err != nil {
		return err
	}
	if err := s.Writable(ctx); err != nil {
		return err
	}
	lock, err := s.lock(ctx)
	if err != nil {
		return explain("remove "+name, err)
	}
	defer lock.Close()
	stat, err := os.Stat(s.path(name))
	switch {
	case absent(err), err == nil && !stat.Mode().IsRegular(): // a directory is no object
		return nil
	case err == nil && !base.Allows(info(name, stat).Version):
		err = load.ErrConflict
	case err == nil:
		err = patiently(ctx, func() error { return os.Remove(s.path(name)) })
	}
	if err == nil {
		err = s.syncDir(s.removeEmpty(filepath.Dir(s.path(name))))
	}
	return explain("remove "+name, err)
}

// Swap implements [load.Swapper].
func (s *Store) Swap(ctx context.Context, name string, old load.Version, data []byte) (load.Version, error) {
	if err := check(ctx, name); err != nil {
		return "", err
	}
	w, err := s.stage(ctx, name)
	if err != nil {
		return "", err
	}
	defer w.Discard()
	if _, err := w.Write(data); err != nil {
		return "", err
	}
	return w.publish(ctx, load.Still(old), nil)
}

// info makes the version of a file from its modification time, its inode and its size. A replaced
// name always gets a later modification time than it had (see publish), so no two states of a
// name share a version, at the cost of a stat: a list need not read the files.
func info(name string, stat fs.FileInfo) load.Info {
	v := fmt.Sprintf("%x-%x-%x", stat.ModTime().UnixNano(), inode(stat), stat.Size())
	return load.Info{Name: name, Size: stat.Size(), Version: load.Version(v)}
}

// stat describes the object as it stands; the zero Info if there is none.
func (s *Store) stat(name string) (load.Info, time.Time, error) {
	stat, err := os.Stat(s.path(name))
	switch {
	case absent(err):
		return load.Info{}, time.Time{}, nil
	case err != nil:
		return load.Info{}, time.Time{}, err
	}
	return info(name, stat), stat.ModTime(), nil
}

func (s *Store) path(name string) string { return filepath.Join(s.root, filepath.FromSlash(name)) }

// absent reports whether err says that there is no such file; below a file there is none either.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

func check(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := load.CheckName(name); err != nil {
		return err
	}
	return checkHere(name)
}
