package jobs

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/extract/graph"
	"graphlake/jobs/exclude"
	"graphlake/jobs/plan"
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

// Run reads what the selection asks for, or what is due, and derives its tables. First of all it
// derives what an earlier run left dirty. A unit that fails leaves the others alone; what became of
// each is in the report, in the order of the plan. The error is one of the selection, or says that the
// report could not be kept.
func (r *Runner) Run(ctx context.Context, sel plan.Selection) (Report, error) {
	s, err := newSession(ctx, r, sel)
	if err != nil {
		return Report{}, err
	}
	var rep Report
	ctx, span := s.runner.begin(ctx, "run", &rep, sel)
	s.lock(ctx)
	alive := s.beat(ctx, "run")
	s.noteAsked(ctx)
	for _, e := range s.notOpen { // what another run has is left to it
		rep.Units = append(rep.Units, s.fail(ctx, e.Unit, e.Err))
	}
	dirty := s.deriveDirty(ctx)
	rep.Units = append(rep.Units, s.goOnErasing(ctx)...)
	p, err := s.Plan()
	if err == nil {
		rep.Notes = p.Notes
		alive.plan(ctx, p.Units)
		rep.Units = append(rep.Units, s.units(ctx, p)...)
		rep.Units = append(rep.Units, s.stillDirty(ctx, dirty, rep.Units)...)
		rep.Units = append(rep.Units, s.eraseNewKeys(ctx)...)
	}
	for _, e := range s.close(ctx) {
		rep.Units = append(rep.Units, s.fail(ctx, e.Unit, e.Err))
	}
	alive.end(ctx)
	rep.addChanges(s.changes)
	s.runner.noteLaneOff(&rep)
	if sel.Expire {
		s.expireAfter(ctx, &rep)
	}
	s.runner.vacuumAfter(ctx, sel, &rep)
	err = errors.Join(err, s.runner.endErasing(ctx))
	return rep, errors.Join(err, s.runner.end(ctx, span, &rep))
}

// noteAsked notes of all datasets that units are asked for, also if none will be due. Where that cannot be noted, nothing
// can be read.
func (s *Session) noteAsked(ctx context.Context) {
	var open []*openDataset
	for _, o := range s.open {
		err := o.noteAsked(ctx, s.selection, s.runner.Now)
		if err == nil {
			open = append(open, o)
			continue
		}
		s.addNotOpen(o.unit(s.selection, s.runner.Now), errors.Join(err, o.state.Close(ctx)))
	}
	s.open = open
}

// units carries out the plan. The reports are in its order.
func (s *Session) units(ctx context.Context, p plan.Plan) []UnitReport {
	type done struct {
		unit *live
		rep  UnitReport
	}
	units := s.runner.Progress.begin(p.Units, true)
	reports := map[*live]UnitReport{}
	ended := make(chan done)
	for q := newQueue(slices.Clone(units)); len(reports) < len(units); {
		for l := q.next(); l != nil; l = q.next() {
			go func() { ended <- done{l, s.unit(ctx, l)} }()
		}
		d := <-ended
		q.ended(d.unit)
		reports[d.unit] = d.rep
	}
	all := make([]UnitReport, len(units))
	for i, l := range units {
		all[i] = reports[l]
	}
	return all
}

// unit is a unit from its first request to its last table: Graph → raw, raw → tables.
func (s *Session) unit(ctx context.Context, l *live) (rep UnitReport) {
	ctx, span := s.runner.Telemetry.start(ctx, "unit")
	days, err := s.read(ctx, l, &rep)
	err = errors.Join(err, s.deriveAll(ctx, days, l.Unit, &rep))
	s.conclude(ctx, l, &rep, err)
	s.runner.ended(ctx, span, &rep)
	return rep
}

// fail reports a unit that was not begun.
func (s *Session) fail(ctx context.Context, u plan.Unit, err error) UnitReport {
	ctx, span := s.runner.Telemetry.start(ctx, "unit")
	rep := newUnitReport(u)
	rep.decide(u, err)
	s.runner.ended(ctx, span, &rep)
	return rep
}
