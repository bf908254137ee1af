package audit

import (
	"slices"
	"time"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// gaps finds what is not read of the time that is asked for. What a run is reading, as it says itself, is busy.
func (a *audit) gaps(st state.State) {
	if !a.reads {
		return
	}
	past := schemas.Range{From: a.selection.KeepOf(a.dataset).From(load.Raw, a.auditor.Now), To: a.auditor.Now.UTC().Truncate(schemas.Day)}
	for _, r := range st.Unread(a.dataset, past) {
		if a.selection.Ranged() {
			asked := a.selection.Range(a.auditor.Now)
			r = schemas.Range{From: schemas.Later(r.From, asked.From), To: schemas.Earlier(r.To, asked.To)}
		}
		if !r.From.Before(r.To) {
			continue
		}
		for _, gap := range schemas.Subtract([]schemas.Range{r}, a.reading...) {
			a.addGap(FoundGap, gap)
		}
		for _, reading := range a.reading {
			if busy := r.Intersect(reading); busy.From.Before(busy.To) {
				a.addGap(FoundBusy, busy)
			}
		}
	}
}

func (a *audit) addGap(kind FindingKind, r schemas.Range) {
	f := a.finding(kind, "", r.From, int64(len(r.Days())))
	f.From, f.To = r.From, r.To
	a.findings = append(a.findings, f)
}

// isReading reports whether a run is reading some of a day.
func (a *audit) isReading(date time.Time) bool {
	day := schemas.Range{From: date, To: date.Add(schemas.Day)}
	return slices.ContainsFunc(a.reading, func(r schemas.Range) bool { return r.From.Before(day.To) && r.To.After(day.From) })
}

// readingOf are the ranges of a dataset that runs are reading which have said lately that they are alive.
func readingOf(alive []state.Heartbeat, p state.Pair, now time.Time) (all []schemas.Range) {
	for _, h := range alive {
		if d, ok := h.Holds(p); ok && !h.Stale(now) && d.From.Before(d.To) {
			all = append(all, schemas.Range{From: d.From, To: d.To})
		}
	}
	return all
}
