package graphsim

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestDurations(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "PT0S", 16 * time.Millisecond: "PT0.016S", time.Minute: "PT1M", 61*time.Minute + 3*time.Second: "PT1H1M3S",
		25 * time.Hour: "PT25H", 90300 * time.Millisecond: "PT1M30.3S",
	} {
		var w writer
		w.entity(entity{"d", d})
		if got := string(w.b); got != `{"d":"`+want+`"}` {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

func TestMembersYoungerThanTheSentinel(t *testing.T) {
	for newer, want := range map[bool]string{true: `{"k":"x"}`, false: `{"k":"unknownFutureValue"}`} {
		w := writer{newer: newer}
		w.entity(entity{"k", younger("x")})
		if string(w.b) != want {
			t.Errorf("newer %v: %s", newer, w.b)
		}
	}
}

// Every valid text comes back through another JSON reader.
func FuzzText(f *testing.F) {
	for _, s := range append(remarks, "", "\x00\x1f\x7f", "tab\t", "\U0010ffff ") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip("Graph sends UTF-8")
		}
		var back string
		if err := json.Unmarshal(appendText(nil, s), &back); err != nil || back != s {
			t.Errorf("%q became %s: %v", s, appendText(nil, s), err)
		}
	})
}

// Whatever filter is accepted means the same in another order, and a further condition takes something away.
func FuzzFilter(f *testing.F) {
	f.Add("startDateTime ge 2026-11-22T00:00:00Z and startDateTime lt 2026-11-22T01:00:00Z")
	f.Add("startDateTime gt 2026-11-22T00:00:00.1234567+01:00 and participants_v2/any(p:p/id eq 'x')")
	f.Add("startDateTime le 0001-01-01T00:00:00Z")
	f.Add("accountEnabled eq true and userType eq 'Guest'")
	f.Add("userType eq ''")
	f.Add("from/user/id eq 'O''Leary' and displayName ne 'a and b'")
	f.Add("startswith(displayName,'a') or accountEnabled")
	users := New(small())
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseFilter(text)
		if err != nil {
			return
		}
		var terms []string
		for _, c := range slices.Backward(got) {
			term := c.name + " " + c.op + " " + c.value
			if c.any {
				term = c.name + "/any(x:" + strings.TrimSuffix("x/"+c.of, "/") + " " + c.op + " " + c.value + ")"
			}
			terms = append(terms, term)
		}
		turned, err := parseFilter(strings.Join(terms, " and "))
		if err != nil {
			t.Fatalf("%q is not taken as %q: %v", text, terms, err)
		}
		fewer, err := parseFilter(text + " and accountEnabled eq false")
		if err != nil {
			t.Fatalf("%q takes no further condition: %v", text, err)
		}
		for _, name := range []string{"startDateTime", "lastModifiedDateTime"} {
			from, to := bounds(got, name)
			if from2, to2 := bounds(turned, name); !from.Equal(from2) || !to.Equal(to2) {
				t.Errorf("%q is from %v to %v, and turned round from %v to %v", text, from, to, from2, to2)
			}
		}
		for _, p := range users.people(0, afterwards) {
			holds := user(p).holds(got)
			if user(p).holds(turned) != holds {
				t.Errorf("%q means something else turned round", text)
			}
			if user(p).holds(fewer) && (p.enabled || !holds) {
				t.Errorf("%q with a further condition finds user %d", text, p.number)
			}
		}
	})
}

// A comparison holds of a member, of one in a member, or of an element of a list.
func TestConditions(t *testing.T) {
	e := entity{
		"n", 3, "on", true, "at", monday, "text", "Blue", "none", nil, "names", []string{"Team"}, "in", entity{"id", "x"},
		"list", []entity{{"id", "a"}, {"id", "b"}}, "raw", json.RawMessage(`{"at": "2026-11-02T00:00:00.0Z", "n": 2.5, "no": null, "all": ["y"]}`),
	}
	for text, want := range map[string]bool{
		"n eq 3": true, "n gt 3": false, "n ge 3": true, "n lt 3.5": true, "n ne 3": false, "on eq true": true, "on eq false": false,
		"at ge 2026-11-02T01:00:00+01:00": true, "at lt 2026-11-02T00:00:00Z": false, "text eq 'blue'": true, "text gt 'black'": true,
		"none eq null": true, "none ne null": false, "none gt 1": false, "nowhere eq 1": false, "text ne null": true,
		"names/any(x:x eq 'team')": true, "in/id eq 'x'": true, "in/no eq 'x'": false, "list/any(x:x/id eq 'b')": true, "list/any(x:x/id eq 'c')": false,
		"raw/at le 2026-11-02T00:00:00Z": true, "raw/n gt 2": true, "raw/no eq null": true, "raw/all/any(x:x eq 'y') and n eq 3": true, "n eq 3 and n eq 4": false,
	} {
		where, err := parseFilter(text)
		if err != nil || e.holds(where) != want {
			t.Errorf("%s holds: %v (%v), want %v", text, e.holds(where), err, want)
		}
	}
	for _, text := range []string{"", "n", "n eq", "n is 3", "n eq 3 and ", "n eq 3 or n eq 4", "list/any(x:y/id eq 'b')", "not n eq 3"} {
		if where, err := parseFilter(text); err == nil {
			t.Errorf("%q is taken as %v", text, where)
		}
	}
}

func TestRoute(t *testing.T) {
	for path, want := range map[string]string{
		"/v1.0/communications/callRecords('a-b')/sessions": "communications callRecords a-b sessions",
		"/beta/users/delta/": "users delta",
		"/v1.0/":             "",
		"/v1.0":              "",
		"/v1.0/communications/callRecords/getPstnCalls(fromDateTime=a,toDateTime=b)": "communications callRecords getPstnCalls(fromDateTime=a,toDateTime=b)",
	} {
		_, segments, err := route(path)
		if got := strings.Join(segments, " "); err != nil || got != want {
			t.Errorf("%s: %q (%v), want %q", path, got, err, want)
		}
	}
}
