package load_test

import (
	"slices"
	"testing"

	"graphlake/load"
	"graphlake/schemas"
)

// What is read for a day that the lake no longer keeps is not written there, nor is what lies there looked at. An older copy
// on a day that is kept goes all the same: the record is on neither.
func TestMergeWritesNoClosedDay(t *testing.T) {
	for _, tt := range []struct {
		name    string
		read    string
		here    []string // what 22 holds then
		changed string
		notKept int64
	}{
		{"a new record", at("s", 21, 5, "5"), []string{at("a", 22, 5, "a"), at("b", 22, 5, "b")}, "", 1},
		{"one that moved there", at("a", 21, 6, "6"), []string{at("b", 22, 5, "b")}, "22", 1},
		{"one that moved there, of a lower version", at("a", 21, 4, "4"), []string{at("a", 22, 5, "a"), at("b", 22, 5, "b")}, "", 0},
		{"a newer copy of what a crash has left", at("x", 21, 9, "9"), []string{at("a", 22, 5, "a"), at("b", 22, 5, "b")}, "", 1},
		{"one that moved from there", at("x", 22, 9, "9"), []string{at("a", 22, 5, "a"), at("b", 22, 5, "b"), at("x", 22, 9, "9")}, "22", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, lake := newLake(t)
			left := at("x", 21, 5, "x")
			fill(t, lake, 21, left)
			fill(t, lake, 22, at("a", 22, 5, "a"), at("b", 22, 5, "b"))
			m := merged(t, lake, on22, load.MergeOptions{Closed: []schemas.Range{{To: day(22)}}}, tt.read)
			if n := m.NotKept(); n != tt.notKept {
				t.Errorf("%d records are not kept, want %d", n, tt.notKept)
			}
			if got := published(t, m); got != tt.changed {
				t.Errorf("changed the days %q, want %q", got, tt.changed)
			}
			slices.Sort(tt.here)
			wantDay(t, lake, 22, tt.here...)
			wantDay(t, lake, 21, left)
		})
	}
}

// A day of the range that is closed is not made empty either.
func TestMergeLeavesClosedDaysOfTheRange(t *testing.T) {
	_, lake := newLake(t)
	m := merged(t, lake, schemas.Range{From: day(20), To: day(23)}, load.MergeOptions{Closed: []schemas.Range{{To: day(22)}}}, at("a", 22, 5, "a"))
	if got := published(t, m); got != "22" {
		t.Errorf("changed the days %q, want 22 alone", got)
	}
	for _, n := range []int{20, 21} {
		if there, err := lake.Exists(t.Context(), meetingsOn(n)); err != nil || there {
			t.Errorf("the day %d is there: %v, %v", n, there, err)
		}
	}
}
