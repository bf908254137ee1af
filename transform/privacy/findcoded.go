package privacy

// How keys are found in what is coded: a run in base64 or hexadecimal digits is decoded and looked at like a text of its own, and
// single characters that are coded make one more layer of their text.

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"html"
	"iter"
	"strings"
	"unicode/utf8"

	"graphlake/internal/json"
)

// shortestRun is how long a run is that is decoded.
const shortestRun = 16

// runs finds ids between other characters, addresses in paths, and what is in base64 or hexadecimal digits.
func (f *finder) runs(v view) {
	t := v.text
	for i := 0; i < len(t); {
		if classes[t[i]]&baseClass == 0 {
			i++
			continue
		}
		from := i
		plain, path := true, false // plain: nothing but GUIDs
		for i < len(t) && classes[t[i]]&baseClass != 0 {
			plain = plain && (classes[t[i]]&hexClass != 0 || t[i] == '-' || t[i] == '_')
			path = path || t[i] == '_'
			i++
		}
		if all := f.people.all; all&tokenForm != 0 {
			f.between(v, from, i, tokenForm, "/+_")
			f.between(v, from, i, tokenForm, "/+_-")
		}
		if path && f.people.all&pathForm != 0 {
			f.between(v, from, i, pathForm, "/")
		}
		if i-from < shortestRun {
			continue
		}
		f.tokens(v, from, i)
		if !plain {
			f.base64(v, from, i)
		}
	}
}

// tokens finds in a run of letters, digits and a few marks the hexadecimal digits.
func (f *finder) tokens(v view, from, to int) {
	t := v.text
	for s := from; s < to; {
		e := s
		for e < to && classes[t[e]]&wordClass != 0 {
			e++
		}
		if e == s {
			s++
			continue
		}
		if run := t[s:e]; len(run) >= 32 && isHex(run) {
			f.digits(v, s, e)
		} else if len(run) > 32 && isHex(run[:32]) { // an id with letters behind it
			f.digits(v, s, s+32)
		} else if len(run) >= shortestRun && isHex(run) {
			f.hexText(v, s, e)
		}
		s = e
	}
}

// between finds keys that some marks divide.
func (f *finder) between(v view, from, to int, of form, marks string) {
	for from < to {
		end := bytes.IndexAny(v.text[from:to], marks)
		if end < 0 {
			end = to - from
		}
		f.normal = append(f.normal[:0], v.text[from:from+end]...)
		for i, c := range f.normal {
			f.normal[i] = lower(c)
		}
		if e := f.find(of, f.normal); e != nil && !isPart(v.text, from, from+end) {
			f.hit(v, from, from+end, e)
		}
		from += end + 1
	}
}

// isPart reports whether a key in a path or an id is part of another there.
func isPart(t []byte, from, to int) bool {
	const joins = ".'%@"
	if from > 0 && (strings.IndexByte(joins, t[from-1]) >= 0 || t[from-1] >= utf8.RuneSelf) {
		return true
	}
	return to < len(t) && (strings.IndexByte("'@", t[to]) >= 0 || t[to] >= utf8.RuneSelf || t[to] == '.' && to+1 < len(t) && classes[t[to+1]]&wordClass != 0)
}

// digits finds ids in hexadecimal digits, of which a run may have several.
func (f *finder) digits(v view, from, to int) {
	found := false
	for s := from; s+32 <= to; s += 32 {
		f.normal = bytes.ToLower(v.text[s : s+32])
		if e := f.find(hexForm, f.normal); e != nil {
			f.hit(v, s, s+32, e)
			found = true
		}
	}
	if !found {
		f.hexText(v, from, to)
	}
}

// hexText finds people in a text that is written in hexadecimal digits.
func (f *finder) hexText(v view, from, to int) {
	if f.nested >= mostNested || (to-from)%2 != 0 {
		return
	}
	text, err := hex.AppendDecode(f.decoded[f.nested][:0], v.text[from:to])
	f.decoded[f.nested] = text
	if err != nil || bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == utf8.RuneError }) {
		return
	}
	if found := f.within(text); len(found) > 0 {
		f.codedHit(v, from, to, found[0].entry)
	}
}

// base64 finds people in what is coded in base64, in either alphabet and beginning at any of its characters. A run may be a
// path with more in it than an id: what is between its slashes about a person goes.
func (f *finder) base64(v view, from, to int) {
	if f.nested >= mostNested {
		return
	}
	for s := from; s < to; {
		e := s
		for e < to && v.text[e] != '/' {
			e++
		}
		if e-s == lettersOfGUID {
			if entry := f.bytesOfGUID(f.decode(v.text[s:e])); entry != nil {
				f.codedHit(v, s, e, entry)
			}
		}
		s = e + 1
	}
	for shift := range 4 {
		start := min(from+shift, to)
		for _, h := range f.within(f.decode(v.text[start:to])) {
			first, last := start+h.from*4/3, min(to, start+(h.to*4+2)/3)
			if i := bytes.LastIndexByte(v.text[from:first], '/'); i >= 0 {
				first = from + i + 1
			} else {
				first = from
			}
			if i := bytes.IndexByte(v.text[last:to], '/'); i >= 0 {
				last += i
			} else {
				last = to
			}
			f.codedHit(v, first, last, h.entry)
		}
	}
}

// lettersOfGUID is how many characters the bytes of a GUID take in base64.
const lettersOfGUID = 22

// decode is what a run in base64 says, as far as its characters are whole, valid until the next call at the same depth.
func (f *finder) decode(run []byte) []byte {
	if len(run)%4 == 1 {
		run = run[:len(run)-1]
	}
	f.folded = append(f.folded[:0], run...)
	for i, c := range f.folded {
		switch c {
		case '+':
			f.folded[i] = '-'
		case '/':
			f.folded[i] = '_'
		}
	}
	text, err := base64.RawURLEncoding.AppendDecode(f.decoded[f.nested][:0], f.folded)
	f.decoded[f.nested] = text
	if err != nil {
		return nil
	}
	return text
}

// within finds people in what was decoded, and says where; of a text in UTF-16, from which the zeros are left out, everywhere.
// It is valid until the next call at the same depth.
func (f *finder) within(decoded []byte) []hit {
	before := len(f.hits)
	f.nested++
	for from, to := range printable(decoded, f.people.shortest) {
		n := len(f.hits)
		f.in(view{text: decoded[from:to]})
		for i := range f.hits[n:] {
			f.hits[n+i].from += from
			f.hits[n+i].to += from
		}
	}
	if bytes.Count(decoded, []byte{0})*3 > len(decoded) {
		n := len(f.hits)
		f.in(view{text: bytes.ReplaceAll(decoded, []byte{0}, nil)})
		for i := range f.hits[n:] {
			f.hits[n+i].from, f.hits[n+i].to = 0, len(decoded)
		}
	}
	f.nested--
	f.inner[f.nested] = append(f.inner[f.nested][:0], f.hits[before:]...)
	f.hits = f.hits[:before]
	return f.inner[f.nested]
}

// printable are the parts of what was decoded that are text, and no shorter than some bytes.
func printable(decoded []byte, shortest int) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		from := 0
		for i := 0; i <= len(decoded); {
			n := 1
			if i < len(decoded) {
				c := decoded[i]
				if ' ' <= c && c < utf8.RuneSelf || c == '\n' || c == '\t' {
					i++
					continue
				}
				if c >= utf8.RuneSelf {
					var r rune
					if r, n = utf8.DecodeRune(decoded[i:]); r != utf8.RuneError {
						i += n
						continue
					}
				}
			}
			if i-from >= shortest && !yield(from, i) {
				return
			}
			i += n
			from = i
		}
	}
}

// codedHit is a hit of all that was decoded.
func (f *finder) codedHit(v view, from, to int, e *entry) {
	for to < len(v.text) && v.text[to] == '=' {
		to++
	}
	f.hits = append(f.hits, hit{from: v.source(from), to: v.source(to), entry: e, coded: true})
}

// bytesOfGUID finds a GUID of 16 bytes; Windows writes the first three of its five numbers with their lowest byte first.
func (f *finder) bytesOfGUID(b []byte) *entry {
	if len(b) != 16 {
		return nil
	}
	turned := []byte{b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6]}
	for _, one := range [][]byte{b, append(turned, b[8:]...)} {
		f.normal = hex.AppendEncode(f.normal[:0], one)
		if e := f.find(hexForm, f.normal); e != nil {
			return e
		}
	}
	return nil
}

// peel decodes what is coded of single characters: %40 of a URL, &#64; and &commat; of HTML, \u0040 of JSON. The layer is made in the place of
// another one; it is empty, if nothing is coded.
func peel(v, into view) view {
	t := v.text
	first := -1
	for i, c := range t {
		if classes[c]&codeClass != 0 {
			if _, n := coded(t[i:], nil); n > 0 {
				first = i
				break
			}
		}
	}
	into.text, into.at = into.text[:0], into.at[:0]
	if first < 0 {
		return into
	}
	for i := 0; i < len(t); {
		n := 0
		if i >= first && classes[t[i]]&codeClass != 0 {
			into.text, n = coded(t[i:], into.text)
		}
		if n == 0 {
			n = 1
			into.text = append(into.text, t[i])
		}
		for len(into.at) < len(into.text) {
			into.at = append(into.at, v.source(i))
		}
		i += n
	}
	into.at = append(into.at, v.source(len(t)))
	return into
}

// longestEntity is how far the end of a character reference is looked for.
const longestEntity = 32

// coded appends the character that a text begins with in a coding, and gives the length of that; 0: it is not coded.
func coded(t, dst []byte) (to []byte, n int) {
	switch {
	case len(t) < 3:
	case t[0] == '%' && isHex(t[1:3]):
		dst, _ = hex.AppendDecode(dst, t[1:3])
		return dst, 3
	case t[0] == '&':
		end := bytes.IndexByte(t[:min(len(t), longestEntity)], ';')
		if end < 0 && t[1] != '#' {
			break
		}
		if end < 0 { // browsers know where a number ends
			end = 2
			for end < min(len(t), longestEntity) && (classes[t[end]]&digitClass != 0 || end == 2 && t[end]|0x20 == 'x' || t[2]|0x20 == 'x' && classes[t[end]]&hexClass != 0) {
				end++
			}
			end--
		}
		entity := string(t[:end+1])
		if text := html.UnescapeString(entity); text != entity {
			return append(dst, text...), len(entity)
		}
	case t[0] == '\\':
		if n = json.Escaped(t); n > 0 {
			return json.AppendString(dst, t[:n]), n
		}
	}
	return dst, 0
}
