package activities

import (
	"context"

	"go.temporal.io/sdk/worker"
)

// RegisterPanic registers an activity that panics with a text.
func (a *Activities) RegisterPanic(w worker.ActivityRegistry, name string) {
	register(a, w, name, between, func(_ context.Context, text string) (struct{}, error) { panic(text) })
}

// Lose has a worker lose a tenant, as one does whose machine has slept for longer than a lease lasts.
func (a *Activities) Lose(ctx context.Context, tenantID string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.tenants[tenantID].hold.Release(ctx)
}
