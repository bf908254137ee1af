package extract_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

// service answers requests as Graph would: with a body by their decoded URI. {host} in it stands for
// its own address, a leading "403 " for that status.
type service struct {
	url   string
	date  string // by which answers are dated; empty: they are not, and the clock is that of Options.Now
	mu    sync.Mutex
	asked []*http.Request
	sent  []string // bodies of requests
}

type answers map[string]string

func (a answers) to(uri string) string { return a[uri] }

func serve(t *testing.T, answer func(uri string) string) (*graph.Client, *service) {
	t.Helper()
	return serveBodies(t, func(uri, _ string) string { return answer(uri) })
}

// serveBodies is serve with answers that depend on what was sent, too.
func serveBodies(t *testing.T, answer func(uri, sent string) string) (*graph.Client, *service) {
	t.Helper()
	return serveTries(t, 0, answer)
}

// serveTries is serveBodies for a client that asks so often at most.
func serveTries(t *testing.T, tries int, answer func(uri, sent string) string) (*graph.Client, *service) {
	t.Helper()
	s := &service{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r)
		sent, _ := io.ReadAll(r.Body)
		s.sent = append(s.sent, string(sent))
		w.Header()["Date"] = nil
		if s.date != "" {
			w.Header().Set("Date", s.date)
		}
		s.mu.Unlock()
		body := answer(decoded(r), string(sent))
		if status, rest, ok := strings.Cut(body, " "); ok && len(status) == 3 {
			code := 0
			fmt.Sscan(status, &code)
			w.WriteHeader(code)
			of, message, said := strings.Cut(rest, ": ")
			if !said {
				message = "for a reason"
			}
			body = fmt.Sprintf(`{"error":{"code":%q,"message":%q}}`, of, message)
		}
		if body == "" {
			w.WriteHeader(http.StatusBadRequest)
			body = fmt.Sprintf(`{"error":{"code":"BadRequest","message":%q}}`, "nobody expects "+decoded(r))
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, strings.ReplaceAll(body, "{host}", "http://"+r.Host))
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	client, err := graph.New(graph.Options{Endpoint: server.URL, Tries: tries, Token: graph.StaticToken{Secret: "token"}})
	if err != nil {
		t.Fatal(err)
	}
	return client, s
}

func decoded(r *http.Request) string {
	uri, err := url.QueryUnescape(r.RequestURI)
	if err != nil {
		return r.RequestURI
	}
	return uri
}

// bodies are the bodies of the requests, sorted.
func (s *service) bodies() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(slices.Values(s.sent))
}

// inOrder are the decoded URIs in the order of asking.
func (s *service) inOrder() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var uris []string
	for _, r := range s.asked {
		uris = append(uris, decoded(r))
	}
	return uris
}

// requests are the URIs on the wire, sorted.
func (s *service) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var uris []string
	for _, r := range s.asked {
		uris = append(uris, r.RequestURI)
	}
	slices.Sort(uris)
	return uris
}

// collect reads to the end, and sorts what comes in no order.
func collect(t *testing.T, reading *extract.Reading) ([]string, error) {
	t.Helper()
	var records []string
	var failed error
	for record, err := range reading.Records(t.Context()) {
		if failed != nil {
			t.Errorf("after the error %v there was still %s, %v", failed, record.JSON, err)
		}
		switch failed = err; {
		case err != nil:
		case record.Unchanged:
			records = append(records, "unchanged "+record.ID)
		default:
			records = append(records, string(record.JSON))
		}
	}
	slices.Sort(records)
	return records, failed
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func wantCounts(t *testing.T, reading *extract.Reading, want extract.Counts) {
	t.Helper()
	if got := reading.Counts(); got != want {
		t.Errorf("counts are %+v, want %+v", got, want)
	}
}

// wantBehind compares whom a reading could not read, in the order of their ids.
func wantBehind(t *testing.T, reading *extract.Reading, want ...extract.Behind) {
	t.Helper()
	got := slices.SortedFunc(slices.Values(reading.Behind()), func(a, b extract.Behind) int {
		return strings.Compare(a.Parent+a.Record, b.Parent+b.Record)
	})
	if !slices.Equal(got, want) {
		t.Errorf("behind are\n  %+v\nwant\n  %+v", got, want)
	}
}

// parentBehind is a parent of which all of 1 March is missing.
func parentBehind(id string, kind graph.Kind, reason string) extract.Behind {
	return extract.Behind{Parent: id, From: march1.From, To: march1.To, Kind: kind, Reason: reason}
}

// callBehind is a call of listOf that could not be read.
func callBehind(id string, kind graph.Kind, reason string) extract.Behind {
	nine := instant("2026-03-01T09:00:00Z")
	return extract.Behind{Record: id, From: nine, To: nine.Add(time.Second), Kind: kind, Reason: reason}
}

func day(date string) time.Time { return instant(date + "T00:00:00Z") }

func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// calls are listed by windows of a day and read by their ids with two requests.
func calls() schemas.Dataset {
	return schemas.Dataset{
		Name: "calls",
		Mode: schemas.Windowed,
		Source: schemas.Source{
			API:     "v1.0",
			Path:    "/calls",
			Query:   []schemas.Param{{Name: "$filter", Value: "start ge {from} and start lt {to}"}},
			Headers: []schemas.Param{{Name: "Prefer", Value: "include-unknown-enum-members"}},
			Paging:  schemas.NextLink,
			Window:  schemas.Window{Longest: schemas.Day, Layout: time.RFC3339},
			Detail: &schemas.Detail{
				Path: "/calls/{id}",
				Queries: [][]schemas.Param{
					{{Name: "$expand", Value: "sessions($expand=segments)"}},
					{{Name: "$expand", Value: "people"}},
				},
				End:    "end",
				Ready:  time.Hour,
				Budget: schemas.Budget{Name: "calls"},
			},
			Budget: schemas.Budget{Name: "call_list"},
		},
		Time:      []schemas.Path{"start"},
		Version:   "version",
		Retention: 30 * schemas.Day,
		Tables:    keyed("calls"),
	}
}

// logs are rows that a function lists for a range of dates.
func logs(window schemas.Window) schemas.Dataset {
	return schemas.Dataset{
		Name: "logs",
		Mode: schemas.Windowed,
		Source: schemas.Source{
			API:    "v1.0",
			Path:   "/logs/get(from={from},to={to})",
			Paging: schemas.NextLink,
			Window: window,
			Budget: schemas.Budget{Name: "logs"},
		},
		Time:   []schemas.Path{"start", "failed"},
		Tables: keyed("logs"),
	}
}

// people are listed by delta.
func people() schemas.Dataset {
	return schemas.Dataset{
		Name: "people",
		Mode: schemas.Entities,
		Source: schemas.Source{
			API:    "v1.0",
			Path:   "/people/delta",
			Query:  []schemas.Param{{Name: "$select", Value: "{select}"}},
			Paging: schemas.Delta,
			Budget: schemas.Budget{Name: "people"},
		},
		Tables: keyed("people"),
	}
}

func keyed(name string) []schemas.Table {
	return []schemas.Table{{Name: name, Key: []string{"id"}, Columns: []schemas.Column{
		{Name: "id", Path: "id", Type: schemas.String, Required: true},
		{Name: "city", Path: "office.city", Type: schemas.String},
	}}}
}
