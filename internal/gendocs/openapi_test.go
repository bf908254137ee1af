package main

import (
	"reflect"
	"testing"
	"testing/fstest"
	"time"

	"graphlake/internal/golden"
)

// What is served is made of openapi.yaml and of the types as they are now.
func TestOpenAPIIsWhatTypesSay(t *testing.T) {
	got, err := openAPI("../..")
	if err != nil {
		t.Fatal(err)
	}
	golden.Equal(t, "../../control/openapi.json", got)
}

type inner struct {
	Since time.Time `json:"since"`
}

type word string

type sample struct {
	inner
	Name   string           `json:"name"`
	Least  *int64           `json:"least,omitempty"`
	Words  []word           `json:"words"`
	Counts map[string]int64 `json:"counts,omitempty"`
	Other  *inner           `json:"other,omitzero"`
	Hidden string           `json:"-"`
}

func TestSchemasOfTypes(t *testing.T) {
	says, err := commentsIn(fstest.MapFS{"x.go": {Data: []byte(`package x
// word is said.
type word string
// sample is one, as [inner] is.
type sample struct {
	Name string // whose it is
	// Least is
	// the least.
	Least *int64
	Words []word // of it; nil if none
}
const (
	A word = "a" // the first
	B word = "b"
	C = "c"
)`)}, "x_test.go": {Data: []byte("package x\ntype inner struct{} // of tests")}})
	if err != nil {
		t.Fatal(err)
	}
	of := reflect.TypeFor[sample]()
	s := schemata{comments: map[string]comments{of.PkgPath(): says}, names: map[string]reflect.Type{}}
	ref, err := encode(s.of(of))
	if err != nil {
		t.Fatal(err)
	}
	all, err := encode(s.all)
	if err != nil || s.err != nil {
		t.Fatal(err, s.err)
	}
	if got, want := string(ref), `{"$ref":"#/components/schemas/sample"}`; got != want {
		t.Errorf("got %s", got)
	}
	want := `{"sample":{"type":"object","description":"sample is one, as inner is.","properties":{` +
		`"since":{"type":"string","format":"date-time"},` +
		`"name":{"type":"string","description":"whose it is"},` +
		`"least":{"type":"integer","format":"int64","description":"Least is the least."},` +
		`"words":{"type":"array","items":{"$ref":"#/components/schemas/word"},"description":"of it; absent if none"},` +
		`"counts":{"type":"object","additionalProperties":{"type":"integer","format":"int64"}},` +
		`"other":{"$ref":"#/components/schemas/inner"}},"required":["since","name","words"]},` +
		`"word":{"type":"string","description":"word is said. It is one of these, to which others may be added: a (the first), b."},` +
		`"inner":{"type":"object","properties":{"since":{"type":"string","format":"date-time"}},"required":["since"]}}`
	if string(all) != want {
		t.Errorf("got  %s\nwant %s", all, want)
	}
}

// What has no schema is an error, and not a schema that says nothing.
func TestTypesWithoutSchema(t *testing.T) {
	for _, of := range []reflect.Type{
		reflect.TypeFor[any](), reflect.TypeFor[map[string]any](), reflect.TypeFor[struct{ Name string }](),
		reflect.TypeFor[chan int](),
	} {
		s := schemata{comments: map[string]comments{"": {}}, names: map[string]reflect.Type{}}
		if s.of(of); s.err == nil {
			t.Errorf("%v has a schema", of)
		}
	}
}
