package graph

import (
	"net/http"
	"regexp"

	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
)

// What the SDK does not read as Graph writes it: it knows an inner error by one spelling of its name, and
// takes an instant without a zone, which is UTC, for one of the machine's own.
var (
	innerErrorName = regexp.MustCompile(`(?i)"innererror"(\s*:)`)
	zonelessDate   = regexp.MustCompile(`("date"\s*:\s*"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)"`)
)

// odataError is what Graph said in the type of Microsoft's SDK, as the SDK reads it. Of a form that the SDK
// does not know, or of one that is cut off, code and message are what we show of it; they are never nil,
// because the type's own Error does without neither.
func odataError(w words, resp *http.Response) *odataerrors.ODataError {
	text := innerErrorName.ReplaceAllString(w.text, `"innerError"$1`)
	text = zonelessDate.ReplaceAllString(text, `${1}Z"`)
	e := odataerrors.NewODataError()
	if node, err := jsonserialization.NewJsonParseNode([]byte(text)); err == nil {
		if decoded, err := node.GetObjectValue(odataerrors.CreateODataErrorFromDiscriminatorValue); err == nil {
			e = decoded.(*odataerrors.ODataError)
		}
	}
	main := e.GetErrorEscaped()
	if main == nil {
		main = odataerrors.NewMainError()
		e.SetErrorEscaped(main)
	}
	if main.GetCode() == nil {
		main.SetCode(&w.code)
	}
	if main.GetMessage() == nil {
		main.SetMessage(&w.message)
	}
	e.SetStatusCode(resp.StatusCode)
	for name, values := range resp.Header {
		for _, v := range values {
			e.GetResponseHeaders().Add(name, v)
		}
	}
	return e
}
