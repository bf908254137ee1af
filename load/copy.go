package load

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Copied is a partition's file that lies under another name too.
type Copied struct {
	Hash  string // as [Lake.Hash] gives it
	Rows  int64
	Bytes int64
}

// Copy puts the bytes of a partition under a name that has their hash in it, so that nothing else ever belongs there, and
// says whether there is such a partition. Where its hash is not known, which is "", the file is read for it, and so is an object that
// has the name already. One that has other bytes than its name says, as somebody has cut it, is replaced. All is read of one
// snapshot of the partition: one that has another hash than was said is an ErrConflict, and nothing is published.
func (l *Lake) Copy(ctx context.Context, p Partition, hash string, to func(hash string) string) (c Copied, there bool, err error) {
	f, err := l.open(ctx, p)
	if errors.Is(err, fs.ErrNotExist) {
		return Copied{}, false, nil
	}
	if err != nil {
		return Copied{}, false, err
	}
	defer f.Close()
	c = Copied{Hash: hash, Rows: f.rows(), Bytes: f.source.Info().Size}
	if hash != "" {
		return c, true, l.copy(ctx, f, to(hash), hash)
	}
	if c.Hash, err = f.hash(); err != nil {
		return Copied{}, true, err
	}
	whole, err := l.holds(ctx, to(c.Hash), c)
	if err == nil && !whole {
		err = l.copy(ctx, f, to(c.Hash), c.Hash)
	}
	return c, true, err
}

// holds reports whether an object has the bytes that were copied.
func (l *Lake) holds(ctx context.Context, name string, c Copied) (bool, error) {
	object, err := l.store.Open(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer object.Close()
	if object.Info().Size != c.Bytes {
		return false, nil
	}
	sum := sha256.New()
	if err := copyAll(sum, object, c.Bytes); err != nil {
		return false, fmt.Errorf("read %s: %w", name, err)
	}
	return hashText(sum) == c.Hash, nil
}

// copy publishes the bytes of a file, if they have that hash, in the place of others, if there are any.
func (l *Lake) copy(ctx context.Context, f *partitionFile, name, hash string) error {
	base := Version("") // of almost all nothing is there, or the same, and to ask first would be a request more
	for again := false; ; again = true {
		taken, err := l.copyOver(ctx, f, name, hash, base)
		if err == nil {
			return nil
		}
		if !taken || again {
			return fmt.Errorf("write %s: %w", name, err)
		}
		other, err := l.info(ctx, name)
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		base = other.Version
	}
}

// copyOver publishes over what is at a version; taken says that the object was not, and has other bytes.
func (l *Lake) copyOver(ctx context.Context, f *partitionFile, name, hash string, base Version) (taken bool, err error) {
	staged, err := l.store.Stage(ctx, name)
	if err != nil {
		return false, err
	}
	defer staged.Discard()
	held, err := f.copyTo(staged)
	if err == nil && held != hash {
		err = fmt.Errorf("%s has the hash %s by now: %w", f.Partition, held, ErrConflict)
	}
	if err == nil {
		err = l.held()
	}
	if err != nil {
		return false, err
	}
	_, _, err = staged.Commit(ctx, Still(base))
	return errors.Is(err, ErrConflict), err
}

// copyTo gives the hash of the bytes that it has copied.
func (f *partitionFile) copyTo(w io.Writer) (hash string, err error) {
	sum := sha256.New()
	if err := copyAll(io.MultiWriter(w, sum), f.bytes, f.source.Info().Size); err != nil {
		return "", fmt.Errorf("read %s: %w", f.Partition, err)
	}
	return hashText(sum), nil
}

// copyBytes are read at once: in Blob Storage each reading is a request.
const copyBytes = 4 << 20

// copyAll copies an object of a size.
func copyAll(w io.Writer, from io.ReaderAt, size int64) error {
	_, err := io.CopyBuffer(w, io.NewSectionReader(from, 0, size), make([]byte, max(1, min(size, copyBytes))))
	return err
}
