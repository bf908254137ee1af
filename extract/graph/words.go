package graph

import (
	"cmp"
	"strings"

	"graphlake/internal/json"
)

// words are what Graph, Entra or a gateway before them says went wrong.
type words struct {
	code      string // error.code, or the error itself where it is one word
	innerCode string // the innermost innerError.code, or the AADSTS code of Entra's description
	message   string // without ids and addresses
	requestID string // of the outermost innerError that has one
	text      string // all of it, as it came and with whom it names: for [odataError] and for nobody who prints
}

// What of an error is read: one service quotes whole pages, another nests what it was told by others.
const (
	mostErrorBody  = 64 << 10
	mostInnerError = 16
)

// readWords reads the body of an error in one pass, as far as it is JSON. It knows these forms, whatever
// the case of the names, and says whether the body is one of them:
//
//	{"error": {"code": "c", "message": "m", "innerError": {"code": "i", "request-id": "r", "innerError": …}}}
//	{"error": "c", "error_description": "m"}
//	{"code": "c", "message": "m", …}
//	{"Message": "m"}
//	{"odata.error": {"code": "c", "message": {"lang": "en", "value": "m"}}}
func readWords(body []byte) (words, bool) {
	body = readable(body[:min(len(body), mostErrorBody)])
	var r wordReader
	r.scan.Reset(body)
	_ = r.object(0) // what was read until an error is what there is
	w := words{
		code:      cmp.Or(r.at[1].code, r.at[0].code),
		innerCode: r.inner,
		message:   cmp.Or(r.at[1].message, r.at[0].message, r.description),
		requestID: r.requestID,
	}
	ok := r.failed || w != words{}
	w.text = string(body)
	return w.fit(), ok
}

// wordsOf reads the value of a member "error", and the "error_description" beside it.
func wordsOf(value []byte, description string) words {
	value = value[:min(len(value), mostErrorBody)]
	r := wordReader{description: description}
	r.scan.Reset(value)
	_ = r.error() // as far as it goes
	w := words{r.at[1].code, r.inner, cmp.Or(r.at[1].message, description), r.requestID, `{"error":` + string(value) + "}"}
	return w.fit()
}

// fit makes the words such that they can be shown.
func (w words) fit() words {
	w.message, _, _ = strings.Cut(w.message, " Trace ID:") // of Entra; ids follow
	if w.message == "" && strings.ContainsAny(strings.TrimSpace(w.code), " \t\n") {
		w.message, w.code = w.code, "" // a sentence where a code belongs
	}
	w.innerCode = cmp.Or(w.innerCode, entraCode.FindString(w.message))
	if w.innerCode == w.code {
		w.innerCode = ""
	}
	return words{short(unnamed(w.code)), short(unnamed(w.innerCode)), short(unnamed(w.message)), short(w.requestID), w.text}
}

// wordReader collects words. Depth 0 is the body, 1 its error, and more an innerError.
type wordReader struct {
	scan        json.Scanner
	failed      bool // there is an error that is not null
	at          [2]struct{ code, message string }
	inner       string
	innerDepth  int
	requestID   string
	description string
}

func (r *wordReader) object(depth int) error {
	return eachOf(&r.scan, func(name []byte) error { return r.member(strings.ToLower(string(name)), depth) })
}

func (r *wordReader) member(name string, depth int) (err error) {
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
func (r *wordReader) error() (err error) {
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
		return string(json.AppendString(nil, s.Text(v))), nil
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
