package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// filled puts the given elements into every collection that goes on.
func filled(text string, rest ...string) (string, error) {
	v, err := ReadValue([]byte(text), nil)
	if err != nil {
		return "", err
	}
	edit, err := v.Edit()
	if err != nil {
		return "", err
	}
	var elements [][]byte
	for _, e := range rest {
		elements = append(elements, []byte(e))
	}
	for _, r := range v.Rest {
		r.Put(edit, elements)
	}
	v.Complete()
	return string(v.JSON), nil
}

func TestComplete(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing to change", `{"id":"a", "n":1.50 ,"t":"\u00e9","@odata.type":"#x","@odata.id":"i","@removed":{"reason":"deleted"}}`,
			`{"id":"a", "n":1.50 ,"t":"\u00e9","@odata.type":"#x","@odata.id":"i","@removed":{"reason":"deleted"}}`},
		{"first members", `{"@odata.context":"c", "@odata.count":2, "id":"a"}`, `{"id":"a"}`},
		{"last members", `{"id":"a" , "@odata.context":"c" , "x@odata.count":{"deep":[1]}}`, `{"id":"a"}`},
		{"between", `{"id":"a","x@odata.context":"c","n":0}`, `{"id":"a","n":0}`},
		{"all members", `{ "@odata.context":"c","x@odata.context":"d" }`, `{ }`},
		{"at any depth", `{"s":[{"@odata.context":"c","g":[[{"h@odata.count":1}]]}]}`, `{"s":[{"g":[[{}]]}]}`},
		{"escaped name", `{"\u0040odata.context":"c","id":"a"}`, `{"id":"a"}`},
		{"no annotation but text", `{"note":"@odata.context","x@odata.contexts":1}`, `{"note":"@odata.context","x@odata.contexts":1}`},
		{"link after", `{"s":[1],"s@odata.nextLink":"u"}`, `{"s":[1,"r",[]]}`},
		{"link before", `{"s@odata.nextLink":"u","s":[1],"z":0}`, `{"s":[1,"r",[]],"z":0}`},
		{"empty array", `{"s":[ ],"s@odata.nextLink":"u"}`, `{"s":[ "r",[]]}`},
		{"null instead of an array", `{"s":null,"s@odata.nextLink":"u"}`, `{"s":["r",[]]}`},
		{"no array", `{"id":"a","s@odata.nextLink":"u","z":0}`, `{"id":"a","z":0,"s":["r",[]]}`},
		{"two and no array", `{"s@odata.nextLink":"u","t@odata.nextLink":"v"}`, `{"s":["r",[]],"t":["r",[]]}`},
		{"inside another", `{"s":[{"g":[0],"g@odata.nextLink":"v"}],"s@odata.nextLink":"u"}`, `{"s":[{"g":[0,"r",[]]},"r",[]]}`},
		{"null link", `{"s":[1],"s@odata.nextLink":null}`, `{"s":[1]}`},
		{"in any case", `{"@OData.Context":"c","id":"a","s@odata.NextLink":"u","s":[1],"t@count":0}`, `{"id":"a","s":[1,"r",[]]}`},
		{"deltaLink", `{"id":"a","s@odata.deltaLink":"d"}`, `{"id":"a","s@odata.deltaLink":"d"}`},
		{"link of nothing", `{"@odata.nextLink":"u","id":"a"}`, `{"id":"a"}`},
		{"no object", `7`, `7`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := filled(c.text, `"r"`, `[]`)
			if err != nil || got != c.want {
				t.Errorf("filled(%s)\n got %s, %v\nwant %s", c.text, got, err, c.want)
			}
		})
	}
}

func TestCompleteWithoutRest(t *testing.T) {
	for text, want := range map[string]string{
		`{"s":[1],"s@odata.nextLink":"u"}`:  `{"s":[1]}`,
		`{"s":[],"s@odata.nextLink":"u"}`:   `{"s":[]}`,
		`{"s":null,"s@odata.nextLink":"u"}`: `{"s":[]}`,
		`{"s@odata.nextLink":"u"}`:          `{"s":[]}`,
	} {
		if got, err := filled(text); err != nil || got != want {
			t.Errorf("filled(%s) = %s, %v, want %s", text, got, err, want)
		}
	}
}

// What was noted of a value is known of it also when it is complete, wherever it has moved.
func TestFieldsOfWhatIsComplete(t *testing.T) {
	var fields Fields
	id, at := fields.Add("id"), fields.Add("start", "at")
	for _, text := range []string{
		`{"id":"i","start":{"at":"noon"}}`,
		`{"@odata.context":"c","id":"i","s":[],"s@odata.nextLink":"u","start":{"@odata.context":"d", "at":"noon"}}`,
		`{"s@odata.nextLink":"u" , "start":{"at":"n\u006fon","at@odata.count":1},"s":[{"id":"x"}],"\u0069d":"i"}`,
		`{"id":7,"id":"i","start":{"at":"noon"},"s@odata.nextLink":"u"}`,
	} {
		v, err := ReadValue([]byte(text), &fields)
		if err != nil {
			t.Fatal(err)
		}
		edit, err := v.Edit()
		if err != nil {
			t.Fatal(err)
		}
		for _, rest := range v.Rest {
			rest.Put(edit, [][]byte{[]byte(`{"id":"y"}`)})
		}
		for _, when := range []string{"read", "complete"} {
			if got := string(v.Plain(id)) + " " + string(v.Plain(at)); got != "i noon" {
				t.Errorf("%s: %s when it is %s: known is %s", text, v.JSON, when, got)
			}
			v.Complete()
		}
		if raw := string(v.Raw(id)); raw != `"i"` {
			t.Errorf("%s: the text of its id is %s", text, raw)
		}
	}
}

func TestCompleteRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"s":{},"s@odata.nextLink":"u"}`: "s has a link to its rest, but is no array",
		`{"s":[],"s@odata.nextLink":7}`:   "the link to the rest of s is no string",
		`{"secret":"Aino" "b":1}`:         `not JSON: want "," or "}" at byte 17`,
		`{"a":1} {}`:                      "not JSON: want the end at byte 8",
		`{"a":[1`:                         `not JSON: want "," or "]" at byte 7`,
		``:                                "not JSON: want a value at byte 0",
	} {
		_, err := filled(text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Aino") {
			t.Errorf("filled(%s): error %v, want one with %q that does not quote the text", text, err, want)
		}
	}
}

func FuzzComplete(f *testing.F) {
	f.Add([]byte(`{"@odata.context":"c","s":[{"g":[],"g@odata.nextLink":"v"}],"s@odata.nextLink":"u","n":1e400}`))
	f.Add([]byte(`{"s@odata.nextLink":"u","@odata.count":0,"t":null,"t@odata.nextLink":"w"}`))
	f.Add([]byte(`[{"a@odata.context@odata.nextLink":"u"},{"\u0040odata.context":"\ud800"},{"s":[1],"s":[2],"s@odata.nextLink":""}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if !utf8.Valid(text) {
			t.Skip("answers are UTF-8, which is checked before")
		}
		got, err := filled(string(text), `{"x":1}`, `2`)
		if err != nil {
			if json.Valid(text) && !bytes.Contains(bytes.ToLower(text), []byte("nextlin")) && !bytes.Contains(text, []byte(`\`)) {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		want, err := expected(decoded(t, text))
		if err != nil {
			t.Fatalf("taken, though %v", err)
		}
		if g := decoded(t, []byte(got)); !reflect.DeepEqual(g, want) {
			t.Fatalf("%s became\n     %s\nwant %v", text, got, want)
		}
	})
}

func decoded(t *testing.T, text []byte) (v any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil || dec.More() {
		t.Fatalf("no valid JSON: %s: %v", text, err)
	}
	return v
}

// expected does to decoded JSON what Complete does to its text.
func expected(v any) (any, error) {
	switch v := v.(type) {
	case []any:
		for i := range v {
			var err error
			if v[i], err = expected(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		var open []string
		for name, value := range v {
			annotated, annotation := cutAnnotation([]byte(name))
			if annotation == "" || annotation == deltaLinkAnnotation {
				var err error
				if v[name], err = expected(value); err != nil {
					return nil, err
				}
				continue
			}
			delete(v, name)
			_, other := cutAnnotation(annotated)
			if annotation == nextLinkAnnotation && value != nil && len(annotated) > 0 && (other == "" || other == deltaLinkAnnotation) {
				open = append(open, string(annotated))
			}
		}
		for _, name := range open {
			array, ok := v[name].([]any)
			if v[name] != nil && !ok {
				return nil, errors.New("a link has no array")
			}
			v[name] = append(array, map[string]any{"x": json.Number("1")}, json.Number("2"))
		}
	}
	return v, nil
}
