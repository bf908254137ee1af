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
		{"no UTF-8", "{\"value\":[\"\xff\"]}", "not UTF-8"},
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

// FuzzDecodePage holds the decoder against encoding/json: what it takes it must take in the same
// sense, and what it refuses must be no collection.
func FuzzDecodePage(f *testing.F) {
	for _, s := range []string{wholePage, `{"value":[1.0,[],{}],"@odata.nextLink":"\u00e9"}`, `{"value":[]}x`, `{"value":[`, "{\"value\":[\"\xff\"]}", `{"value":[1],"value":null}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		want, ok := decodeByStandard(body)
		got, err := decodePage(body)
		if ok != (err == nil) {
			t.Fatalf("decodePage: %v; encoding/json takes it: %v", err, ok)
		}
		if !ok {
			return
		}
		if got.NextLink != want.NextLink || got.DeltaLink != want.DeltaLink || len(got.Values) != len(want.Values) {
			t.Fatalf("got %q, want %q", got, want)
		}
		for i := range got.Values {
			if !bytes.Equal(got.Values[i], want.Values[i]) {
				t.Fatalf("value %d is %s, want %s", i, got.Values[i], want.Values[i])
			}
		}
	})
}

func decodeByStandard(body []byte) (p Page, ok bool) {
	var members map[string]json.RawMessage
	var values []json.RawMessage
	if !utf8.Valid(body) || json.Unmarshal(body, &members) != nil || members == nil {
		return p, false
	}
	if json.Unmarshal(members["value"], &values) != nil || values == nil {
		return p, false
	}
	for _, v := range values {
		p.Values = append(p.Values, v)
	}
	for name, link := range map[string]*string{"@odata.nextLink": &p.NextLink, "@odata.deltaLink": &p.DeltaLink} {
		if raw, there := members[name]; there && json.Unmarshal(raw, link) != nil {
			return p, false
		}
	}
	return p, true
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
		if _, err := decodePage(body); want != (err == nil) {
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
