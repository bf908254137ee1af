package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"graphlake/engine/temporal/workflows"
	"graphlake/jobs"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// looks is how often it is looked whether the tenant is still held. Nobody is asked for that.
const looks = time.Second

// hold is there as long as a round is: what ends it without Close ends the round, so that no lock stays. Who has lost the tenant,
// as a machine that has slept, ends it at once: another worker may be asking Graph for it.
func (a *Activities) hold(ctx context.Context, h workflows.Held) (none struct{}, err error) {
	r, err := a.find(ctx, h.Key)
	if err != nil {
		return none, err
	}
	r.hold()
	defer a.beat(ctx, func() counts { return countsOf(r.run.Standing().All) })()
	look := time.NewTicker(looks)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			if r.tenant.hold.Held() == nil {
				continue
			}
			r.stop(workflows.KindGone)
			if _, err := a.endRound(ctx, r); err != nil {
				return none, err
			}
		case <-r.ended:
		case <-activity.GetWorkerStopChannel(ctx):
			a.drain(ctx, r)
		case <-ctx.Done():
		}
		break
	}
	if ctx.Err() != nil {
		r.stop(workflows.KindGone)
		if _, err := a.endRound(context.WithoutCancel(ctx), r); err != nil {
			return none, err
		}
		return none, ctx.Err()
	}
	return none, r.endedBy()
}

// unit reads and derives a unit of what is open. What Graph or the lake may answer in a while is an error, which Temporal tries
// again while the round goes on; everything else is a result.
func (a *Activities) unit(ctx context.Context, ask workflows.UnitAsk) (workflows.UnitResult, error) {
	r, err := a.find(ctx, ask.Key)
	if err != nil {
		return workflows.UnitResult{}, err
	}
	i := ask.Unit.Index
	if i < 0 || i >= len(r.units) || r.units[i].Dataset.Name != ask.Unit.Dataset || !r.units[i].Range.From.Equal(ask.Unit.From) || !r.units[i].Range.To.Equal(ask.Unit.To) {
		return workflows.UnitResult{}, errGone // it was planned in another round
	}
	done, err := r.begin()
	if err != nil {
		return workflows.UnitResult{}, err
	}
	defer done()
	if r.tenant.hold.Held() != nil { // another worker may have it; the datasets' locks say which of them
		return workflows.UnitResult{
			Tenant: r.whose.Name, Dataset: ask.Unit.Dataset, From: ask.Unit.From, To: ask.Unit.To,
			Outcome: workflows.Unavailable, Detail: string(state.Unavailable), Kind: "conflict", Needs: needOf("conflict"),
		}, nil
	}
	defer a.beat(ctx, func() counts { return countsOf(ofDataset(r.run.Standing(), ask.Unit.Dataset)) })()
	rep := r.run.Unit(ctx, i)
	res := resultOf(r.units[i], rep)
	res.Attempts = int(attempt(ctx))
	if rep.Outcome == state.Interrupted {
		if ctx.Err() != nil {
			return res, ctx.Err()
		}
		if err := r.endedBy(); err != nil {
			return res, err
		}
		return res, errGone // Close has come before it
	}
	if rep.Outcome == state.Unavailable && res.Kind != "locked" && res.Kind != "conflict" {
		again := a.policy.Delay(attempt(ctx), rep.RetryAfter)
		if !staysTrue(r.units[i].Dataset, r.ask, time.Now().Add(again)) {
			again = never
		}
		return res, failure(res, again)
	}
	return res, nil
}

// staysTrue reports whether what is read later is what was planned: a picture is one of its day, an observation one of its
// instant, and the next job makes its own. For a now that was set back somebody vouches.
func staysTrue(d schemas.Dataset, ask workflows.Ask, later time.Time) bool {
	switch {
	case !d.Mode.Fleeting() || ask.Back:
		return true
	case d.Mode.Pictures():
		return later.UTC().Truncate(schemas.Day).Equal(ask.Now.UTC().Truncate(schemas.Day))
	}
	return later.Before(ask.Now.Add(time.Minute))
}

// ofDataset is how far the units of a dataset are.
func ofDataset(s jobs.Standing, dataset string) jobs.Work {
	for _, w := range s.Each {
		if w.Dataset == dataset {
			return w
		}
	}
	return s.All
}

// closeRound ends a round: its locks are free, and its report is in the lake. Of a round that something else has ended it says
// that: what was not read is for another round.
func (a *Activities) closeRound(ctx context.Context, h workflows.Held) (workflows.Closed, error) {
	r, err := a.find(ctx, h.Key)
	if err != nil {
		return workflows.Closed{}, err
	}
	defer a.beat(ctx, func() counts { return countsOf(r.run.Standing().All) })()
	closed, err := a.endRound(ctx, r)
	if err == nil {
		err = r.endedBy()
	}
	return closed, err
}
