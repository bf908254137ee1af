package control_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"graphlake/control"
	"graphlake/control/bearer"
	"graphlake/jobs"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/load/memstore"
)

// described is what the description says of an operation, as far as it is held here.
type described struct {
	path      *regexp.Regexp
	responses map[string]json.RawMessage
	open      bool // it needs no token
}

// operations are those of the description, by method and path.
func operations(tb testing.TB) map[string]described {
	tb.Helper()
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	text, err := os.ReadFile("openapi.json")
	if err == nil {
		err = json.Unmarshal(text, &document)
	}
	if err != nil {
		tb.Fatal(err)
	}
	all := map[string]described{}
	for path, item := range document.Paths {
		for method, text := range item {
			if method == "parameters" {
				continue
			}
			var operation struct {
				Responses map[string]json.RawMessage
				Security  []any
			}
			if err := json.Unmarshal(text, &operation); err != nil {
				tb.Fatal(err)
			}
			all[strings.ToUpper(method)+" "+path] = described{
				regexp.MustCompile("^" + regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$"),
				operation.Responses, operation.Security != nil,
			}
		}
	}
	return all
}

const token = "c2hhbGwgYmUgc2FpZCBub3doZXJlOiAzMiBieXRlcyBhdCBsZWFzdA"

// served is a server of two tenants, whose runs do nothing.
type served struct {
	store   *memstore.Store
	log     bytes.Buffer
	handler http.Handler
}

func serve(tb testing.TB) *served {
	tb.Helper()
	callers, err := bearer.NewStatic(token)
	if err != nil {
		tb.Fatal(err)
	}
	s := &served{store: memstore.New()}
	server := control.New(control.Options{
		Store:   s.store,
		Tenants: []plan.Tenant{{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}, {Name: "fabrikam", ID: "b6d20c4e-5f18-47a9-9c3d-8e1a7f2b4d60"}},
		Callers: callers, Longest: 31 * 24 * time.Hour,
		Select: func(c control.Choice) (plan.Selection, error) {
			if c.Job != "" && c.Job != "nightly" || c.Dataset != "" && c.Dataset != "users" {
				return plan.Selection{}, errors.New("there is no such job or dataset")
			}
			return plan.Selection{Tenants: c.Tenants}, nil
		},
		Execute: func(context.Context, string, plan.Selection) control.Result { return control.Result{} },
		Status: func(ctx context.Context, sel plan.Selection, now time.Time) (clock.Status, error) {
			return clock.LoadStatus(ctx, s.store, sel, nil, now)
		},
		ExitStatus: func(jobs.Report, error) int { return 0 },
		Log:        slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	s.handler = server.Handler()
	return s
}

// ask sends a request as it would come over the wire, and gives the answer; nil if it is none that HTTP knows.
func (s *served) ask(raw []byte) (*http.Request, *httptest.ResponseRecorder) {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, nil
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return r, w
}

func (s *served) objects(tb testing.TB) (names []string) {
	tb.Helper()
	for o, err := range s.store.List(tb.Context(), "") {
		if err != nil {
			tb.Fatal(err)
		}
		names = append(names, o.Name)
	}
	return names
}

// asked names the operation that a request is for; empty: none.
func asked(all map[string]described, r *http.Request) string {
	if r.URL.Path != path.Clean(r.URL.Path) { // as of a run whose name is %2F
		return ""
	}
	for name, o := range all {
		method, _, _ := strings.Cut(name, " ")
		if (r.Method == method || r.Method == http.MethodHead && method == http.MethodGet) && o.path.MatchString(r.URL.EscapedPath()) {
			return name
		}
	}
	return ""
}

// Whatever is sent, the answer is one that the description has of what was asked; it is a problem or what is asked for, and says nothing of the
// token; nobody gets anything without one; and the lake has what was accepted, and nothing else.
func FuzzEndpoint(f *testing.F) {
	// A token that is changed opens nothing, so that in an input a sign stands for it.
	const sign = "Bearer @"
	head := "Host: x\r\nAuthorization: " + sign + "\r\n"
	post := func(path, more, body string) string {
		return "POST " + path + " HTTP/1.1\r\n" + head + more + "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
	}
	const isJSON = "Content-Type: application/json\r\n"
	for _, seed := range []string{
		post("/v1/runs", isJSON, `{"job": "nightly"}`),
		post("/v1/runs", isJSON+"Idempotency-Key: 1\r\n", `{"dataset": "users", "tenant": "contoso", "from": "2026-11-01", "to": "2026-11-02T06:00:00Z"}`),
		post("/v1/runs", "Content-Type: application/json; charset=utf-8\r\n", `{"dataset": "users"} {}`),
		post("/v1/runs", "", `[]`),
		"POST /v1/runs HTTP/1.1\r\n" + head + isJSON + "Transfer-Encoding: chunked\r\n\r\n12\r\n{\"job\": \"nightly\"}\r\n0\r\n\r\n",
		post("/v1/runs/20261101T000000Z-abcdefgh/cancel", "", ""),
		"GET /v1/runs/20261101T000000Z-abcdefgh HTTP/1.1\r\n" + head + "\r\n",
		"GET /v1/runs/..%2f..%2flake.json HTTP/1.1\r\n" + head + "\r\n",
		"GET /v1/runs/%2F HTTP/1.1\r\n" + head + "\r\n",
		"GET /v1/status?tenant=contoso&dataset=users HTTP/1.1\r\n" + head + "\r\n",
		"GET /v1/coverage?from=2026-11-01&to=2026-11-20 HTTP/1.1\r\n" + head + "\r\n",
		"HEAD /v1/status HTTP/1.0\r\n" + head + "\r\n",
		"GET /v1/status HTTP/1.1\r\nHost: x\r\nauthorization: " + sign + "\r\nAuthorization: Bearer x\r\n\r\n",
		"GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /healthz?x HTTP/1.1\r\nHost: x\r\n\r\n",
		"DELETE /v1//runs HTTP/1.1\r\n" + head + "\r\n",
		"OPTIONS * HTTP/1.1\r\n" + head + "\r\n",
		"CONNECT x:443 HTTP/1.1\r\n" + head + "\r\n",
		"GET http://x/v1/status HTTP/1.1\r\n" + head + "\r\n",
	} {
		f.Add([]byte(seed))
	}
	described := operations(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := serve(t)
		r, w := s.ask(bytes.Replace(raw, []byte(sign), []byte("Bearer "+token), 1))
		if r == nil {
			return
		}
		name := asked(described, r)
		known := name != ""
		authorized := slices.Equal(r.Header.Values("Authorization"), []string{"Bearer " + token})
		switch {
		case known && described[name].responses[strconv.Itoa(w.Code)] == nil:
			t.Errorf("%s: the description has no %d", name, w.Code)
		case !known && w.Code < http.StatusBadRequest:
			t.Errorf("%s %s: nobody knows it, and it answers %d", r.Method, r.URL, w.Code)
		case known && !described[name].open && !strings.Contains(r.Header.Get("Authorization"), token) && w.Code != http.StatusUnauthorized:
			t.Errorf("%s: %d without a token", name, w.Code)
		case known && !described[name].open && authorized && w.Code == http.StatusUnauthorized:
			t.Errorf("%s: the token is refused", name)
		case w.Code >= http.StatusInternalServerError:
			t.Errorf("%s %s: %d", r.Method, r.URL, w.Code)
		}
		judge(t, w)
		if strings.Contains(w.Body.String()+s.log.String(), token) {
			t.Error("the answer or the log has the token")
		}
		accepted := 0
		for _, object := range s.objects(t) {
			if !strings.HasPrefix(object, "control/") {
				t.Errorf("%s was written", object)
			}
			accepted++
		}
		if (w.Code == http.StatusAccepted) != (accepted > 0) {
			t.Errorf("%d, and %d objects were written", w.Code, accepted)
		}
	})
}

// judge says what of an answer is wrong, whatever was asked.
func judge(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	want := "application/json"
	if w.Code >= http.StatusBadRequest {
		want = "application/problem+json"
	}
	if got := w.Header().Get("Content-Type"); got != want {
		t.Errorf("%d is %q, want %q", w.Code, got, want)
	}
	if want != "application/problem+json" {
		if !json.Valid(w.Body.Bytes()) {
			t.Errorf("%d is no JSON: %.200s", w.Code, w.Body)
		}
		return
	}
	var p control.Problem
	d := json.NewDecoder(w.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil || p.Status != w.Code || p.Title == "" || p.Type == "" {
		t.Errorf("%d is no problem: %+v, %v", w.Code, p, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		t.Errorf("%d: something follows the problem: %v", w.Code, err)
	}
}

// What the description has is there for every method that it has, and no other.
func TestEveryPathIsServed(t *testing.T) {
	s := serve(t)
	paths := map[string][]string{}
	for name := range operations(t) {
		method, path, _ := strings.Cut(name, " ")
		paths[path] = append(paths[path], method)
	}
	if len(paths) < 6 {
		t.Fatalf("the description has %d paths", len(paths))
	}
	for template, methods := range paths {
		path := strings.ReplaceAll(template, "{run}", "20261101T000000Z-abcdefgh")
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodTrace} {
			_, w := s.ask([]byte(method + " " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n"))
			refused := w.Code == http.StatusMethodNotAllowed
			if refused == slices.Contains(methods, method) {
				t.Errorf("%s %s: %d", method, path, w.Code)
			}
			if refused && !slices.Contains(strings.Split(w.Header().Get("Allow"), ", "), methods[0]) {
				t.Errorf("%s %s is not allowed; Allow: %q", method, path, w.Header().Get("Allow"))
			}
		}
	}
}

// A query that cannot be read is refused. What can be read of it would ask for more than was meant.
func TestQueryThatCannotBeRead(t *testing.T) {
	s := serve(t)
	for query, want := range map[string]int{
		"from=2026-11-01&to=2026-11-02": http.StatusOK,
		"from=%zz":                      http.StatusBadRequest,
		"from=2026-11-01;to=2026-11-02": http.StatusBadRequest,
		"tenant=contoso&dataset=%":      http.StatusBadRequest,
		"dataset=users&dataset=users":   http.StatusBadRequest,
		"day=2026-11-01":                http.StatusBadRequest,
	} {
		_, w := s.ask([]byte("GET /v1/coverage?" + query + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n"))
		if w == nil || w.Code != want {
			t.Errorf("%s is answered %+v, want %d", query, w, want)
		}
	}
}
