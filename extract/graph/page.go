package graph

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Page is one page of a collection. Values are the elements as Graph sent them: valid JSON, and
// slices of one body, so keeping one element keeps the page.
type Page struct {
	Values    [][]byte
	NextLink  string // where the collection goes on; empty on its last page
	DeltaLink string // where its changes can be read later; on the last page of a delta query only
}

var errNoCollection = errors.New(`the answer has no array "value", so it is no collection`)

// decodePage reads the envelope of a collection. Of a name that is there twice the last one counts.
func decodePage(body []byte) (Page, error) {
	var p Page
	found := false
	err := eachMember(body, func(dec *jsontext.Decoder, name string) (err error) {
		switch name {
		case "value":
			p.Values, found, err = readArray(dec, body)
		case "@odata.nextLink":
			p.NextLink, err = readLink(dec)
		case "@odata.deltaLink":
			p.DeltaLink, err = readLink(dec)
		default:
			err = dec.SkipValue()
		}
		return err
	})
	switch {
	case err != nil:
		return Page{}, err
	case !found:
		return Page{}, errNoCollection
	}
	return p, nil
}

// checkObject accepts exactly one JSON object.
func checkObject(body []byte) error {
	return eachMember(body, func(dec *jsontext.Decoder, _ string) error { return dec.SkipValue() })
}

// eachMember walks the members of the one object that body must be. read reads the member's value.
func eachMember(body []byte, read func(dec *jsontext.Decoder, name string) error) error {
	if !utf8.Valid(body) {
		return errors.New("the answer is not UTF-8")
	}
	// Text that was cut between two surrogates arrives as a lone escape, which strict UTF-8 would
	// refuse; it is the record's affair. Graph repeats names where annotations collide.
	dec := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if dec.PeekKind() != jsontext.KindBeginObject {
		return fmt.Errorf("the answer is no JSON object: %w", peekError(dec))
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != jsontext.KindEndObject {
		name, err := dec.ReadToken()
		if err != nil {
			return cut(err)
		}
		if err := read(dec, name.String()); err != nil {
			return cut(err)
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return cut(err)
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("the answer goes on after its JSON")
	}
	return nil
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
