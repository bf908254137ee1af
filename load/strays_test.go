package load

import (
	"encoding/binary"
	"sync"
	"testing"
)

func indexOf(entries ...entry) *index {
	var x index
	for _, e := range entries {
		x.add(e)
	}
	return &x
}

// What is remembered of a run is bounded, and units share it.
func TestStraysAreBounded(t *testing.T) {
	var s Strays
	numbered := func(n int) entry {
		e := entry{copy: rank{day: int32(n)}}
		binary.LittleEndian.PutUint64(e.id[:], uint64(n))
		return e
	}
	var all sync.WaitGroup
	for part := range 4 {
		all.Go(func() {
			for from := part; from < maxStrays+100; from += 4000 {
				var some index
				for n := from; n < min(from+4000, maxStrays+100); n += 4 {
					some.add(numbered(n))
				}
				s.add(&some)
			}
		})
	}
	all.Wait()
	if len(s.days) != maxStrays {
		t.Errorf("%d are remembered, want %d", len(s.days), maxStrays)
	}
	again := numbered(0)
	again.copy.day = 7
	s.add(indexOf(again))
	ignored := numbered(8)
	ignored.ignored = true
	if found := s.of(indexOf(numbered(0), ignored)); len(found) != 1 || !found[7] {
		t.Errorf("found on the days %v, want the one where it was last", found)
	}
}
