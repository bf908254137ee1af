package audit

import (
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// gaps finds what is not read of the time that is asked for.
func (x *audit) gaps(st state.State) {
	past := schemas.Range{To: x.auditor.Now.UTC().Truncate(schemas.Day)}
	for _, r := range st.Unread(x.dataset, past) {
		if x.selection.Ranged() {
			asked := x.selection.Range(x.auditor.Now)
			r = schemas.Range{From: schemas.Later(r.From, asked.From), To: schemas.Earlier(r.To, asked.To)}
		}
		if !r.From.Before(r.To) {
			continue
		}
		f := x.finding(FoundGap, "", r.From, int64(len(r.Days())))
		f.From, f.To = r.From, r.To
		x.findings = append(x.findings, f)
	}
}
