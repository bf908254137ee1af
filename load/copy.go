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

// Copy puts the bytes of a partition under a name that has their hash in it, so that nothing else ever lies there, and
// says whether there is such a partition. Where its hash is not known, which is "", the file is read for it, and an object of that
// size that has the name already is left as it is. All is read of one snapshot of the partition: one that has another hash
// than was said is an ErrConflict, and nothing is published.
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
	copied, err := l.info(ctx, to(c.Hash))
	if err == nil && (copied.Version == "" || copied.Size != c.Bytes) {
		err = l.copy(ctx, f, to(c.Hash), c.Hash)
	}
	return c, true, err
}

// copy publishes the bytes of a file, if they have that hash.
func (l *Lake) copy(ctx context.Context, f *partitionFile, name, hash string) error {
	staged, err := l.store.Stage(ctx, name)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer staged.Discard()
	held, err := f.copyTo(staged)
	switch {
	case err != nil:
		return fmt.Errorf("write %s: %w", name, err)
	case held != hash:
		return fmt.Errorf("write %s: %s has the hash %s by now: %w", name, f.Partition, held, ErrConflict)
	}
	if err := l.held(); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, _, err = staged.Commit(ctx, Still(""))
	if errors.Is(err, ErrConflict) {
		return fmt.Errorf("write %s: it holds other bytes than its name says, which graphlake has not written: remove it, and run again: %w", name, err)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
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
