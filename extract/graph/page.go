package graph

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"graphlake/internal/json"
)

// Page is one answer of a collection. It and its values belong to whoever reads them.
type Page struct {
	Values       []Value
	NextLink     string // where the collection goes on; empty on its last page
	DeltaLink    string // where its changes can be read later; on the last page of a delta query only
	BadDeltaLink bool   // the page had a DeltaLink that cannot be used, however often it was asked for
	Count        int64  // the largest that the page names: of the collection or, as some services do, of the page; 0: none
	Bytes        int64  // of the answer, which any of Values keeps in memory
}

// decodePage reads a page of a collection. Of a name that is there twice the last one counts.
func decodePage(body []byte, fields *Fields) (Page, error) {
	body, err := readable(body)
	if err != nil {
		return Page{}, err
	}
	r := newReader(body, fields)
	defer r.free()
	var p Page
	p.Bytes = int64(len(body))
	found := false
	var a errorMembers
	twice := 0
	err = r.envelope(func(name []byte) (err error) {
		if string(name) == "value" {
			if twice++; twice > mostTwice {
				return beyond("more than %d members \"value\"", mostTwice)
			}
			p.Values, found, err = r.collection()
			return err
		}
		annotated, annotation := cutAnnotation(name)
		if len(annotated) > 0 && string(annotated) != "value" {
			annotation = ""
		}
		switch annotation {
		case nextLinkAnnotation:
			p.NextLink, err = readLink(&r.scan)
		case deltaLinkAnnotation:
			p.DeltaLink, err = readLink(&r.scan)
		case countAnnotation:
			var v json.Value
			v, err = r.scan.Value()
			p.Count = max(p.Count, countOf(r.scan.Unquote(v)))
		default:
			var v json.Value
			if v, err = r.scan.Value(); err == nil {
				a.member(string(name), v.Kind, r.text(v))
			}
		}
		return err
	})
	switch {
	case err != nil:
	case a.failed:
		err = a.failure()
	case !found:
		err = a.bareError(ErrNoCollection, body)
	case r.incomplete != nil:
		err = r.incomplete
	}
	if err != nil {
		return Page{}, err
	}
	return p, nil
}

// decodeObject accepts exactly one JSON object.
func decodeObject(body []byte, fields *Fields) (Value, error) {
	body, err := readable(body)
	if err != nil {
		return Value{}, err
	}
	r := newReader(body, fields)
	defer r.free()
	var a errorMembers
	var v Value
	if err = r.opens(); err == nil {
		r.own = &a
		v, err = r.value(false)
		err = r.broken(err)
	}
	if err == nil {
		err = r.ends()
	}
	switch {
	case err != nil:
	case a.failed:
		err = a.failure()
	default:
		if err = a.bareError(nil, body); err == nil && r.incomplete != nil {
			err = r.incomplete
		}
	}
	if err != nil {
		return Value{}, err
	}
	return v, nil
}

// byteOrderMark stands before the JSON of some gateways.
var byteOrderMark = []byte("\ufeff")

// readable is a body as JSON has to be: without a byte order mark, and in UTF-8. Each byte that is none
// becomes U+FFFD, for a name that was cut between two bytes is no reason to have no record.
func readable(body []byte) ([]byte, error) { return readableWithin(body, mostAnswer) }

func readableWithin(body []byte, most int) ([]byte, error) {
	body = bytes.TrimPrefix(body, byteOrderMark)
	if utf8.Valid(body) {
		return body, nil
	}
	size := len(body)
	for at := 0; at < len(body); {
		r, n := utf8.DecodeRune(body[at:])
		if at += n; r == utf8.RuneError && n == 1 {
			size += len("\ufffd") - 1
		}
	}
	if size > most {
		return nil, beyond("more than %d MiB once it is UTF-8", most>>20)
	}
	return json.AppendValid(make([]byte, 0, size), body), nil
}

// eachOf walks the members of the value that comes next, if it is an object, and else passes over it. read
// reads the member's value.
func eachOf(s *json.Scanner, read func(name []byte) error) error {
	if s.Kind() != json.Object {
		_, err := s.Value()
		return err
	}
	more, err := s.Object()
	for more && err == nil {
		var name json.Value
		if name, err = s.Name(); err != nil {
			break
		}
		if err = read(s.Unquote(name)); err == nil {
			more, err = s.NextMember()
		}
	}
	return err
}

// readLink reads a link; null is none.
func readLink(s *json.Scanner) (string, error) {
	v, err := s.Value()
	switch {
	case err != nil || v.Kind == json.Null:
		return "", err
	case v.Kind != json.String:
		return "", fmt.Errorf("a link is %v instead of a string", v.Kind)
	case v.End-v.Start > mostLink:
		return "", beyond("a link of more than %d KiB", mostLink>>10)
	}
	return string(s.Unquote(v)), nil
}

// countOf is a count, which some services send as a string; what is none is 0.
func countOf(text []byte) int64 {
	n, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(n >= 0 && n <= 1<<53) {
		return 0
	}
	return int64(n)
}

// The annotations of OData that belong to an answer and not to what it holds.
const (
	contextAnnotation   = "@odata.context"
	countAnnotation     = "@odata.count"     // how many elements a collection has, or a page of it
	nextLinkAnnotation  = "@odata.nextLink"  // where a collection goes on
	deltaLinkAnnotation = "@odata.deltaLink" // where a collection's changes can be read later
)

var annotations = []string{contextAnnotation, countAnnotation, nextLinkAnnotation, deltaLinkAnnotation}

// cutAnnotation splits the name of a member into what it annotates, which is empty for the object or
// the page itself, and one of the four annotations, which is empty if name is none of them. Services
// write them in any case, and those of OData 4.01 without "odata.".
func cutAnnotation(name []byte) (annotated []byte, annotation string) {
	at := bytes.LastIndexByte(name, '@')
	if at < 0 {
		return name, ""
	}
	term := cutFold(name[at+1:], "odata.")
	for _, a := range annotations {
		if bytes.EqualFold(term, []byte(a[len("@odata."):])) {
			return name[:at], a
		}
	}
	return name, ""
}

// cutFold is s without the prefix, whatever its case, if it has it.
func cutFold(s []byte, prefix string) []byte {
	if len(s) >= len(prefix) && bytes.EqualFold(s[:len(prefix)], []byte(prefix)) {
		return s[len(prefix):]
	}
	return s
}
