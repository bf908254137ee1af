package cli

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"graphlake/load/storetest/azurite"
)

// A server whose storage goes away while it serves says so soon, whatever is asked for, and names nothing of where the lake lies.
func TestLakeGoesAwayUnderServe(t *testing.T) {
	t.Parallel()
	connection := azurite.Start(t)
	host := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(connection)
	storage := httptest.NewServer(httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: host}))
	defer storage.Close()
	s := newSite(t, strings.ReplaceAll(connection, host, storage.Listener.Addr().String()))
	s.configure(t, "control: {token_env: CONTROL_TOKEN}\n")
	a := s.serve(t, "quick")
	for _, path := range []string{"/v1/status", "/v1/coverage"} {
		if status, text, err := a.call(t.Context(), http.MethodGet, path, "", ""); status != http.StatusOK {
			t.Fatalf("%s: %d %s, %v", path, status, text, err)
		}
	}
	time.Sleep(time.Second) // for so long the lake is believed to answer
	storage.Listener.Close()
	storage.CloseClientConnections()
	for _, asked := range [][3]string{
		{http.MethodGet, "/v1/coverage", ""}, {http.MethodGet, "/v1/status", ""}, {http.MethodGet, "/healthz", ""},
		{http.MethodGet, "/v1/runs/20261123T023000Z-abcdefgh", ""}, {http.MethodPost, "/v1/runs", `{"dataset": "users"}`},
	} {
		began := time.Now()
		status, text, err := a.call(t.Context(), asked[0], asked[1], "", asked[2])
		took := time.Since(began)
		if status != http.StatusServiceUnavailable || took > 30*time.Second {
			t.Errorf("%s %s after %v: %d %s, %v", asked[0], asked[1], took, status, text, err)
		}
		for _, place := range []string{"127.0.0.1", "http:", "lake/", "blob", "dial", "state/"} {
			if strings.Contains(string(text), place) {
				t.Errorf("%s %s: %q is in %s", asked[0], asked[1], place, text)
			}
		}
		t.Logf("%s %s: %d after %v", asked[0], asked[1], status, took.Round(time.Millisecond))
	}
}
