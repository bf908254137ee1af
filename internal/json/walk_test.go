package json

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func FuzzWalk(f *testing.F) {
	for _, text := range samples {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		want, refused := judge(text)
		if (refused == nil) != (Check(text) == nil) {
			t.Fatalf("%q: Check says %v; encoding/json: %v", text, Check(text), refused)
		}
		canonical, err := AppendCanonical(nil, text)
		if (refused == nil) != (err == nil) {
			t.Fatalf("%q: as canonical %v; encoding/json: %v", text, err, refused)
		}
		if refused != nil {
			return
		}
		if again, err := AppendCanonical(nil, canonical); err != nil || !bytes.Equal(canonical, again) {
			t.Fatalf("%q is %s, and once more %s, %v", text, canonical, again, err)
		}
		switch want := want.(type) {
		case map[string]any:
			walkObject(t, text, want)
		case []any:
			n := 0
			for element, err := range Elements(text) {
				got, broken := judge(element)
				if err != nil || broken != nil || !reflect.DeepEqual(got, want[n]) {
					t.Fatalf("%q: element %d is %q, %v, %v", text, n, element, err, broken)
				}
				n++
			}
			if n != len(want) {
				t.Fatalf("%q: %d elements, want %d", text, n, len(want))
			}
		case string:
			if got := string(Unquote(bytes.TrimSpace(text))); got != want && strings.ToValidUTF8(got, "") != strings.ReplaceAll(want, "\ufffd", "") {
				t.Fatalf("%q says %q, want %q", text, got, want)
			}
		}
	})
}

func walkObject(t *testing.T, text []byte, want map[string]any) {
	t.Helper()
	got := map[string]any{}
	for m, err := range Members(text) {
		v, broken := judge(text[m.From:m.To])
		if err != nil || broken != nil || text[m.Start] != '"' {
			t.Fatalf("%q: %+v, %v, %v", text, m, err, broken)
		}
		got[string(m.Name)] = v
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%q: members %v, want %v", text, got, want)
	}
	for name, value := range want {
		at := At(text, name)
		if (at == nil) != (value == nil) {
			t.Fatalf("%q: at %q is %s, want %v", text, name, at, value)
		}
		if v, err := judge(at); at != nil && (err != nil || !reflect.DeepEqual(v, value)) {
			t.Fatalf("%q: at %q is %s, want %v", text, name, at, value)
		}
	}
}

func TestFind(t *testing.T) {
	text := []byte(` {"a":{"b":1},"a":{"b":{"c":"x"},"n":null},"\u0064":[]} `)
	for path, want := range map[string]string{
		"a.b.c": `"x"`, "a.b": `{"c":"x"}`, "d": "[]", "a.n": "", "b": "", "d.a": "", "a.b.c.d": "",
	} {
		if got := string(At(text, strings.Split(path, ".")...)); got != want {
			t.Errorf("at %s is %s, want %s", path, got, want)
		}
	}
	if At(text) != nil || At([]byte("7"), "a") != nil || At([]byte(`{"a":1`), "a") != nil {
		t.Error("something is nowhere")
	}
}

func TestCanonical(t *testing.T) {
	for _, c := range [][2]string{
		{` { "b" : [ 1.50 , 1e2 , -0.0 , 12345678901234567890 , 1e999 , 1E-7 ] , "a" : "\u00e9\/\u0041\n\u0009" } `, `{"a":"é/A\n\u0009","b":[1.5,100,-0,12345678901234567890,1e999,1e-07]}`},
		{`{"a":1,"b":2,"a":3}`, `{"a":1,"a":3,"b":2}`},
	} {
		if got, err := AppendCanonical(nil, []byte(c[0])); err != nil || string(got) != c[1] {
			t.Errorf("%s is %s, %v, want %s", c[0], got, err, c[1])
		}
	}
}

// Names are found in whatever order they come, and however they are spelled.
func TestOrder(t *testing.T) {
	var trie Trie[string]
	trie.Root = trie.New("")
	for _, name := range []string{"a", "b", "c"} {
		trie.Into(trie.Root, name).Is = "is " + name
	}
	if trie.Len() != 4 || trie.Into(trie.Root, "b").Number != 2 {
		t.Fatal("a node was made twice")
	}
	o := NewOrder(&trie)
	for _, text := range []string{`{"a":1,"b":2,"c":3}`, `{"a":1,"b":2,"c":3}`, `{"c":1,"x":0,"a":2}`, `{ "b":1,"\u0061":2 , "c":3}`, `{"a":1,"a":2}`, `{}`} {
		var names map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &names); err != nil {
			t.Fatal(err)
		}
		var s Scanner
		s.Reset([]byte(text))
		var behind *Node[string]
		more, err := s.Object()
		for more && err == nil {
			name, to, broken := o.Member(&s, trie.Root, behind)
			if broken != nil {
				t.Fatal(broken)
			}
			is := string(AppendString(nil, s.Text(name)))
			if _, there := names[is]; !there || (to == nil) != (is == "x") || to != nil && (to.Name != is || to.Is != "is "+is) {
				t.Fatalf("%s: %q is %+v", text, is, to)
			}
			if to != nil {
				behind = to
			}
			if _, err = s.Value(); err == nil {
				more, err = s.NextMember()
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// What is cut off anywhere is known to be; what is wrong before its end is not.
func TestEnds(t *testing.T) {
	const text = `{"a":[1.5e+7,true,null,"\u00e9\\x"],"b":-1}`
	for n := range len(text) {
		var s Scanner
		s.Reset([]byte(text[:n]))
		if _, err := s.Value(); err == nil || !s.Ends() {
			t.Errorf("%s: %v, and it ends: %t", text[:n], err, s.Ends())
		}
	}
	for _, text := range []string{`{"a":1 "b":2}`, `[trux]`, `["\u12x"]`, `["\q"]`, `[1.]`, `[1}`, `["\u0x`} {
		var s Scanner
		s.Reset([]byte(text))
		if _, err := s.Value(); err == nil || s.Ends() {
			t.Errorf("%s: %v, and it ends: %t", text, err, s.Ends())
		}
	}
}
