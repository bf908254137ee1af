package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"graphlake/load"
	"graphlake/schemas"
)

// deriveDirty derives the days that an earlier run left with tables that may lag their raw partition.
// Errors are given back: a unit may still read the day anew and mend it.
func (x *run) deriveDirty(ctx context.Context) map[Pair]map[time.Time]error {
	stale := map[Pair]map[time.Time]error{}
	for pair, h := range x.held {
		for _, date := range slices.Clone(h.view().Dirty) {
			rep := newUnitReport(Unit{Tenant: h.tenant, Dataset: h.dataset})
			err := h.deriveStale(ctx, date, &rep)
			h.log.Info("dirty day derived", "dt", date.Format(time.DateOnly), "written", rep.Written, "failed", err != nil)
			if err == nil {
				continue
			}
			if stale[pair] == nil {
				stale[pair] = map[time.Time]error{}
			}
			stale[pair][date] = err
		}
	}
	return stale
}

// deriveStale derives a dirty day. One that was marked, and whose raw partition was never published, is
// not dirty. That is asked for itself: a scratch directory that is not there is no reason to forget a day.
func (h *holding) deriveStale(ctx context.Context, date time.Time, rep *UnitReport) error {
	there, err := h.lake.Exists(ctx, h.raw(date))
	if err != nil {
		return err
	}
	if !there {
		return h.update(ctx, func(st *State) { st.Dirty = slices.DeleteFunc(st.Dirty, date.Equal) })
	}
	return h.derive(ctx, date, rep)
}

// stillDirty reports the days that could not be derived and that no unit has read anew.
func (x *run) stillDirty(stale map[Pair]map[time.Time]error) {
	for pair, days := range stale {
		h := x.held[pair]
		for date, err := range days {
			r := schemas.Range{From: date, To: date.Add(schemas.Day)}
			told := slices.ContainsFunc(x.report.Units, func(u UnitReport) bool {
				return u.Tenant == h.tenant.Name && u.Dataset == h.dataset.Name && u.From.Before(r.To) && r.From.Before(u.To)
			})
			if !told && slices.ContainsFunc(h.view().Dirty, date.Equal) {
				x.fail(Unit{Tenant: h.tenant, Dataset: h.dataset, Range: r}, fmt.Errorf("%s of %s: %w", h.dataset.Name, date.Format(time.DateOnly), err))
			}
		}
	}
}

// count adds up the rows of a day's tables as they are. It reports false if the day has a quarantine:
// each derivation tries its records again.
func (h *holding) count(ctx context.Context, date time.Time, rep *UnitReport) (clean bool, err error) {
	bad, err := h.lake.Exists(ctx, h.partition(load.Quarantine, h.dataset.Name, date))
	if err != nil || bad {
		return false, err
	}
	rows := map[string]int64{}
	for _, t := range h.dataset.Tables {
		n, err := h.lake.Count(ctx, h.partition(load.Tables, t.Name, date))
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil // somebody has removed it: it is made again
		}
		if err != nil {
			return false, err
		}
		rows[t.Name] = n
	}
	for name, n := range rows {
		rep.Rows[name] += n
		rep.Unchanged++
	}
	return true, nil
}
