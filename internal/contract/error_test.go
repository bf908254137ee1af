package contract

import (
	stdjson "encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	json "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"

	"graphlake/extract/graph"
)

// Our client's errors unwrap to what Microsoft's client makes of the same answer. Where theirs loses an inner error,
// ours has it: once this fails, the SDK has learned it, and extract/graph need not mend it any more.
func TestErrorsAreMicrosofts(t *testing.T) {
	const start = `{"error":{"code":"NotFound","message":"No Ines.","target":"id","details":[{"code":"d","message":"m","target":"t"}],`
	const inner = `{"code":"i","date":"2026-11-22T10:00:00Z","request-id":"r","client-request-id":"k","innerError":{"code":"j"}}}}`
	for _, test := range []struct {
		name, body string
		lost       bool
	}{
		{"as in the metadata", start + `"innerError":` + inner, false},
		{"in lower case", start + `"innererror":` + inner, true},
		{"without an inner error", `{"error":{"code":"NotFound","message":"m","x":1}}`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("request-id", "8d1f")
				w.WriteHeader(http.StatusNotFound)
				w.Write([]byte(test.body))
			}))
			defer server.Close()
			records, _ := microsoft(t, server.URL)
			_, err := records.Get(t.Context(), nil)
			theirs := odataError(t, err)
			c, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "t"}, Tries: 1})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Get(t.Context(), graph.Request{Version: "v1.0", Path: "/communications/callRecords"})
			ours := odataError(t, err)

			if lost := theirs.GetErrorEscaped().GetInnerError() == nil && ours.GetErrorEscaped().GetInnerError() != nil; lost != test.lost {
				t.Errorf("lost the inner error: %v, want %v", lost, test.lost)
			}
			if got, want := written(t, ours), written(t, theirs); !test.lost && !reflect.DeepEqual(got, want) {
				t.Errorf("ours is %v, theirs %v", got, want)
			}
			if ours.GetStatusCode() != theirs.GetStatusCode() || !reflect.DeepEqual(ours.GetResponseHeaders().Get("request-id"), theirs.GetResponseHeaders().Get("request-id")) {
				t.Errorf("status and request id are %d and %v, theirs %d and %v", ours.GetStatusCode(), ours.GetResponseHeaders().Get("request-id"),
					theirs.GetStatusCode(), theirs.GetResponseHeaders().Get("request-id"))
			}
		})
	}
}

func odataError(t *testing.T, err error) *odataerrors.ODataError {
	t.Helper()
	e, ok := errors.AsType[*odataerrors.ODataError](err)
	if !ok {
		t.Fatalf("no error of the SDK's is in %v", err)
	}
	return e
}

// written is an error as the SDK writes it.
func written(t *testing.T, e *odataerrors.ODataError) (all any) {
	t.Helper()
	w := json.NewJsonSerializationWriter()
	if err := w.WriteObjectValue("", e); err != nil {
		t.Fatal(err)
	}
	text, err := w.GetSerializedContent()
	if err == nil {
		err = stdjson.Unmarshal(text, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}
