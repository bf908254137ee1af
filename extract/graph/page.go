package graph

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Page is one page of a collection. Values are the elements as Graph sent them: valid JSON, and
// slices of one body, so keeping one element keeps the page.
type Page struct {
	Values    [][]byte
	NextLink  string // where the collection goes on; empty on its last page
	DeltaLink string // where its changes can be read later; on the last page of a delta query only
	Astray    bool   // the page had a DeltaLink that cannot be used, however often it was asked for
	Count     int64  // the largest that the page names: of the collection or, as some services do, of the page; 0: none
}

// decodePage reads the envelope of a collection. Of a name that is there twice the last one counts.
func decodePage(body []byte) (Page, error) {
	body = readable(body)
	var p Page
	found := false
	var a ownError
	err := eachMember(body, func(dec *jsontext.Decoder, name string) (err error) {
		if name == "value" {
			p.Values, found, err = readArray(dec, body)
			return err
		}
		annotated, annotation := CutAnnotation([]byte(name))
		if len(annotated) > 0 && string(annotated) != "value" {
			annotation = ""
		}
		switch annotation {
		case NextLinkAnnotation:
			p.NextLink, err = readLink(dec)
		case DeltaLinkAnnotation:
			p.DeltaLink, err = readLink(dec)
		case CountAnnotation:
			var n int64
			n, err = readCount(dec)
			p.Count = max(p.Count, n)
		default:
			err = a.member(dec, name)
		}
		return err
	})
	if err == nil {
		err = a.failure()
	}
	switch {
	case err != nil:
		return Page{}, err
	case !found:
		return Page{}, a.orBare(errNoCollection, body)
	}
	for _, v := range p.Values {
		if err := checkWhole(v, true); err != nil {
			return Page{}, err
		}
	}
	return p, nil
}

// decodeObject accepts exactly one JSON object, and returns it as it can be handed out.
func decodeObject(body []byte) ([]byte, error) {
	body = readable(body)
	var a ownError
	err := eachMember(body, a.member)
	if err == nil {
		err = a.failure()
	}
	if err == nil {
		err = a.orBare(nil, body)
	}
	if err == nil {
		err = checkWhole(body, false)
	}
	if err != nil {
		return nil, err
	}
	return body, nil
}

// byteOrderMark stands before the JSON of some gateways.
var byteOrderMark = []byte("\ufeff")

// readable is a body as JSON has to be: without a byte order mark, and in UTF-8. Each byte that is none
// becomes U+FFFD, for a name that was cut between two bytes is no reason to have no record.
func readable(body []byte) []byte {
	body = bytes.TrimPrefix(body, byteOrderMark)
	if utf8.Valid(body) {
		return body
	}
	text := make([]byte, 0, len(body)+len(body)/64)
	for len(body) > 0 {
		r, n := utf8.DecodeRune(body)
		text = utf8.AppendRune(text, r)
		body = body[n:]
	}
	return text
}

// eachMember walks the members of the one object that body must be. read reads the member's value.
func eachMember(body []byte, read func(dec *jsontext.Decoder, name string) error) error {
	dec := newDecoder(body)
	if dec.PeekKind() != jsontext.KindBeginObject {
		return fmt.Errorf("the answer is no JSON object: %w", peekError(dec))
	}
	if err := eachOf(dec, func(name string) error { return read(dec, name) }); err != nil {
		return cut(err)
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("the answer goes on after its JSON")
	}
	return nil
}

// newDecoder reads what Graph sends. Text that was cut between two surrogates arrives as a lone escape,
// which strict UTF-8 would refuse; it is the record's affair. Graph repeats names where annotations
// collide.
func newDecoder(text []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// eachOf walks the members of the value that comes next, if it is an object, and else skips it. read
// reads the member's value.
func eachOf(dec *jsontext.Decoder, read func(name string) error) error {
	if dec.PeekKind() != jsontext.KindBeginObject {
		return dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != jsontext.KindEndObject {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		if err := read(name.String()); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

// readArray returns the elements of an array, and whether there was one.
func readArray(dec *jsontext.Decoder, body []byte) ([][]byte, bool, error) {
	if dec.PeekKind() != jsontext.KindBeginArray {
		return nil, false, dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, false, err
	}
	values := [][]byte{}
	for dec.PeekKind() != jsontext.KindEndArray {
		v, err := dec.ReadValue()
		if err != nil {
			return nil, false, err
		}
		// The decoder may reuse what it returned; the body stays.
		end := dec.InputOffset()
		start := end - int64(len(v))
		values = append(values, body[start:end:end])
	}
	_, err := dec.ReadToken()
	return values, true, err
}

// readLink reads a link; null is none.
func readLink(dec *jsontext.Decoder) (string, error) {
	switch kind := dec.PeekKind(); kind {
	case jsontext.KindString:
		token, err := dec.ReadToken()
		if err != nil {
			return "", err
		}
		return token.String(), nil
	case jsontext.KindNull:
		return "", dec.SkipValue()
	case jsontext.KindInvalid:
		return "", peekError(dec)
	default:
		return "", fmt.Errorf("a link of JSON kind %v instead of a string", kind)
	}
}

// readCount reads a count, which some services send as a string; what is none is 0.
func readCount(dec *jsontext.Decoder) (int64, error) {
	value, err := dec.ReadValue()
	n, broken := strconv.ParseFloat(strings.Trim(string(value), `"`), 64)
	if broken != nil || !(n >= 0 && n <= 1<<53) {
		n = 0
	}
	return int64(n), err
}

// peekError is why the next token cannot be read, nil if it is merely not the one wanted.
func peekError(dec *jsontext.Decoder) error {
	if dec.PeekKind() != jsontext.KindInvalid {
		return errors.New("another kind of value")
	}
	_, err := dec.ReadToken()
	if errors.Is(err, io.EOF) {
		return errors.New("it is empty")
	}
	return offset(err)
}

// cut names the commonest reason why JSON does not parse, and never quotes the JSON.
func cut(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("the answer was cut off: %w", io.ErrUnexpectedEOF)
	}
	return offset(err)
}

// offset keeps of a syntax error only its place: its text may quote a record.
func offset(err error) error {
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Errorf("the answer is no valid JSON at byte %d", syntax.ByteOffset)
	}
	return err
}
