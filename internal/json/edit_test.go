package json

import (
	"bytes"
	"testing"
)

// naive makes one change after the other, the last place first, each in a text of its own.
func naive(text []byte, changes []change) []byte {
	for len(changes) > 0 {
		last := 0
		for i, c := range changes {
			if c.from >= changes[last].from { // of those at one place the last is made first
				last = i
			}
		}
		c := changes[last]
		changes = append(append([]change{}, changes[:last]...), changes[last+1:]...)
		text = append(append(append([]byte{}, text[:c.from]...), c.by...), text[c.to:]...)
	}
	return text
}

func FuzzEdit(f *testing.F) {
	f.Add([]byte("a text to change"), []byte{3, 2, 1, 0, 0, 5, 9, 1, 0})
	f.Add([]byte(""), []byte{0, 0, 3, 0, 0, 4})
	f.Add([]byte("0123456789"), []byte{9, 1, 0, 5, 3, 8, 0, 5, 2, 5, 0, 1, 8, 0, 1})
	f.Fuzz(func(t *testing.T, text, how []byte) {
		text, how = text[:min(len(text), 1000)], how[:min(len(how), 300)]
		var e Edit
		var changes []change
		touched := make([]bool, len(text)+1) // bytes that do not stay
		for ; len(how) >= 3; how = how[3:] {
			from := int(how[0]) % (len(text) + 1)
			to := from + int(how[1])%(len(text)+1-from)
			by := bytes.Repeat([]byte{'A' + byte(len(changes)%26)}, int(how[2])%9)
			if bytes.Contains(boolBytes(touched[from:to]), []byte{1}) || from > 0 && to == from && touched[from-1] && touched[from] {
				continue // changes do not overlap
			}
			ok := true
			for _, c := range changes {
				if c.from == from && (c.to != from || to != from) || c.from > from && c.from < to {
					ok = false // nor is anything put within what is replaced, or beside it at its start
				}
			}
			if !ok {
				continue
			}
			for i := from; i < to; i++ {
				touched[i] = true
			}
			changes = append(changes, change{from, to, by})
			half := len(by) / 2
			e.Replace(from, to, by[:half], by[half:])
		}
		want := naive(text, changes)
		got := e.Apply(text)
		if !bytes.Equal(got, want) || cap(got) != len(got) && !e.IsNone() {
			t.Fatalf("%v on %q: got %q of %d, want %q", changes, text, got, cap(got), want)
		}
		if e.IsNone() && len(text) > 0 && &got[0] != &text[0] {
			t.Fatal("without a change the text was copied")
		}
		if again := e.Append([]byte("x"), text); string(again) != "x"+string(want) {
			t.Fatalf("appended: %q", again)
		}
		for i := range text {
			at, end := e.Moved(i), e.MovedEnd(i+1)
			if !touched[i] && (want[at] != text[i] || end != at+1) {
				t.Fatalf("%v on %q: byte %d is at %d of %q, to %d", changes, text, i, at, want, end)
			}
		}
	})
}

func boolBytes(all []bool) []byte {
	b := make([]byte, len(all))
	for i, is := range all {
		if is {
			b[i] = 1
		}
	}
	return b
}

// What is put in front of a byte and what takes its place are noted in whatever order.
func TestEdit(t *testing.T) {
	text := []byte(`{"a":1,"b":[],"c":null}`)
	var e Edit
	e.Put(22, []byte(`,"d":`), []byte("4"))
	e.Replace(18, 22, []byte("["), []byte("3"), []byte("]"))
	e.Cut(1, 7)
	e.Put(12, []byte("2"))
	e.Put(12, []byte(",2"))
	values := []Value{{Kind: Array, Start: 11, End: 13}, {}, {Kind: Null, Start: 18, End: 22}}
	if got := string(e.Apply(text)); got != `{"b":[2,2],"c":[3],"d":4}` {
		t.Errorf("got %s", got)
	}
	e.Move(values)
	if values[0].Start != 5 || values[0].End != 10 || values[1].Kind != None || values[2].Start != 15 || values[2].End != 18 {
		t.Errorf("moved to %+v", values)
	}
	if e.Reset(); !e.IsNone() || e.Moved(5) != 5 {
		t.Error("not taken back")
	}
}
