package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"graphlake/extract/graph"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// Runner runs what is selected against a lake.
type Runner struct {
	Store   state.Store
	Lake    *load.Lake               // in Store
	Clients map[string]*graph.Client // by tenant id
	Privacy Privacy                  // of the lake, as [Settle] has found it
	Now     time.Time                // what counts as now
	// Witness has what counts as now held against Graph's own clock before anything is written.
	Witness bool
	Log     *slog.Logger
	Memory  memory.Allocator // of rows; nil is Arrow's own
	Stop    <-chan struct{}  // closed when no further unit is to begin; nil is never
	// Progress, if there is one, says how far the run is.
	Progress *Progress
	// Telemetry, if there is one, is told of runs and units.
	Telemetry *Telemetry
}

const (
	// Units under way at once: while one is encoded the next is read. Their requests share the
	// tenant's budgets, so more of them would only wait.
	unitsAtOnce = 2
	// Values held before they are handed on to the lake, by every unit.
	batchBytes = 4 << 20
)

func (r *Runner) memory() memory.Allocator {
	if r.Memory == nil {
		return memory.DefaultAllocator
	}
	return r.Memory
}

// run is one call of Run.
type run struct {
	*Runner
	selection plan.Selection
	held      map[state.Pair]*holding
	report    Report
	// Encoding is what takes memory: a page of each of some hundred columns. Graph's limits leave it
	// the time to take its turn.
	encoders *semaphore.Weighted
}

// Run reads what the selection asks for, or what is due, and derives its tables. First of all it
// derives what an earlier run left dirty. A unit that fails leaves the others alone; what became of
// each is in the report, in the order of the plan. The error is one of the selection, or says that the
// report could not be kept.
func (r *Runner) Run(ctx context.Context, s plan.Selection) (Report, error) {
	r, notes, err := r.witnessed(ctx, s)
	if err != nil {
		return Report{}, err
	}
	if err := s.Check(r.Now); err != nil {
		return Report{}, err
	}
	x := &run{Runner: r, selection: s, held: map[state.Pair]*holding{}, encoders: semaphore.NewWeighted(1)}
	ctx, span := r.begin(ctx, "run", &x.report, s)
	x.hold(ctx)
	stale := x.deriveDirty(ctx)
	plan, err := x.plan()
	if err == nil {
		x.report.Notes = slices.Concat(notes, plan.Notes)
		x.units(ctx, plan)
		x.stillDirty(ctx, stale)
	}
	x.release(ctx)
	return x.report, errors.Join(err, r.end(ctx, span, &x.report))
}

// hold takes the locks of all that is selected. What another run holds is reported and left to it.
func (x *run) hold(ctx context.Context) {
	for _, t := range x.selection.Tenants {
		for _, d := range x.selection.Datasets {
			err := x.stopped()
			var h *holding
			if err == nil {
				h, err = x.Runner.hold(ctx, t, d)
			}
			if err == nil {
				if err = h.begin(ctx, x.selection, x.Now); err != nil {
					err = errors.Join(err, h.state.Close(ctx))
				}
			}
			if err == nil {
				x.held[h.pair()] = h
			} else {
				x.fail(ctx, plan.Unit{Tenant: t, Dataset: d, Range: x.selection.Span(d, x.Now)}, err)
			}
		}
	}
}

// fail reports a unit that was not begun.
func (x *run) fail(ctx context.Context, u plan.Unit, err error) {
	ctx, span := x.Telemetry.start(ctx, "unit")
	rep := newUnitReport(u)
	rep.decide(u, err)
	x.ended(ctx, span, &rep)
	x.report.Units = append(x.report.Units, rep)
	if h := x.held[u.Pair()]; h != nil {
		h.failed = true
	}
}

// plan is what is due by the states under the locks.
func (x *run) plan() (plan.Plan, error) {
	known := map[state.Pair]state.State{}
	for pair, h := range x.held {
		known[pair] = h.state.View()
	}
	p, err := plan.New(x.selection, known, x.Now)
	p.Units = slices.DeleteFunc(p.Units, func(u plan.Unit) bool { return x.held[u.Pair()] == nil })
	return p, err
}

// units carries out the plan.
func (x *run) units(ctx context.Context, p plan.Plan) {
	reports := make([]UnitReport, len(p.Units))
	lives := x.Progress.begin(p.Units, true)
	var units errgroup.Group
	units.SetLimit(unitsAtOnce)
	for i, u := range p.Units {
		units.Go(func() error {
			reports[i] = x.unit(ctx, x.held[u.Pair()], lives[i])
			return nil
		})
	}
	_ = units.Wait() // its functions return nil: a unit's error is in its report
	for i, u := range p.Units {
		h := x.held[u.Pair()]
		switch reports[i].Outcome {
		case state.Interrupted, state.Unavailable:
			h.interrupted = true
		default:
			h.failed = h.failed || reports[i].Error != nil || reports[i].Doubt != nil
		}
	}
	x.report.Units = append(x.report.Units, reports...)
}

func (x *run) unit(ctx context.Context, h *holding, l *live) UnitReport {
	u := l.Unit
	var err error
	if u.Dataset.Source.Parent != nil {
		if err = h.serial.Acquire(ctx, 1); err == nil {
			defer h.serial.Release(1)
		}
	}
	rep := newUnitReport(u)
	ctx, span := x.Telemetry.start(ctx, "unit")
	if err == nil {
		err = x.stopped()
	}
	if err == nil {
		err = (&unit{Unit: u, h: h, run: x, rep: &rep, live: l}).do(graph.WithCounter(ctx, &l.count))
	}
	rep.decide(u, err)
	h.note(ctx, u, &rep, x.Now)
	rep.Requests, rep.Throttled, rep.Bytes = l.count.Requests.Load(), l.count.Throttled.Load(), l.count.BytesRead.Load()
	rep.waited, rep.Seconds = l.count.Waited(), time.Since(rep.started).Seconds()
	l.end(&rep)
	x.ended(ctx, span, &rep)
	return rep
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

// note puts into the coverage that a unit was not read, unless nothing can be said of it or written.
func (h *holding) note(ctx context.Context, u plan.Unit, rep *UnitReport, now time.Time) {
	if rep.Error == nil || rep.Outcome == state.Interrupted || rep.Error.Kind == "conflict" {
		return
	}
	r := u.Range
	if u.Dataset.Mode == schemas.Observations { // of a day, one is enough, and a thousand failures are one
		r = r.WholeDays()
	}
	err := h.state.Update(ctx, func(st *state.State) {
		st.Cover(u.Dataset, state.Covered{From: r.From, To: r.To, Outcome: rep.Outcome, Read: now.UTC(), Request: st.Requests})
	})
	if err != nil {
		rep.Error.Message += fmt.Sprintf("; and that could not be noted: %v", err)
	}
}

// release ends the tries that are not to be gone on with and lets the locks go.
func (x *run) release(ctx context.Context) {
	for _, h := range x.held {
		var err error
		if !h.interrupted {
			err = h.end(ctx, x.selection)
		}
		err = errors.Join(err, h.keepDays(ctx, x.Now))
		if err = errors.Join(err, h.state.Close(ctx)); err != nil {
			x.fail(ctx, plan.Unit{Tenant: h.tenant, Dataset: h.dataset, Range: x.selection.Span(h.dataset, x.Now)}, err)
		}
	}
}
