package extract_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

// What is listed and not found is still to come, or already gone, or else behind; the others are read.
func TestListedButNotFound(t *testing.T) {
	ended := func(*schemas.Dataset) {}
	forEver := func(ds *schemas.Dataset) { ds.Retention = 0 }
	atOnce := func(ds *schemas.Dataset) { ds.Source.Detail.Ready = 0 }
	const usual = `"start":"2026-03-01T09:00:00Z","end":"2026-03-01T10:00:00Z"`
	young, old, missing := extract.Counts{Listed: 2, Read: 1, NotYet: 1}, extract.Counts{Listed: 2, Read: 1, Gone: 1}, extract.Counts{Listed: 2, Read: 1}
	for _, c := range []struct {
		name    string
		times   string // of the record that is not found
		now     string
		dataset func(*schemas.Dataset)
		counts  extract.Counts
		from    string // of what is missing; empty: all of the range
	}{
		{"ended a moment ago", usual, "2026-03-01T10:00:01Z", ended, young, ""},
		{"ended almost an hour ago", usual, "2026-03-01T10:59:00Z", ended, young, ""},
		{"is still to end", usual, "2026-03-01T09:30:00Z", ended, young, ""},
		{"ended an hour ago", usual, "2026-03-01T11:00:00Z", ended, missing, "2026-03-01T09:00:00Z"},
		{"ended almost 30 days ago", usual, "2026-03-31T09:59:00Z", ended, missing, "2026-03-01T09:00:00Z"},
		{"ended more than 30 days ago", usual, "2026-03-31T10:00:01Z", ended, old, ""},
		{"kept for ever", usual, "2030-01-01T00:00:00Z", forEver, missing, "2026-03-01T09:00:00Z"},
		{"to be read at once", usual, "2026-03-01T10:00:01Z", atOnce, missing, "2026-03-01T09:00:00Z"},
		{"no end, so the start counts", `"start":"2026-03-01T09:00:00Z","end":null`, "2026-03-01T09:30:00Z", ended, young, ""},
		{"within a second", `"start":"2026-03-01T11:00:00.7+02:00"`, "2026-03-01T12:00:00Z", ended, missing, "2026-03-01T09:00:00Z"},
		{"no time at all", `"version":1`, "2026-03-01T12:00:00Z", ended, missing, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for name, gone := range map[string]answers{
				"the record":        {"/v1.0/calls/gone" + sessions: "404 NotFound"},
				"between two pages": {"/v1.0/calls/gone" + sessions: `{"id":"gone","sessions":[],"sessions@odata.nextLink":"{host}/s2"}`, "/s2": "404 NotFound"},
				"the second half":   {"/v1.0/calls/gone" + sessions: `{"id":"gone","sessions":[]}`, "/v1.0/calls/gone" + members: "404 NotFound"},
			} {
				gone[list] = `{"value":[{"id":"gone",` + c.times + `},{"id":"there",` + usual + `}]}`
				gone["/v1.0/calls/there"+sessions] = `{"id":"there","sessions":[]}`
				gone["/v1.0/calls/there"+members] = `{"id":"there","people":[]}`
				client, _ := serve(t, gone.to)
				ds := calls()
				c.dataset(&ds)
				reading := extract.Read(client, ds, march1, extract.Options{Now: instant(c.now)})
				records, err := collect(t, reading)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				want(t, records, `{"id":"there","sessions":[],"people":[]}`)
				wantCounts(t, reading, c.counts)
				one := extract.Behind{Record: "gone", From: march1.From, To: march1.To, Kind: graph.NotFound, Reason: "not found 404 NotFound"}
				if c.from != "" {
					one.From = instant(c.from)
					one.To = one.From.Add(time.Second)
				}
				if c.counts == missing {
					wantBehind(t, reading, one)
				} else {
					wantBehind(t, reading)
				}
			}
		})
	}
}

// The date of Graph's answers decides, and not what the caller takes for the time.
func TestAgeByGraphsClock(t *testing.T) {
	for _, c := range []struct {
		name, date, now string
		counts          extract.Counts
		behind          int
	}{
		{"young there, old here", "2026-03-01T10:30:00Z", "2026-06-01T00:00:00Z", extract.Counts{Listed: 1, NotYet: 1}, 0},
		{"old there, young here", "2026-06-01T00:00:00Z", "2026-03-01T10:30:00Z", extract.Counts{Listed: 1, Gone: 1}, 0},
		{"behind there, young here", "2026-03-02T10:30:00Z", "2026-03-01T10:30:00Z", extract.Counts{Listed: 1}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, service := serve(t, answers{list: listOf("a"), "/v1.0/calls/a" + sessions: "404 NotFound"}.to)
			service.date = instant(c.date).Format(http.TimeFormat)
			reading := extract.Read(client, calls(), march1, extract.Options{Now: instant(c.now)})
			if records, err := collect(t, reading); err != nil || len(records) != 0 || len(reading.Behind()) != c.behind {
				t.Errorf("got %v, %v, behind %v", records, err, reading.Behind())
			}
			wantCounts(t, reading, c.counts)
		})
	}
}

// While a reading waits for its budget, its records grow older: the second should have been there after more
// than an hour.
func TestAgeAtTheTimeOfAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := clientOf(t, func(r *http.Request) (int, string) {
			if r.URL.Path == "/v1.0/calls" {
				return http.StatusOK, listOf("a", "b")
			}
			return http.StatusNotFound, `{"error":{"code":"NotFound","message":"no"}}`
		})
		ds := calls()
		ds.Source.Detail.Budget.First = schemas.Limit{Requests: 1, Per: 1e6 * time.Hour} // of which the client keeps a millionth
		reading := extract.Read(client, ds, march1, extract.Options{Now: instant("2026-03-01T10:10:00Z")})
		if _, err := collect(t, reading); err != nil {
			t.Fatal(err)
		}
		wantCounts(t, reading, extract.Counts{Listed: 2, NotYet: 1})
		if b := reading.Behind(); len(b) != 1 || b[0].Kind != graph.NotFound {
			t.Errorf("behind: %v, want one of the two", b)
		}
	})
}

type roundTripper func(r *http.Request) (status int, body string)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := f(r)
	return &http.Response{
		StatusCode: status,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader(body)),
		Request:    r,
	}, nil
}
