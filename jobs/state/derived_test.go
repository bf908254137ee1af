package state

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"graphlake/load"
	"graphlake/schemas"
)

// Which days a lane has is known by day: it was turned on, off and on again, and once it was another one.
func TestDaysInALane(t *testing.T) {
	var st State
	st.MarkClean(midnight(1), "one", "")
	for day := 2; day < 6; day++ {
		st.MarkClean(midnight(day), "one", "lane")
	}
	st.MarkClean(midnight(4), "one", "")
	st.MarkClean(midnight(6), "one", "other")
	st.MarkClean(midnight(7), "two", "lane")
	want := []Derived{
		{midnight(1), midnight(2), "one", ""}, {midnight(2), midnight(4), "one", "lane"}, {midnight(4), midnight(5), "one", ""},
		{midnight(5), midnight(6), "one", "lane"}, {midnight(6), midnight(7), "one", "other"}, {midnight(7), midnight(8), "two", "lane"},
	}
	if !reflect.DeepEqual(st.Derived, want) {
		t.Errorf("got  %+v\nwant %+v", st.Derived, want)
	}
	st.MarkDirty(midnight(5))
	for _, tt := range []struct {
		day                  int
		plain, lane, another bool // fresh for whoever has no lane, this one, another one
	}{
		{1, true, false, false}, {2, true, true, false}, {4, true, false, false}, {5, false, false, false}, {6, true, false, true}, {7, false, false, false}, {8, false, false, false},
	} {
		day := midnight(tt.day)
		if plain, lane, another := st.Fresh(day, "one", ""), st.Fresh(day, "one", "lane"), st.Fresh(day, "one", "other"); plain != tt.plain || lane != tt.lane || another != tt.another {
			t.Errorf("the %d. is fresh: %v, %v, %v; want %+v", tt.day, plain, lane, another, tt)
		}
	}
	if got := st.NotInLane("lane"); !slices.Equal(got, []schemas.Range{{From: midnight(1), To: midnight(2)}, {From: midnight(4), To: midnight(5)}, {From: midnight(6), To: midnight(7)}}) {
		t.Errorf("not in the lane are %v", got)
	}
	for day, in := range map[int]bool{1: false, 3: true, 5: false, 6: false, 7: true, 8: false} {
		if st.InLane(midnight(day), "lane") != in || st.InLane(midnight(day), "") {
			t.Errorf("the %d. is in the lane: %v, want %v; and in no lane", day, !in, in)
		}
	}
	for day := 1; day < 9; day++ {
		st.MarkInLane(midnight(day), "lane")
	}
	want = []Derived{
		{midnight(1), midnight(5), "one", "lane"}, {midnight(5), midnight(6), "one", "lane"}, {midnight(6), midnight(7), "one", "lane"}, {midnight(7), midnight(8), "two", "lane"},
	}
	if got := joinedDerived(st.Derived); !reflect.DeepEqual(got, joinedDerived(want)) || len(st.Dirty) != 1 {
		t.Errorf("got  %+v, dirty %v\nwant %+v, the 5. dirty", got, st.Dirty, want)
	}
	st.Remove(load.Tables, schemas.Dataset{}, schemas.Range{From: midnight(2), To: midnight(4)}, now)
	if st.InLane(midnight(2), "lane") || !st.InLane(midnight(1), "lane") || !st.InLane(midnight(4), "lane") {
		t.Errorf("after days were removed: %+v", st.Derived)
	}
}

func joinedDerived(all []Derived) (joined []Derived) {
	for _, d := range all {
		joined = withDerived(joined, d)
	}
	return joined
}

// A state of which no lane has anything is written as it always was.
func TestNoLaneIsNotSaid(t *testing.T) {
	var st State
	st.MarkClean(midnight(1), "one", "")
	text, err := json.Marshal(st)
	if err != nil || strings.Contains(string(text), "lane") {
		t.Errorf("%s, %v", text, err)
	}
}
