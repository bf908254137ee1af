package load

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// ErrDamaged says that all bytes of a partition can be had from the store and are no Parquet file of
// ours. An error of the store itself is never one.
var ErrDamaged = errors.New("restore it from a backup, or remove it and run its day again")

// DamagedError names the partition of an [ErrDamaged]. The store has answered: reading it again does not help.
type DamagedError struct {
	Partition Partition
	Err       error // what could not be read
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s is damaged (%v): %v", e.Partition, e.Err, ErrDamaged)
}

// Unwrap gives ErrDamaged and the cause.
func (e *DamagedError) Unwrap() []error { return []error{ErrDamaged, e.Err} }

// failed makes of an error of reading what it is: the store's or the caller's, if one of them has an
// error too, otherwise that the file is damaged. What was not read yet is read once, to tell.
func (f *partitionFile) failed(ctx context.Context, cause error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("read %s: %w", f.Partition, err)
	}
	if f.source.err == nil && !f.source.whole {
		size := f.source.Info().Size
		n, err := io.Copy(io.Discard, io.NewSectionReader(f.source, 0, size))
		if err == nil && n < size {
			err = io.ErrUnexpectedEOF
		}
		f.source.err, f.source.whole = err, err == nil
	}
	if f.source.err != nil {
		return fmt.Errorf("read %s: %w", f.Partition, f.source.err)
	}
	return &DamagedError{f.Partition, cause}
}

// source is an object that remembers the first error of its store.
type source struct {
	Object
	whole bool // all bytes were had
	err   error
}

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.Object.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) && s.err == nil {
		s.err = err
	}
	return n, err
}
