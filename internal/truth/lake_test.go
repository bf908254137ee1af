package main

import (
	"strings"
	"testing"
)

// The checksum was computed by another program, over team-1 19:a 0, team-1 19:a 1 and team-2 19:b 0.
func TestTally(t *testing.T) {
	rows := `{"tenant_id":"t","dt":"2026-11-16","team_id":"team-1","channel_id":"19:a","index":0}
{"team_id":"team-2","channel_id":"19:b","index":0,"removed":false}
{"team_id":"team-2","channel_id":"19:b","index":1,"removed":true}
{"team_id":"team-1","channel_id":"19:a","index":1,"removed":null}`
	got, err := tally(strings.NewReader(rows), []string{"team_id", "channel_id", "index"})
	if want := (count{3, "f24b147878e754f5"}); err != nil || got != want {
		t.Errorf("%+v (%v), want %+v", got, err, want)
	}
	if got, err := tally(strings.NewReader(""), nil); err != nil || got != (count{0, "0000000000000000"}) {
		t.Errorf("of nothing: %+v (%v)", got, err)
	}
	if _, err := tally(strings.NewReader(rows[:len(rows)-1]), nil); err == nil {
		t.Error("half a row passed for the end")
	}
}

// A table counts once, whatever it was in how many nights, and differs for good.
func TestTell(t *testing.T) {
	all := truth{compared: map[string]bool{}, differing: map[string]bool{}}
	all.tell("calls", count{1, "a"}, count{2, "a"})
	all.tell("calls", count{2, "a"}, count{2, "a"})
	all.tell("users", count{2, "a"}, count{2, "b"})
	all.tell("teams", count{2, "a"}, count{2, "a"})
	if len(all.compared) != 3 || len(all.differing) != 2 || all.differing["teams"] {
		t.Errorf("%d tables, %v differ", len(all.compared), all.differing)
	}
}
