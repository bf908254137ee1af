package extract

import (
	"time"

	"graphlake/schemas"
)

// What a window should hold is a guess from the ones before. Aimed at this share of a page, about a
// fifth of the windows turn out to need a second one, and of call records both of the list's budgets,
// that of first pages and that of further ones, are then used up together.
const strideFill = 55. / 60

// shortestWindow that a guess leads to. Meetings start together on the hour.
const shortestWindow = time.Minute

// stride chooses the windows of a stretch, from its start to its end without a gap. If the source has
// no pages to fill, the stretch is one window.
type stride struct {
	page           int
	longest        time.Duration
	until          time.Time
	length         time.Duration // of the next window
	before, latest lot
}

// lot is how much was listed for how long.
type lot struct {
	listed int
	length time.Duration
}

// newStride begins with short windows, from which a quiet stretch soon grows to the longest: to begin
// in a busy hour with a long one would take many further pages.
func newStride(w schemas.Window, stretch schemas.Range) *stride {
	s := &stride{page: w.Page, longest: w.Step(), until: stretch.To, length: stretch.To.Sub(stretch.From)}
	if w.Page > 0 {
		s.length = s.bounded(s.longest / 8)
	}
	return s
}

// end is where the window that starts at a time ends.
func (s *stride) end(start time.Time) time.Time {
	end := start.Add(s.length)
	if end.After(s.until) {
		return s.until
	}
	return end
}

// learn fits the next window to what the last two had; one alone misleads where calls start in crowds.
func (s *stride) learn(r schemas.Range, listed int) {
	if s.page == 0 {
		return
	}
	s.before, s.latest = s.latest, lot{listed, r.To.Sub(r.From)}
	next := 2 * s.latest.length
	if n := s.before.listed + s.latest.listed; n > 0 {
		perRecord := float64(s.before.length+s.latest.length) / float64(n)
		next = min(next, time.Duration(strideFill*float64(s.page)*perRecord))
	}
	s.length = s.bounded(next)
}

// bounded keeps to whole seconds, which is how bounds are written.
func (s *stride) bounded(d time.Duration) time.Duration {
	return min(max(d.Truncate(time.Second), shortestWindow), s.longest)
}
