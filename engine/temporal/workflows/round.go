package workflows

import (
	"errors"
	"slices"

	"go.temporal.io/sdk/workflow"
)

// datasetsAtOnce is how many datasets of a tenant have a unit under way. The units of one follow each other in the plan's
// order, as those of parents have to.
const datasetsAtOnce = 8

// round is one run of the product: Open, Hold beside the units, Close.
//
// Its session is made under a context that outlives a cancel of the workflow, so that also what was stopped is closed, and the
// worker's place is free at once.
func (d *day) round(ctx workflow.Context) ending {
	base, cancel := workflow.NewDisconnectedContext(ctx)
	d.stop = cancel
	asked := workflow.Now(ctx)
	session, err := d.session(base)
	switch {
	case ctx.Err() != nil && err != nil:
		return stopped
	case err != nil && d.elsewhere != nil:
		d.dead = append(d.dead, d.elsewhere)
		return elsewhere
	case err != nil && workflow.Now(ctx).Sub(asked) < creation: // a worker had taken the tenant, and was gone before it could say so
		return gone
	case err != nil:
		d.giveUp(kindWorker)
		return finished
	}
	defer workflow.CompleteSession(session)
	r := &round{day: d, session: session, held: Held{Key: d.ask.Key}}
	r.steps, r.stop = workflow.WithCancel(session)
	d.stop = r.stop
	d.ask.At, d.elsewhere = workflow.GetSessionInfo(session).GetRecreateToken(), nil
	if d.until.IsZero() {
		d.until = workflow.Now(ctx).Add(d.policy.Within)
	}
	end := r.run(ctx)
	switch {
	case ctx.Err() != nil:
		return stopped
	case end == gone:
		d.dead = append(d.dead, d.ask.At)
	}
	return end
}

// session has a worker take the tenant: the one that has it already, or any.
func (d *day) session(ctx workflow.Context) (workflow.Context, error) {
	options := d.policy.session()
	if d.elsewhere == nil {
		return workflow.CreateSession(ctx, options)
	}
	options.CreationTimeout = 2 * d.policy.heartbeat()
	return workflow.RecreateSession(ctx, d.elsewhere, options)
}

// round is a round that is under way.
type round struct {
	day     *day
	session workflow.Context // ends with the worker
	steps   workflow.Context // ends with the worker, with what is held, and when the workflow is stopped
	stop    func()           // ends the steps
	held    Held
	planned []Unit   // of this round
	let     bool     // what was held is not held any more
	closing bool     // and need not be
	left    []string // datasets of which units are left to another round
	skipped bool     // units that another round had ended are in the plan
}

func (r *round) run(ctx workflow.Context) ending {
	var opened Opened
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(r.steps, r.day.policy.steps(r.day.left(ctx))), OpenActivity, r.day.ask).Get(r.steps, &opened)
	switch kind := KindOf(err); {
	case ctx.Err() != nil && err != nil:
		return stopped
	case err != nil && r.isGone(err):
		return gone
	case kind == "locked", kind == "conflict":
		return locked
	case err != nil:
		r.day.add(resultOf(err, Unit{}))
		return finished
	case opened.Elsewhere != nil:
		r.day.elsewhere = opened.Elsewhere
		return elsewhere
	}
	r.day.res.Runs = append(r.day.res.Runs, opened.Run)
	r.hold(ctx)
	for _, n := range opened.NotOpen {
		if comesLater(n.Kind) {
			r.left = append(r.left, n.Dataset)
		} else {
			r.day.add(failure(n.Dataset, n.Kind))
		}
	}
	for _, res := range opened.Results {
		r.day.add(res)
	}
	r.units(opened.Units)
	return r.close(ctx)
}

// hold holds what is open beside the steps. If that ends before they have, they end too.
func (r *round) hold(ctx workflow.Context) {
	holding := workflow.ExecuteActivity(workflow.WithActivityOptions(r.session, r.day.policy.holding()), HoldActivity, r.held)
	workflow.Go(ctx, func(ctx workflow.Context) {
		err := holding.Get(ctx, nil)
		r.let = true
		if !r.closing {
			workflow.GetLogger(ctx).Warn("what was open is not held any more", "kind", KindOf(err))
			r.stop()
		}
	})
}

// units carries out the plan: datasets side by side, the units of each in order. What has stopped it, close finds out.
func (r *round) units(units []Unit) {
	r.planned = units
	r.day.planned = append(r.day.planned, units...)
	var lanes [][]Unit
	for _, u := range units {
		i := slices.IndexFunc(lanes, func(l []Unit) bool { return l[0].Dataset == u.Dataset })
		if i < 0 {
			i, lanes = len(lanes), append(lanes, nil)
		}
		lanes[i] = append(lanes[i], u)
	}
	places := workflow.NewSemaphore(r.steps, datasetsAtOnce)
	_ = sideBySide(r.steps, len(lanes), func(ctx workflow.Context, i int) error {
		if err := places.Acquire(ctx, 1); err != nil {
			return err
		}
		defer places.Release(1)
		return r.dataset(ctx, lanes[i])
	})
}

// dataset carries out the units of one dataset. One that fails leaves the next ones alone, as in a run of the product; but what
// has been asked for in vain for as long as the day may take, or is locked, is not begun.
func (r *round) dataset(ctx workflow.Context, units []Unit) error {
	for i, u := range units {
		if r.day.has(u) {
			r.skipped = true
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var res UnitResult
		err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, r.day.policy.steps(r.day.left(ctx))), UnitActivity, UnitAsk{Held: r.held, Unit: u}).Get(ctx, &res)
		switch kind := KindOf(err); {
		case err != nil && ctx.Err() != nil:
			return ctx.Err()
		case err != nil && r.isGone(err):
			r.stop()
			return err
		case err == nil && comesLater(res.Kind), kind == "locked", kind == "conflict":
			r.left = append(r.left, u.Dataset)
			return nil
		case err == nil:
			r.day.add(res)
		case comesLater(kind): // its tries have run out
			r.day.add(resultOf(err, u))
			for _, next := range units[i+1:] {
				f := failure(next.Dataset, kind)
				f.From, f.To = next.From, next.To
				r.day.add(f)
			}
			return nil
		default:
			r.day.add(resultOf(err, u))
		}
	}
	return nil
}

// resultOf is the result that an activity has failed with, or one of its kind.
func resultOf(err error, u Unit) UnitResult {
	res := failure(u.Dataset, KindOf(err))
	res.From, res.To = u.From, u.To
	var of UnitResult
	if ResultOf(err, &of) && of.Outcome != "" {
		of.Dataset, of.From, of.To = u.Dataset, u.From, u.To
		return of
	}
	return res
}

// close ends the run on its worker: the locks are free, the report is in the lake.
func (r *round) close(ctx workflow.Context) ending {
	if r.let || workflow.GetSessionInfo(r.session).SessionState == workflow.SessionStateFailed {
		return gone
	}
	r.closing = true
	var closed Closed
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(r.session, r.day.policy.steps(r.day.left(ctx))), CloseActivity, r.held).Get(r.session, &closed)
	switch {
	case err != nil && r.isGone(err):
		return gone
	case err != nil:
		closed.Outcome = OutcomeOf(KindOf(err))
	default:
		// The activity that has held ends by itself. That the session ends first is no error here.
		_ = workflow.Await(r.session, func() bool { return r.let })
	}
	if !r.isThrough() { // a step said that the worker is gone, or is being stopped, before what has held did
		return gone
	}
	if closed.Outcome != Unavailable || len(r.left) == 0 && !r.skipped { // else it may be because of what was not begun
		r.day.res.Outcome = worse(r.day.res.Outcome, closed.Outcome)
	}
	if len(r.left) == 0 {
		r.day.addUnanswered()
		return finished
	}
	slices.Sort(r.left)
	r.day.ask.Datasets = slices.Compact(r.left)
	return locked
}

// isThrough reports whether each unit of the round has a result, or is left to another.
func (r *round) isThrough() bool {
	return !slices.ContainsFunc(r.planned, func(u Unit) bool { return !r.day.has(u) && !slices.Contains(r.left, u.Dataset) })
}

// isGone reports whether a step has failed because of its worker. A step of a session whose worker is gone is cancelled.
func (r *round) isGone(err error) bool {
	return errors.Is(err, workflow.ErrSessionFailed) || r.let ||
		workflow.GetSessionInfo(r.session).SessionState == workflow.SessionStateFailed ||
		KindOf(err) == KindGone || KindOf(err) == KindStopped
}
