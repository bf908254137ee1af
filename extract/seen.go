package extract

import (
	"hash/maphash"
	"sync"
)

// seen remembers what was met, by hash: a long range lists millions. It is a table of its own, because what is looked
// for is a hash already; a sum lies at the first free slot from the one that it names.
type seen struct {
	mu    sync.Mutex
	slots []sum // as many as a power of two; the zero sum is a free one
	used  int   // at most three quarters
}

type sum [2]uint64

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// first says whether a text was not met before.
func (s *seen) first(text []byte) bool {
	one := sumOf(text)
	s.mu.Lock()
	defer s.mu.Unlock()
	if 4*s.used >= 3*len(s.slots) {
		s.grow()
	}
	slot := s.slot(one)
	if *slot == one {
		return false
	}
	*slot = one
	s.used++
	return true
}

// sumOf is never the zero sum.
func sumOf(text []byte) sum {
	return sum{maphash.Bytes(seeds[0], text) | 1, maphash.Bytes(seeds[1], text)}
}

// slot is where a sum is, or would be.
func (s *seen) slot(one sum) *sum {
	mask := uint64(len(s.slots) - 1)
	for i := one[1] & mask; ; i = (i + 1) & mask {
		if slot := &s.slots[i]; *slot == one || *slot == (sum{}) {
			return slot
		}
	}
}

func (s *seen) grow() {
	old := s.slots
	s.slots = make([]sum, max(64, 2*len(old)))
	for _, one := range old {
		if one != (sum{}) {
			*s.slot(one) = one
		}
	}
}
