package jobs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// stale is what became of a day that an earlier run left dirty.
type stale struct {
	date time.Time
	rep  UnitReport
	err  error
}

// deriveDirty derives the days that an earlier run left with tables that may lag their raw partition.
// Errors are given back: a unit may still read the day anew and mend it.
func (x *run) deriveDirty(ctx context.Context) map[state.Pair][]stale {
	days := map[state.Pair][]stale{}
	for pair, h := range x.held {
		for _, date := range slices.Clone(h.state.View().Dirty) {
			if x.stopped() != nil {
				return days
			}
			u := plan.Unit{Tenant: h.tenant, Dataset: h.dataset, Range: schemas.Range{From: date, To: date.Add(schemas.Day)}}
			s := stale{date: date, rep: newUnitReport(u)}
			span, end := x.Telemetry.phase(ctx, "derive")
			s.err = h.deriveStale(span, date, &s.rep)
			end(&s.err)
			h.log.InfoContext(ctx, "dirty day derived", "dt", date.Format(time.DateOnly), "written", s.rep.Written, "failed", s.err != nil)
			days[pair] = append(days[pair], s)
		}
		if err := h.flush(ctx); err != nil {
			h.log.WarnContext(ctx, "that days were derived could not be noted, so they are derived again", "error", err)
		}
	}
	return days
}

// deriveStale derives a dirty day. One that was marked, and whose raw partition was never published, is
// not dirty. That is asked for itself: a scratch directory that is not there is no reason to forget a day.
func (h *holding) deriveStale(ctx context.Context, date time.Time, rep *UnitReport) error {
	there, err := h.lake.Exists(ctx, h.raw(date))
	if err != nil {
		return err
	}
	if !there {
		return h.state.Update(ctx, func(st *state.State) { st.Dirty = slices.DeleteFunc(st.Dirty, date.Equal) })
	}
	return h.derive(ctx, date, rep)
}

// stillDirty reports, of the days that no unit has read anew, those that could not be derived, and those
// with records that could not be read: the run that left them dirty may not have come so far.
func (x *run) stillDirty(ctx context.Context, all map[state.Pair][]stale) {
	for pair, days := range all {
		h := x.held[pair]
		for _, s := range days {
			told := slices.ContainsFunc(x.report.Units, func(u UnitReport) bool {
				return u.Tenant == h.tenant.Name && u.Dataset == h.dataset.Name && u.From.Before(s.rep.To) && s.rep.From.Before(u.To)
			})
			u := plan.Unit{Tenant: h.tenant, Dataset: h.dataset, Range: schemas.Range{From: s.rep.From, To: s.rep.To}}
			switch {
			case told:
			case s.err != nil && slices.ContainsFunc(h.state.View().Dirty, s.date.Equal):
				x.fail(ctx, u, fmt.Errorf("%s of %s: %w", h.dataset.Name, s.date.Format(time.DateOnly), s.err))
			case s.err == nil && s.rep.Quarantined > 0:
				s.rep.Records = s.rep.derived
				s.rep.decide(u, nil)
				x.Telemetry.count(ctx, &s.rep)
				x.report.Units = append(x.report.Units, s.rep)
			}
		}
	}
}
