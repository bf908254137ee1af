package state_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/blobstore"
	"graphlake/load/dirstore"
	"graphlake/load/memstore"
	"graphlake/load/storetest/azurite"
)

const heldTenant = "0f7c9a52-3b1e-4d68-8f20-6d3e9b1c4a75"

// wantElsewhere tries to take a tenant that another worker has.
func wantElsewhere(t *testing.T, store state.Store, at string) {
	t.Helper()
	h, err := state.HoldTenant(t.Context(), store, heldTenant, []byte("not here"))
	there, ok := errors.AsType[*state.HeldElsewhereError](err)
	if !ok || h != nil || !errors.Is(err, load.ErrLocked) || string(there.At) != at {
		t.Fatalf("of a held tenant: %v, %+v; want it elsewhere, at %q", err, there, at)
	}
}

// Who does not get a tenant is told where it is; it is free again when it is released, also by a context that has ended.
func TestHoldTenant(t *testing.T) {
	t.Run("memory", func(t *testing.T) { tryHolding(t, memstore.New()) })
	t.Run("directory", func(t *testing.T) {
		store, err := dirstore.New(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		tryHolding(t, store)
	})
	t.Run("blob", func(t *testing.T) {
		o := blobstore.Options{ConnectionString: azurite.Start(t), Container: "lake"}
		_, err := blobstore.Create(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		store, err := blobstore.New(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		tryHolding(t, store)
	})
}

func tryHolding(t *testing.T, store state.Store) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	first, err := state.HoldTenant(ctx, store, heldTenant, []byte("worker 1"))
	if err != nil {
		t.Fatal(err)
	}
	wantElsewhere(t, store, "worker 1")
	end() // of the taking, which the holding outlives
	if err := first.Held(); err != nil {
		t.Errorf("held no more: %v", err)
	}
	wantElsewhere(t, store, "worker 1")
	other, err := state.HoldTenant(t.Context(), store, "1"+heldTenant[1:], []byte("worker 2"))
	if err != nil {
		t.Fatalf("another tenant: %v", err)
	}
	if err := other.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if err := first.Release(ctx); err != nil {
		t.Fatal(err)
	}
	if err := first.Held(); !errors.Is(err, load.ErrLockLost) {
		t.Errorf("after the release: %v, want a lost lock", err)
	}
	second, err := state.HoldTenant(t.Context(), store, heldTenant, []byte("worker 2"))
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Release(t.Context()); err != nil { // once more, when it is another's
		t.Error(err)
	}
	wantElsewhere(t, store, "worker 2")
	if err := second.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := state.HoldTenant(ctx, store, heldTenant, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("by a context that has ended: %v", err)
	}
}

// renewing keeps the context by which its newest lock is renewed.
type renewing struct {
	*memstore.Store
	by context.Context
}

func (r *renewing) Lock(ctx context.Context, name string) (load.Lock, error) {
	r.by = ctx
	return r.Store.Lock(ctx, name)
}

// A tenant is held for longer than it took to take it: where locks are renewed, that goes on.
func TestHoldTenantIsRenewed(t *testing.T) {
	store := &renewing{Store: memstore.New()}
	ctx, end := context.WithTimeout(t.Context(), time.Hour)
	h, err := state.HoldTenant(ctx, store, heldTenant, nil)
	if err != nil {
		t.Fatal(err)
	}
	end()
	if _, ends := store.by.Deadline(); ends || store.by.Err() != nil {
		t.Errorf("its lock is renewed until the taking ends: %v", store.by.Err())
	}
	if err := h.Release(t.Context()); err != nil {
		t.Error(err)
	}
}

// A worker that has died, and a document that is broken, lead to nobody: the next has the tenant, and says where.
func TestHoldTenantAfterACrash(t *testing.T) {
	store := memstore.New()
	dead := func(text string) {
		t.Helper()
		object := load.EngineWorkerObject(heldTenant)
		_, v, _ := load.ReadObject(t.Context(), store, object) // absent at first
		if _, err := store.Swap(t.Context(), object, v, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, left := range []string{`{"at":"d29ya2VyIDE="}`, `{"at":`, `{}`} {
		dead(left)
		h, err := state.HoldTenant(t.Context(), store, heldTenant, []byte("worker 2"))
		if err != nil {
			t.Fatalf("after %s: %v", left, err)
		}
		wantElsewhere(t, store, "worker 2")
		if err := h.Release(t.Context()); err != nil {
			t.Fatal(err)
		}
		text, _, err := load.ReadObject(t.Context(), store, load.EngineWorkerObject(heldTenant))
		if err != nil || string(text) != "{}" {
			t.Errorf("a tenant that nobody has: %s, %v", text, err)
		}
	}
	// Between the lock and the document nobody says where the tenant is.
	lock, err := store.Lock(t.Context(), load.EngineWorkerLock(heldTenant))
	if err != nil {
		t.Fatal(err)
	}
	wantElsewhere(t, store, "")
	if err := lock.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// contested is a store in which somebody who has lost the lock still writes.
type contested struct {
	*memstore.Store
	left int // times that it does so
}

func (c *contested) Swap(ctx context.Context, name string, old load.Version, data []byte) (load.Version, error) {
	if c.left > 0 {
		c.left--
		if _, err := c.Store.Swap(ctx, name, old, []byte("{}")); err != nil {
			return "", err
		}
	}
	return c.Store.Swap(ctx, name, old, data)
}

// The holder of the lock has the last word on where the tenant is. Who cannot say it does not have the tenant.
func TestHoldTenantHasTheLastWord(t *testing.T) {
	store := &contested{memstore.New(), 1}
	h, err := state.HoldTenant(t.Context(), store, heldTenant, []byte("worker 2"))
	if err != nil {
		t.Fatal(err)
	}
	wantElsewhere(t, store, "worker 2")
	if err := h.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	store.left = 100
	if _, err := state.HoldTenant(t.Context(), store, heldTenant, []byte("worker 2")); !errors.Is(err, load.ErrConflict) {
		t.Fatalf("%v, want a conflict", err)
	}
	store.left = 0
	if h, err = state.HoldTenant(t.Context(), store, heldTenant, []byte("worker 3")); err != nil {
		t.Fatalf("after one that could not be said: %v", err)
	}
	if err := h.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Of many that want a tenant, one at a time has it.
func TestHoldTenantOneAtATime(t *testing.T) {
	store := memstore.New()
	var having, had atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				h, err := state.HoldTenant(t.Context(), store, heldTenant, []byte("worker"))
				if errors.Is(err, load.ErrLocked) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				had.Add(1)
				if n := having.Add(1); n != 1 {
					t.Errorf("%d have it", n)
				}
				having.Add(-1)
				if err := h.Release(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if had.Load() == 0 {
		t.Error("nobody ever had it")
	}
}

// The document of a hold is no dataset's state.
func TestEngineWorkerObjectIsNoState(t *testing.T) {
	if tenantID, dataset, ok := load.ParseState(load.EngineWorkerObject(heldTenant)); ok {
		t.Errorf("the state of %s of %s", dataset, tenantID)
	}
}
