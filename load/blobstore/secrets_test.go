package blobstore

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A shared access signature is a secret that stands in every URL.
func TestErrorsHideTheSignature(t *testing.T) {
	const signature = "c2lnbmF0dXJl"
	errRefused := finalError{errors.New("connection refused by the test")}
	for _, endpoint := range []string{"http://127.0.0.1:10000/graphlake", "http://bad host/graphlake"} {
		_, err := New(t.Context(), Options{
			ConnectionString: "BlobEndpoint=" + endpoint + ";SharedAccessSignature=sv=2024-11-04&sr=c&sig=" + signature,
			Container:        "lake",
			Transport: &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				if r.URL.Query().Get("sig") != signature {
					t.Errorf("a request without the signature: %v", r.URL)
				}
				return nil, errRefused
			})},
		})
		if err == nil || strings.Contains(err.Error(), signature) || !strings.Contains(err.Error(), endpoint) {
			t.Errorf("New at %s: %v, want an error with the endpoint and without the signature", endpoint, err)
		}
	}
}

// A redirect would take the rows of a Put along, and the signature in the URL of a Get as its referrer.
func TestNoRedirectIsFollowed(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		t.Errorf("somebody else was asked: %s %s %v %s", r.Method, r.URL, r.Header, body)
	}))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+"/lake?hunter2", status)
		}))
		defer service.Close()
		for _, client := range []*http.Client{nil, service.Client()} {
			o := Options{ConnectionString: "BlobEndpoint=" + service.URL + "/graphlake;SharedAccessSignature=sv=2024-11-04&sr=c&sig=c2ln", Container: "lake", Transport: client}
			_, newErr := New(t.Context(), o)
			_, createErr := Create(t.Context(), o)
			for what, err := range map[string]error{"New": newErr, "Create": createErr} {
				if err == nil || !strings.Contains(err.Error(), "a redirect, which is not followed; check") || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("%s, %d: %v", what, status, err)
				}
			}
		}
	}
}

func TestTLS12(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	server.StartTLS()
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := staying(nil).Do(req)
	if err == nil {
		resp.Body.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("over TLS 1.1: %v", err)
	}
}
