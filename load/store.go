package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
)

// A Store holds immutable objects under slash-separated names, each replaced whole and in one
// step. Its methods may be called concurrently, also from several processes on one lake.
type Store interface {
	// Open gives one snapshot of an object. The context holds for its reads too. An object that
	// is not there is an fs.ErrNotExist.
	Open(ctx context.Context, name string) (Object, error)
	// List gives the objects whose name begins with prefix, sorted by name, byte by byte. What is
	// only staged never shows.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
	// Stage begins an object that nobody sees until Commit.
	Stage(ctx context.Context, name string) (Staged, error)
	// Remove removes an object, in one step and for good, if base allows it, else it answers ErrConflict. One that is
	// not there is no error, whatever the base: somebody has removed it, or this call, tried again after its answer was
	// lost. Nothing is left of it, nor of directories that only it was in.
	Remove(ctx context.Context, name string, base Condition) error
}

// mostSmall is the bytes of an object that is read whole: ids of some hundred thousand people fit.
const mostSmall = 64 << 20

// mostReads are how often an object is read that others replace meanwhile: each time somebody has come further.
const mostReads = 100

// ReadObject reads a small object whole, as state is, and says at which version. Where a store has to ask twice for that and
// the object was replaced in between, it is read again.
func ReadObject(ctx context.Context, s Store, name string) (data []byte, v Version, err error) {
	for range mostReads {
		if data, v, err = readOnce(ctx, s, name); !errors.Is(err, ErrConflict) {
			break
		}
	}
	if err != nil {
		return nil, "", fmt.Errorf("read %s: %w", name, err)
	}
	return data, v, nil
}

func readOnce(ctx context.Context, s Store, name string) ([]byte, Version, error) {
	object, err := s.Open(ctx, name)
	if err != nil {
		return nil, "", err
	}
	defer object.Close()
	if size := object.Info().Size; size > mostSmall {
		return nil, "", fmt.Errorf("it has %d bytes, and graphlake writes no such object of more than %d: look at who else writes to the lake", size, mostSmall)
	}
	data := make([]byte, object.Info().Size)
	if _, err := io.ReadFull(io.NewSectionReader(object, 0, object.Info().Size), data); err != nil {
		return nil, "", err
	}
	return data, object.Info().Version, nil
}

// A Swapper compares and swaps small objects, such as state, in one step.
type Swapper interface {
	// Swap replaces the object by data if it is still at version old, where "" means that it must
	// not exist. Otherwise it changes nothing and answers ErrConflict.
	Swap(ctx context.Context, name string, old Version, data []byte) (Version, error)
}

// A Locker keeps other processes, and other goroutines of this one, off what a name stands for.
type Locker interface {
	// Lock takes the lock of an object name, which from then on is a lock's and no object's; an
	// empty object may stay there. While somebody holds it, the answer is ErrLocked, at once. A
	// lock that must be renewed is renewed until ctx ends; the end of ctx alone frees none.
	Lock(ctx context.Context, name string) (Lock, error)
}

// A Lock is held until Unlock, or until its process ends. A store that cannot see a process end
// gives it for a lease time, and renews it.
type Lock interface {
	// Held says without asking anybody whether the lock is certainly still ours. From the moment
	// on that another may have it, and after Unlock, it is ErrLockLost for ever. Ask it right
	// before what only one may do; a process that was paused learns here that it woke up too late.
	Held() error
	// Unlock frees the lock. It never frees another's: after a loss, and after an Unlock that
	// succeeded, it does nothing. A lock that it failed to free lasts until its lease runs out.
	Unlock(ctx context.Context) error
}

// Version tells two states of one object apart; only its store can read it. "" is no object.
type Version string

// Info is an object as it is listed: its size in bytes, and the version that a [Condition] may name.
type Info struct {
	Name    string
	Size    int64
	Version Version
}

// An Object is one snapshot: if it is replaced while it is read, a read fails or gives the old
// bytes, never a mixture.
type Object interface {
	io.ReaderAt
	io.Closer
	Info() Info
}

// A Staged object is written, then committed once or discarded. There is no Close that publishes.
type Staged interface {
	io.Writer
	// Commit publishes what was written, in one step, if base allows it, else it answers
	// ErrConflict. An object that already holds the same bytes is left alone, whatever the base:
	// changed is then false. After an error of Write, Commit publishes nothing.
	Commit(ctx context.Context, base Condition) (changed bool, v Version, err error)
	// Discard drops what was written. It does nothing after Commit or a first Discard, so that
	// "defer s.Discard()" is right.
	Discard() error
}

// ErrConflict says that an object is not at the version that a write was conditional on, or that
// another writer published in between. Read it again and decide anew.
var ErrConflict = errors.New("another writer was there first")

// ErrSpent says that a staged object was already committed or discarded.
var ErrSpent = errors.New("staged object was already committed or discarded")

// ErrLocked says that a lock is held.
var ErrLocked = errors.New("another run is working on it; try again when it has ended")

// ErrLockLost says that a lock was given up, or may be another's by now.
var ErrLockLost = errors.New("the lock is no longer held, so another run may be working on it; run again")

// Condition says over what a Commit may publish, and what a Remove may remove. The zero Condition allows everything.
type Condition struct {
	bound   bool
	version Version
}

// Still allows a Commit while the object is at version v; "" means while it does not exist.
func Still(v Version) Condition { return Condition{bound: true, version: v} }

// Bound gives the version that the condition asks for, and whether it asks for one at all.
func (c Condition) Bound() (Version, bool) { return c.version, c.bound }

// Allows reports whether an object at version v ("": absent) may be replaced or removed.
func (c Condition) Allows(v Version) bool { return !c.bound || c.version == v }

// CheckName refuses names that not every store can hold: they are relative slash paths of at most
// 900 bytes without empty, dotted or hidden segments, backslashes and control characters.
func CheckName(name string) error {
	bad := !fs.ValidPath(name) || name == "." || len(name) > 900
	for segment := range strings.SplitSeq(name, "/") {
		// Blob Storage drops a dot at the end of a segment; a dot in front hides what is staged.
		bad = bad || strings.HasPrefix(segment, ".") || strings.HasSuffix(segment, ".")
	}
	bad = bad || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' })
	if bad {
		return fmt.Errorf("object name %q: want a relative path like a/b/c.parquet, no segment beginning or ending with a dot: %w",
			name, fs.ErrInvalid)
	}
	return nil
}
