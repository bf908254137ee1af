package workflows

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// The story of a tenant's day
//
// A round is one run of the product in steps, in one of Temporal's sessions, that is, on one worker: there the tenant's
// budgets live, and nowhere else at that time. The day is as many rounds as it takes:
//
//   - what others have locked is left, and asked for in another round, later;
//   - a tenant that another worker has is asked for there: the round is had again in a session on that worker;
//   - of a worker that is gone nothing is known but the results that it gave; the next round is planned anew by the product,
//     which reads from the lake what has been read.
//
// A crash, a termination, a loss of these workflows altogether leave the lake as a killed `graphlake run` does: what was
// committed is committed, and the next run goes on.

// A result names so many units, of some 300 bytes: a night's history has those of 500 tenants, and may be 50 MB.
const unitsOfResult = 200

// What is given up in the end.
const (
	// Rounds one after the other whose worker was gone before one unit had ended: then it is the units that kill workers.
	fruitlessRounds = 10
	// The Detail of a unit that had no result when its worker was gone, and was not due any more in the next round. Its counts
	// are in the report of the run that read it, if there is one.
	readByAnother = "read by another run"
)

// TenantDay is what one tenant has due in a job, or a range of a backfill, from the first lock to the last table. It fails only
// if nothing could be done: then what the other units of the night became does not hide it.
func (w *Workflows) TenantDay(ctx workflow.Context, a Ask) (TenantDayResult, error) {
	d := &day{policy: w.Policy, ask: a, started: workflow.Now(ctx), stop: func() {}, res: TenantDayResult{Tenant: a.Tenant, Outcome: Done, Runs: []string{}, Units: []UnitResult{}}}
	known := []temporal.SearchAttributeUpdate{tenantKey.ValueSet(a.Tenant), lateKey.ValueSet(false)}
	if a.Job != "" {
		known = append(known, jobKey.ValueSet(a.Job))
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, known...); err != nil {
		return d.res, err
	}
	d.watchStop(ctx)
	d.watchLate(ctx)
	if err := d.rounds(ctx); err != nil {
		return d.res, err
	}
	return d.conclude(ctx)
}

// day is a tenant's day that is under way.
type day struct {
	policy  Policy
	ask     Ask       // of the next round
	started time.Time //
	until   time.Time // when the tries of its units end; zero until a worker has it
	stop    func()    // ends the round that is under way
	res     TenantDayResult
	planned []Unit // of all rounds, in their order

	elsewhere []byte   // leads to the worker that has the tenant; nil: any
	dead      [][]byte // lead to workers that did not answer; each is asked once less for it
}

// ending is how a round ended.
type ending int

const (
	finished  ending = iota // nothing is left
	locked                  // others have what is left, which the ask names
	elsewhere               // another worker has the tenant
	gone                    // the worker is
	stopped                 // this workflow was stopped
)

// watchStop ends the round that is under way when this workflow is cancelled.
func (d *day) watchStop(ctx workflow.Context) {
	workflow.Go(ctx, func(ctx workflow.Context) {
		ctx.Done().Receive(ctx, nil)
		d.stop()
	})
}

// watchLate says it in the search attributes as soon as the day is late.
func (d *day) watchLate(ctx workflow.Context) {
	if d.ask.LateAt.IsZero() {
		return
	}
	workflow.Go(ctx, func(ctx workflow.Context) {
		if err := workflow.Sleep(ctx, d.ask.LateAt.Sub(workflow.Now(ctx))); err != nil {
			return
		}
		d.res.Late = true
		if err := workflow.UpsertTypedSearchAttributes(ctx, lateKey.ValueSet(true)); err != nil {
			workflow.GetLogger(ctx).Warn("a search attribute is not set", "attribute", LateAttribute)
		}
	})
}

// rounds has rounds until nothing is left, or until it is given up. The error is that this workflow was stopped.
func (d *day) rounds(ctx workflow.Context) error {
	info := workflow.GetInfo(ctx)
	for lockedTries, fruitless := 0, 0; ; {
		before := len(d.res.Units)
		d.res.Rounds++
		d.ask.Back = d.ask.Back || workflow.Now(ctx).Sub(d.ask.Now) > missedAfter
		d.ask.Key = fmt.Sprintf("%s/%d", info.WorkflowExecution.RunID, d.res.Rounds)
		end := d.round(ctx)
		if len(d.res.Units) > before { // what is locked then, as by a worker that has died since, is waited for anew
			lockedTries, fruitless = 0, 0
		}
		var wait time.Duration
		switch {
		case end == stopped || ctx.Err() != nil:
			return ctx.Err()
		case end == finished:
			return nil
		case end == locked:
			if lockedTries++; lockedTries > d.policy.LockedTries && (!d.ask.Backfill || d.left(ctx) <= 0) { // a night may take as long as its tries
				d.giveUp("locked")
				return nil
			}
			wait = d.policy.Locked
		case end == elsewhere:
			if workflow.Now(ctx).Sub(d.started) > creation {
				d.giveUp("locked")
				return nil
			}
			if d.forgiveDead(d.elsewhere) {
				d.elsewhere, wait = nil, d.policy.heartbeat()
			}
		case len(d.res.Units) > before: // gone, and not for nothing
		default:
			if fruitless++; fruitless == fruitlessRounds {
				d.giveUp(KindGone)
				return nil
			}
			wait = d.policy.First
		}
		if err := workflow.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// forgiveDead reports whether a worker has not answered, and lets it be asked the next time.
func (d *day) forgiveDead(at []byte) bool {
	i := slices.IndexFunc(d.dead, func(b []byte) bool { return bytes.Equal(at, b) })
	if i < 0 {
		return false
	}
	d.dead = slices.Delete(d.dead, i, i+1)
	return true
}

// left is how long the units of the day may be tried again.
func (d *day) left(ctx workflow.Context) time.Duration {
	if d.until.IsZero() {
		return d.policy.Within
	}
	return d.until.Sub(workflow.Now(ctx))
}

// add takes a result in, in place of an earlier one of the same.
func (d *day) add(r UnitResult) {
	r.Tenant = d.ask.Tenant
	same := func(o UnitResult) bool {
		return o.Dataset == r.Dataset && o.From.Equal(r.From) && o.To.Equal(r.To)
	}
	if i := slices.IndexFunc(d.res.Units, same); i >= 0 {
		d.res.Units[i] = r
		return
	}
	d.res.Units = append(d.res.Units, r)
}

// has reports whether a unit has ended in this day: where a range was asked for, another round plans it again.
func (d *day) has(u Unit) bool {
	return slices.ContainsFunc(d.res.Units, func(r UnitResult) bool {
		return r.Dataset == u.Dataset && r.From.Equal(u.From) && r.To.Equal(u.To)
	})
}

// giveUp ends what is left with an error of this kind.
func (d *day) giveUp(kind string) {
	if len(d.ask.Datasets) == 0 {
		d.add(failure("", kind))
	}
	for _, name := range d.ask.Datasets {
		if !slices.ContainsFunc(d.res.Units, func(r UnitResult) bool { return r.Dataset == name && !r.Outcome.ended() }) {
			d.add(failure(name, kind))
		}
	}
}

// failure is the result of a dataset of which no unit was begun.
func failure(dataset, kind string) UnitResult {
	outcome := OutcomeOf(kind)
	return UnitResult{Dataset: dataset, Outcome: outcome, Detail: string(outcome), Kind: kind}
}

// addUnanswered says of units that no result came of what became of them: another run has read them, or they would have been
// planned again.
func (d *day) addUnanswered() {
	for i, u := range d.planned {
		again := d.isRefused(u.Dataset) || slices.ContainsFunc(d.planned[i+1:], func(later Unit) bool { return later.Dataset == u.Dataset && overlap(u, later) })
		if !again && !d.has(u) {
			d.add(UnitResult{Dataset: u.Dataset, From: u.From, To: u.To, Outcome: Done, Detail: readByAnother})
		}
	}
}

// isRefused reports whether a dataset as a whole did not end well in some round: then nobody has read the rest of it.
func (d *day) isRefused(dataset string) bool {
	return slices.ContainsFunc(d.res.Units, func(r UnitResult) bool { return r.Dataset == dataset && r.From.IsZero() && !r.Outcome.ended() })
}

func overlap(a, b Unit) bool {
	return a.From.Equal(b.From) && a.To.Equal(b.To) || a.From.Before(b.To) && b.From.Before(a.To)
}

// sum leaves units out of what is too long for the history of who has begun this, and adds them up: of those that ended well,
// the last ones first.
func (d *day) sum() {
	for _, well := range []bool{true, false} {
		for i := len(d.res.Units) - 1; i >= 0 && len(d.res.Units) > unitsOfResult; i-- {
			if u := d.res.Units[i]; u.Outcome == Done || !well {
				d.res.More.Units++
				d.res.More.Records += u.Records
				d.res.More.Requests += u.Requests
				d.res.Units = slices.Delete(d.res.Units, i, i+1)
			}
		}
	}
}

// conclude adds up what became of the day.
func (d *day) conclude(ctx workflow.Context) (TenantDayResult, error) {
	var records, requests int64
	worst, well := UnitResult{Outcome: d.res.Outcome}, false
	for _, u := range d.res.Units {
		records, requests, well = records+u.Records, requests+u.Requests, well || u.Outcome.ended()
		if badness(u.Outcome) > badness(worst.Outcome) || worst.Kind == "" && u.Outcome == worst.Outcome {
			worst = u
		}
	}
	d.res.Outcome = worst.Outcome
	if err := workflow.UpsertTypedSearchAttributes(ctx, outcomeKey.ValueSet(string(d.res.Outcome)), lateKey.ValueSet(d.res.Late)); err != nil {
		return d.res, err
	}
	if err := workflow.UpsertMemo(ctx, map[string]any{"records": records, "requests": requests}); err != nil {
		return d.res, err
	}
	d.sum()
	if !well && !d.res.Outcome.ended() {
		kind := worst.Kind
		if kind == "" {
			kind = string(worst.Outcome)
		}
		return d.res, failed(kind, worst.Needs, d.res)
	}
	return d.res, nil
}
