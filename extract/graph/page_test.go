package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDecodePage(t *testing.T) {
	tests := []struct{ name, body, values, next, delta string }{
		{"numbers as text", `{"value":[1.10, 1e400, 12345678901234567890]}`, "1.10|1e400|12345678901234567890", "", ""},
		{"spaces", " {\n\"value\" : [ {\"a\" : 1 } , [ ] ] }\r\n", `{"a" : 1 }|[ ]`, "", ""},
		{"links", `{"@odata.nextLink":"https://a.example/\u0026x=\"","@odata.deltaLink":"d","value":[]}`, "", `https://a.example/&x="`, "d"},
		{"no links", `{"@odata.nextLink":null,"value":[0]}`, "0", "", ""},
		{"names twice", `{"value":[1],"x":1,"x":2,"value":[{"y":1,"y":2}]}`, `{"y":1,"y":2}`, "", ""},
		{"other members", `{"@odata.context":"c","@odata.count":2,"deep":{"value":[9],"@odata.nextLink":"n"},"value":[1]}`, "1", "", ""},
		{"a cut emoji", `{"value":["\ud83d"]}`, `"\ud83d"`, "", ""},
		{"elements of any kind", `{"value":[null,"s",true]}`, `null|"s"|true`, "", ""},
		{"a byte order mark", "\ufeff" + `{"value":[1,2]}`, "1|2", "", ""},
		{"bytes that are not UTF-8", "{\"value\":[\"a\xff\xfeb\",\"\u00e9\",\"\xe2\x82\"]}", "\"a\ufffd\ufffdb\"|\"\u00e9\"|\"\ufffd\ufffd\"", "", ""},
		{"links in another case", `{"@odata.NextLink":"n","@OData.deltalink":"d","value":[]}`, "", "n", "d"},
		{"links of OData 4.01", `{"@nextLink":"n","@deltaLink":"d","value":[]}`, "", "n", "d"},
		{"links of other collections", `{"x@odata.nextLink":"n","x@deltaLink":"d","value":[]}`, "", "", ""},
		{"no error", `{"error":null,"value":[{"error":null},{"error":"e","id":1},{"x":{"error":{}}}]}`, `{"error":null}|{"error":"e","id":1}|{"x":{"error":{}}}`, "", ""},
		{"code and message beside elements", `{"code":"c","message":"m","value":[1]}`, "1", "", ""},
		{"counts that are met", `{"value":[{"s":[1],"s@odata.count":1,"t@odata.count":9,"u":[],"u@odata.count":2,"u@odata.nextLink":"n","v":[1],"v@count":0,"w":null,"w@odata.count":3}]}`,
			`{"s":[1],"s@odata.count":1,"t@odata.count":9,"u":[],"u@odata.count":2,"u@odata.nextLink":"n","v":[1],"v@count":0,"w":null,"w@odata.count":3}`, "", ""},
		{"counts that are none", `{"value":[{"s":[],"s@odata.count":"x"},{"s":[],"s@odata.count":99999999999999999999},{"s":[],"s@odata.count":[7]},{"s":[],"s@odata.count":null}],"@odata.count":{}}`,
			`{"s":[],"s@odata.count":"x"}|{"s":[],"s@odata.count":99999999999999999999}|{"s":[],"s@odata.count":[7]}|{"s":[],"s@odata.count":null}`, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := decodePage([]byte(test.body), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(bytes.Join(texts(p), []byte("|"))); got != test.values || p.NextLink != test.next || p.DeltaLink != test.delta {
				t.Errorf("got %s, %q, %q\nwant %s, %q, %q", got, p.NextLink, p.DeltaLink, test.values, test.next, test.delta)
			}
		})
	}
}

func texts(p Page) (all [][]byte) {
	for _, v := range p.Values {
		all = append(all, v.JSON)
	}
	return all
}

func TestDecodePageRefuses(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"empty", ``, "it is empty"},
		{"HTML", `<html>secret</html>`, "no JSON object"},
		{"an array", `[1]`, "no JSON object"},
		{"cut in a value", `{"value":[{"a":"secr`, "cut off"},
		{"cut behind a value", `{"value":[1]`, "cut off"},
		{"two documents", `{"value":[]}{}`, "goes on"},
		{"garbage behind", `{"value":[]} secret`, "goes on"},
		{"a comma too many", `{"value":["secret",]}`, "not JSON: want a value at byte 19"},
		{"a byte order mark alone", "\ufeff", "it is empty"},
		{"a link that is none", `{"@odata.nextLink":7,"value":[]}`, "link"},
		{"an object", `{"id":"secret"}`, `no array "value"`},
		{"value null", `{"value":null}`, `no array "value"`},
		{"value an object", `{"value":{"a":[1]}}`, `no array "value"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := decodePage([]byte(test.body), nil)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secr") {
				t.Errorf("error = %v, want %q and no content", err, test.want)
			}
		})
	}
}

// FuzzDecodePage holds the decoder against encoding/json: what it takes it must take in the same
// sense, and what it refuses must be no collection, or one that names an error or a count.
func FuzzDecodePage(f *testing.F) {
	for _, s := range []string{wholePage, `{"value":[1.0,[],{}],"@odata.nextLink":"\u00e9"}`, `{"value":[]}x`, `{"value":[`, "{\"value\":[\"\xff\"]}", `{"value":[1],"value":null}`,
		"\ufeff" + wholePage, `{"value":[{"error":{}}],"@nextLink":"n"}`, `{"value":[{"s":[],"s@odata.count":1}],"@odata.count":2}`, `{"code":1,"message":{"value":"m"}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		text, err := readable(body)
		if err != nil {
			t.Fatal(err)
		}
		want, ok := decodeByStandard(text)
		got, err := decodePage(body, nil)
		object, _ := decodeObject(body, nil)
		if !utf8.Valid(object.JSON) || object.JSON != nil && !json.Valid(object.JSON) {
			t.Fatalf("the object %q is no JSON", object.JSON)
		}
		if part, is := errors.AsType[*incompleteError](err); is {
			lower := bytes.ToLower(body)
			if ok && !bytes.Contains(lower, []byte("error")) && !bytes.Contains(lower, []byte("count")) && !bytes.Contains(body, []byte(`\u`)) {
				t.Fatalf("%s, but nothing says so", part.what)
			}
			return
		}
		if _, is := errors.AsType[*limitError](err); is {
			return
		}
		if ok != (err == nil) {
			t.Fatalf("decodePage: %v; encoding/json takes it: %v", err, ok)
		}
		if !ok {
			return
		}
		if got.NextLink != want.NextLink || got.DeltaLink != want.DeltaLink || len(got.Values) != len(want.Values) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		for i := range got.Values {
			if !bytes.Equal(got.Values[i].JSON, want.Values[i].JSON) || !utf8.Valid(got.Values[i].JSON) {
				t.Fatalf("value %d is %q, want %q", i, got.Values[i].JSON, want.Values[i].JSON)
			}
		}
	})
}

func decodeByStandard(body []byte) (p Page, ok bool) {
	var values []json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(body))
	if !json.Valid(body) {
		return p, false
	}
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return p, false
	}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return p, false
		}
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			return p, false
		}
		name := token.(string)
		annotated, annotation := cutAnnotation([]byte(name))
		switch link := (map[string]*string{nextLinkAnnotation: &p.NextLink, deltaLinkAnnotation: &p.DeltaLink})[annotation]; {
		case name == "value":
			if values = nil; json.Unmarshal(raw, &values) != nil {
				values = nil
			}
		case link != nil && (len(annotated) == 0 || string(annotated) == "value"):
			if *link = ""; json.Unmarshal(raw, link) != nil {
				return p, false
			}
		}
	}
	for _, v := range values {
		p.Values = append(p.Values, Value{JSON: v})
	}
	return p, values != nil
}

func TestReferencePages(t *testing.T) {
	reference := os.Getenv("GRAPHLAKE_REFERENCE")
	if reference == "" {
		t.Skip("GRAPHLAKE_REFERENCE is not set")
	}
	files, err := filepath.Glob(filepath.Join(reference, "examples", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples in %s: %v", reference, err)
	}
	pages := 0
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, want := decodeByStandard(body)
		_, err = decodePage(body, nil)
		object := json.Valid(body) && bytes.HasPrefix(bytes.TrimSpace(body), []byte("{"))
		_, inside := errors.AsType[*incompleteError](err)
		switch {
		case want != (err == nil):
			t.Errorf("%s: %v; encoding/json takes it: %v", filepath.Base(file), err, want)
		case err != nil && (errors.Is(err, ErrNoCollection) || inside) != object:
			t.Errorf("%s: %v", filepath.Base(file), err)
		case want:
			pages++
		}
	}
	if pages < 10 {
		t.Errorf("%d of %d examples are pages, want at least 10", pages, len(files))
	}
}
