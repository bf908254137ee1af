package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"graphlake/load"
	"graphlake/schemas"
)

// Store is where a lake is kept, with its state and its locks.
type Store interface {
	load.Store
	load.Swapper
	load.Locker
}

// holding is a dataset of a tenant that this process alone works on.
type holding struct {
	store       Store
	lake        *load.Lake // under the lock
	tenant      Tenant
	dataset     schemas.Dataset
	fingerprint string
	log         *slog.Logger
	lock        load.Lock
	serial      *semaphore.Weighted // of units that have to know which parents the one before left behind
	failed      bool                // not all of what was asked for was read
	interrupted bool                // nor was it, and the same command goes on
	strays      load.Strays

	mu      sync.Mutex // of what follows
	state   State
	version load.Version
	derived []derivedDay        // that are clean, which the state does not say yet
	rows    map[time.Time]int64 // that raw holds of days that this run has published
}

func (h *holding) pair() Pair { return Pair{h.tenant.ID, h.dataset.Name} }

func (h *holding) partition(kind load.Kind, name string, date time.Time) load.Partition {
	return load.Partition{Kind: kind, Name: name, TenantID: h.tenant.ID, Date: date}
}

func (h *holding) raw(date time.Time) load.Partition {
	return h.partition(load.Raw, h.dataset.Name, date)
}

// hold takes the lock of a dataset and reads its state. What it answers has to be let go.
func (r *Runner) hold(ctx context.Context, t Tenant, d schemas.Dataset) (*holding, error) {
	pair := Pair{t.ID, d.Name}
	lock, err := r.Store.Lock(ctx, pair.lock())
	if err != nil {
		return nil, err
	}
	h := &holding{
		store: r.Store, lake: r.Lake.Under(lock.Held), tenant: t, dataset: d, fingerprint: d.Fingerprint(), lock: lock,
		serial: semaphore.NewWeighted(1),
		log:    r.Log.With("tenant", t.Name, "dataset", d.Name),
	}
	if h.state, h.version, err = loadState(ctx, r.Store, pair); err != nil {
		return nil, errors.Join(err, h.release(ctx))
	}
	return h, nil
}

// release lets the lock go, also when the run was interrupted.
func (h *holding) release(ctx context.Context) error {
	return h.lock.Unlock(context.WithoutCancel(ctx))
}

// view is the state as it stands; its slices are not to be changed.
func (h *holding) view() State {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state
}

// update changes the state, in the lake first. Whoever lost the lock changes nothing.
func (h *holding) update(ctx context.Context, change func(*State)) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	next := h.state.clone()
	change(&next)
	text, object, list, err := h.document(next)
	if err == nil {
		err = h.lock.Held()
	}
	if err == nil && object != "" && object != h.state.BehindObject {
		err = putBehind(ctx, h.store, object, list)
	}
	var v load.Version
	if err == nil {
		v, err = h.store.Swap(ctx, h.pair().object(), h.version, text)
	}
	if err != nil {
		return fmt.Errorf("state: %w", err)
	}
	old := h.state.BehindObject
	h.state, h.version = next, v
	h.state.BehindObject = object
	if old != "" && old != object {
		if err := h.store.Remove(ctx, old); err != nil { // the state is what it should be; the list is only in the way
			h.log.WarnContext(ctx, "a list that nothing names any more could not be removed", "object", old, "error", err)
		}
	}
	return nil
}

// begin notes that units of this dataset are asked for.
func (h *holding) begin(ctx context.Context, s Selection, now time.Time) error {
	return h.update(ctx, func(st *State) { st.begin(s, h.dataset, now) })
}

// end forgets what was asked for and was read whole.
func (h *holding) end(ctx context.Context, s Selection) error {
	st := h.view()
	if _, ok := st.asked(s.asked()); !ok {
		return nil
	}
	return h.update(ctx, func(st *State) { st.end(s) })
}
