package extract_test

import (
	"testing"

	"graphlake/extract"
)

// A record may rise to a version that starts on another day between its listing and its reading. It is handed
// on wherever it lies now.
func TestRecordMoved(t *testing.T) {
	for _, c := range []struct{ name, start string }{
		{"later in its day", `"2026-03-01T23:59:59.9999999Z"`},
		{"to its day in another zone", `"2026-03-02T01:00:00+02:00"`},
		{"to no time", `null`},
		{"to the next day", `"2026-03-02T00:00:00Z"`},
		{"to the day before", `"2026-02-28T23:59:59.9999999Z"`},
		{"to the day after the next", `"2026-03-03T00:00:00Z"`},
		{"two days back", `"2026-02-27T23:59:59.9999999Z"`},
		{"to another year", `"2025-03-01T09:00:00-02:00"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, _ := serve(t, answers{
				list:                       listOf("m"),
				"/v1.0/calls/m" + sessions: `{"id":"m","version":2,"start":` + c.start + `,"sessions":[]}`,
				"/v1.0/calls/m" + members:  `{"id":"m","version":2,"people":[]}`,
			}.to)
			reading := extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")})
			records, err := collect(t, reading)
			if err != nil {
				t.Fatal(err)
			}
			want(t, records, `{"id":"m","version":2,"start":`+c.start+`,"sessions":[],"people":[]}`)
			wantCounts(t, reading, extract.Counts{Listed: 1, Read: 1})
			wantBehind(t, reading)
		})
	}
}
