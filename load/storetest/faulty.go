package storetest

import (
	"context"
	"errors"
	"iter"
	"maps"
	"sync"

	"graphlake/load"
)

// ErrDied is what a [Faulty] store answers from its death on.
var ErrDied = errors.New("the process died here, by order of the test")

// Full is a store with all that a run asks of one.
type Full interface {
	load.Store
	load.Swapper
	load.Locker
}

// Faulty is a store that counts the calls which reach the one under it, and stops at a chosen one
// as if the process had been killed there. Counted are Open, each ReadAt, each listing (List),
// Stage, Commit of what was staged, Remove, Swap, Lock and Unlock; the rest is done in the process.
//
// What a dead process leaves is left: what was only staged is not discarded. Its locks are freed
// at its death, as the operating system does it and the end of a lease.
type Faulty struct {
	store Full

	mu     sync.Mutex
	calls  int
	counts map[string]int
	at     int // the call to die at; 0: none
	after  bool
	died   bool
	method string             // of the call to die at, once it was made
	locks  map[load.Lock]bool // that are held
}

// NewFaulty gives a store over s that does not fail until FailAt.
func NewFaulty(s Full) *Faulty {
	return &Faulty{store: s, counts: map[string]int{}, locks: map[load.Lock]bool{}}
}

// FailAt lets the n-th call, counted from 1 since NewFaulty, and every call after it fail with
// ErrDied. They have no effect; but if after is true, the n-th has its effect and only its answer
// is lost. A call that began before the n-th and runs beside it is carried through.
func (f *Faulty) FailAt(n int, after bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at, f.after = n, after
}

// Calls gives the number of calls so far, the fatal one included and those after it not. So it is
// less than n where a run ended before FailAt(n, …) did anything.
func (f *Faulty) Calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// Counts gives Calls by the name of the method.
func (f *Faulty) Counts() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.counts)
}

// Died gives the name of the method that the store died at, and "" as long as it lives.
func (f *Faulty) Died() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.method
}

// call counts a call and makes it, or dies.
func (f *Faulty) call(ctx context.Context, method string, do func() error) error {
	reaches, fatal := f.begin(method)
	var err error
	if reaches {
		err = do()
	}
	if fatal {
		f.die(ctx)
	}
	if fatal || !reaches {
		return ErrDied
	}
	return err
}

// begin counts a call and says whether it reaches the store and whether it is the last.
func (f *Faulty) begin(method string) (reaches, fatal bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.died {
		return false, false
	}
	f.calls++
	f.counts[method]++
	if f.died = f.calls == f.at; f.died {
		f.method = method
	}
	return !f.died || f.after, f.died
}

func (f *Faulty) die(ctx context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for l := range f.locks {
		l.Unlock(context.WithoutCancel(ctx))
	}
}

// dead reports whether the death was, for what is not counted.
func (f *Faulty) dead() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.died
}

// Writable asks the store under it, if that has anything to say. It is not counted.
func (f *Faulty) Writable(ctx context.Context) error {
	if f.dead() {
		return ErrDied
	}
	if s, ok := f.store.(interface{ Writable(context.Context) error }); ok {
		return s.Writable(ctx)
	}
	return nil
}

// Open implements [load.Store].
func (f *Faulty) Open(ctx context.Context, name string) (load.Object, error) {
	var o load.Object
	err := f.call(ctx, "Open", func() (err error) {
		o, err = f.store.Open(ctx, name)
		return err
	})
	if err != nil && o != nil {
		o.Close() // its answer was lost
	}
	if err != nil {
		return nil, err
	}
	return faultyObject{o, f, ctx}, nil
}

// List implements [load.Store]. It is a call when it is ranged over, and fails as a whole.
func (f *Faulty) List(ctx context.Context, prefix string) iter.Seq2[load.Info, error] {
	return func(yield func(load.Info, error) bool) {
		if err := f.call(ctx, "List", func() error { return nil }); err != nil {
			yield(load.Info{}, err)
			return
		}
		f.store.List(ctx, prefix)(yield)
	}
}

// Stage implements [load.Store].
func (f *Faulty) Stage(ctx context.Context, name string) (load.Staged, error) {
	var w load.Staged
	err := f.call(ctx, "Stage", func() (err error) {
		w, err = f.store.Stage(ctx, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return faultyStaged{w, f}, nil
}

// Remove implements [load.Store].
func (f *Faulty) Remove(ctx context.Context, name string, base load.Condition) error {
	return f.call(ctx, "Remove", func() error { return f.store.Remove(ctx, name, base) })
}

// Swap implements [load.Swapper].
func (f *Faulty) Swap(ctx context.Context, name string, old load.Version, data []byte) (load.Version, error) {
	var v load.Version
	err := f.call(ctx, "Swap", func() (err error) {
		v, err = f.store.Swap(ctx, name, old, data)
		return err
	})
	if err != nil {
		return "", err
	}
	return v, nil
}

// Lock implements [load.Locker].
func (f *Faulty) Lock(ctx context.Context, name string) (load.Lock, error) {
	var l load.Lock
	err := f.call(ctx, "Lock", func() (err error) {
		if l, err = f.store.Lock(ctx, name); err == nil {
			err = f.keep(ctx, l)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return faultyLock{l, f}, nil
}
