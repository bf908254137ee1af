package blobstore

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

// finalError is a transport's error that the SDK does not try again, which would take seconds.
type finalError struct{ error }

func (finalError) NonRetriable() {}

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
