package state

import "time"

// RunsOf is where the lake keeps the reports of the runs that began on a day; a report's name there is its run's id,
// which sorts by time.
func RunsOf(day time.Time) string { return "runs/dt=" + day.Format(time.DateOnly) + "/" }
