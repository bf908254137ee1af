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

func TestListedButNotFound(t *testing.T) {
	notFound := answers{
		list:                           listOf("gone", "there"),
		"/v1.0/calls/gone" + sessions:  "404 NotFound",
		"/v1.0/calls/there" + sessions: `{"id":"there","sessions":[]}`,
		"/v1.0/calls/there" + members:  `{"id":"there","people":[]}`,
	}
	inside := answers{
		list:                           listOf("gone", "there"),
		"/v1.0/calls/gone" + sessions:  `{"id":"gone","sessions":[],"sessions@odata.nextLink":"{host}/s2"}`,
		"/s2":                          "404 NotFound",
		"/v1.0/calls/there" + sessions: `{"id":"there","sessions":[]}`,
		"/v1.0/calls/there" + members:  `{"id":"there","people":[]}`,
	}
	const there = `{"id":"there","sessions":[],"people":[]}`
	young := extract.Counts{Listed: 2, Read: 1, NotYet: 1}
	old := extract.Counts{Listed: 2, Read: 1, Gone: 1}
	for _, c := range []struct {
		name   string
		graph  answers
		now    time.Time
		counts extract.Counts
	}{
		{"ended a moment ago", notFound, instant("2026-03-01T10:00:01Z"), young},
		{"ended almost an hour ago", notFound, instant("2026-03-01T10:59:00Z"), young},
		{"ended more than 30 days ago", notFound, instant("2026-03-31T10:00:01Z"), old},
		{"vanished between two pages", inside, instant("2026-03-31T10:00:01Z"), old},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, _ := serve(t, c.graph.to)
			reading := extract.Read(client, calls(), march1, extract.Options{Now: c.now})
			records, err := collect(t, reading)
			if err != nil {
				t.Fatal(err)
			}
			want(t, records, there)
			wantCounts(t, reading, c.counts)
		})
	}
	t.Run("kept for ever", func(t *testing.T) {
		client, _ := serve(t, notFound.to)
		ds := calls()
		ds.Retention = 0
		if _, err := collect(t, extract.Read(client, ds, march1, extract.Options{Now: day("2030-01-01")})); graph.KindOf(err) != graph.NotFound {
			t.Fatalf("error %v, want one of the kind not found", err)
		}
	})
	t.Run("in between", func(t *testing.T) {
		client, _ := serve(t, notFound.to)
		_, err := collect(t, extract.Read(client, calls(), march1, extract.Options{Now: instant("2026-03-01T12:00:00Z")}))
		if graph.KindOf(err) != graph.NotFound {
			t.Fatalf("error %v, want one of the kind not found", err)
		}
		for _, part := range []string{"read calls: record gone: it ended 2h0m0s ago", "/v1.0/calls/gone"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("error %q does not say %q", err, part)
			}
		}
	})
	t.Run("no end, so the start counts", func(t *testing.T) {
		client, _ := serve(t, answers{
			list:                       `{"value":[{"id":"a","start":"2026-03-01T09:00:00Z","end":null}]}`,
			"/v1.0/calls/a" + sessions: "404 NotFound",
		}.to)
		reading := extract.Read(client, calls(), march1, extract.Options{Now: instant("2026-03-01T09:30:00Z")})
		if records, err := collect(t, reading); err != nil || len(records) != 0 {
			t.Fatalf("got %v, %v", records, err)
		}
		wantCounts(t, reading, extract.Counts{Listed: 1, NotYet: 1})
	})
	t.Run("no time at all", func(t *testing.T) {
		client, _ := serve(t, answers{list: `{"value":[{"id":"a"}]}`, "/v1.0/calls/a" + sessions: "404 NotFound"}.to)
		reading := extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")})
		if _, err := collect(t, reading); graph.KindOf(err) != graph.NotFound {
			t.Fatalf("error %v, want one of the kind not found", err)
		}
	})
}

// While a reading waits for its budget, its records grow older.
func TestAgeAtTheTimeOfAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, err := graph.New(graph.Options{
			Endpoint: "https://graph.example",
			Token:    graph.StaticToken{Secret: "token"},
			Transport: roundTripper(func(r *http.Request) (int, string) {
				if r.URL.Path == "/v1.0/calls" {
					return http.StatusOK, listOf("a", "b")
				}
				return http.StatusNotFound, `{"error":{"code":"NotFound","message":"no"}}`
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		ds := calls()
		ds.Source.Detail.Budget.First = schemas.Limit{Requests: 1, Per: time.Hour}
		reading := extract.Read(client, ds, march1, extract.Options{Now: instant("2026-03-01T10:10:00Z")})
		_, err = collect(t, reading)
		if graph.KindOf(err) != graph.NotFound || !strings.Contains(err.Error(), "it ended 1h1") {
			t.Errorf("error %v, want that the second record should have been there after more than an hour", err)
		}
		wantCounts(t, reading, extract.Counts{Listed: 2, NotYet: 1})
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
