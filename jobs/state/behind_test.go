package state

import (
	"testing"
	"time"

	"graphlake/schemas"
)

// A record that could not be read on one day, and then not on the day to which it had moved, is behind until both were read, in either order.
func TestMovedRecordIsBehindUntilBothDaysWereRead(t *testing.T) {
	at := midnight(3).Add(15 * time.Hour)
	records := schemas.Dataset{Mode: schemas.Windowed}
	read := func(s *State, day int, behind ...Behind) {
		r := schemas.Range{From: midnight(day), To: midnight(day + 1)}
		s.MarkBehind(records, r, Answers{Within: r, Behind: behind}, midnight(9))
	}
	for _, days := range [][]int{{3, 4}, {4, 3}, {3, 3, 4}} {
		s := &State{}
		read(s, 3, Behind{Record: "c", From: at, To: at.Add(time.Second), Reason: "not found"})
		read(s, 4, Behind{Record: "c", From: at.AddDate(0, 0, 1), To: at.AddDate(0, 0, 1).Add(time.Second), Reason: "not found"})
		if len(s.Behind) != 1 || !s.Behind[0].From.Equal(at) || !s.Behind[0].To.Equal(at.AddDate(0, 0, 1).Add(time.Second)) {
			t.Fatalf("behind are %+v, want c from where it was to where it is", s.Behind)
		}
		read(s, 1) // which says nothing of it
		read(s, 8)
		for i, day := range days {
			if len(s.Behind) != 1 {
				t.Errorf("after %v nobody is behind", days[:i])
			}
			read(s, day)
		}
		if len(s.Behind) != 0 {
			t.Errorf("after %v behind are still %+v", days, s.Behind)
		}
	}
}
