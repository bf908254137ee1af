package graphsim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The week that the tests look at: Monday 2 to Monday 9 November 2026, long enough ago to be whole.
var (
	monday     = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	sunday     = monday.AddDate(0, 0, 7)
	afterwards = sunday.AddDate(0, 0, 2)
)

func at(now time.Time) func() time.Time { return func() time.Time { return now } }

// small is a tenant of one day and few calls, in which nobody moves.
func small() Options {
	return Options{Seed: 1, Users: 30, Moves: -1, From: monday, To: monday.AddDate(0, 0, 1), Now: at(afterwards)}
}

// An answer is what came back for a request.
type answer struct {
	status int
	header http.Header
	body   []byte
	json   map[string]any
}

func (a answer) text(t *testing.T, path ...string) string {
	t.Helper()
	var v any = a.json
	for _, p := range path {
		object, _ := v.(map[string]any)
		v = object[p]
	}
	s, _ := v.(string)
	return s
}

func (a answer) values(t *testing.T) []map[string]any {
	t.Helper()
	return objects(t, a.json, "value")
}

func objects(t *testing.T, of map[string]any, name string) []map[string]any {
	t.Helper()
	list, ok := of[name].([]any)
	if !ok {
		t.Fatalf("%s is no list but %v", name, of[name])
	}
	out := make([]map[string]any, len(list))
	for i := range list {
		out[i], _ = list[i].(map[string]any)
	}
	return out
}

// get asks for a path below the host, or for a link as the tenant gave it. Headers come in pairs.
func get(t *testing.T, h http.Handler, target string, headers ...string) answer {
	t.Helper()
	rec := ask(t, h, target, headers...)
	a := answer{status: rec.Code, header: rec.Header(), body: rec.Body.Bytes()}
	if rec.Header().Get("Content-Encoding") == "" {
		if err := json.Unmarshal(a.body, &a.json); err != nil {
			t.Fatalf("%s: %v in %.200s", target, err, a.body)
		}
	}
	return a
}

// ask is get for whom the body is nothing to read.
func ask(t *testing.T, h http.Handler, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	if rest, ok := strings.CutPrefix(target, "http://example.com"); ok {
		target = rest
	}
	path, query, _ := strings.Cut(target, "?")
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.com/", nil)
	r.URL.Path, r.URL.RawQuery = unescape(t, path), strings.ReplaceAll(query, " ", "+")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func unescape(t *testing.T, path string) string {
	t.Helper()
	p, err := url.PathUnescape(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// all follows the nextLinks from a path and gives the size of each page too.
func all(t *testing.T, h http.Handler, target string, headers ...string) (values []map[string]any, pages []int) {
	t.Helper()
	for target != "" {
		a := get(t, h, target, headers...)
		if a.status != 200 {
			t.Fatalf("%s: %d %s", target, a.status, a.body)
		}
		v := a.values(t)
		values, pages = append(values, v...), append(pages, len(v))
		target = a.text(t, "@odata.nextLink")
	}
	return values, pages
}

const recordsPath = "/v1.0/communications/callRecords"

func column(values []map[string]any, name string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i], _ = v[name].(string)
	}
	return out
}

// names are the names of all members.
func (e entity) names() (list []string) {
	for i := 0; i < len(e); i += 2 {
		name, _ := e[i].(string)
		list = append(list, name)
	}
	return list
}
