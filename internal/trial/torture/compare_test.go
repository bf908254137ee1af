package torture

import (
	"testing"

	"graphlake/internal/trial/command"
)

// key makes the key of a row on the same day of the same tenant.
func key(columns ...string) string {
	k := `"t"` + command.Part + `"2026-11-16"`
	for _, c := range columns {
		k += command.Part + c
	}
	return k
}

// rows are as many of each key as are asked for.
func rows(times map[string]int) map[string][]string {
	all := map[string][]string{}
	for key, n := range times {
		all[key] = make([]string, n)
	}
	return all
}

func TestDamage(t *testing.T) {
	calls := func(times map[string]int) command.Table {
		return command.Table{Name: "calls", Key: []string{"call_id"}, Rows: rows(times)}
	}
	sessions := func(times map[string]int) command.Table {
		return command.Table{Name: "call_sessions", Key: []string{"call_id", "session_id", "session_index"}, Rows: rows(times)}
	}
	whole := contents{
		tables: []command.Table{calls(map[string]int{key("a"): 1, key("b"): 1}), sessions(map[string]int{key("a", "1", "0"): 1, key("a", "2", "0"): 1, key("b", "1", "0"): 1})},
		files:  map[string]string{"raw/a": "1", "raw/b": "2"},
	}
	for _, c := range []struct {
		name string
		got  contents
		want damage
	}{
		{"whole", whole, damage{}},
		{"nothing", contents{}, damage{lost: 5, files: 2}},
		{"other", contents{
			// b is lost, and its session an orphan; of a one session is lost and the other doubled.
			tables: []command.Table{calls(map[string]int{key("a"): 1}), sessions(map[string]int{key("a", "1", "0"): 2, key("b", "1", "0"): 1})},
			files:  map[string]string{"raw/a": "1", "raw/b": "3", "raw/c": "2"},
		}, damage{lost: 2, doubled: 1, orphans: 1, files: 2}},
	} {
		got := damage{lost: c.got.lost(whole), doubled: c.got.doubled(), orphans: c.got.orphans(), files: c.got.differing(whole)}
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	if parent, ok := whole.parent(whole.tables[1]); !ok || parent.Name != "calls" {
		t.Errorf("the parent of sessions is %q", parent.Name)
	}
}
