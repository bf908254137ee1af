package main

import (
	"fmt"
	"time"

	"graphlake/schemas"
)

// changing is how long a record may change; a picture is of its day and never does.
func changing(d schemas.Dataset) string {
	if d.Mode.Fleeting() {
		return "not at all"
	}
	return length(d.Settle)
}

// again is how far back a run without a range reads, unless its job says otherwise.
func again(d schemas.Dataset) string {
	switch {
	case d.Mode == schemas.Observations:
		return "the instant of the run"
	case d.Mode.Pictures():
		return "the day of the run"
	}
	return length(d.Lookback)
}

// kept is how long Graph has a record.
func kept(d schemas.Dataset) string {
	switch {
	case d.Retention > 0:
		return length(d.Retention)
	case d.Mode.Fleeting():
		return "the present only"
	}
	return "not published"
}

// length writes a time in days, or in hours if it is less than one.
func length(d time.Duration) string {
	switch {
	case d < schemas.Day:
		return fmt.Sprintf("%g hours", d.Hours())
	case d == schemas.Day:
		return "1 day"
	}
	return fmt.Sprintf("%g days", d.Hours()/24)
}
