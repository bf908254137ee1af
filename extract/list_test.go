package extract_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/extract"
	"graphlake/schemas"
)

const ninety = 90 * schemas.Day

func TestWindowsOnTheWire(t *testing.T) {
	for _, c := range []struct {
		name   string
		window schemas.Window
		from   string
		to     string
		want   []string
	}{
		{"upper bound excluded", schemas.Window{Longest: ninety, Layout: time.DateOnly}, "2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z",
			[]string{"from=2026-01-01,to=2026-04-01", "from=2026-04-01,to=2026-06-30", "from=2026-06-30,to=2026-07-01"}},
		{"upper bound included", schemas.Window{Longest: ninety, Layout: time.DateOnly, ToIncluded: true}, "2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z",
			[]string{"from=2026-01-01,to=2026-03-31", "from=2026-03-31,to=2026-06-28", "from=2026-06-28,to=2026-07-01"}},
		{"exactly the longest", schemas.Window{Longest: ninety, Layout: time.DateOnly}, "2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z",
			[]string{"from=2026-01-01,to=2026-04-01"}},
		{"dates around parts of days", schemas.Window{Longest: ninety, Layout: time.DateOnly}, "2026-01-01T22:00:00Z", "2026-01-02T00:00:01Z",
			[]string{"from=2026-01-01,to=2026-01-03"}},
		{"another zone", schemas.Window{Longest: ninety, Layout: time.DateOnly}, "2026-01-01T23:00:00-02:00", "2026-01-03T01:00:00+01:00",
			[]string{"from=2026-01-02,to=2026-01-03"}},
		{"parts of seconds", schemas.Window{Longest: time.Hour, Layout: time.RFC3339}, "2026-01-01T22:00:00.5Z", "2026-01-01T23:00:00.5Z",
			[]string{"from=2026-01-01T22%3A00%3A00Z,to=2026-01-01T23%3A00%3A00Z", "from=2026-01-01T23%3A00%3A00Z,to=2026-01-01T23%3A00%3A01Z"}},
		{"no time at all", schemas.Window{Longest: ninety, Layout: time.DateOnly}, "2026-01-01T10:00:00Z", "2026-01-01T10:00:00Z", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, service := serve(t, func(string) string { return `{"value":[]}` })
			r := schemas.Range{From: instant(c.from), To: instant(c.to)}
			reading := extract.Read(client, logs(c.window), r, extract.Options{Now: day("2026-08-01")})
			if records, err := collect(t, reading); err != nil || len(records) != 0 {
				t.Fatalf("got %v, %v", records, err)
			}
			var uris []string
			for _, w := range c.want {
				uris = append(uris, "/v1.0/logs/get("+w+")")
			}
			want(t, service.requests(), uris...)
			wantCounts(t, reading, extract.Counts{})
		})
	}
}

// Graph's pages do not agree on what an upper bound means. Each record comes once in any case.
func TestBoundsHoweverRead(t *testing.T) {
	starts := []string{
		"2025-12-31T23:59:59.9999999Z", "2026-01-01T00:00:00Z", "2026-03-30T23:59:59.9999999Z", "2026-03-31T00:00:00Z",
		"2026-03-31T12:00:00Z", "2026-04-01T00:00:00.0000000Z", "2026-06-28T07:00:00Z", "2026-06-30T23:00:00+00:00",
		"2026-07-01T00:00:00Z", "2026-07-01T09:00:00Z",
	}
	var inRange []string
	for _, s := range starts[1:8] {
		inRange = append(inRange, row(s))
	}
	for _, window := range []schemas.Window{
		{Longest: ninety, Layout: time.DateOnly, ToIncluded: true},
		{Longest: ninety, Layout: time.DateOnly},
	} {
		for name, upTo := range map[string]func(to, when time.Time) bool{
			"midnight excluded":  func(to, when time.Time) bool { return when.Before(to) },
			"midnight included":  func(to, when time.Time) bool { return !when.After(to) },
			"the whole last day": func(to, when time.Time) bool { return when.Before(to.Add(schemas.Day)) },
		} {
			t.Run(fmt.Sprintf("%s, declared %t", name, window.ToIncluded), func(t *testing.T) {
				client, _ := serve(t, func(uri string) string {
					from, to, _ := strings.Cut(strings.TrimPrefix(uri, "/v1.0/logs/get(from="), ",to=")
					var rows []string
					for _, s := range starts {
						if when := instant(s); !when.Before(day(from)) && upTo(day(strings.TrimSuffix(to, ")")), when) {
							rows = append(rows, row(s))
						}
					}
					return `{"value":[` + strings.Join(rows, ",") + `]}`
				})
				half := schemas.Range{From: day("2026-01-01"), To: day("2026-07-01")}
				reading := extract.Read(client, logs(window), half, extract.Options{Now: day("2026-08-01")})
				records, err := collect(t, reading)
				if err != nil {
					t.Fatal(err)
				}
				want(t, records, slices.Sorted(slices.Values(inRange))...)
			})
		}
	}
}

// What Graph adds up over a day is the day's, whichever way it reads the upper bound.
func TestWindowUpToItsLastTick(t *testing.T) {
	calls := []string{
		"2026-03-01T00:00:00Z", "2026-03-01T23:59:59.9999998Z", "2026-03-02T00:00:00Z", "2026-03-02T00:00:00.0000001Z", "2026-03-03T00:00:00Z",
	}
	ds := logs(schemas.Window{Longest: schemas.Day, Layout: "2006-01-02T15:04:05.0000000Z", ToLast: true})
	ds.Time = []schemas.Path{schemas.AskedDay}
	for name, upTo := range map[string]func(to, when time.Time) bool{
		"excluded":      func(to, when time.Time) bool { return when.Before(to) },
		"included":      func(to, when time.Time) bool { return !when.After(to) },
		"its whole day": func(to, when time.Time) bool { return when.Before(to.Truncate(schemas.Day).Add(schemas.Day)) },
	} {
		t.Run(name, func(t *testing.T) {
			client, _ := serve(t, func(uri string) string {
				from, to, _ := strings.Cut(strings.TrimPrefix(uri, "/v1.0/logs/get(from="), ",to=")
				n := 0
				for _, c := range calls {
					if when := instant(c); !when.Before(instant(from)) && upTo(instant(strings.TrimSuffix(to, ")")), when) {
						n++
					}
				}
				return fmt.Sprintf(`{"value":[{"id":"a","calls":%d}]}`, n)
			})
			reading := extract.Read(client, ds, schemas.Range{From: day("2026-03-01"), To: day("2026-03-03")}, extract.Options{Now: day("2026-08-01")})
			records, err := collect(t, reading)
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(records)
			if got := strings.Join(records, " "); got != `{"id":"a","calls":2,"@graphlake":{"day":"2026-03-01T00:00:00Z"}} {"id":"a","calls":2,"@graphlake":{"day":"2026-03-02T00:00:00Z"}}` {
				t.Errorf("the days have %s", got)
			}
		})
	}
}

func row(start string) string { return fmt.Sprintf(`{"id":%q,"start":%q}`, "row of "+start, start) }

func TestListedRecords(t *testing.T) {
	client, _ := serve(t, answers{
		"/v1.0/logs/get(from=2026-03-01,to=2026-03-02)": `{"value":[` +
			`{"@odata.context":"c","id":"a","start":"2026-03-01T00:00:00.1Z","notes":[1],"notes@odata.nextLink":"{host}/notes"},` +
			`{"id":"next day","start":"2026-03-02T00:00:00Z"},` +
			`{"id":"year one","start":"0001-01-01T00:00:00Z","failed":"2026-02-28T00:00:00Z"},` +
			`{"id":"failed","start":null,"failed":"2026-03-01T08:00:00Z"},` +
			`{"id":"no time","start":"noon"}` +
			`],"@odata.nextLink":"{host}/2"}`,
		"/notes": `{"value":[2]}`,
		"/2":     `{"value":[],"@odata.nextLink":"{host}/3"}`,
		"/3":     `{"value":[{"id":"no time","start":"noon"},{"id":"no time","start":"late"}]}`,
	}.to)
	reading := extract.Read(client, logs(schemas.Window{Longest: ninety, Layout: time.DateOnly}), march1, extract.Options{})
	records, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, records,
		`{"id":"a","start":"2026-03-01T00:00:00.1Z","notes":[1,2]}`,
		`{"id":"failed","start":null,"failed":"2026-03-01T08:00:00Z"}`,
		`{"id":"no time","start":"late"}`,
		`{"id":"no time","start":"noon"}`)
	wantCounts(t, reading, extract.Counts{Listed: 7, Read: 4, Repeated: 1, Outside: 2})
}

func TestIDsAreEscaped(t *testing.T) {
	const id = "a/b?c d'é"
	client, service := serve(t, func(uri string) string {
		if uri == list {
			return listOf(id)
		}
		return `{"id":"` + id + `","sessions":[],"people":[]}`
	})
	if records, err := collect(t, extract.Read(client, calls(), march1, extract.Options{})); err != nil || len(records) != 1 {
		t.Fatal(records, err)
	}
	for _, uri := range service.requests()[:2] {
		u, err := url.ParseRequestURI(uri)
		if err != nil || u.Path != "/v1.0/calls/"+id || strings.Count(u.EscapedPath(), "/") != 3 {
			t.Errorf("%s does not ask for the one record with the id %s", uri, id)
		}
	}
}
