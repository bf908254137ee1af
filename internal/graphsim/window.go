package graphsim

import "time"

// A window lets at most so many units through in any stretch of time of its length, half-open. Instants
// are durations since some beginning, and never run backwards.
type window struct {
	limit  int
	length time.Duration
	passed []passage // the earliest first
	used   int       // units among them
}

// A passage is what was let through at an instant.
type passage struct {
	at   time.Duration
	cost int
}

// wait is how long it takes until units, no more than the limit, fit if nothing else is let through; 0
// if they fit now.
func (w *window) wait(now time.Duration, cost int) (wait time.Duration) {
	w.forget(now)
	excess := w.used + cost - w.limit
	for _, p := range w.passed {
		if excess <= 0 {
			break
		}
		excess -= p.cost
		wait = p.at + w.length - now
	}
	return wait
}

// pass lets units through, whether they fit or not.
func (w *window) pass(now time.Duration, cost int) {
	w.passed = append(w.passed, passage{now, cost})
	w.used += cost
}

// empty says whether nothing that was let through counts any more.
func (w *window) empty(now time.Duration) bool {
	w.forget(now)
	return len(w.passed) == 0
}

func (w *window) forget(now time.Duration) {
	gone := 0
	for gone < len(w.passed) && now-w.passed[gone].at >= w.length {
		w.used -= w.passed[gone].cost
		gone++
	}
	w.passed = w.passed[gone:]
}
