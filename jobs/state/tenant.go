package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"graphlake/load"
)

// An engine that spreads tenants over many workers keeps each with one of them at a time, for that is where the budgets
// of its requests are counted. Whoever has the tenant holds state/<tenant id>/engine-worker.lock, and says in
// engine-worker.json how it is found; another worker reads that, and sends the work there. The locks of datasets stay
// underneath: this one keeps nobody from them, and a run of the command does not take it.
//
// The document is written after the lock is taken, and emptied before it is let go. A crash leaves it as it is, and the
// lock as its store does: who takes it next writes its own. Between the two steps it may say nothing, or lead to the one
// before; who follows it then finds the tenant held, or nobody, and asks again.

// TenantHold is a tenant that a worker has.
type TenantHold struct {
	store    Store
	tenantID string
	lock     load.Lock
}

// HeldElsewhereError says that another worker has the tenant. It is a [load.ErrLocked].
type HeldElsewhereError struct {
	At []byte // what leads there, as that worker has said it; empty: that is not known yet
}

func (e *HeldElsewhereError) Error() string { return "another worker has the tenant" }

// Unwrap makes it a lock that is held.
func (e *HeldElsewhereError) Unwrap() error { return load.ErrLocked }

// heldAt is the document of who has a tenant.
type heldAt struct {
	At []byte `json:"at,omitempty"`
}

// HoldTenant takes a tenant for a worker that is found by at, or answers a [HeldElsewhereError]. The context is of the
// taking alone: the tenant is held until it is released, or until the process ends.
func HoldTenant(ctx context.Context, store Store, tenantID string, at []byte) (*TenantHold, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	lock, err := store.Lock(context.WithoutCancel(ctx), load.EngineWorkerLock(tenantID))
	if errors.Is(err, load.ErrLocked) {
		there, _, err := loadHeldAt(ctx, store, tenantID)
		if err != nil {
			return nil, err
		}
		return nil, &HeldElsewhereError{there.At}
	}
	if err != nil {
		return nil, err
	}
	h := &TenantHold{store: store, tenantID: tenantID, lock: lock}
	if err := h.say(ctx, heldAt{at}); err != nil {
		return nil, errors.Join(err, lock.Unlock(context.WithoutCancel(ctx)))
	}
	return h, nil
}

// loadHeldAt reads where a tenant is held. What cannot be read leads nowhere, and is replaced by who holds it next.
func loadHeldAt(ctx context.Context, store load.Store, tenantID string) (there heldAt, v load.Version, err error) {
	text, v, err := load.ReadObject(ctx, store, load.EngineWorkerObject(tenantID))
	if errors.Is(err, fs.ErrNotExist) {
		return there, "", nil
	}
	if err != nil {
		return there, "", err
	}
	if json.Unmarshal(text, &there) != nil {
		there = heldAt{}
	}
	return there, v, nil
}

// say replaces the document while the lock is held. Who has lost the lock may still be at it: then it is said once more.
func (h *TenantHold) say(ctx context.Context, there heldAt) error {
	text, err := json.Marshal(there)
	if err != nil {
		return err
	}
	name := load.EngineWorkerObject(h.tenantID)
	for range heldSwaps {
		var v load.Version
		if _, v, err = loadHeldAt(ctx, h.store, h.tenantID); err != nil {
			return err
		}
		if err = h.lock.Held(); err != nil {
			return err
		}
		if _, err = h.store.Swap(ctx, name, v, text); !errors.Is(err, load.ErrConflict) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// heldSwaps is how often that is tried.
const heldSwaps = 4

// Lead says anew how the worker is found that holds the tenant.
func (h *TenantHold) Lead(ctx context.Context, at []byte) error { return h.say(ctx, heldAt{at}) }

// Held says without asking anybody whether the tenant is certainly still this worker's. A loss is for ever.
func (h *TenantHold) Held() error { return h.lock.Held() }

// Release lets the tenant go, also when the context has ended. What fails of it keeps nobody off for longer than the lock's
// lease. Released once, it does nothing.
func (h *TenantHold) Release(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	var err error
	if h.lock.Held() == nil { // else the document may be another's by now
		err = h.say(ctx, heldAt{})
	}
	return errors.Join(err, h.lock.Unlock(ctx))
}
