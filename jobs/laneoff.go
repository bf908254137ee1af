package jobs

import "graphlake/jobs/plan"

// noteLaneOff notes that the lake has a second lane, which the run has left as it is because it is off.
func (r *Runner) noteLaneOff(rep *Report) {
	if r.DeltaOff == nil || len(rep.Units) == 0 {
		return
	}
	rep.Notes = append(rep.Notes, plan.Note{Whole: true, Message: "the lake has Delta tables, and the configuration has them off (delta): " +
		"they stay as they are, without what has changed since; once they are on again, graphlake replay --delta brings them up to date"})
}
