package graph

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// An answer is whole, or it is none: Graph says 200 before it knows whether all of it will come, and
// then puts an error where the rest, an element or a collection should be.

// partError is why an answer 200 is not whole, and what Graph says of it, if anything.
type partError struct {
	what  string
	words words
}

func (e *partError) Error() string { return e.what }

var errNoCollection = &partError{what: `the answer has no array "value", so it is no collection`}

// ownError is what of an object's own members says that it is an error.
type ownError struct {
	failed      bool  // it has a member "error", which is not null
	words       words // of it
	description string
	other       bool // it has members that no error has
	code        bool
	message     bool
}

// member reads a member that means nothing in the envelope.
func (a *ownError) member(dec *jsontext.Decoder, name string) (err error) {
	switch lower := strings.ToLower(name); {
	case name == "error":
		value, err := dec.ReadValue()
		if a.failed = err == nil && value.Kind() != jsontext.KindNull; a.failed {
			a.words = wordsOf(value, "")
		}
		return err
	case name == "error_description":
		a.description, err = readText(dec)
		return err
	case lower == "code":
		a.code = true
	case lower == "message":
		a.message = true
	case !slices.Contains([]string{"target", "details", "innererror"}, lower) && !strings.Contains(name, "@"):
		a.other = true
	}
	return dec.SkipValue()
}

// failure is the error that stands in the answer.
func (a *ownError) failure() error {
	if !a.failed {
		return nil
	}
	w := a.words
	if w.message == "" {
		w.message = a.description
	}
	return &partError{"the answer has an error in it", w.fit()}
}

// orBare is the error if the answer is nothing else, or err.
func (a *ownError) orBare(err error, body []byte) error {
	if !a.code || !a.message || a.other {
		return err
	}
	w, _ := readWords(body)
	return &partError{"the answer is an error", w}
}

// checkWhole looks for what an object or an element lacks, at any depth: an element of an array that is
// nothing but an error, and an array with fewer elements than are counted for it and no link to the
// rest. Few texts name an error or a count, and only those are walked.
func checkWhole(text []byte, element bool) error {
	if !namesError(text) && !namesCount(text) {
		return nil
	}
	w := wholeness{newDecoder(text)}
	if err := w.value(element); err != nil {
		return cut(err)
	}
	return nil
}

func namesError(text []byte) bool { return bytes.Contains(text, []byte(`"error"`)) }

func namesCount(text []byte) bool {
	for {
		at := bytes.IndexByte(text, '@')
		if at < 0 {
			return false
		}
		text = text[at+1:]
		term := cutFold(text, "odata.")
		if rest := cutFold(term, `count"`); len(rest) < len(term) {
			return true
		}
	}
}

// wholeness walks a value.
type wholeness struct{ dec *jsontext.Decoder }

func (w *wholeness) value(element bool) error {
	switch w.dec.PeekKind() {
	case jsontext.KindBeginObject:
		return w.object(element)
	case jsontext.KindBeginArray:
		_, err := w.array()
		return err
	default:
		return w.dec.SkipValue()
	}
}

func (w *wholeness) array() (n int64, err error) {
	if _, err := w.dec.ReadToken(); err != nil {
		return 0, err
	}
	for ; w.dec.PeekKind() != jsontext.KindEndArray; n++ {
		if err := w.value(true); err != nil {
			return 0, err
		}
	}
	_, err = w.dec.ReadToken()
	return n, err
}

// collection is what an object has of one, and says of it.
type collection struct {
	array  bool
	size   int64
	count  int64
	goesOn bool
}

func (w *wholeness) object(element bool) error {
	var a ownError
	collections := map[string]*collection{}
	of := func(name string) *collection {
		if collections[name] == nil {
			collections[name] = new(collection)
		}
		return collections[name]
	}
	err := eachOf(w.dec, func(name string) (err error) {
		annotated, annotation := CutAnnotation([]byte(name))
		switch {
		case annotation == CountAnnotation:
			of(string(annotated)).count, err = readCount(w.dec)
		case annotation == NextLinkAnnotation:
			kind := w.dec.PeekKind()
			of(string(annotated)).goesOn = kind != jsontext.KindNull
			err = w.dec.SkipValue()
		case strings.Contains(name, "@"):
			err = w.dec.SkipValue()
		case name == "error":
			err = a.member(w.dec, name)
		case w.dec.PeekKind() == jsontext.KindBeginArray:
			a.other = true
			c := of(name)
			c.array = true
			c.size, err = w.array()
		default:
			a.other = true
			err = w.value(false)
		}
		return err
	})
	if err != nil {
		return err
	}
	if element && a.failed && !a.other {
		return &partError{"an element of the answer is an error", a.words}
	}
	for name, c := range collections {
		if name != "" && c.array && c.size < c.count && !c.goesOn {
			return &partError{what: fmt.Sprintf("of %d %s the answer has %d, and no link to the rest", c.count, short(name), c.size)}
		}
	}
	return nil
}
