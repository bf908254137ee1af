package extract

import (
	"strconv"
	"testing"
)

func TestSeen(t *testing.T) {
	var s seen
	for round := range 2 {
		for i := range 10_000 {
			if text := strconv.Itoa(i); s.first([]byte(text)) != (round == 0) {
				t.Fatalf("in round %d %s was first: %t", round, text, round > 0)
			}
		}
	}
	if s.used != 10_000 || len(s.slots) != 1<<14 {
		t.Errorf("%d of %d slots are used", s.used, len(s.slots))
	}
}
