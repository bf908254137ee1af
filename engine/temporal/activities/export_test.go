package activities

import (
	"context"

	"go.temporal.io/sdk/worker"
)

// RegisterPanic registers an activity that panics with a text.
func (a *Activities) RegisterPanic(w worker.ActivityRegistry, name string) {
	register(a, w, name, between, func(_ context.Context, text string) (struct{}, error) { panic(text) })
}
