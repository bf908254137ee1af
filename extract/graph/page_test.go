package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
			p, err := decodePage([]byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(bytes.Join(p.Values, []byte("|"))); got != test.values || p.NextLink != test.next || p.DeltaLink != test.delta {
				t.Errorf("got %s, %q, %q\nwant %s, %q, %q", got, p.NextLink, p.DeltaLink, test.values, test.next, test.delta)
			}
		})
	}
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
		{"a comma too many", `{"value":["secret",]}`, "no valid JSON at byte 18"},
		{"a byte order mark alone", "\ufeff", "it is empty"},
		{"a link that is none", `{"@odata.nextLink":7,"value":[]}`, "link"},
		{"an object", `{"id":"secret"}`, `no array "value"`},
		{"value null", `{"value":null}`, `no array "value"`},
		{"value an object", `{"value":{"a":[1]}}`, `no array "value"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := decodePage([]byte(test.body))
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secr") {
				t.Errorf("error = %v, want %q and no content", err, test.want)
			}
		})
	}
}

// What is not whole says so, with Graph's own words and nothing else of the answer.
func TestPartOfAnAnswer(t *testing.T) {
	const e = `{"error":{"code":"ServiceError","message":"Backend failed."}}`
	const own, none = "ServiceError||Backend failed.", "||"
	tests := []struct{ name, body, want, words string }{
		{"no collection", `{"id":"secret"}`, `no array "value"`, none},
		{"an empty object", `{}`, `no array "value"`, none},
		{"value null", `{"value":null}`, `no array "value"`, none},
		{"an error instead", e, "has an error in it", own},
		{"an error beside", `{"value":["secret"],` + e[1:], "has an error in it", own},
		{"an error before", e[:len(e)-1] + `,"value":["secret"]}`, "has an error in it", own},
		{"an error far behind", `{"value":["` + strings.Repeat("secret", 20_000) + `"],` + e[1:], "has an error in it", own},
		{"an error without words", `{"value":[],"error":{"code":"","message":""}}`, "has an error in it", none},
		{"an empty error", `{"value":[],"error":{}}`, "has an error in it", none},
		{"an error as a string", `{"value":[],"error":"server_error","error_description":"AADSTS90033: Backend failed. Trace ID: 7"}`, "has an error in it", "server_error|AADSTS90033|AADSTS90033: Backend failed."},
		{"an error that is true", `{"value":[],"error":true}`, "has an error in it", none},
		{"a bare error", `{"code":"ServiceError","message":"Backend failed.","innerError":{"code":"Deep"}}`, "the answer is an error", "ServiceError|Deep|Backend failed."},
		{"a record with a message", `{"id":1,"code":"secret","message":"secret"}`, `no array "value"`, none},
		{"an element", `{"value":[{"id":"secret"},` + e + `]}`, "an element of the answer is an error", own},
		{"an element with annotations", `{"value":[{"@odata.type":"#x",` + e[1:] + `]}`, "an element of the answer is an error", own},
		{"an element with a string", `{"value":[{"error":"ServiceError"}]}`, "an element of the answer is an error", "ServiceError||"},
		{"deep in an element", `{"value":[{"s":[{"g":[{"id":"secret"},` + e + `]}]}]}`, "an element of the answer is an error", own},
		{"too few in an element", `{"value":[{"id":1,"s@odata.count":3,"s":["secret",2]}]}`, "of 3 s the answer has 2", none},
		{"too few, counted after", `{"value":[{"d":{"s":[],"s@OData.Count":"1"}}]}`, "of 1 s the answer has 0", none},
		{"too few, link null", `{"value":[{"s":[],"s@count":1,"s@odata.nextLink":null}]}`, "of 1 s the answer has 0", none},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := decodePage([]byte(test.body))
			part, ok := errors.AsType[*partError](err)
			if !ok || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error = %v, want %q", err, test.want)
			}
			w := part.words
			if got := strings.Join([]string{w.code, w.innerCode, w.message}, "|"); got != test.words || strings.Contains(got+err.Error(), "secret") {
				t.Errorf("words = %q, want %q and no content", got, test.words)
			}
		})
	}
}

func TestPartOfAnObject(t *testing.T) {
	for body, want := range map[string]string{
		`{"id":1,"error":{"code":"c"}}`:                           "has an error in it",
		`{"error":"c","error_description":"m"}`:                   "has an error in it",
		`{"code":"c","message":"m"}`:                              "the answer is an error",
		`{"sessions":[{"segments":[{"error":{"code":"c"}}]}]}`:    "an element of the answer is an error",
		`{"sessions":[],"sessions@odata.count":2}`:                "of 2 sessions the answer has 0",
		`{"sessions":[{"segments@odata.count":1,"segments":[]}]}`: "of 1 segments the answer has 0",
	} {
		if got, err := decodeObject([]byte(body)); err == nil || !strings.Contains(err.Error(), want) || got != nil {
			t.Errorf("%s: %v, want %q", body, err, want)
		}
	}
	for body, want := range map[string]string{
		"\ufeff{\"a\":\"\xff\"}":                                   "{\"a\":\"\ufffd\"}",
		`{"error":null,"a":{"error":{"code":"c"}}}`:                `{"error":null,"a":{"error":{"code":"c"}}}`,
		`{"s":[],"s@odata.count":2,"s@odata.nextLink":"n"}`:        `{"s":[],"s@odata.count":2,"s@odata.nextLink":"n"}`,
		`{"code":"c","message":"m","id":1}`:                        `{"code":"c","message":"m","id":1}`,
		`{"log":[{"error":{"code":"c"},"at":1}],"@odata.count":9}`: `{"log":[{"error":{"code":"c"},"at":1}],"@odata.count":9}`,
	} {
		if got, err := decodeObject([]byte(body)); err != nil || string(got) != want {
			t.Errorf("%s became %s, %v", body, got, err)
		}
	}
}

func TestCutAnnotation(t *testing.T) {
	for _, c := range []struct{ name, annotated, annotation string }{
		{"@odata.context", "", ContextAnnotation},
		{"s@odata.nextLink", "s", NextLinkAnnotation},
		{"s@ODATA.NEXTLINK", "s", NextLinkAnnotation},
		{"@NextLink", "", NextLinkAnnotation},
		{"s@count", "s", CountAnnotation},
		{"@odata.deltaLink", "", DeltaLinkAnnotation},
		{"a@odata.count@odata.nextLink", "a@odata.count", NextLinkAnnotation},
		{"nextLink", "nextLink", ""},
		{"s@odata.nextLinks", "s@odata.nextLinks", ""},
		{"@odata.odata.count", "@odata.odata.count", ""},
		{"@odata.", "@odata.", ""},
		{"", "", ""},
	} {
		if annotated, annotation := CutAnnotation([]byte(c.name)); string(annotated) != c.annotated || annotation != c.annotation {
			t.Errorf("CutAnnotation(%q) = %q, %q, want %q, %q", c.name, annotated, annotation, c.annotated, c.annotation)
		}
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
		want, ok := decodeByStandard(readable(body))
		got, err := decodePage(body)
		object, _ := decodeObject(body)
		if !utf8.Valid(object) || object != nil && !json.Valid(object) {
			t.Fatalf("the object %q is no JSON", object)
		}
		if part, is := errors.AsType[*partError](err); is {
			lower := bytes.ToLower(body)
			if ok && !bytes.Contains(lower, []byte("error")) && !bytes.Contains(lower, []byte("count")) && !bytes.Contains(body, []byte(`\u`)) {
				t.Fatalf("%s, but nothing says so", part.what)
			}
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
			if !bytes.Equal(got.Values[i], want.Values[i]) || !utf8.Valid(got.Values[i]) {
				t.Fatalf("value %d is %q, want %q", i, got.Values[i], want.Values[i])
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
		annotated, annotation := CutAnnotation([]byte(name))
		switch link := (map[string]*string{NextLinkAnnotation: &p.NextLink, DeltaLinkAnnotation: &p.DeltaLink})[annotation]; {
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
		p.Values = append(p.Values, v)
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
		if _, err := decodePage(body); errors.Is(err, errNoCollection) == want || !want != (err != nil) {
			t.Errorf("%s: %v; encoding/json takes it: %v", filepath.Base(file), err, want)
		} else if errors.Is(err, errNoCollection) != (json.Valid(body) && err != nil && bytes.HasPrefix(bytes.TrimSpace(body), []byte("{"))) {
			t.Errorf("%s: %v", filepath.Base(file), err)
		} else if want {
			pages++
		}
	}
	if pages < 10 {
		t.Errorf("%d of %d examples are pages, want at least 10", pages, len(files))
	}
}

func TestParseRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		value string
		want  time.Duration
		ok    bool
	}{
		{"0", 0, true},
		{"7", 7 * time.Second, true},
		{" 120 ", 2 * time.Minute, true},
		{"0.9", 900 * time.Millisecond, true},
		{"Sun, 22 Nov 2026 10:01:30 GMT", 90 * time.Second, true},
		{"Sun, 22 Nov 2026 09:00:00 GMT", 0, true},
		{"", 0, false},
		{"-1", 0, false},
		{"NaN", 0, false},
		{"1e3", 0, false},
		{"1.2.3", 0, false},
		{".", 0, false},
		{"soon", 0, false},
		{"0,120", 2 * time.Minute, true},
		{"120, 0", 2 * time.Minute, true},
		{"soon, 7", 7 * time.Second, true},
		{"5,Sun, 22 Nov 2026 10:01:30 GMT, 60", 90 * time.Second, true},
		{",", 0, false},
	}
	for _, test := range tests {
		if got, ok := parseRetryAfter(test.value, now); got != test.want || ok != test.ok {
			t.Errorf("parseRetryAfter(%q) = %v, %v, want %v, %v", test.value, got, ok, test.want, test.ok)
		}
	}
}

// FuzzParseRetryAfter: never a wait before now, and none where there is no advice; more digits never
// mean a shorter wait.
func FuzzParseRetryAfter(f *testing.F) {
	for _, s := range []string{"1", "0.9", "99999999999999999999", "Sun, 22 Nov 2026 10:01:30 GMT", "Sun, 22 Nov 0000 10:01:30 GMT", "9223372036.854775807"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value string) {
		got, ok := parseRetryAfter(value, now)
		if got < 0 || (!ok && got != 0) {
			t.Fatalf("parseRetryAfter(%q) = %v, %v", value, got, ok)
		}
		if ok && strings.Trim(value, "0123456789") == "" {
			if longer, _ := parseRetryAfter(value+"0", now); longer < got {
				t.Fatalf("%s is %v, but %s0 is %v", value, got, value, longer)
			}
		}
	})
}
