package jobs

import (
	"context"
	"time"

	"graphlake/jobs/derive"
	"graphlake/jobs/state"
	"graphlake/transform"
)

// derive replaces the tables of a day by what its raw partition gives. The day is clean then.
func (h *holding) derive(ctx context.Context, date time.Time, rep *UnitReport) error {
	day, err := derive.Read(ctx, h.day(date))
	if err != nil {
		return err
	}
	defer day.Discard()
	result, err := day.Commit(ctx)
	rep.derive(result)
	if result.Quarantined > 0 {
		rep.Quarantine = append(rep.Quarantine, h.day(date).Quarantine().Object())
	}
	if err != nil {
		return err
	}
	return h.cleaned(ctx, date, columnsOf(result.Misfits))
}

// derive adds what was derived of a day.
func (u *UnitReport) derive(r derive.Result) {
	u.derived += r.Records
	u.Quarantined += r.Quarantined
	for column, n := range columnsOf(r.Misfits) {
		if u.Misfits == nil {
			u.Misfits = map[string]int64{}
		}
		u.Misfits[column] += n
	}
	for table, n := range r.Rows {
		u.Rows[table] += n
	}
	u.Written += r.Written
	u.Unchanged += r.Unchanged
}

// cleanAtOnce days are noted as clean by one change of the state: whoever is stopped before derives them again.
const cleanAtOnce = 32

type derivedDay struct {
	date    time.Time
	misfits map[string]int64
}

// cleaned notes that a day was derived, now or with those that follow it.
func (h *holding) cleaned(ctx context.Context, date time.Time, misfits map[string]int64) error {
	h.mu.Lock()
	h.derived = append(h.derived, derivedDay{date, misfits})
	full := len(h.derived) >= cleanAtOnce
	h.mu.Unlock()
	if full {
		return h.flush(ctx)
	}
	return nil
}

// flush tells the state of the days that were derived.
func (h *holding) flush(ctx context.Context) error {
	h.mu.Lock()
	days := h.derived
	h.derived = nil
	h.mu.Unlock()
	if len(days) == 0 {
		return nil
	}
	return h.state.Update(context.WithoutCancel(ctx), func(st *state.State) {
		for _, d := range days {
			st.MarkClean(d.date, h.fingerprint)
			st.NoteMisfits(d.date, d.misfits)
		}
	})
}

// columnsOf counts misfits by table.column.
func columnsOf(misfits map[transform.Misfit]int64) map[string]int64 {
	var columns map[string]int64
	for m, n := range misfits {
		if columns == nil {
			columns = map[string]int64{}
		}
		columns[m.Table+"."+m.Column] += n
	}
	return columns
}
