package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
)

// Whoever embeds this package finds the error of Microsoft's SDK in ours, read as far as Graph wrote it.
func TestErrorsAreTheSDKsToo(t *testing.T) {
	const inner = `{"code":"ResourceNotFound","date":"2026-11-22T10:00:00","request-id":"r1","client-request-id":"k1","innerError":{"code":"Deepest","request-id":"r2"}}`
	for _, test := range []struct {
		name, body             string
		status                 int
		code, message          string
		requestID, innerClient string // of the inner error; empty: there is none
		innerCode              string
	}{
		{"Graph's", `{"error":{"code":"NotFound","message":"No Ines.","target":"id","details":[{"code":"d","message":"m"}],"innerError":` + inner + `}}`,
			404, "NotFound", "No Ines.", "r1", "k1", "ResourceNotFound"},
		{"in lower case", `{"error":{"code":"NotFound","message":"No Ines.","innererror" : ` + strings.ReplaceAll(inner, "innerError", "innererror") + `}}`,
			404, "NotFound", "No Ines.", "r1", "k1", "ResourceNotFound"},
		{"in a 200", `{"value":[],"error":{"code":"UnknownError","message":"No Ines.","innererror":` + inner + `}}`,
			200, "UnknownError", "No Ines.", "r1", "k1", "ResourceNotFound"},
		{"an element of a 200", `{"value":[{"error":{"code":"UnknownError","message":"No Ines."}}]}`, 200, "UnknownError", "No Ines.", "", "", ""},
		{"a bare one in a 200", `{"code":"UnknownError","message":"m"}`, 200, "UnknownError", "m", "", "", ""},
		{"without a message", `{"error":{"code":"NotFound"}}`, 404, "NotFound", "", "", "", ""},
		{"null", `{"error":{"code":null,"message":null,"innerError":null}}`, 404, "", "", "", "", ""},
		{"a number", `{"error":{"code":404,"message":"m","innerError":` + inner + `}}`, 404, "404", "m", "", "", ""},
		{"bare", `{"code":"c","message":"m"}`, 404, "c", "m", "", "", ""},
		{"a gateway's", `{"Message":"m"}`, 404, "", "m", "", "", ""},
		{"of old", `{"odata.error":{"code":"c","message":{"lang":"en","value":"m"}}}`, 404, "c", "m", "", "", ""},
		{"a word", `{"error":"c","error_description":"m"}`, 404, "c", "m", "", "", ""},
		{"cut off", `{"error":{"code":"c","message":"m","inn`, 404, "c", "m", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := getError(t, test.status, test.body)
			e, ok := errors.AsType[*odataerrors.ODataError](fmt.Errorf("unit 7: %w", err))
			if !ok {
				t.Fatalf("there is none in %v", err)
			}
			main := e.GetErrorEscaped()
			if *main.GetCode() != test.code || *main.GetMessage() != test.message || e.Error() != test.message {
				t.Errorf("code %q and message %q, want %q and %q", *main.GetCode(), *main.GetMessage(), test.code, test.message)
			}
			if got := e.GetResponseHeaders().Get("request-id"); e.GetStatusCode() != test.status || len(got) != 1 || got[0] != "8d1f" {
				t.Errorf("status %d, request-id %q", e.GetStatusCode(), got)
			}
			i := main.GetInnerError()
			if test.requestID == "" {
				if i != nil {
					t.Errorf("an inner error: %v", i)
				}
				return
			}
			if test.name == "Graph's" && (*main.GetTarget() != "id" || len(main.GetDetails()) != 1 || *main.GetDetails()[0].GetCode() != "d") {
				t.Errorf("target %q and %d details", *main.GetTarget(), len(main.GetDetails()))
			}
			date := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
			if *i.GetRequestId() != test.requestID || *i.GetClientRequestId() != test.innerClient || !i.GetDate().Equal(date) {
				t.Errorf("inner error of request %s, client %s, at %v", *i.GetRequestId(), *i.GetClientRequestId(), *i.GetDate())
			}
			if got := *i.GetAdditionalData()["code"].(*string); got != test.innerCode {
				t.Errorf("inner code = %q, want %q", got, test.innerCode)
			}
			deepest := i.GetAdditionalData()["innerError"].(map[string]any)
			if got := *deepest["code"].(*string); got != "Deepest" {
				t.Errorf("deepest code = %q", got)
			}
			if own, _ := errors.AsType[*Error](err); own.InnerCode.String() != "Deepest" {
				t.Errorf("our inner code = %q", own.InnerCode)
			}
		})
	}
}

// What Graph did not say is no error of the SDK's: no words of somebody before it are taken for Graph's.
func TestNoErrorOfTheSDK(t *testing.T) {
	for _, body := range []string{"", "<html>Bad gateway</html>", `["c"]`, `{"error":null}`, `{}`} {
		err := getError(t, 404, body)
		if e, ok := errors.AsType[*odataerrors.ODataError](err); ok {
			t.Errorf("%q became %v", body, e)
		}
		if e, ok := errors.AsType[*Error](err); !ok || e.Status != 404 || e.RequestID.String() != "8d1f" {
			t.Errorf("error = %v", err)
		}
	}
}

// Graph's words are in the SDK's error as Graph wrote them; ours prints them without whom they name.
func TestErrorsPrintNothingOfTheSDKs(t *testing.T) {
	const secret = "ines@fabrikam.example"
	err := getError(t, 404, `{"error":{"code":"NotFound","message":"No mailbox of `+secret+`.","innerError":{"x":"`+secret+`"}}}`)
	if e, ok := errors.AsType[*odataerrors.ODataError](err); !ok || !strings.Contains(e.Error(), secret) {
		t.Fatalf("the SDK's error is %v", e)
	}
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).ErrorContext(t.Context(), "x", "error", err, "all", []any{err, errors.Join(err, err), struct{ Err error }{err}})
	}
	own, _ := errors.AsType[*Error](err)
	encoded, marshalErr := json.Marshal(own)
	if marshalErr != nil {
		t.Fatal(marshalErr)
	}
	for _, verb := range []string{"%s", "%v", "%+v", "%#v", "%q", "%x", "%X", "%d", "%t"} {
		fmt.Fprintf(&log, verb+verb+verb, err, *own, []error{err})
	}
	for _, text := range []string{log.String(), string(encoded)} {
		if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) || strings.Contains(text, fmt.Sprintf("%X", secret)) || !strings.Contains(text, "NotFound") {
			t.Errorf("printed %s", text)
		}
	}
}

// getError is the error of one request for a collection that is answered so.
func getError(t *testing.T, status int, body string) error {
	t.Helper()
	server := httptest.NewServer(answer(status, body, "request-id", "8d1f"))
	defer server.Close()
	c, err := New(Options{Endpoint: server.URL, Token: StaticToken{"t"}, Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = values(t.Context(), c, users); err == nil {
		t.Fatalf("no error of %s", body)
	}
	return err
}
