package jobs

import "graphlake/jobs/plan"

// KindOf is the kind that a report gives an error; empty of none.
func KindOf(err error) string {
	var u UnitReport
	u.decideOutcome(plan.Unit{}, err)
	if u.Error == nil {
		return ""
	}
	return u.Error.Kind
}
