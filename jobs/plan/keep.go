package plan

import (
	"slices"
	"time"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// Keep is how long the lake keeps the days of a dataset after they have ended; 0 is for ever.
type Keep struct{ Raw, Tables, Quarantine time.Duration }

// From is the first day that the lake keeps at an instant, of raw, tables or quarantine: all that ended earlier is too
// old. Zero: all are kept.
func (k Keep) From(kind load.Kind, now time.Time) time.Time {
	keep := map[load.Kind]time.Duration{load.Raw: k.Raw, load.Tables: k.Tables, load.Quarantine: k.Quarantine}[kind]
	if keep == 0 {
		return time.Time{}
	}
	return now.UTC().Add(-keep).Truncate(schemas.Day)
}

// TooOld reports whether the lake no longer keeps a day.
func (k Keep) TooOld(kind load.Kind, date, now time.Time) bool { return date.Before(k.From(kind, now)) }

// KeepOf is how long the lake keeps a dataset.
func (s Selection) KeepOf(d schemas.Dataset) Keep { return s.Keep[d.Name] }

// tooOld is what raw does not keep.
func (s Selection) tooOld(d schemas.Dataset, now time.Time) schemas.Range {
	return schemas.Range{To: s.KeepOf(d).From(load.Raw, now)}
}

// notKept is what is left out of a range that was asked for: what raw would not keep; and days that were removed and of which
// only a part would be read, at its ends and where Graph has begun to forget, for that part would take the place of tables
// that stand.
func (s Selection) notKept(d schemas.Dataset, st *state.State, now time.Time) []schemas.Range {
	out := []schemas.Range{s.tooOld(d, now)}
	asked := s.RangeOf(d, now)
	for _, end := range []time.Time{asked.From, asked.To, horizon(d, now)} {
		day := schemas.Range{From: end.Truncate(schemas.Day), To: end.Truncate(schemas.Day).Add(schemas.Day)}
		asks := day.From.Before(asked.To) && asked.From.Before(day.To)
		if asks && !day.From.Equal(end) && st.IsRemoved(load.Raw, day.From) {
			out = append(out, day)
		}
	}
	return out
}

// Closed are the times of which a reading of a range writes no raw, whenever its records are of them: those that are too
// old, and removed days that it does not read anew.
func (s Selection) Closed(d schemas.Dataset, st *state.State, read schemas.Range, now time.Time) []schemas.Range {
	closed := schemas.Subtract(st.RemovedOf(load.Raw), read)
	if old := s.tooOld(d, now); !old.To.IsZero() {
		closed = append(closed, old)
	}
	return closed
}

// noteNotKept says what of the range that is asked for is left out.
func (p *Plan) noteNotKept(s Selection, t Tenant, d schemas.Dataset, st *state.State, now time.Time) {
	if d.Mode.Fleeting() {
		return
	}
	asked := s.RangeOf(d, now)
	if asked.From.Before(s.tooOld(d, now).To) {
		p.note(d, "not read: of %s the lake keeps no raw of before %s (privacy.keep), so what is asked for of before is left out; a run reads it if it is kept for longer",
			t.Name, s.tooOld(d, now).To.Format(time.DateOnly))
	}
	for _, r := range s.notKept(d, st, now)[1:] {
		if !s.KeepOf(d).TooOld(load.Raw, r.From, now) {
			p.note(d, "not read: %s of %s was removed (privacy.keep), and only a part of it would be read; ask for whole days that Graph still has", r.From.Format(time.DateOnly), t.Name)
		}
	}
}

// nightly is what of the ranges that are due a run without a range reads: nothing that was removed, nor what is too old.
func (s Selection) nightly(due []schemas.Range, d schemas.Dataset, st *state.State, now time.Time) []schemas.Range {
	return schemas.Subtract(due, slices.Concat(st.RemovedOf(load.Raw), []schemas.Range{s.tooOld(d, now)})...)
}
