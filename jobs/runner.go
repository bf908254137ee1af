package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/extract/graph"
	"graphlake/jobs/exclude"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
)

// Runner is what runs are made with: a lake, clients of Graph, a time.
type Runner struct {
	Store state.Store
	Lake  *load.Lake // in Store
	// Delta is the lake's second lane, to which derived days are published; nil: it has none, or it is off. DeltaOff is
	// the one that is off: only what removes something reaches it.
	Delta, DeltaOff *lane.Lane

	Clients map[string]*graph.Client // by tenant id; how patient they are, their Options say
	Privacy Privacy                  // of the lake, as [EnsureSettings] has found it
	Exclude exclude.Settings         // who is left out
	Now     time.Time                // what counts as now
	// CheckClock compares what counts as now with Graph's own clock before anything is written.
	CheckClock bool
	Log        *slog.Logger
	Memory     memory.Allocator // of rows; nil is Arrow's own
	Stop       <-chan struct{}  // closed when no further unit is to begin; nil is never
	// RunID is the id of the one run that is made with it, of [NewRunID]'s form; empty: a new one.
	RunID string
	// Progress, if there is one, says how far the run is.
	Progress *Progress
	// Pulse, if there is one, lets a run say in the lake that it is alive.
	Pulse *Pulse
	// Telemetry, if there is one, is told of runs and units.
	Telemetry *Telemetry
}

func (r *Runner) memory() memory.Allocator {
	if r.Memory == nil {
		return memory.DefaultAllocator
	}
	return r.Memory
}

// stopped says that no further unit is to begin.
func (r *Runner) stopped() error {
	select {
	case <-r.Stop:
		return context.Canceled
	default:
		return nil
	}
}
