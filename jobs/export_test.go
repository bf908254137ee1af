package jobs

import (
	"context"
	"errors"
	"time"

	"graphlake/internal/record"
	"graphlake/jobs/plan"
	"graphlake/schemas"
)

// Conclude gives the report its status.
func (r *Report) Conclude() { r.conclude() }

// Decide gives the unit its outcome.
func (u *UnitReport) Decide(unit plan.Unit, err error) { u.decide(unit, err) }

// RewriteRaw passes the days that raw has of a dataset through a filter, and says which days have changed.
func (r *Runner) RewriteRaw(ctx context.Context, t plan.Tenant, d schemas.Dataset, through func([]byte) ([]byte, bool)) (changed []time.Time, err error) {
	o, err := r.openDataset(ctx, plan.Selection{}, t, d)
	if err != nil {
		return nil, err
	}
	days, err := o.days(ctx, plan.Selection{})
	for _, day := range days {
		c, _, failed := o.rewriteRaw(ctx, day, func(_ context.Context, r record.Record) (record.Record, bool, error) {
			text, stays := through(r.JSON)
			return record.Record{JSON: text}, stays, nil
		})
		if err = errors.Join(err, failed); c {
			changed = append(changed, day)
		}
	}
	return changed, errors.Join(err, o.keepDays(ctx, r.Now), o.state.Close(ctx))
}

// UnderWay is how many units have begun, and how many wait for their turn.
func (r *Run) UnderWay() (begun, waiting int) {
	r.queue.mu.Lock()
	defer r.queue.mu.Unlock()
	return r.queue.underWay, len(r.queue.waiting)
}
