package load

import "sync"

// maxStrays bounds what is remembered of records that may have moved: some fifty bytes each. Beyond it
// a record that moved is found by the search alone.
const maxStrays = 1_000_000

// Strays are the records that units of one dataset and tenant have found in the lake and not read: where
// they lie, for a later unit that reads them on another day. The zero Strays is empty. It may be used
// concurrently.
type Strays struct {
	mu   sync.Mutex
	days map[identity]int32
}

// add notes where the copy of each record lies that stays.
func (s *Strays) add(strays *index) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.days == nil {
		s.days = map[identity]int32{}
	}
	for e := range strays.all() {
		if _, known := s.days[e.id]; known || len(s.days) < maxStrays {
			s.days[e.id] = e.copy.day
		}
	}
}

// of gives the days on which records lie that were read.
func (s *Strays) of(read *index) map[int32]bool {
	found := map[int32]bool{}
	if s == nil {
		return found
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.days) == 0 {
		return found
	}
	for e := range read.all() {
		if day, ok := s.days[e.id]; ok && !e.ignored {
			found[day] = true
		}
	}
	return found
}
