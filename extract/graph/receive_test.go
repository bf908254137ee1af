package graph

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	khttp "github.com/microsoft/kiota-http-go"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestHugeAnswerIsNotRead(t *testing.T) {
	object := `{"text":"` + strings.Repeat("0", 1000) + `"}`
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, object)
	z.Close()
	tests := []struct {
		name, body, encoding string
		most                 int64
		want                 Kind
	}{
		{"plain, fits", object, "", 1011, 0},
		{"plain, too large", object, "", 1010, Malformed},
		{"gzip, fits", zipped.String(), "gzip", 1011, 0},
		{"gzip, too large", zipped.String(), "gzip", 1010, Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			graph := roundTrip(func(*http.Request) (*http.Response, error) {
				header := http.Header{"Content-Encoding": {test.encoding}}
				return &http.Response{StatusCode: 200, Header: header, Body: io.NopCloser(strings.NewReader(test.body))}, nil
			})
			pipeline := khttp.NewCustomTransportWithParentTransport(graph, &receive{new(Client), newMemory(1 << 20), test.most})
			ctx := context.WithValue(t.Context(), callKey, &call{accept: func(body []byte) error { _, err := decodeObject(body, nil); return err }})
			req, err := http.NewRequestWithContext(ctx, "GET", endpoint+"/v1.0/me", nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := pipeline.RoundTrip(req)
			if err == nil {
				resp.Body.Close()
			}
			if KindOf(err) != test.want {
				t.Errorf("error = %v, want kind %v", err, test.want)
			}
		})
	}
}

// HTTP/2 says no more than that the context ended.
func TestSlowAnswerIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		c, err := New(Options{Endpoint: endpoint, Token: StaticToken{"t0ken"}, Transport: slow})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Get(t.Context(), users)
		if KindOf(err) != Unavailable || !strings.Contains(err.Error(), "no whole answer within 1m40s") {
			t.Errorf("error = %v", err)
		}
	})
}
