package delta

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"graphlake/load"
)

// read gives the newest version, with what is selected of the files. Of a table that does not exist it is version none.
//
// A checkpoint that is damaged, or gone because there is a newer one, is set aside: an older one and the entries since give
// the same, and so do all entries. Only where these are not there any more it is an error.
func (t *Table) read(ctx context.Context, of selection) (*state, error) {
	s, err := t.replay(ctx, of)
	for again := 0; again < mostAgain && err != nil && t.mayRead(ctx, err); again++ {
		s, err = t.replay(ctx, of)
	}
	if errors.Is(err, fs.ErrNotExist) { // not to be taken for a table that does not exist
		return nil, fmt.Errorf("read the log of %s: a checkpoint or an entry of it is gone, so nobody knows what is in the table: %s", t.Root, cure)
	}
	if err != nil {
		return nil, t.explain(fmt.Errorf("read the log of %s: %w", t.Root, err))
	}
	return s, nil
}

// mostAgain bounds the checkpoints that are tried one after the other.
const mostAgain = 10

// baseError is about the checkpoint with which a reading has begun.
type baseError struct {
	version int64
	error
}

func (e baseError) Unwrap() error { return e.error }

// mayRead reports whether the log can be read otherwise after an error, and sets aside the checkpoint that it is about.
func (t *Table) mayRead(ctx context.Context, err error) bool {
	base, ofBase := errors.AsType[baseError](err)
	damaged, isDamaged := errors.AsType[damagedError](err)
	_, isMissing := errors.AsType[missingError](err)
	otherwise := ofBase && (isDamaged || isMissing) || errors.Is(err, fs.ErrNotExist)
	if !otherwise {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tail = tail{}
	if ofBase && t.aside == nil {
		t.aside = map[int64]damagedError{}
	}
	if ofBase {
		t.aside[base.version] = damaged
	}
	if isDamaged {
		t.Log.WarnContext(ctx, "a checkpoint is damaged, so the log is read without it", "object", damaged.object, "error", damaged.err)
	}
	return true
}

// asideAt is the version of the object of a damaged checkpoint, which may be written anew; else "".
func (t *Table) asideAt(version int64) load.Version {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.aside[version].version
}

func (t *Table) replay(ctx context.Context, of selection) (*state, error) {
	l, err := t.advance(ctx)
	if err != nil {
		return nil, err
	}
	s := newState(of)
	if l.base != none {
		if s, err = t.readCheckpoint(ctx, l.base, of); err != nil {
			return nil, baseError{l.base, err}
		}
	}
	for _, e := range l.entries {
		if err := s.apply(e); err != nil {
			return nil, err
		}
	}
	return s, nil
}
