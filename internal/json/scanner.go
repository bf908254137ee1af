package json

import (
	"fmt"
	"sync/atomic"
)

// maxDepth is how deep values may be nested, as in encoding/json.
const maxDepth = 10_000

// Kind is what a JSON value is.
type Kind uint8

// The kinds. None stands where no value can begin.
const (
	None Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

func (k Kind) String() string {
	return [...]string{"no value", "null", "a boolean", "a number", "a string", "an array", "an object"}[k]
}

// Value is a value that was read: its kind, and its text as bytes [Start, End) of what is scanned,
// for a string without the quotes.
type Value struct {
	Kind       Kind
	Plain      bool // a string of ASCII without escapes: its text is its value
	Start, End int
}

// Bounds are where a value's text is, with the quotes of a string.
func (v Value) Bounds() (from, to int) {
	if v.Kind == String {
		return v.Start - 1, v.End + 1
	}
	return v.Start, v.End
}

// SyntaxError says where a text stops being JSON.
type SyntaxError struct {
	Offset int    // in bytes
	Want   string // what could have stood there
	Deep   bool   // it may be JSON, but is nested deeper than is read
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not JSON: want %s at byte %d", e.Want, e.Offset)
}

// Scanner stands in front of a value, in front of a member's name, or behind a value. The zero
// Scanner scans the empty text.
type Scanner struct {
	data   []byte
	pos    int
	depth  int
	spaced int // behind the last white space between values
}

// Ends reports whether the text ended where an error was met: more of it might have been right.
func (s *Scanner) Ends() bool { return s.pos >= len(s.data) }

// Given is how many bytes scanners were given in this process. A test tells from it how often a record is walked.
var Given atomic.Int64

// Reset starts with another text, which must not change while it is scanned.
func (s *Scanner) Reset(data []byte) {
	*s = Scanner{data: data}
	Given.Add(int64(len(data)))
}

// Over gives the scanner a text of which the values are known, so that it is asked for their texts and scans nothing.
func (s *Scanner) Over(data []byte) { *s = Scanner{data: data} }

// Pos is where the scanner stands: behind what it read last, and after Kind in front of the value.
func (s *Scanner) Pos() int { return s.pos }

// Compact reports whether a value that was just read has no white space between its parts.
func (s *Scanner) Compact(v Value) bool { return s.spaced <= v.Start }

// Kind is the kind of the value that the scanner stands in front of, judged by its first byte.
func (s *Scanner) Kind() Kind {
	s.space()
	if s.pos >= len(s.data) {
		return None
	}
	return kinds[s.data[s.pos]]
}

var kinds = [256]Kind{
	'n': Null, 't': Bool, 'f': Bool, '"': String, '[': Array, '{': Object, '-': Number,
	'0': Number, '1': Number, '2': Number, '3': Number, '4': Number,
	'5': Number, '6': Number, '7': Number, '8': Number, '9': Number,
}

// Value reads the value that the scanner stands in front of, with all that is in it.
func (s *Scanner) Value() (Value, error) { return s.Read(s.Kind()) }

// Read is Value for a caller that just asked for its kind.
func (s *Scanner) Read(kind Kind) (Value, error) {
	start := s.pos
	var err error
	switch kind {
	case String:
		return s.text()
	case Number:
		err = s.number()
	case Object:
		err = s.passObject()
	case Array:
		err = s.passArray()
	case Null:
		err = s.word("null")
	case Bool:
		if s.data[start] == 't' {
			err = s.word("true")
		} else {
			err = s.word("false")
		}
	default:
		err = s.want("a value")
	}
	return Value{Kind: kind, Start: start, End: s.pos}, err
}

// Object goes into the object in front and reports whether it has a member.
func (s *Scanner) Object() (more bool, err error) { return s.enter('}') }

// Array goes into the array in front and reports whether it has an element.
func (s *Scanner) Array() (more bool, err error) { return s.enter(']') }

// NextMember goes on behind a member's value and reports whether there is another member; if not,
// the scanner is behind the object.
func (s *Scanner) NextMember() (more bool, err error) { return s.next('}') }

// NextElement goes on behind an element and reports whether there is another; if not, the scanner
// is behind the array.
func (s *Scanner) NextElement() (more bool, err error) { return s.next(']') }

// Name reads a member's name and the colon behind it.
func (s *Scanner) Name() (Value, error) {
	if s.Kind() != String {
		return Value{}, s.want("a member's name")
	}
	name, err := s.text()
	if err != nil {
		return name, err
	}
	s.space()
	if s.pos >= len(s.data) || s.data[s.pos] != ':' {
		return name, s.want("a colon")
	}
	s.pos++
	return name, nil
}

// NameIs reads a member's name and its colon if they stand there exactly as given, quotes included
// and no white space before them, and otherwise reads nothing.
func (s *Scanner) NameIs(quotedColon string) bool {
	end := s.pos + len(quotedColon)
	if end > len(s.data) || string(s.data[s.pos:end]) != quotedColon {
		return false
	}
	s.pos = end
	return true
}

// End checks that nothing but white space is left.
func (s *Scanner) End() error {
	s.space()
	if s.pos < len(s.data) {
		return s.want("the end")
	}
	return nil
}

func (s *Scanner) enter(end byte) (bool, error) {
	s.space()
	if s.pos >= len(s.data) || s.data[s.pos] != end-2 { // '[' and ']', '{' and '}' are two apart
		return false, s.want(`"` + string(rune(end-2)) + `"`)
	}
	s.pos++
	if s.depth++; s.depth > maxDepth {
		return false, &SyntaxError{Offset: s.pos, Want: "less nesting", Deep: true}
	}
	s.space()
	if s.pos < len(s.data) && s.data[s.pos] == end {
		s.pos++
		s.depth--
		return false, nil
	}
	return true, nil
}

func (s *Scanner) next(end byte) (bool, error) {
	if s.pos < len(s.data) && s.data[s.pos] == ',' { // nearly always
		s.pos++
		return true, nil
	}
	s.space()
	if s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ',':
			s.pos++
			return true, nil
		case end:
			s.pos++
			s.depth--
			return false, nil
		}
	}
	return false, s.want(`"," or "` + string(rune(end)) + `"`)
}

func (s *Scanner) space() {
	if s.pos < len(s.data) && s.data[s.pos] <= ' ' { // rarely, and this much is inlined
		s.passSpace()
	}
}

//go:noinline
func (s *Scanner) passSpace() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\n', '\t', '\r':
			s.pos++
		default:
			s.spaced = s.pos
			return
		}
	}
	s.spaced = s.pos
}

func (s *Scanner) want(what string) error { return &SyntaxError{Offset: s.pos, Want: what} }
