package activities

import (
	"context"
	"errors"
	"slices"

	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
)

// heldAfter is in how many heartbeats' time a round has to be held, or ends.
const heldAfter = 2

// open begins a round: this worker holds the tenant, the run holds its locks, what earlier runs left is derived, and it is
// known what is due. Asked again with the same key, whose answer was lost, it says the same.
func (a *Activities) open(ctx context.Context, ask workflows.Ask) (workflows.Opened, error) {
	if ask.Key == "" {
		return workflows.Opened{}, failure(workflows.UnitResult{Tenant: ask.Tenant, Kind: "usage", Needs: "a key of the round"}, never)
	}
	defer a.beat(ctx, nothing)()
	for {
		r, made := a.roundOf(ask)
		if made {
			a.openMade(ctx, r)
			if r.run != nil {
				a.holdWithin(ctx, r, heldAfter*a.heartbeat())
			}
			return r.result, r.err
		}
		select {
		case <-r.opened:
		case <-ctx.Done():
			return workflows.Opened{}, ctx.Err()
		}
		switch {
		case errors.Is(r.err, context.Canceled) && ctx.Err() == nil: // that of an earlier try of this activity
			continue
		case r.run != nil && !r.goesOn():
			return workflows.Opened{}, errGone
		}
		return r.result, r.err
	}
}

// openMade opens a round that is new. Whoever waits for it goes on, also if it panics.
func (a *Activities) openMade(ctx context.Context, r *round) {
	r.err = failure(workflows.UnitResult{Tenant: r.ask.Tenant, Kind: "failed"}, never) // unless it comes to an end
	defer func() {
		if r.run == nil { // also where another worker has the tenant: asked again, that may be different
			a.drop(r)
		}
		close(r.opened)
	}()
	r.err = a.openRound(ctx, r)
}

// openRound fills in a round. Without a run there is nothing to be let go of.
func (a *Activities) openRound(ctx context.Context, r *round) (err error) {
	t, err := a.tenantOf(r.ask.Tenant)
	if err != nil {
		return err
	}
	sel, err := a.selection(r.ask)
	if err != nil {
		return err
	}
	held, err := a.holdTenant(ctx, t.ID, r.ask.At)
	if elsewhere, ok := errors.AsType[*state.HeldElsewhereError](err); ok && len(elsewhere.At) > 0 {
		r.result = workflows.Opened{Elsewhere: elsewhere.At}
		return nil
	}
	if err != nil {
		return err
	}
	defer func() {
		if r.run == nil {
			a.letGo(ctx, held)
		}
	}()
	run, p, err := a.beginRun(ctx, r.ask, t, sel)
	if err != nil {
		return err
	}
	r.run, r.units, r.whose, r.tenant = run, p.Units, t, held
	r.result = openedOf(run, p, t)
	return nil
}

// beginRun begins a run and plans it. What it has begun and cannot give back, it has ended.
func (a *Activities) beginRun(ctx context.Context, ask workflows.Ask, t plan.Tenant, sel plan.Selection) (*jobs.Run, plan.Plan, error) {
	runner, err := a.engine.Runner(t, ask.Now)
	if err != nil {
		return nil, plan.Plan{}, err
	}
	run, err := jobs.Begin(ctx, runner, sel)
	if err != nil {
		return nil, plan.Plan{}, err
	}
	p, err := run.Plan(ctx)
	if err = errors.Join(err, ctx.Err()); err == nil {
		return run, p, nil
	}
	end := context.WithoutCancel(ctx)
	rep, failed := run.End(end)
	a.engine.Ended(end, ask.Job, []plan.Tenant{t}, rep, failed)
	return nil, plan.Plan{}, err
}

// openedOf says what is open.
func openedOf(run *jobs.Run, p plan.Plan, t plan.Tenant) workflows.Opened {
	o := workflows.Opened{Run: run.ID(), Units: []workflows.Unit{}}
	for _, u := range run.NotOpen() {
		kind := "failed"
		if u.Error != nil {
			kind = u.Error.Kind
		}
		o.NotOpen = append(o.NotOpen, workflows.NotOpen{Dataset: u.Dataset, Kind: kind})
	}
	for i, u := range p.Units {
		o.Units = append(o.Units, workflows.Unit{Index: i, Dataset: u.Dataset.Name, From: u.Range.From, To: u.Range.To})
	}
	for _, n := range p.Notes {
		if !n.Whole {
			o.Results = append(o.Results, workflows.UnitResult{
				Tenant: t.Name, Dataset: n.Dataset, Outcome: workflows.Incomplete, Detail: leftOut, Needs: "a look into the notes of the report",
			})
		}
	}
	return o
}

// leftOut is the Detail of a dataset of which something that was asked for is not planned.
const leftOut = "left out"

// goesOn reports whether a round has not ended, and is not about to.
func (r *round) goesOn() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.why == "" && !r.ending
}

// tenantOf finds a tenant by its name.
func (a *Activities) tenantOf(name string) (plan.Tenant, error) {
	all := a.engine.Tenants()
	i := slices.IndexFunc(all, func(t plan.Tenant) bool { return t.Name == name })
	if i < 0 {
		return plan.Tenant{}, failure(workflows.UnitResult{Tenant: name, Kind: "usage", Needs: "a tenant of this name in the configuration of the worker"}, never)
	}
	return all[i], nil
}

// jobOf finds a job by its name.
func (a *Activities) jobOf(name string) (cli.EngineJob, error) {
	all := a.engine.Jobs()
	i := slices.IndexFunc(all, func(j cli.EngineJob) bool { return j.Name == name })
	if i < 0 {
		return cli.EngineJob{}, failure(workflows.UnitResult{Kind: "usage", Needs: "a job of this name in the configuration of the worker"}, never)
	}
	return all[i], nil
}

var errNoNow = failure(workflows.UnitResult{Kind: "usage", Needs: "what counts as now"}, never)

// selection is what is asked for. The removing of what is old is not part of it: Conclude does that, once.
func (a *Activities) selection(ask workflows.Ask) (plan.Selection, error) {
	if ask.Now.IsZero() {
		return plan.Selection{}, errNoNow
	}
	return a.engine.Selection(cli.EngineAsk{
		Tenant: ask.Tenant, Job: ask.Job, Datasets: ask.Datasets, From: ask.From, To: ask.To, Now: ask.Now, Back: ask.Back, Yes: ask.Backfill,
	})
}
