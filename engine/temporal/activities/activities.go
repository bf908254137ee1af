package activities

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"

	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
)

// Activities are what a worker carries out. They are safe for concurrent use, which a worker makes of them.
type Activities struct {
	engine *cli.Engine
	policy workflows.Policy

	stopping chan struct{} // closed when nothing is to begin any more

	mu      sync.Mutex
	stopped bool               // stopping is closed
	busy    int                // activities that are under way
	idle    *sync.Cond         // busy is 0, with mu
	rounds  map[string]*round  // by key, also those that have ended not long ago
	tenants map[string]*tenant // that this worker holds, by id
}

// New makes the activities of a worker. The engine is closed by its owner, after [Activities.Close].
func New(engine *cli.Engine, policy workflows.Policy) *Activities {
	a := &Activities{
		engine: engine, policy: policy,
		stopping: make(chan struct{}), rounds: map[string]*round{}, tenants: map[string]*tenant{},
	}
	a.idle = sync.NewCond(&a.mu)
	return a
}

// Register makes a worker carry out what workflows.Queue of its lake asks for. It needs sessions.
func (a *Activities) Register(w worker.ActivityRegistry) {
	register(a, w, workflows.TenantsActivity, between, a.namesOfTenants)
	register(a, w, workflows.OpenActivity, begins, a.open)
	register(a, w, workflows.HoldActivity, goesOn, a.hold)
	register(a, w, workflows.UnitActivity, begins, a.unit)
	register(a, w, workflows.CloseActivity, goesOn, a.closeRound)
	register(a, w, workflows.ConcludeActivity, between, a.conclude)
	register(a, w, workflows.WeeksActivity, between, a.weeks)
	register(a, w, workflows.PartsActivity, between, a.parts)
	register(a, w, workflows.CheckActivity, between, a.check)
}

// RegisterReplay makes a worker carry out what workflows.CPUQueue of its lake asks for.
func (a *Activities) RegisterReplay(w worker.ActivityRegistry) {
	register(a, w, workflows.ReplayActivity, between, a.replay)
}

// what an activity is to a worker that stops.
type what int

const (
	begins  what = iota // does not begin any more, and its round is to begin anew elsewhere
	goesOn              // ends what has begun
	between             // is for any worker: another has it in a moment
)

// register has a worker carry out an activity. Whatever becomes of it, its error is one that Temporal may keep.
func register[In, Out any](a *Activities, w worker.ActivityRegistry, name string, is what, do func(context.Context, In) (Out, error)) {
	w.RegisterActivityWithOptions(func(ctx context.Context, in In) (out Out, err error) {
		if err := a.begin(is); err != nil {
			return out, err
		}
		defer a.end()
		defer func() {
			if p := recover(); p != nil { // the SDK would send its text and the stack
				a.log().ErrorContext(ctx, "an activity has panicked", "activity", name, "panic", said(p))
				err = failure(workflows.UnitResult{Kind: "failed"}, never)
			}
		}()
		out, err = do(ctx, in)
		return out, a.shown(ctx, name, err)
	}, activity.RegisterOptions{Name: name})
}

// begin counts an activity as under way.
func (a *Activities) begin(is what) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.stopped && is == begins:
		return errStopped
	case a.stopped && is == between:
		return failure(workflows.UnitResult{Kind: workflows.KindStopped}, time.Second)
	}
	a.busy++
	return nil
}

func (a *Activities) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.busy--; a.busy == 0 {
		a.idle.Broadcast()
	}
}

func (a *Activities) log() *slog.Logger { return a.engine.Log() }

// Drain lets what is under way end and nothing begin: units go on to their last table, then their rounds end and their
// locks are free, and the workflows begin others elsewhere. It returns when nothing is under way any more, or when the
// context has ended.
func (a *Activities) Drain(ctx context.Context) {
	var all sync.WaitGroup
	for _, r := range a.stop() {
		all.Go(func() { a.drain(ctx, r) })
	}
	all.Wait()
	wake := context.AfterFunc(ctx, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.idle.Broadcast()
	})
	defer wake()
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.busy > 0 && ctx.Err() == nil {
		a.idle.Wait()
	}
}

// Close ends all rounds at once, so that no lock stays: what is under way is interrupted, as by a signal.
func (a *Activities) Close(ctx context.Context) error {
	var all sync.WaitGroup
	for _, r := range a.stop() {
		all.Go(func() {
			r.stop(workflows.KindStopped)
			if _, err := a.endRound(ctx, r); err != nil {
				a.log().WarnContext(ctx, "a round has not ended yet", "tenant", r.ask.Tenant)
			}
		})
	}
	all.Wait()
	return ctx.Err()
}

// LetGo ends all rounds that are under way, and others may begin: Temporal has not been heard of for so long that it takes this
// worker for dead, and others are to have its tenants.
func (a *Activities) LetGo(ctx context.Context) {
	a.mu.Lock()
	var all []*round
	for _, r := range a.rounds {
		if _, ended := r.endedFor(); !ended {
			all = append(all, r)
		}
	}
	a.mu.Unlock()
	var ending sync.WaitGroup
	for _, r := range all {
		ending.Go(func() {
			r.stop(workflows.KindGone)
			if _, err := a.endRound(ctx, r); err == nil {
				a.log().WarnContext(ctx, "a round is ended, for Temporal has not been heard of", "tenant", r.ask.Tenant)
			}
		})
	}
	ending.Wait()
}

// stop has nothing begin any more, and says what has.
func (a *Activities) stop() (all []*round) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.stopped {
		a.stopped = true
		close(a.stopping)
	}
	for _, r := range a.rounds {
		all = append(all, r)
	}
	return all
}
