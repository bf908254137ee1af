package load

import (
	"encoding/binary"
	"sync"
	"testing"
)

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
			for n := part; n < maxStrays+100; n += 4 {
				s.add([]entry{numbered(n)})
			}
		})
	}
	all.Wait()
	if len(s.days) != maxStrays {
		t.Errorf("%d are remembered, want %d", len(s.days), maxStrays)
	}
	again := numbered(0)
	again.copy.day = 7
	s.add([]entry{again})
	ignored := numbered(8)
	ignored.ignored = true
	if found := s.of([]entry{numbered(0), ignored}); len(found) != 1 || !found[7] {
		t.Errorf("found on the days %v, want the one where it was last", found)
	}
}
