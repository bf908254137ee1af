package json

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

// pull reads a text value by value into what encoding/json would make of it.
func pull(text []byte) (any, error) {
	var s Scanner
	s.Reset(text)
	v, err := pullValue(&s)
	if err != nil {
		return nil, err
	}
	return v, s.End()
}

func pullValue(s *Scanner) (any, error) {
	switch s.Kind() {
	case Object:
		return pullObject(s)
	case Array:
		list := []any{}
		more, err := s.Array()
		for more && err == nil {
			var v any
			if v, err = pullValue(s); err != nil {
				return nil, err
			}
			list = append(list, v)
			more, err = s.NextElement()
		}
		return list, err
	}
	v, err := s.Value()
	if err != nil {
		return nil, err
	}
	switch text := s.Text(v); v.Kind {
	case Number:
		return json.Number(text), nil
	case Bool:
		return text[0] == 't', nil
	case String:
		if v.Plain {
			return string(text), nil
		}
		return string(AppendString(nil, text)), nil
	}
	return nil, nil
}

func pullObject(s *Scanner) (any, error) {
	object := map[string]any{}
	more, err := s.Object()
	for more && err == nil {
		var name Value
		if name, err = s.Name(); err != nil {
			return nil, err
		}
		key := string(AppendString(nil, s.Text(name)))
		if object[key], err = pullValue(s); err != nil {
			return nil, err
		}
		more, err = s.NextMember()
	}
	return object, err
}

// judge is what encoding/json says of a text.
func judge(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the value")
	}
	return v, nil
}

func check(t *testing.T, text []byte) {
	t.Helper()
	want, refused := judge(text)
	got, err := pull(text)
	if (err == nil) != (refused == nil) {
		t.Fatalf("%q: read by value: %v; encoding/json: %v", text, err, refused)
	}
	var s Scanner
	s.Reset(text)
	v, err := s.Value()
	isCompact := s.Compact(v)
	if err == nil {
		err = s.End()
	}
	if (err == nil) != (refused == nil) {
		t.Fatalf("%q: passed over: %v; encoding/json: %v", text, err, refused)
	}
	if err != nil {
		return
	}
	if !reflect.DeepEqual(want, got) {
		t.Fatalf("%q: got %#v, want %#v", text, got, want)
	}
	whole := s.data[start(v):end(v)]
	compact := AppendCompact(nil, whole)
	if same := bytes.Equal(compact, AppendValid(nil, whole)); same != isCompact {
		t.Fatalf("%q: Compact says %v, but when compact it is %q", text, isCompact, compact)
	}
	again, err := judge(compact)
	if err != nil || !reflect.DeepEqual(want, again) {
		t.Fatalf("%q: when compact %#v, %v; want %#v", text, again, err, want)
	}
}

func start(v Value) int {
	if v.Kind == String {
		return v.Start - 1
	}
	return v.Start
}

func end(v Value) int {
	if v.Kind == String {
		return v.End + 1
	}
	return v.End
}

var samples = []string{
	`{}`, `[]`, ` { "a" : [ 1 , -2.5e+3 , true , false , null ] , "b" : { "c" : "d" } } `, "\t\r\n1\n",
	`"plain"`, `"a longer text without any escape in it"`, `"tab\tquote\"slash\/\\ Äö"`,
	`"\ud83d\ude00 \ud83d x \ude00\ud83d \ud83d\ud83d\ude00 \u0000\uFFFD"`, `"\ud83d\u0041"`, `"` + "é\xff\xc3(\x80é" + `"`,
	`"1234567\""`, `"12345678\u00e9"`, `"ünicode in the first eight"`, "\"control \x1f\"", "\"\x00\"", `"\x"`, `"\u12g4"`, `"\u123`, `"open`, `"open\`,
	`0`, `-0`, `01`, `-`, `+1`, `1.`, `.5`, `1e`, `1e+`, `1E-7`, `0.0`, `00`, `1.5.5`, `--1`, `1x`, `0x1`, `NaN`, `1e999`,
	`tru`, `truee`, `nul`, `True`, ``, ` `, `,`, `:`, `]`, `}`, `[1,]`, `[,1]`, `[1 2]`, `[1}`, `{"a":1]`, `{"a":1,}`, `{,}`, `{a:1}`, `{"a"}`,
	`{"a":}`, `{"a" 1}`, `{"a":1 "b":2}`, `{1:2}`, `[`, `{`, `{"a":`, `{"a":[{"b":`, `1 2`, `{} x`, `{"a":1,"a":{"b":2}}`, "\xef\xbb\xbf1", "\v1", "1\f",
}

func TestScannerAgreesWithEncodingJSON(t *testing.T) {
	for _, text := range samples {
		check(t, []byte(text))
	}
	for _, depth := range []int{maxDepth, maxDepth + 1} {
		check(t, []byte(strings.Repeat("[", depth)+strings.Repeat("]", depth)))
		check(t, []byte(strings.Repeat(`{"a":`, depth)+"1"+strings.Repeat("}", depth)))
	}
}

// A special byte has to be found wherever it stands among the eight that are looked at at once.
func TestStringsOfEveryLength(t *testing.T) {
	for n := range 20 {
		filler := strings.Repeat("x", n)
		for _, special := range []string{"", `\"`, `\\`, "é", "\xff", "\x1f", "\x7f", `\n\`} {
			for _, rest := range []string{"", "y", "yyyyyyyy"} {
				check(t, []byte(`"`+filler+special+rest+`"`))
				check(t, []byte(`["`+filler+special+rest+`","é\t"]`))
			}
		}
	}
}

func TestNameIs(t *testing.T) {
	var s Scanner
	s.Reset([]byte(` "id":1`))
	if s.NameIs(`"id":`) {
		t.Error("read a name behind white space")
	}
	s.Reset([]byte(`"id":1`))
	if s.NameIs(`"i":`) || s.NameIs(`"id" :`) || s.NameIs(`"id":1 and more`) {
		t.Error("read a name that is not there")
	}
	if !s.NameIs(`"id":`) || s.Kind() != Number {
		t.Error("did not read the name that is there")
	}
}

func TestSyntaxErrorsSayWhere(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1,}`:   "not JSON: want a member's name at byte 7",
		`{"a" 1}`:    "not JSON: want a colon at byte 5",
		`[1 2]`:      `not JSON: want "," or "]" at byte 3`,
		`{"a":1`:     `not JSON: want "," or "}" at byte 6`,
		`["a`:        "not JSON: want the end of the string at byte 3",
		`["a\q"]`:    "not JSON: want an escape sequence at byte 3",
		"[\"a\n\"]":  "not JSON: want no control character at byte 3",
		`[-x]`:       "not JSON: want a digit at byte 2",
		`[nil]`:      "not JSON: want null at byte 1",
		`{"a":1} {}`: "not JSON: want the end at byte 8",
		`[?]`:        "not JSON: want a value at byte 1",
	} {
		_, err := pull([]byte(text))
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestScanningDoesNotAllocate(t *testing.T) {
	text := []byte(`{"a":[1,2.5,"text",{"b":null}],"c":"a text with \"escapes\" and é","d":true}`)
	var s Scanner
	if n := testing.AllocsPerRun(100, func() {
		s.Reset(text)
		if _, err := s.Value(); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func FuzzScanner(f *testing.F) {
	for _, text := range samples {
		f.Add([]byte(text))
	}
	f.Fuzz(check)
}

func BenchmarkPass(b *testing.B) {
	text := []byte(`{"id":"0a6b1c2d-1111-4222-8333-0123456789ab","start":"2026-11-22T08:00:00.1234567Z","n":[1,22,333,0.125,null,true],"text":"some words that are a little longer than a name"}`)
	text = []byte("[" + strings.Repeat(string(text)+",", 200) + "0]")
	var s Scanner
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		s.Reset(text)
		if _, err := s.Value(); err != nil {
			b.Fatal(err)
		}
	}
}
