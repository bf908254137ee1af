package graph

import (
	"errors"
	"strings"
	"testing"
)

// What is not whole says so, with Graph's own words and nothing else of the answer.
func TestPartOfAnAnswer(t *testing.T) {
	const e = `{"error":{"code":"ServiceError","message":"Backend failed."}}`
	const own, none = "ServiceError||Backend failed.", "||"
	tests := []struct{ name, body, want, said string }{
		{"no collection", `{"id":"secret"}`, `no array "value"`, none},
		{"an empty object", `{}`, `no array "value"`, none},
		{"value null", `{"value":null}`, `no array "value"`, none},
		{"an error instead", e, "has an error in it", own},
		{"an error beside", `{"value":["secret"],` + e[1:], "has an error in it", own},
		{"an error before", e[:len(e)-1] + `,"value":["secret"]}`, "has an error in it", own},
		{"an error far behind", `{"value":["` + strings.Repeat("secret", 20_000) + `"],` + e[1:], "has an error in it", own},
		{"an error without words", `{"value":[],"error":{"code":"","message":""}}`, "has an error in it", none},
		{"an empty error", `{"value":[],"error":{}}`, "has an error in it", none},
		{"an error as a string", `{"value":[],"error":"server_error","error_description":"AADSTS90033: Backend failed. Trace ID: 7"}`, "has an error in it", "server_error|AADSTS90033|AADSTS90033: Backend failed."},
		{"an error that is true", `{"value":[],"error":true}`, "has an error in it", none},
		{"a bare error", `{"code":"ServiceError","message":"Backend failed.","innerError":{"code":"Deep"}}`, "the answer is an error", "ServiceError|Deep|Backend failed."},
		{"a record with a message", `{"id":1,"code":"secret","message":"secret"}`, `no array "value"`, none},
		{"an element", `{"value":[{"id":"secret"},` + e + `]}`, "an element of the answer is an error", own},
		{"an element with annotations", `{"value":[{"@odata.type":"#x",` + e[1:] + `]}`, "an element of the answer is an error", own},
		{"an element with a string", `{"value":[{"error":"ServiceError"}]}`, "an element of the answer is an error", "ServiceError||"},
		{"deep in an element", `{"value":[{"s":[{"g":[{"id":"secret"},` + e + `]}]}]}`, "an element of the answer is an error", own},
		{"too few in an element", `{"value":[{"id":1,"s@odata.count":3,"s":["secret",2]}]}`, "of 3 s the answer has 2", none},
		{"too few, counted after", `{"value":[{"d":{"s":[],"s@OData.Count":"1"}}]}`, "of 1 s the answer has 0", none},
		{"too few, link null", `{"value":[{"s":[],"s@count":1,"s@odata.nextLink":null}]}`, "of 1 s the answer has 0", none},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := decodePage([]byte(test.body), nil)
			part, ok := errors.AsType[*incompleteError](err)
			if !ok || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error = %v, want %q", err, test.want)
			}
			g := part.graph
			if got := strings.Join([]string{g.code.String(), g.innerCode.String(), g.message.String()}, "|"); got != test.said || strings.Contains(got+err.Error(), "secret") {
				t.Errorf("said %q, want %q and no content", got, test.said)
			}
		})
	}
}

func TestPartOfAnObject(t *testing.T) {
	for body, want := range map[string]string{
		`{"id":1,"error":{"code":"c"}}`:                           "has an error in it",
		`{"error":"c","error_description":"m"}`:                   "has an error in it",
		`{"code":"c","message":"m"}`:                              "the answer is an error",
		`{"sessions":[{"segments":[{"error":{"code":"c"}}]}]}`:    "an element of the answer is an error",
		`{"sessions":[],"sessions@odata.count":2}`:                "of 2 sessions the answer has 0",
		`{"sessions":[{"segments@odata.count":1,"segments":[]}]}`: "of 1 segments the answer has 0",
	} {
		if got, err := decodeObject([]byte(body), nil); err == nil || !strings.Contains(err.Error(), want) || got.JSON != nil {
			t.Errorf("%s: %v, want %q", body, err, want)
		}
	}
	for body, want := range map[string]string{
		"\ufeff{\"a\":\"\xff\"}":                                   "{\"a\":\"\ufffd\"}",
		`{"error":null,"a":{"error":{"code":"c"}}}`:                `{"error":null,"a":{"error":{"code":"c"}}}`,
		`{"s":[],"s@odata.count":2,"s@odata.nextLink":"n"}`:        `{"s":[],"s@odata.count":2,"s@odata.nextLink":"n"}`,
		`{"code":"c","message":"m","id":1}`:                        `{"code":"c","message":"m","id":1}`,
		`{"log":[{"error":{"code":"c"},"at":1}],"@odata.count":9}`: `{"log":[{"error":{"code":"c"},"at":1}],"@odata.count":9}`,
	} {
		if got, err := decodeObject([]byte(body), nil); err != nil || string(got.JSON) != want {
			t.Errorf("%s became %s, %v", body, got.JSON, err)
		}
	}
}
