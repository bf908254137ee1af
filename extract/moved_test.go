package extract_test

import (
	"strings"
	"testing"

	"graphlake/extract"
)

// A record may rise to a version that starts on another day between its listing and its reading. One
// that stays within a day of the range is handed on all the same.
func TestRecordMoved(t *testing.T) {
	const outside = "read calls: record m: it now starts at %, more than a day outside the range [2026-03-01T00:00:00Z, 2026-03-02T00:00:00Z), " +
		"which was listed before it moved; run the range again, with that day in it"
	for _, c := range []struct{ name, start, at string }{
		{"later in its day", `"2026-03-01T23:59:59.9999999Z"`, ""},
		{"to the start of its day", `"2026-03-01T00:00:00Z"`, ""},
		{"to its day in another zone", `"2026-03-02T01:00:00+02:00"`, ""},
		{"to no time", `null`, ""},
		{"to the next day", `"2026-03-02T00:00:00Z"`, ""},
		{"to the end of the next day", `"2026-03-02T23:59:59.9999999Z"`, ""},
		{"to the day before", `"2026-02-28T23:59:59.9999999Z"`, ""},
		{"to the start of the day before", `"2026-02-28T00:00:00Z"`, ""},
		{"to the day after the next", `"2026-03-03T00:00:00Z"`, "2026-03-03T00:00:00Z"},
		{"two days back", `"2026-02-27T23:59:59.9999999Z"`, "2026-02-27T23:59:59Z"},
		{"to the day after the next in another zone", `"2026-03-02T23:00:00-02:00"`, "2026-03-03T01:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, _ := serve(t, answers{
				list:                       listOf("m"),
				"/v1.0/calls/m" + sessions: `{"id":"m","version":2,"start":` + c.start + `,"sessions":[]}`,
				"/v1.0/calls/m" + members:  `{"id":"m","version":2,"people":[]}`,
			}.to)
			records, err := collect(t, extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")}))
			if c.at == "" {
				if err != nil || len(records) != 1 {
					t.Errorf("got %v, %v, want the record", records, err)
				}
				return
			}
			if message := strings.Replace(outside, "%", c.at, 1); err == nil || err.Error() != message || len(records) != 0 {
				t.Errorf("got %v and the error\n%v\nwant\n%s", records, err, message)
			}
		})
	}
}
