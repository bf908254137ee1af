package command

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// table makes one of rows, those left out that have left in their key.
func table(t *testing.T, rows ...string) Table {
	t.Helper()
	all := Table{Name: "users", Key: []string{"user_id"}, Rows: map[string][]string{}}
	err := all.fill(strings.NewReader(strings.Join(rows, "\n")), func(row map[string]json.RawMessage, key []string) (bool, error) {
		return string(row[key[0]]) != `"left"`, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestDiffering(t *testing.T) {
	const (
		ada  = `{"tenant_id":"t","dt":"2026-11-16","user_id":"a","city":"Oslo"}`
		bob  = `{"tenant_id":"t","dt":"2026-11-16","user_id":"b","city":null}`
		cyd  = `{"tenant_id":"t","dt":"2026-11-16","user_id":"c","city":"Bern"}`
		gone = `{"tenant_id":"t","dt":"2026-11-16","user_id":"left","city":"Rome"}`
	)
	whole := table(t, ada, bob, cyd)
	key := func(id string) string { return strings.Join([]string{`"t"`, `"2026-11-16"`, `"` + id + `"`}, Part) }
	for _, c := range []struct {
		name string
		got  Table
		want []string
	}{
		{"in another order", table(t, cyd, gone, bob, ada), nil},
		{"moved", table(t, strings.Replace(ada, "Oslo", "Rome", 1), bob, cyd), []string{key("a")}},
		{"null is not empty", table(t, ada, strings.Replace(bob, "null", `""`, 1), cyd), []string{key("b")}},
		{"missing", table(t, bob), []string{key("a"), key("c")}},
		{"too many", table(t, ada, bob, bob, cyd, strings.Replace(bob, `"b"`, `"d"`, 1)), []string{key("b"), key("d")}},
		{"nothing", Table{}, []string{key("a"), key("b"), key("c")}},
	} {
		if got := c.got.Differing(whole); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if err := whole.fill(strings.NewReader(ada[:20]), everything); err == nil {
		t.Error("half a row passed for the end")
	}
}

func TestUnlike(t *testing.T) {
	for _, c := range []struct {
		got, want []string
		says      string
	}{
		{[]string{`{"id":"a","city":"Oslo","age":1}`}, []string{`{"id":"a","city":"Rome","age":2}`}, `age=1, want 2; city="Oslo", want "Rome"`},
		{nil, []string{`{}`}, "0 rows, want 1"},
		{[]string{`{}`, `{}`}, []string{`{}`}, "2 rows, want 1"},
	} {
		if got := unlike(c.got, c.want); got != c.says {
			t.Errorf("%q, want %q", got, c.says)
		}
	}
}

// What differs in what it says makes the table differ, though it has the keys.
func TestContrast(t *testing.T) {
	var all Comparison
	all.tell("users", Count{1, "a"}, Count{1, "a"})
	row := func(city string) Table {
		return Table{Name: "users", Rows: map[string][]string{"a": {`{"city":"` + city + `"}`}}}
	}
	all.contrast(row("Oslo"), row("Oslo"))
	if all.Differing() != 0 {
		t.Error("what is the same differs")
	}
	all.contrast(row("Oslo"), row("Rome"))
	if all.Differing() != 1 {
		t.Error("what differs is the same")
	}
}
