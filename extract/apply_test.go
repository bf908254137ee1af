package extract

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	textjson "graphlake/internal/json"
)

func TestApply(t *testing.T) {
	for _, c := range []struct{ name, held, change, want string }{
		{"a new record", ``, ` {"id":"a", "n":1.50 ,"t":"\u00e9"} `, ` {"id":"a", "n":1.50 ,"t":"\u00e9"} `},
		{"a new one that is removed", ``, `{"id":"a","@removed":{"reason":"deleted"}}`, `{"id":"a","@removed":{"reason":"deleted"}}`},
		{"a new one with entries that are removed", ``, `{"id":"a","m@delta":[{"id":"1"}, {"id":"2","@removed":{}},{"id":"3"}]}`,
			`{"id":"a","m@delta":[{"id":"1"},{"id":"3"}]}`},
		{"some members", `{"id":"a", "city":"Turku","n":1.50 , "o":{"x":[ 1 ]}}`, `{"id":"a","n": 2.00}`,
			`{"id":"a", "city":"Turku","n":2.00 , "o":{"x":[ 1 ]}}`},
		{"a new member", `{"id":"a"} `, `{"new":[1, 2],"id":"a","null":null}`, `{"id":"a","new":[1, 2],"null":null} `},
		{"over nothing", `{ }`, `{"id":"a","b":1}`, `{ "id":"a","b":1}`},
		{"null is a value", `{"id":"a","city":"Turku"}`, `{"id":"a","city":null}`, `{"id":"a","city":null}`},
		{"an object is replaced whole", `{"o":{"x":1,"y":2}}`, `{"o":{"x":3}}`, `{"o":{"x":3}}`},

		{"removed", `{"id":"a","city":"Turku"}`, `{"id":"a","city":"Oulu","@removed":{"reason":"changed"}}`,
			`{"id":"a","city":"Turku","@removed":{"reason":"changed"}}`},
		{"removed for another reason", `{"id":"a","@removed":{"reason":"changed"},"n":1}`, `{"id":"a","@removed":{"reason":"deleted"}}`,
			`{"id":"a","@removed":{"reason":"deleted"},"n":1}`},
		{"removed, and a collection stays", `{"id":"a","m@delta":[{"id":"1"}]}`, `{"@removed":{},"m@delta":[{"id":"1","@removed":{}}]}`,
			`{"id":"a","m@delta":[{"id":"1"}],"@removed":{}}`},
		{"back", `{"id":"a","n":1, "@removed":{"reason":"changed"}}`, `{"id":"a","n":2}`, `{"id":"a","n":2}`},
		{"back, the mark before all others", `{ "@removed":{} , "id":"a"}`, `{"id":"a"}`, `{"id":"a"}`},
		{"back, the mark between two", `{"id":"a" , "@removed":{} , "n":1}`, `{"n":2}`, `{"id":"a" , "n":2}`},
		{"back, nothing but the mark", `{"@removed":{}}`, `{"id":"a"}`, `{"id":"a"}`},
		{"not removed", `{"id":"a"}`, `{"id":"a","@removed":null}`, `{"id":"a"}`},

		{"entries", `{"m@delta":[{"id":"1"},{"id":"2","v":1},{"id":"3"}],"z":0}`,
			`{"m@delta":[{"id":"4"},{"id":"3","@removed":{"reason":"deleted"}},{"id":"2","v":2}]}`,
			`{"m@delta":[{"id":"4"},{"id":"2","v":2},{"id":"1"}],"z":0}`},
		{"another manager", `{"manager@delta":[{"id":"old"}]}`, `{"manager@delta":[{"id":"old","@removed":{}},{"id":"new"}]}`, `{"manager@delta":[{"id":"new"}]}`},
		{"another manager, without a word on the old", `{"manager@delta":[{"id":"old"}]}`, `{"manager@delta":[{"id":"new"}]}`,
			`{"manager@delta":[{"id":"new"},{"id":"old"}]}`},
		{"the last of the entries", `{"m@delta":[{"id":"1"}]}`, `{"m@delta":[{"id":"1","@removed":{}}]}`, `{"m@delta":[]}`},
		{"an entry twice", `{"m@delta":[]}`, `{"m@delta":[{"id":"1","v":1},{"id":"2"},{"id":"1","v":2}]}`, `{"m@delta":[{"id":"2"},{"id":"1","v":2}]}`},
		{"an entry that came back", `{}`, `{"m@delta":[{"id":"1","@removed":{}},{"id":"1"}]}`, `{"m@delta":[{"id":"1"}]}`},
		{"an entry that came and went", `{}`, `{"m@delta":[{"id":"1"},{"id":"1","@removed":{}}]}`, `{"m@delta":[]}`},
		{"a collection for the first time", `{"id":"a"}`, `{"m@delta":[ {"id":"1"} ]}`, `{"id":"a","m@delta":[ {"id":"1"} ]}`},
		{"a collection of which nothing changed", `{"id":"a","m@delta":[ {"id":"1"} ]}`, `{"id":"a"}`, `{"id":"a","m@delta":[ {"id":"1"} ]}`},
		{"an id in another spelling", `{"m@delta":[{"id":"\u0061"}]}`, `{"m@delta":[{"id":"a","@removed":{}}]}`, `{"m@delta":[]}`},
		{"entries without an id", `{"m@delta":["x",{"v":1},null]}`, `{"m@delta":["x",{"v":2},7]}`, `{"m@delta":["x",{"v":2},7,{"v":1},null]}`},
		{"null instead of a collection", `{"m@delta":null,"n@delta":[1]}`, `{"m@delta":[1],"n@delta":null}`, `{"m@delta":[1],"n@delta":null}`},
		{"a plain array is a value", `{"m":[{"id":"1"}]}`, `{"m":[{"id":"2","@removed":{}}]}`, `{"m":[{"id":"2","@removed":{}}]}`},

		{"names that are there twice", `{"a":1,"b":1,"a":2,"b":2}`, `{"a":3,"a":4}`, `{"a":4,"b":1,"b":2}`},
		{"an escaped name", `{"\u0061":1}`, `{"a":2}`, `{"\u0061":2}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var held []byte
			if c.held != "" {
				held = []byte(c.held)
			}
			got, err := Apply(held, []byte(c.change))
			if err != nil || string(got) != c.want {
				t.Errorf("Apply(%s, %s)\n got %s, %v\nwant %s", c.held, c.change, got, err, c.want)
			}
			if string(held) != c.held {
				t.Errorf("the held record became %s", held)
			}
		})
	}
}

func TestApplyRefuses(t *testing.T) {
	for _, c := range []struct{ held, change, want string }{
		{`{}`, `[]`, "apply a change: the change: no JSON object"},
		{`{}`, ``, "apply a change: the change: no JSON object"},
		{`{}`, `{"secret":"Aino" "b":1}`, "apply a change: the change: not JSON: want \",\" or \"}\" at byte 17"},
		{`{}`, `{"a":1}{}`, "apply a change: the change: not JSON: want the end at byte 7"},
		{`7`, `{"a":1}`, "apply a change: the held record: no JSON object"},
		{`{"secret":"Aino"`, `{"a":1}`, "apply a change: the held record: not JSON: want \",\" or \"}\" at byte 16"},
	} {
		if _, err := Apply([]byte(c.held), []byte(c.change)); err == nil || err.Error() != c.want {
			t.Errorf("Apply(%s, %s): error %v, want %s", c.held, c.change, err, c.want)
		}
	}
	if _, err := Remove([]byte(`{"a"`)); err == nil || err.Error() != "remove a record: not JSON: want a colon at byte 4" {
		t.Errorf("Remove: error %v", err)
	}
}

func TestRemove(t *testing.T) {
	for held, want := range map[string]string{
		`{"id":"a", "n":1.50}`: `{"id":"a", "n":1.50,"@removed":{"reason":"absent"}}`,
		`{}`:                   `{"@removed":{"reason":"absent"}}`,
		`{"@removed": {"reason":"deleted"},"id":1} `: `{"@removed": {"reason":"deleted"},"id":1} `,
		`{"@removed":null,"id":1}`:                   `{"@removed":{"reason":"absent"},"id":1}`,
	} {
		if got, err := Remove([]byte(held)); err != nil || string(got) != want {
			t.Errorf("Remove(%s) = %s, %v, want %s", held, got, err, want)
		}
	}
}

func TestRemoveAfterAbsent(t *testing.T) {
	first, second := time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC), time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, held string
		day        time.Time
		want       string
		removed    bool
	}{
		{"for the first time", `{"id":"a", "n":1.50}`, first, `{"id":"a", "n":1.50,"@absent":"2026-03-01"}`, false},
		{"again on that day", `{"id":"a","@absent":"2026-03-01"}`, first, `{"id":"a","@absent":"2026-03-01"}`, false},
		{"on the next day", `{"id":"a","@absent":"2026-03-01","n":1}`, second, `{"id":"a","n":1,"@removed":{"reason":"absent"}}`, true},
		{"noted on a day to come", `{"id":"a","@absent":"2026-03-02"}`, first, `{"id":"a","@absent":"2026-03-02"}`, false},
		{"a note that is none", `{"@absent":null,"id":"a"}`, first, `{"@absent":"2026-03-01","id":"a"}`, false},
		{"removed already", `{"id":"a","@removed":{"reason":"deleted"}}`, second, `{"id":"a","@removed":{"reason":"deleted"}}`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, removed, err := Absent([]byte(c.held), c.day)
			if err != nil || string(got) != c.want || removed != c.removed {
				t.Errorf("Absent(%s) = %s, %t, %v, want %s, %t", c.held, got, removed, err, c.want, c.removed)
			}
		})
	}
	if _, _, err := Absent([]byte(`[]`), first); err == nil || err.Error() != "note that a record is absent: no JSON object" {
		t.Errorf("of no record: %v", err)
	}
	if got, err := Remove([]byte(`{"id":"a","@absent":"2026-03-01"}`)); err != nil || string(got) != `{"id":"a","@removed":{"reason":"absent"}}` {
		t.Errorf("Remove = %s, %v", got, err)
	}
}

func TestRestore(t *testing.T) {
	for held, want := range map[string]string{
		`{"id":"a"}`: `{"id":"a"}`,
		`{"id":"a","@removed":{"reason":"absent"}}`:    `{"id":"a"}`,
		`{"@removed":{"reason":"absent"},"id":"a" }`:   `{"id":"a" }`,
		`{"id":"a","@removed":{"reason":"x"},"n":1.0}`: `{"id":"a","n":1.0}`,
		`{"id":"a","@absent":"2026-03-01","n":1.0}`:    `{"id":"a","n":1.0}`,
		`{"@absent":"2026-03-01","@removed":{}}`:       `{}`,
	} {
		if got, err := Restore([]byte(held)); err != nil || string(got) != want {
			t.Errorf("%s restored is %s, %v; want %s", held, got, err, want)
		}
	}
}

func FuzzApply(f *testing.F) {
	f.Add([]byte(`{"id":"a", "m@delta":[{"id":"1"},{"id":"2"}],"@removed":{}}`), []byte(`{"m@delta":[{"id":"1","@removed":{}},{"id":"3"}], "n":null}`))
	f.Add([]byte(`{"a":1,"a":2}`), []byte(`{"@removed":{"reason":"changed"},"id":"a"}`))
	f.Add([]byte(`{ "@removed":{} }`), []byte(`{"m@delta":[1,1,{"id":null},{"id":"\ud800"}],"\ud800":0,"m@delta":[]}`))
	f.Add([]byte(``), []byte(`{"@removed":null,"m@delta":[{"@removed":1}] }`))
	f.Fuzz(func(t *testing.T, held, change []byte) {
		if !utf8.Valid(held) || !utf8.Valid(change) {
			t.Skip("answers are UTF-8, which is checked before")
		}
		if len(held) == 0 {
			held = nil
		}
		once, err := Apply(held, change)
		if err != nil {
			if isObject(change) && (held == nil || isObject(held)) {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		if !isObject(once) {
			t.Fatalf("Apply(%s, %s) = %s, which is no JSON object", held, change, once)
		}
		if twice, err := Apply(once, change); err != nil || !bytes.Equal(twice, once) {
			t.Fatalf("%s over %s is\n%s, and once more\n%s, %v", change, held, once, twice, err)
		}
		checkMembers(t, held, change, once)
		gone, err := Remove(once)
		if err != nil || textjson.At(gone, removedName) == nil {
			t.Fatalf("Remove(%s) = %s, %v", once, gone, err)
		}
		if back, err := Apply(gone, []byte(`{"back":true}`)); err != nil || values(t, back)[removedName] != nil {
			t.Fatalf("%s came back as %s, %v", gone, back, err)
		}
	})
}

func isObject(text []byte) bool {
	return json.Valid(text) && bytes.HasPrefix(bytes.TrimSpace(text), []byte("{"))
}

// checkMembers says of every member but collections whose it has to be, where no name is there twice.
func checkMembers(t *testing.T, held, change, got []byte) {
	t.Helper()
	want, changed := values(t, held), values(t, change)
	if want == nil || changed == nil {
		return
	}
	if gone := changed[removedName]; gone != nil && string(gone) != "null" {
		changed = map[string]json.RawMessage{removedName: gone}
	} else {
		delete(want, removedName)
		delete(changed, removedName)
	}
	maps.Copy(want, changed)
	is := values(t, got)
	if len(is) != len(want) {
		t.Fatalf("%s over %s is %s, with %d members, want %d", change, held, got, len(is), len(want))
	}
	for name, value := range want {
		if !strings.HasSuffix(name, deltaSuffix) && !bytes.Equal(is[name], value) {
			t.Fatalf("%s over %s is %s, but %q should be %s", change, held, got, name, value)
		}
	}
}

// values are the members of an object, nil if one is there twice.
func values(t *testing.T, text []byte) map[string]json.RawMessage {
	t.Helper()
	all, n := map[string]json.RawMessage{}, 0
	if text == nil {
		return all
	}
	for _, err := range textjson.Members(text) {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != n {
		return nil
	}
	return all
}
