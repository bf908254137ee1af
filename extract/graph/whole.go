package graph

import (
	"slices"
	"strings"

	"graphlake/internal/json"
)

// An answer is whole, or it is none: Graph says 200 before it knows whether all of it will come, and
// then puts an error where the rest, an element or a collection should be. Not whole is, at any depth, an element of an
// array that is nothing but an error, and an array with fewer elements than are counted for it and no link to the rest.

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

// member notes a member that means nothing in the envelope.
func (a *ownError) member(name string, kind json.Kind, text []byte) {
	switch lower := strings.ToLower(name); {
	case name == "error":
		if a.failed = kind != json.Null; a.failed {
			a.words = wordsOf(text, "")
		}
	case name == "error_description":
		a.description = textOf(text)
	case lower == "code":
		a.code = true
	case lower == "message":
		a.message = true
	case !slices.Contains([]string{"target", "details", "innererror"}, lower) && !strings.Contains(name, "@"):
		a.other = true
	}
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
