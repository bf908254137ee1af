package extract

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
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

type counts struct {
	listed, read, repeated, outside, held, notYet, gone atomic.Int64
	parents, done, told                                 atomic.Int64
}

// Counts may be called at any time.
func (x *Reading) Counts() Counts {
	c := &x.counts
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

// seen remembers what was met, by hash: a long range lists millions.
type seen struct {
	mu   sync.Mutex
	sums map[sum]struct{}
}

type sum [2]uint64

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// first says whether a text was not met before.
func (s *seen) first(text []byte) bool {
	key := sum{maphash.Bytes(seeds[0], text), maphash.Bytes(seeds[1], text)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sums == nil {
		s.sums = map[sum]struct{}{}
	}
	before := len(s.sums)
	s.sums[key] = struct{}{}
	return len(s.sums) > before
}
