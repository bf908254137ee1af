package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"sync"
	"testing"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
)

const lockName = "state/contoso/call_records.lock"

// As long as it does not fail, it is a store like any other.
func TestFaultyIsAStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) load.Store { return storetest.NewFaulty(memstore.New()) })
}

// deaths has one call of each kind, and what its effect leaves in a store that holds "old" as a/b.
var deaths = []struct {
	method  string
	prepare func(t *testing.T, s *storetest.Faulty) (call func() error) // makes as many other calls as it says
	others  int
	effect  string // the content of a/b after it; "old" if it has none
}{
	{"Open", func(t *testing.T, s *storetest.Faulty) func() error {
		return func() error { return second(s.Open(t.Context(), "a/b")) }
	}, 0, "old"},
	{"ReadAt", func(t *testing.T, s *storetest.Faulty) func() error {
		o := must(s.Open(t.Context(), "a/b"))(t)
		return func() error {
			n, err := o.ReadAt(make([]byte, 3), 0)
			if n != 0 {
				t.Errorf("a read that died gave %d bytes", n)
			}
			return err
		}
	}, 1, "old"},
	{"List", func(t *testing.T, s *storetest.Faulty) func() error {
		return func() error {
			for info, err := range s.List(t.Context(), "") {
				if info != (load.Info{}) {
					t.Errorf("a list that died gave %v", info)
				}
				return err
			}
			return nil
		}
	}, 0, "old"},
	{"Stage", func(t *testing.T, s *storetest.Faulty) func() error {
		return func() error { return second(s.Stage(t.Context(), "a/b")) }
	}, 0, "old"},
	{"Commit", func(t *testing.T, s *storetest.Faulty) func() error {
		w := must(s.Stage(t.Context(), "a/b"))(t)
		must(io.WriteString(w, "new"))(t)
		return func() error {
			_, _, err := w.Commit(t.Context(), load.Condition{})
			return err
		}
	}, 1, "new"},
	{"Remove", func(t *testing.T, s *storetest.Faulty) func() error {
		return func() error { return s.Remove(t.Context(), "a/b", load.Condition{}) }
	}, 0, ""},
	{"Swap", func(t *testing.T, s *storetest.Faulty) func() error {
		o := must(s.Open(t.Context(), "a/b"))(t)
		return func() error { return second(s.Swap(t.Context(), "a/b", o.Info().Version, []byte("new"))) }
	}, 1, "new"},
	{"Lock", func(t *testing.T, s *storetest.Faulty) func() error {
		return func() error { return second(s.Lock(t.Context(), lockName)) }
	}, 0, "old"},
	{"Unlock", func(t *testing.T, s *storetest.Faulty) func() error {
		l := must(s.Lock(t.Context(), lockName))(t)
		return func() error { return l.Unlock(t.Context()) }
	}, 1, "old"},
}

func TestFaultyDies(t *testing.T) {
	for _, tt := range deaths {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/after=%t", tt.method, after), func(t *testing.T) {
				store := memstore.New()
				put(t, store, "old")
				s := storetest.NewFaulty(store)
				call := tt.prepare(t, s)
				s.FailAt(tt.others+1, after)
				if n := s.Calls(); n != tt.others {
					t.Fatalf("%d calls before it, want %d", n, tt.others)
				}
				want := "old"
				if after {
					want = tt.effect
				}
				for range 2 { // the second has no effect in any case
					if err := call(); !errors.Is(err, storetest.ErrDied) {
						t.Errorf("%s: %v, want ErrDied", tt.method, err)
					}
					if got := content(t, store); got != want {
						t.Errorf("the store holds %q, want %q", got, want)
					}
				}
				if n, of := s.Calls(), s.Counts()[tt.method]; n != tt.others+1 || of != 1 {
					t.Errorf("%d calls, %d of them %s; want %d and 1", n, of, tt.method, tt.others+1)
				}
				wantDead(t, s)
				if got := content(t, store); got != want {
					t.Errorf("after more calls the store holds %q, want %q", got, want)
				}
				l := must(store.Lock(t.Context(), lockName))(t) // free, as after a process
				if err := l.Unlock(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// wantDead makes every call there is.
func wantDead(t *testing.T, s *storetest.Faulty) {
	t.Helper()
	ctx := t.Context()
	for what, err := range map[string]error{
		"Writable": s.Writable(ctx),
		"Open":     second(s.Open(ctx, "a/b")),
		"Stage":    second(s.Stage(ctx, "a/b")),
		"Remove":   s.Remove(ctx, "a/b", load.Condition{}),
		"Swap":     second(s.Swap(ctx, "a/b", "", nil)),
		"Lock":     second(s.Lock(ctx, "other.lock")),
	} {
		if !errors.Is(err, storetest.ErrDied) {
			t.Errorf("%s after the death: %v, want ErrDied", what, err)
		}
	}
}

// What a process had in hand when it died is as dead as itself.
func TestWhatTheDeadHeld(t *testing.T) {
	store := memstore.New()
	put(t, store, "old")
	s := storetest.NewFaulty(store)
	o := must(s.Open(t.Context(), "a/b"))(t)
	w := must(s.Stage(t.Context(), "a/b"))(t)
	l := must(s.Lock(t.Context(), lockName))(t)
	s.FailAt(4, false)
	s.Remove(t.Context(), "a/b", load.Condition{})

	_, _, commitErr := w.Commit(t.Context(), load.Condition{})
	for what, err := range map[string]error{
		"ReadAt": second(o.ReadAt(make([]byte, 1), 0)), "Write": second(io.WriteString(w, "x")), "Commit": commitErr,
		"Held": l.Held(), "Unlock": l.Unlock(t.Context()),
	} {
		if !errors.Is(err, storetest.ErrDied) {
			t.Errorf("%s: %v, want ErrDied", what, err)
		}
	}
	if err := errors.Join(o.Close(), w.Discard()); err != nil {
		t.Errorf("what is deferred fails: %v", err)
	}
	want := map[string]int{"Open": 1, "Stage": 1, "Lock": 1, "Remove": 1}
	if got := s.Counts(); !maps.Equal(got, want) {
		t.Errorf("Counts = %v, want %v", got, want)
	}
	must(store.Lock(t.Context(), lockName))(t)
}

// slowLocks takes locks, and answers when it is told to.
type slowLocks struct {
	*memstore.Store
	taken, answer chan struct{}
}

func (s slowLocks) Lock(ctx context.Context, name string) (load.Lock, error) {
	l, err := s.Store.Lock(ctx, name)
	close(s.taken)
	<-s.answer
	return l, err
}

// A lock that was asked for before the death and granted after it is not kept.
func TestLockInFlight(t *testing.T) {
	store := slowLocks{memstore.New(), make(chan struct{}), make(chan struct{})}
	s := storetest.NewFaulty(store)
	s.FailAt(2, false)
	answered := make(chan error)
	go func() { answered <- second(s.Lock(t.Context(), lockName)) }()
	<-store.taken
	s.Remove(t.Context(), "a/b", load.Condition{})
	close(store.answer)
	if err := <-answered; !errors.Is(err, storetest.ErrDied) {
		t.Errorf("Lock: %v, want ErrDied", err)
	}
	must(store.Store.Lock(t.Context(), lockName))(t)
}

// Of many calls at once exactly those before the fatal one have their effect, or those up to it.
func TestFaultyAmongMany(t *testing.T) {
	for after, want := range map[bool]int{false: 99, true: 100} {
		store := memstore.New()
		s := storetest.NewFaulty(store)
		s.FailAt(100, after)
		var all sync.WaitGroup
		for i := range 16 {
			all.Go(func() {
				for j := range 20 {
					s.Swap(t.Context(), fmt.Sprintf("%d/%d", i, j), "", nil)
				}
			})
		}
		all.Wait()
		objects := 0
		for range store.List(t.Context(), "") {
			objects++
		}
		if objects != want || s.Calls() != 100 {
			t.Errorf("after=%t: %d swaps had an effect in %d calls, want %d in 100", after, objects, s.Calls(), want)
		}
	}
}

func put(t *testing.T, s *memstore.Store, data string) {
	t.Helper()
	must(s.Swap(t.Context(), "a/b", "", []byte(data)))(t)
}

// content gives the bytes of a/b, or "" if there is no such object.
func content(t *testing.T, s *memstore.Store) string {
	t.Helper()
	o, err := s.Open(context.WithoutCancel(t.Context()), "a/b")
	if err != nil {
		return ""
	}
	return string(must(io.ReadAll(io.NewSectionReader(o, 0, o.Info().Size)))(t))
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func second[T any](_ T, err error) error { return err }
