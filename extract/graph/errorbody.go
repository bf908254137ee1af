package graph

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"

	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"

	"graphlake/internal/foreign"
	"graphlake/internal/json"
)

// graphError is what Graph, Entra or a gateway before them says went wrong.
type graphError struct {
	code      foreign.Text // error.code, or the error itself where it is one word
	innerCode foreign.Text // the innermost innerError.code, or the AADSTS code of Entra's description
	message   foreign.Text
	requestID foreign.Text // of the outermost innerError that has one
	text      string       // all of it, as it came and with whom it names: for [newODataError] and for nobody who prints
}

// rawError is the same as it came.
type rawError struct{ code, innerCode, message, requestID, text string }

// What of an error is read: one service quotes whole pages, another nests what it was told by others. What is behind
// the bound is not taken off the connection.
const (
	mostErrorBody  = 64 << 10
	mostInnerError = 16
)

// readGraphError reads the body of an error in one pass, as far as it is JSON. It knows these forms, whatever
// the case of the names, and says whether the body is one of them:
//
//	{"error": {"code": "c", "message": "m", "innerError": {"code": "i", "request-id": "r", "innerError": …}}}
//	{"error": "c", "error_description": "m"}
//	{"code": "c", "message": "m", …}
//	{"Message": "m"}
//	{"odata.error": {"code": "c", "message": {"lang": "en", "value": "m"}}}
func readGraphError(body []byte) (graphError, bool) {
	body, _ = readable(body[:min(len(body), mostErrorBody)]) // it is far from any bound
	var r graphErrorReader
	r.scan.Reset(body)
	_ = r.object(0) // what was read until an error is what there is
	g := rawError{
		code:      cmp.Or(r.at[1].code, r.at[0].code),
		innerCode: r.inner,
		message:   cmp.Or(r.at[1].message, r.at[0].message, r.description),
		requestID: r.requestID,
	}
	ok := r.failed || g != rawError{}
	g.text = string(body)
	return g.clean(), ok
}

// graphErrorOf reads the value of a member "error".
func graphErrorOf(value []byte) rawError {
	value = value[:min(len(value), mostErrorBody)]
	var r graphErrorReader
	r.scan.Reset(value)
	_ = r.error() // as far as it goes
	return rawError{r.at[1].code, r.inner, r.at[1].message, r.requestID, `{"error":` + string(value) + "}"}
}

// clean is what of it may be shown.
func (g rawError) clean() graphError {
	g.message, _, _ = strings.Cut(g.message, " Trace ID:") // of Entra; ids follow
	if g.message == "" && strings.ContainsAny(strings.TrimSpace(g.code), " \t\n") {
		g.message, g.code = g.code, "" // a sentence where a code belongs
	}
	g.innerCode = cmp.Or(g.innerCode, entraCode.FindString(g.message))
	if g.innerCode == g.code {
		g.innerCode = ""
	}
	return graphError{foreign.New(g.code), foreign.New(g.innerCode), foreign.New(g.message), foreign.ID(g.requestID), g.text}
}

// leastToken is how long a token is at least that is looked for in what others say.
const leastToken = 8

// without is the error without our token: who echoes the request echoes it, and it need not look like one.
func (g graphError) without(token Secret) graphError {
	if len(token) < leastToken || !strings.Contains(g.text, token.Reveal()) {
		return g
	}
	again, _ := readGraphError([]byte(strings.ReplaceAll(g.text, token.Reveal(), redacted)))
	return again
}

// graphErrorReader collects what a body says. Depth 0 is the body, 1 its error, and more an innerError.
type graphErrorReader struct {
	scan        json.Scanner
	failed      bool // there is an error that is not null
	at          [2]struct{ code, message string }
	inner       string
	innerDepth  int
	requestID   string
	description string
}

func (r *graphErrorReader) object(depth int) error {
	return eachOf(&r.scan, func(name []byte) error { return r.member(strings.ToLower(string(name)), depth) })
}

func (r *graphErrorReader) member(name string, depth int) (err error) {
	var s string
	switch {
	case depth == 0 && (name == "error" || name == "odata.error"):
		return r.error()
	case depth == 0 && name == "error_description":
		r.description, err = readText(&r.scan)
	case depth <= 1 && name == "code":
		r.at[depth].code, err = readText(&r.scan)
	case depth <= 1 && name == "message":
		r.at[depth].message, err = readText(&r.scan)
	case name == "code":
		if s, err = readText(&r.scan); s != "" && depth >= r.innerDepth {
			r.inner, r.innerDepth = s, depth
		}
	case name == "request-id" && depth > 1:
		s, err = readText(&r.scan)
		r.requestID = cmp.Or(r.requestID, s)
	case name == "innererror" && depth < mostInnerError:
		return r.object(max(depth, 1) + 1)
	default:
		_, err = r.scan.Value()
	}
	return err
}

// error reads the value of a member "error".
func (r *graphErrorReader) error() (err error) {
	kind := r.scan.Kind()
	r.failed = r.failed || kind != json.Null
	if kind == json.String {
		r.at[1].code, err = readText(&r.scan)
		return err
	}
	return r.object(1)
}

// readText reads a string or a number, or the string that an object has as its "value"; all else is empty.
func readText(s *json.Scanner) (text string, err error) {
	switch kind := s.Kind(); kind {
	case json.String, json.Number:
		v, err := s.Read(kind)
		if err != nil {
			return "", err
		}
		return string(s.Unquote(v)), nil
	default:
		err = eachOf(s, func(name []byte) (err error) {
			if string(name) == "value" && s.Kind() == json.String {
				text, err = readText(s)
				return err
			}
			_, err = s.Value()
			return err
		})
		return text, err
	}
}

// textOf is readText of a value.
func textOf(value []byte) string {
	var s json.Scanner
	s.Reset(value)
	text, _ := readText(&s) // the value has been read before
	return text
}

// An answer is whole, or it is none: Graph says 200 before it knows whether all of it will come, and
// then puts an error where the rest, an element or a collection should be. Not whole is, at any depth, an element of an
// array that is nothing but an error, and an array with fewer elements than are counted for it and no link to the rest.

// incompleteError is why an answer 200 is not whole.
type incompleteError struct {
	what  string
	graph graphError // what Graph says of it; zero: nothing
}

func (e *incompleteError) Error() string { return e.what }

// ErrNoCollection is why an answer is incomplete where the request was for a collection.
var ErrNoCollection error = &incompleteError{what: `the answer has no array "value", so it is no collection`}

// errorMembers is what of an object's own members says that it is an error.
type errorMembers struct {
	failed      bool   // it has a member "error", which is not null
	value       []byte // of the last of them
	description string
	other       bool // it has members that no error has
	code        bool
	message     bool
}

// member notes a member that means nothing in the envelope.
func (m *errorMembers) member(name string, kind json.Kind, text []byte) {
	switch lower := strings.ToLower(name); {
	case name == "error":
		if m.failed = kind != json.Null; m.failed {
			m.value = text
		}
	case name == "error_description":
		m.description = textOf(text)
	case lower == "code":
		m.code = true
	case lower == "message":
		m.message = true
	case !slices.Contains([]string{"target", "details", "innererror"}, lower) && !strings.Contains(name, "@"):
		m.other = true
	}
}

// failure is the error that stands in the answer.
func (m *errorMembers) failure() error {
	if !m.failed {
		return nil
	}
	g := graphErrorOf(m.value)
	if g.message == "" {
		g.message = m.description
	}
	return &incompleteError{"the answer has an error in it", g.clean()}
}

// bareError is the error if the answer is nothing else, or err.
func (m *errorMembers) bareError(err error, body []byte) error {
	if !m.code || !m.message || m.other {
		return err
	}
	g, _ := readGraphError(body)
	return &incompleteError{"the answer is an error", g}
}

// What the SDK does not read as Graph writes it: it knows an inner error by one spelling of its name, and
// takes an instant without a zone, which is UTC, for one of the machine's own.
var (
	innerErrorName = regexp.MustCompile(`(?i)"innererror"(\s*:)`)
	zonelessDate   = regexp.MustCompile(`("date"\s*:\s*"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)"`)
)

// newODataError is what Graph said in the type of Microsoft's SDK, as the SDK reads it. Of a form that the SDK
// does not know, or of one that is cut off, code and message are what we show of it; they are never nil,
// because the type's own Error does without neither.
func newODataError(g graphError, resp *http.Response) *odataerrors.ODataError {
	text := innerErrorName.ReplaceAllString(g.text, `"innerError"$1`)
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
		main.SetCode(new(g.code.String()))
	}
	if main.GetMessage() == nil {
		main.SetMessage(new(g.message.String()))
	}
	e.SetStatusCode(resp.StatusCode)
	for name, values := range resp.Header {
		for _, v := range values {
			e.GetResponseHeaders().Add(name, v)
		}
	}
	return e
}
