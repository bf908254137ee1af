package command

import (
	"strings"
	"testing"
)

const rows = `{"tenant_id":"t","dt":"2026-11-16","team_id":"team-1","channel_id":"19:a","index":0}
{"team_id":"team-2","channel_id":"19:b","index":0,"removed":false}
{"team_id":"team-2","channel_id":"19:b","index":1,"removed":true}
{"team_id":"team-1","channel_id":"19:a","index":1,"removed":null}`

// The checksum was computed by another program, over team-1 19:a 0, team-1 19:a 1 and team-2 19:b 0; the
// other one over the last of them alone.
func TestTally(t *testing.T) {
	key := []string{"team_id", "channel_id", "index"}
	got, err := tally(strings.NewReader(rows), key, nil)
	if want := (Count{3, "f24b147878e754f5"}); err != nil || got != want {
		t.Errorf("%+v (%v), want %+v", got, err, want)
	}
	only := map[string]map[string]bool{"team_id": {"team-2": true}, "user_id": {}}
	got, err = tally(strings.NewReader(rows), key, only)
	if want := (Count{1, "894f8e399c4b0c40"}); err != nil || got != want {
		t.Errorf("of a team: %+v (%v), want %+v", got, err, want)
	}
	if got, err := tally(strings.NewReader(""), nil, nil); err != nil || got != (Count{0, "0000000000000000"}) {
		t.Errorf("of nothing: %+v (%v)", got, err)
	}
	if _, err := tally(strings.NewReader(rows[:len(rows)-1]), nil, nil); err == nil {
		t.Error("half a row passed for the end")
	}
}

// A table counts once, whatever it was in how many nights, and differs for good.
func TestTell(t *testing.T) {
	var all Comparison
	all.tell("calls", Count{1, "a"}, Count{2, "a"})
	all.tell("calls", Count{2, "a"}, Count{2, "a"})
	all.tell("users", Count{2, "a"}, Count{2, "b"})
	all.tell("teams", Count{2, "a"}, Count{2, "a"})
	if len(all.Tables) != 3 || all.Differing() != 2 || all.Tables["teams"] {
		t.Errorf("%v", all.Tables)
	}
}
