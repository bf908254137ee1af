package extract

import (
	"math"
	"sync"
	"time"

	"graphlake/schemas"
)

// fitted cuts a range into windows whose pages are as full as can be foreseen, from its start to its end without
// a gap. Where the caller holds the range already, a window ends with its last page: what begins before that is known.
// Where it holds a like day, that tells how the day goes, and the windows listed so far how busy it is;
// of what is not known some of the last page stays free, or one window in two would need a page more: as much as the
// counts so far were not as foreseen.
//
// First pages and further ones have a limit each (schemas.Budget), of which both are to be used up: a window is of
// several pages as long as fewer further pages were planned than go with the first ones. It is safe for concurrent use.
type fitted struct {
	window  schemas.Window
	budget  schemas.Budget
	guessed bool

	mu         sync.Mutex
	at, end    time.Time   // of what is not cut yet
	starts     []time.Time // that are not before at
	expected   float64     // in the windows that were listed
	listed     int
	dispersion float64 // by how far their counts were not as foreseen: squares of it, by what was foreseen
	windows    int     // of them
	planned    *planned
}

// planned is how many pages of a list the windows of a run were planned for, those of several readings. It is safe
// for concurrent use.
type planned struct {
	mu             sync.Mutex
	first, further int
}

// cut is a window, and what it should hold: of the day that is known, and of this one.
type cut struct {
	schemas.Range
	expected, foreseen float64
	pages              int
}

// How far a count is from what is foreseen. If calls begin as it happens, the square of that is as large as the count
// in the mean, and twice as large if what is foreseen is a count itself. That is believed until as many windows again
// say better; and a window is cut so that it is seldom fuller than its pages, by the margin.
const (
	usualDispersion = 2
	priorWindows    = 4
	margin          = 1.2 // times the deviation
)

// Records of windows are worth as much for how busy a day is as these before the first was listed.
const priorRecords = 60

// What of the further pages that go with the first ones is free decides of how many pages a window is planned: no window
// is cut off by that, it is read to its last page. Who guesses gains by them, for the deviation is a smaller part of a
// larger window: while some are free its windows are of manyPages, and while less than one is borrowed, of two. Who knows
// what the pages will hold does without them, but for those that are left over: then leftOver have gathered.
const (
	manyPages = 3
	leftOver  = 6
)

// pages says of how many pages the next window is.
func (p *planned) pages(b schemas.Budget, guessed bool) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.first++
	if b.Next == (schemas.Limit{}) {
		return 1
	}
	perFirst := float64(b.Next.Requests) / float64(b.Next.Per) * float64(b.First.Per) / float64(b.First.Requests)
	free := perFirst*float64(p.first) - float64(p.further)
	pages := 1
	switch {
	case guessed && free > 0:
		pages = manyPages
	case guessed && free > -1, free > leftOver:
		pages = 2
	}
	p.further += pages - 1
	return pages
}

// learn takes into account how many pages a window had instead.
func (p *planned) learn(foreseen, had int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.further += had - foreseen
}

// next cuts off a window; there is none when the range is used up.
func (f *fitted) next() (c cut, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.at.Before(f.end) {
		return c, false
	}
	c.pages = f.planned.pages(f.budget, f.guessed)
	busy := f.busy()
	n := min(int(f.aim(c.pages)/busy), len(f.starts))
	end := f.end
	if n < len(f.starts) {
		end = f.starts[n].Truncate(time.Second) // which is how bounds are written
	}
	shortest := time.Second
	if f.guessed {
		shortest = shortestWindow
	}
	end = schemas.Earlier(schemas.Later(end, f.at.Add(shortest)), schemas.Earlier(f.at.Add(f.window.Step()), f.end))
	c.Range = schemas.Range{From: f.at, To: end}
	within := 0
	for within < len(f.starts) && f.starts[within].Before(end) {
		within++
	}
	c.expected, c.foreseen = float64(within), float64(within)*busy
	f.at, f.starts = end, f.starts[within:]
	return c, true
}

// aim is how many records a window of so many pages is to hold: so that with the deviation they fill the pages.
func (f *fitted) aim(pages int) float64 {
	most := float64(pages * f.window.Page)
	if !f.guessed {
		return most
	}
	d := margin * math.Sqrt((f.dispersion+priorWindows*usualDispersion)/float64(f.windows+priorWindows)) // for a count of 1
	root := (math.Sqrt(d*d+4*most) - d) / 2
	return root * root
}

// busy is how many records there are for one that was expected. Of a day that is held there may be more, not fewer, and
// for less than a twentieth more no place is kept.
func (f *fitted) busy() float64 {
	b := (float64(f.listed) + priorRecords) / (f.expected + priorRecords)
	if !f.guessed && b < 1.05 {
		return 1
	}
	return b
}

// learn is told how much a window held.
func (f *fitted) learn(c cut, listed int) {
	f.planned.learn(c.pages, max(1, (listed+f.window.Page-1)/f.window.Page))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.expected += c.expected
	f.listed += listed
	difference := float64(listed) - c.foreseen
	f.dispersion += difference * difference / max(c.foreseen, 1)
	f.windows++
}
