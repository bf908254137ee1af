package jobs_test

import (
	"bytes"
	"strings"
	"testing"

	"graphlake/jobs"
	"graphlake/jobs/state"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// In a lake with pseudonyms who is behind is named by one, wherever it is written, and is read from where it stood
// all the same, though the list of users has the id.
func TestSickUnderAPseudonym(t *testing.T) {
	d, o := schemas.ChatMessages, colleagues()
	r := newOffice(t, o)
	r.Privacy = jobs.Privacy{Content: schemas.NoContent, Key: privacy.Key(bytes.Repeat([]byte{7}, 32))}
	r.at(at(18, 2)).night(t, d)
	o.sick = map[string]string{"bob": "403", "ann": "404"}
	for day := 19; day < 21; day++ {
		r = r.at(at(day, 2))
		rep := r.night(t, d)
		if u := rep.Units[0]; rep.Status != state.Data || u.Behind != 2 || len(u.Who) != 2 {
			t.Fatalf("%+v", rep)
		}
	}
	told := strings.Join(r.told(t, d), "\n")
	for _, user := range []string{"bob", "ann"} {
		if p := r.Privacy.Pseudonym(user); !strings.Contains(told, p+" 17T00:00:00-20T02:00:00 since 19T02: ") {
			t.Errorf("%s is not among\n%s", p, told)
		}
	}
	for info, err := range r.store.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if text := r.text(t, info.Name); !strings.HasSuffix(info.Name, ".parquet") && (strings.Contains(text, "bob") || strings.Contains(text, "ann")) {
			t.Errorf("%s names somebody:\n%s", info.Name, text)
		}
	}
	o.sick, o.since = nil, nil
	r = r.at(at(21, 2))
	if rep := r.night(t, d); rep.Incomplete() {
		t.Errorf("%+v", rep)
	}
	want(t, r.told(t, d))
	want(t, o.since["bob"], "17T00:00", "21T00:00")
	if got := len(r.on(t, d, "message_id")); got != 16 { // four users, and four days each
		t.Errorf("%d messages, want 16", got)
	}
}
