package storetest

import (
	"context"
	"errors"

	"graphlake/load"
)

// faultyObject counts its reads. Close and Info ask nothing of the store.
type faultyObject struct {
	load.Object
	store *Faulty
	ctx   context.Context // io.ReaderAt takes none
}

func (f faultyObject) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	err := f.store.call(f.ctx, "ReadAt", func() (err error) {
		n, err = f.Object.ReadAt(p, off)
		return err
	})
	if errors.Is(err, ErrDied) {
		return 0, err
	}
	return n, err
}

// faultyStaged counts its Commit. To write is work of the process, which ends with it too.
type faultyStaged struct {
	load.Staged
	store *Faulty
}

func (f faultyStaged) Write(p []byte) (int, error) {
	if f.store.dead() {
		return 0, ErrDied
	}
	return f.Staged.Write(p)
}

func (f faultyStaged) Commit(ctx context.Context, base load.Condition) (changed bool, v load.Version, err error) {
	err = f.store.call(ctx, "Commit", func() (err error) {
		changed, v, err = f.Staged.Commit(ctx, base)
		return err
	})
	if err != nil {
		return false, "", err
	}
	return changed, v, nil
}

// Discard after the death does nothing, for the dead do not tidy up.
func (f faultyStaged) Discard() error {
	if f.store.dead() {
		return nil
	}
	return f.Staged.Discard()
}

// faultyLock counts its Unlock. Held asks nobody.
type faultyLock struct {
	load.Lock
	store *Faulty
}

func (f faultyLock) Held() error {
	if f.store.dead() {
		return ErrDied
	}
	return f.Lock.Held()
}

func (f faultyLock) Unlock(ctx context.Context) error {
	return f.store.call(ctx, "Unlock", func() error {
		err := f.Lock.Unlock(ctx)
		if err == nil {
			f.store.drop(f.Lock)
		}
		return err
	})
}

// keep remembers a lock, to free it at the death; or frees it, if that came before the answer.
func (f *Faulty) keep(ctx context.Context, l load.Lock) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.locks[l] = true
	if !f.died {
		return nil
	}
	l.Unlock(context.WithoutCancel(ctx))
	return ErrDied
}

func (f *Faulty) drop(l load.Lock) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.locks, l)
}
