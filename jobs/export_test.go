package jobs

import "graphlake/jobs/plan"

// Conclude gives the report its status.
func (r *Report) Conclude() { r.conclude() }

// Decide gives the unit its outcome.
func (u *UnitReport) Decide(unit plan.Unit, err error) { u.decide(unit, err) }
