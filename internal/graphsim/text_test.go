package graphsim

import (
	"encoding/json"
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
		w.open("")
		w.duration("d", d)
		w.close()
		if got := string(w.b); got != `{"d":"`+want+`"}` {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

func TestMembersYoungerThanTheSentinel(t *testing.T) {
	for newer, want := range map[bool]string{true: `"k":"x"`, false: `"k":"unknownFutureValue"`} {
		w := writer{newer: newer}
		w.member("k", "x")
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

// Whatever filter is accepted bounds an interval, and means the same in another order.
func FuzzFilter(f *testing.F) {
	f.Add("startDateTime ge 2026-11-22T00:00:00Z and startDateTime lt 2026-11-22T01:00:00Z")
	f.Add("startDateTime gt 2026-11-22T00:00:00.1234567+01:00 and participants_v2/any(p:p/id eq 'x')")
	f.Add("startDateTime le 0001-01-01T00:00:00Z")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseRecordFilter(text)
		if err != nil {
			return
		}
		terms := strings.Split(text, " and ")
		for i, j := 0, len(terms)-1; i < j; i, j = i+1, j-1 {
			terms[i], terms[j] = terms[j], terms[i]
		}
		turned, err := parseRecordFilter(strings.Join(terms, " and "))
		if err != nil || !turned.from.Equal(got.from) || !turned.to.Equal(got.to) || (turned.participant == "") != (got.participant == "") {
			t.Errorf("%q is %v, and turned round %v (%v)", text, got, turned, err)
		}
	})
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
