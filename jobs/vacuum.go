package jobs

// What is left in the lane when the newest version of a Delta table names it no more is removed from the store: files of
// rows that were replaced, of days that were removed, and of what a crash has copied and never published. Until then older
// versions can be read whole, which is what time travel is. A vacuum works under the lock of a dataset: what nobody names then
// is nobody's, for whoever publishes holds it too. It asks Graph nothing, and a clock that is ahead costs older versions only.
//
// It reaches whatever lane the lake has, also one that the configuration has off.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load/lane"
	"graphlake/schemas"
)

// ofLane is the What of what is removed of the lane.
const ofLane = "delta"

// VacuumOptions are what a vacuum is asked for besides its selection.
type VacuumOptions struct {
	OlderThan time.Duration // so long ago a file was replaced, at least; at most [lane.KeepVersions]
	DryRun    bool          // change nothing, and say what would be removed
	Compact   bool          // first roll months as Compact does, where the lane has some
}

// Vacuum removes what of the selection's Delta tables nobody needs who reads a version of the time that is left. It has no range.
func (r *Runner) Vacuum(ctx context.Context, sel plan.Selection, o VacuumOptions) (Report, error) {
	rep := Report{DryRun: o.DryRun}
	err := r.reporting(ctx, "vacuum", sel, &rep, func(ctx context.Context) { r.vacuum(ctx, sel, o, &rep) })
	return rep, err
}

// vacuumAfter is Vacuum of what a job has read or removed, in its report.
func (r *Runner) vacuumAfter(ctx context.Context, sel plan.Selection, rep *Report) {
	if sel.Vacuum {
		r.vacuum(ctx, sel, VacuumOptions{OlderThan: lane.KeepVersions, Compact: true}, rep)
	}
}

func (r *Runner) vacuum(ctx context.Context, sel plan.Selection, o VacuumOptions, rep *Report) {
	rep.Vacuumed = []Removal{}
	l := r.anyLane()
	if l == nil {
		return
	}
	if o.Compact {
		r.compact(ctx, sel, CompactOptions{DryRun: o.DryRun}, rep)
	}
	removed := false
	for _, t := range sel.Tenants {
		for _, d := range sel.Datasets {
			v := vacuuming{runner: r, lane: l, selection: sel, tenant: t, dataset: d, options: o}
			done := Removal{Tenant: t.Name, Dataset: d.Name, What: ofLane, Outcome: state.Removed}
			err := r.stopped()
			if err == nil {
				err = v.run(ctx, &done)
			}
			if done.Files > 0 {
				removed = true
				rep.Vacuumed = append(rep.Vacuumed, done)
				if !o.DryRun {
					r.Log.InfoContext(ctx, "lane vacuumed", "tenant", t.Name, "dataset", d.Name, "files", done.Files, "bytes", done.Bytes)
				}
			}
			if err != nil {
				rep.Vacuumed = append(rep.Vacuumed, r.failedRemoval(Removal{Tenant: t.Name, Dataset: d.Name, What: ofLane}, err))
			}
		}
	}
	if removed {
		end := time.Now().UTC().Add(-o.OlderThan).Truncate(time.Second)
		rep.Notes = append(rep.Notes, plan.Note{Whole: true, Message: fmt.Sprintf(
			"time travel in delta/ ends at %s: of what was replaced before, the files go, and older versions cannot be read whole any more", end.Format(time.RFC3339))})
	}
}

// vacuuming is the vacuum of one dataset of a tenant.
type vacuuming struct {
	runner    *Runner
	lane      *lane.Lane
	selection plan.Selection
	tenant    plan.Tenant
	dataset   schemas.Dataset
	options   VacuumOptions
}

// run first looks without the lock whether there is anything to do: mostly there is not.
func (v *vacuuming) run(ctx context.Context, done *Removal) error {
	if err := v.tables(ctx, nil, true, done); err != nil || v.options.DryRun || done.Files == 0 {
		return err
	}
	done.Files, done.Bytes = 0, 0
	o, err := v.runner.openDataset(ctx, v.selection, v.tenant, v.dataset)
	if err != nil {
		return err
	}
	s := &Session{runner: v.runner, selection: v.selection, open: []*openDataset{o}, encoders: newEncoders(1)}
	alive := s.beat(ctx, "vacuum")
	defer alive.end(ctx)
	return errors.Join(v.tables(ctx, o.state.Held, false, done), o.state.Close(ctx))
}

// tables counts what goes, also what has gone before an error.
func (v *vacuuming) tables(ctx context.Context, held func() error, dryRun bool, done *Removal) error {
	var errs []error
	for _, t := range slices.Backward(v.dataset.Tables) {
		if err := v.runner.stopped(); err != nil {
			return errors.Join(append(errs, err)...)
		}
		gone, err := v.lane.Vacuum(ctx, held, t, v.tenant.ID, lane.VacuumOptions{OlderThan: v.options.OlderThan, DryRun: dryRun})
		done.Files, done.Bytes = done.Files+gone.Files, done.Bytes+gone.Bytes
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", t.Name, err))
		}
	}
	return errors.Join(errs...)
}
