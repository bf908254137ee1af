package audit

import (
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// gaps finds what is not read of the time that is asked for.
func (a *audit) gaps(st state.State) {
	past := schemas.Range{From: a.selection.KeepOf(a.dataset).From(load.Raw, a.auditor.Now), To: a.auditor.Now.UTC().Truncate(schemas.Day)}
	for _, r := range st.Unread(a.dataset, past) {
		if a.selection.Ranged() {
			asked := a.selection.Range(a.auditor.Now)
			r = schemas.Range{From: schemas.Later(r.From, asked.From), To: schemas.Earlier(r.To, asked.To)}
		}
		if !r.From.Before(r.To) {
			continue
		}
		f := a.finding(FoundGap, "", r.From, int64(len(r.Days())))
		f.From, f.To = r.From, r.To
		a.findings = append(a.findings, f)
	}
}
