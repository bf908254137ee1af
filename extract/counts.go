package extract

import (
	"sync/atomic"
	"time"
)

// Counts say what became of what Graph listed. After a reading that ended well, Listed is the sum of the
// others down to Gone and of the records that are behind, but for what was handed on in a lower version than
// listed, which is both Read and NotYet, and for records of parents that are behind.
type Counts struct {
	Listed   int
	Read     int // handed on
	Repeated int // listed before in the same reading
	Outside  int // not of the range, though listed: Graph takes an upper bound as included
	Held     int // the caller has it as it is listed, or newer
	NotYet   int // too young to be read by the id, or in the version that is listed; a later reading will find them
	Gone     int // too old to be read by the id

	Parents int // that were listed
}

// Reach is how far a reading is, of what it knows that it has to do.
type Reach struct {
	Asked         int           // of the parents, however they have answered
	Span, Spanned time.Duration // of what is listed window by window, all and so far; of parents' lists zero
}

// Reach is how far it is. It is safe to call while the reading goes on.
func (r *Reading) Reach() Reach {
	c := &r.counts
	return Reach{int(c.asked.Load()), time.Duration(c.span.Load()), time.Duration(c.spanned.Load())}
}

type counts struct {
	listed, read, repeated, outside, held, notYet, gone atomic.Int64
	parents, asked, done, told, span, spanned           atomic.Int64
}

// Counts are the numbers so far. It is safe to call while the reading goes on.
func (r *Reading) Counts() Counts {
	c := &r.counts
	return Counts{
		Listed:   int(c.listed.Load()),
		Read:     int(c.read.Load()),
		Repeated: int(c.repeated.Load()),
		Outside:  int(c.outside.Load()),
		Held:     int(c.held.Load()),
		NotYet:   int(c.notYet.Load()),
		Gone:     int(c.gone.Load()),
		Parents:  int(c.parents.Load()),
	}
}
