package extract_test

import (
	"fmt"
	"strings"
	"testing"

	"graphlake/extract"
)

func TestHeldIsNotReadAgain(t *testing.T) {
	const none = -1
	for _, c := range []struct {
		name, listed string // the listed version, as JSON; empty: there is none
		holds        int64  // none: the record is not held
		held         bool
	}{
		{"the same", `9`, 9, true},
		{"a higher one", `9`, 10, true},
		{"a lower one", `10`, 9, false},
		{"far apart", `9007199254740993`, 9007199254740992, false},
		{"quoted", `"10"`, 9, false},
		{"quoted and the same", `"10"`, 10, true},
		{"not held", `1`, none, false},
		{"listed without a version", ``, 10, false},
		{"listed with null", `null`, 10, false},
		{"listed as an instant", `"2026-03-01T11:00:00Z"`, 1772362800000000, false},
		{"no number", `"nine"`, 9, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			version := ""
			if c.listed != "" {
				version = `"version":` + c.listed + ","
			}
			client, service := serve(t, answers{
				list:                       fmt.Sprintf(`{"value":[{"id":"m",%s"start":"2026-03-01T09:00:00Z"}]}`, version),
				"/v1.0/calls/m" + sessions: `{"id":"m","sessions":[]}`,
				"/v1.0/calls/m" + members:  `{"id":"m","people":[]}`,
			}.to)
			holds := map[string]int64{"m": c.holds, "another": 99}
			if c.holds == none {
				delete(holds, "m")
			}
			reading := extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03"), Held: holds})
			records, err := collect(t, reading)
			if err != nil {
				t.Fatal(err)
			}
			counts, requests := extract.Counts{Listed: 1, Read: 1}, 3
			if c.held {
				counts, requests = extract.Counts{Listed: 1, Held: 1}, 1
			}
			wantCounts(t, reading, counts)
			if n := len(service.requests()); len(records) != 1 || (records[0] == "unchanged m") != c.held || n != requests {
				t.Errorf("read %v with %d requests, want %d", records, n, requests)
			}
		})
	}
}

// What is listed twice is counted once as held, and a version above the one held is read.
func TestHeldAmongOthers(t *testing.T) {
	listed := []string{
		`{"id":"a","version":1}`, `{"id":"a","version":1}`, `{"id":"a","version":3}`,
		`{"id":"b","version":1}`, `{"id":"late","version":1,"start":"2026-03-02T00:00:00Z"}`,
	}
	client, _ := serve(t, answers{
		list:                       `{"value":[` + strings.Join(listed, ",") + `]}`,
		"/v1.0/calls/a" + sessions: `{"id":"a","version":3,"sessions":[]}`,
		"/v1.0/calls/a" + members:  `{"id":"a","version":3,"people":[]}`,
	}.to)
	holds := map[string]int64{"a": 2, "b": 2}
	reading := extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03"), Held: holds})
	records, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, records, "unchanged a", "unchanged b", `{"id":"a","version":3,"sessions":[],"people":[]}`)
	wantCounts(t, reading, extract.Counts{Listed: 5, Read: 1, Repeated: 1, Outside: 1, Held: 2})
}
