package graph_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"

	"graphlake/extract/graph"
)

// An error of Graph's is there twice: as this package says it, which may be logged, and as the type of Microsoft's SDK,
// which has Graph's own words.
func ExampleError() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"error":{"code":"ErrorItemNotFound","message":"ines@fabrikam.example has no mailbox.","innerError":{"request-id":"8d1f"}}}`)
	}))
	defer server.Close()
	client, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "t0ken"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, err := range client.Pages(context.Background(), graph.Request{Version: "v1.0", Path: "/users/{id}/events", Params: map[string]string{"id": "7b"}}) {
		if err != nil {
			fmt.Println(err)
		}
		if e, ok := errors.AsType[*odataerrors.ODataError](err); ok {
			fmt.Println(*e.GetErrorEscaped().GetCode(), *e.GetErrorEscaped().GetMessage(), *e.GetErrorEscaped().GetInnerError().GetRequestId())
		}
	}
	// Output:
	// GET /v1.0/users/7b/events: not found: 404 Not Found: ErrorItemNotFound: … has no mailbox. (request id 8d1f); the object may be too young, too old or deleted
	// ErrorItemNotFound ines@fabrikam.example has no mailbox. 8d1f
}
