package activities

import (
	"context"
	"errors"

	"graphlake/jobs/state"
)

// tenant is a tenant that this worker holds, for as many rounds as it has of it at once. Its fields are guarded by the mutex
// of the activities, but for the hold, which is there once taken is closed.
type tenant struct {
	id    string
	uses  int           // rounds, also those that wait for it
	taken chan struct{} // closed when it is known whether it is held
	hold  *state.TenantHold
	led   bool // it is said how this worker is found
	err   error
	free  chan struct{} // closed when it has been let go; nil: nobody lets it go
}

// holdTenant takes a tenant for this worker, or has one use more of what it holds. Whoever gets it lets it go.
func (a *Activities) holdTenant(ctx context.Context, id string, at []byte) (*tenant, error) {
	for {
		a.mu.Lock()
		t := a.tenants[id]
		if t != nil && t.free != nil { // it is being let go: another worker may have it next, or this one
			free := t.free
			a.mu.Unlock()
			select {
			case <-free:
				continue
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		first := t == nil
		if first {
			t = &tenant{id: id, taken: make(chan struct{}), led: len(at) > 0}
			a.tenants[id] = t
		}
		t.uses++
		a.mu.Unlock()

		if first {
			t.hold, t.err = state.HoldTenant(ctx, a.engine.Store(), id, at)
			close(t.taken)
		}
		select {
		case <-t.taken:
		case <-ctx.Done():
			a.letGo(ctx, t)
			return nil, ctx.Err()
		}
		switch {
		case t.err == nil && t.hold.Held() == nil:
			if err := a.lead(ctx, t, at); err != nil {
				a.letGo(ctx, t)
				return nil, err
			}
			return t, nil
		case t.err == nil: // those who have it yet let it go; this worker, or another, takes it anew
			a.forget(t)
		case first || !errors.Is(t.err, context.Canceled) || ctx.Err() != nil:
			a.letGo(ctx, t)
			return nil, t.err
		}
		a.letGo(ctx, t)
	}
}

// lead says how this worker is found, where whoever has taken the tenant did not know: a check has no session of Temporal's.
func (a *Activities) lead(ctx context.Context, t *tenant, at []byte) error {
	a.mu.Lock()
	known := t.led || len(at) == 0
	t.led = t.led || len(at) > 0
	a.mu.Unlock()
	if known {
		return nil
	}
	return t.hold.Lead(ctx, at)
}

// forget has nobody else use what was lost.
func (a *Activities) forget(t *tenant) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tenants[t.id] == t && t.free == nil {
		delete(a.tenants, t.id)
	}
}

// letGo ends one use. With the last, the tenant is free for another worker.
func (a *Activities) letGo(ctx context.Context, t *tenant) {
	a.mu.Lock()
	t.uses--
	last := t.uses == 0
	if last {
		t.free = make(chan struct{})
	}
	a.mu.Unlock()
	if !last {
		return
	}
	if t.hold != nil {
		if err := t.hold.Release(ctx); err != nil {
			a.log().WarnContext(ctx, "a tenant was not let go", "tenant", t.id)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tenants[t.id] == t {
		delete(a.tenants, t.id)
	}
	close(t.free)
}
