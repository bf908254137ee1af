package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/go-json-experiment/json/jsontext"
)

// member is a member of an object: its name, and where in the object's text it, and its value, is.
type member struct {
	name              string
	start, value, end int
}

// members walks the members of an object in their order.
func members(text []byte) iter.Seq2[member, error] {
	return func(yield func(member, error) bool) {
		dec := newDecoder(text)
		if dec.PeekKind() != jsontext.KindBeginObject {
			yield(member{}, errors.New("no JSON object"))
			return
		}
		_, err := dec.ReadToken()
		for err == nil && dec.PeekKind() != jsontext.KindEndObject {
			var m member
			if m, err = readMember(dec); err == nil && !yield(m, nil) {
				return
			}
		}
		if err != nil {
			yield(member{}, syntax(err))
		}
	}
}

func readMember(dec *jsontext.Decoder) (m member, err error) {
	raw, err := dec.ReadValue()
	if err != nil {
		return m, err
	}
	m.name = string(plain(raw))
	m.start = offset(dec) - len(raw)
	if raw, err = dec.ReadValue(); err != nil {
		return m, err
	}
	m.end = offset(dec)
	m.value = m.end - len(raw)
	return m, nil
}

// find returns where in a record the value at a place is; not ok if there is none, or null.
func find(record []byte, at place) (from, to int, ok bool) {
	to = len(record)
	for i, name := range at {
		found := false
		for m, err := range members(record[from:to]) {
			if err == nil && m.name == name {
				from, to, found = from+m.value, from+m.end, true
				break
			}
		}
		if !found || i == len(at)-1 && record[from] == 'n' {
			return 0, 0, false
		}
	}
	return from, to, len(at) > 0
}

// valueAt is the text of the value at a place, nil if there is none.
func valueAt(record []byte, at place) []byte {
	from, to, ok := find(record, at)
	if !ok {
		return nil
	}
	return record[from:to]
}

// elements are the texts in an array, of which there may be none.
func elements(array []byte) ([][]byte, error) {
	if array == nil {
		return nil, nil
	}
	dec := newDecoder(array)
	if _, err := dec.ReadToken(); err != nil {
		return nil, syntax(err)
	}
	var all [][]byte
	for dec.PeekKind() != jsontext.KindEndArray {
		value, err := dec.ReadValue()
		if err != nil {
			return nil, syntax(err)
		}
		end := offset(dec)
		all = append(all, array[end-len(value):end])
	}
	return all, nil
}

// newDecoder reads what Graph sends: names that are there twice, and text that was cut between two
// surrogates, are the record's affair.
func newDecoder(text []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// offset is where the last token or value ended.
func offset(dec *jsontext.Decoder) int { return int(dec.InputOffset()) }

// plain is a JSON string's text, and of any other value its JSON. It copies only what is escaped.
func plain(value []byte) []byte {
	if len(value) < 2 || value[0] != '"' {
		return value
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1]
	}
	text, _ := jsontext.AppendUnquote(nil, value) // half a surrogate pair is replaced
	return text
}

// syntax keeps of an error of the decoder only its place: its text may quote a record.
func syntax(err error) error {
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Errorf("no valid JSON at byte %d", e.ByteOffset)
	}
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
