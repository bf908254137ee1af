package json

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// Eight bytes at a time: in each byte the lowest bit, the highest bit, and the bytes looked for.
const (
	lows       = 0x0101010101010101
	highs      = 0x80 * lows
	quotes     = '"' * lows
	backslashs = '\\' * lows
	spaces     = ' ' * lows
)

// special marks the highest bit of bytes that are a quote, a backslash or a control character. Only
// the first mark can be relied on: what a subtraction borrows may mark bytes behind it.
func special(w uint64) uint64 {
	quote, backslash := w^quotes, w^backslashs
	return ((quote-lows)&^quote | (backslash-lows)&^backslash | (w-spaces)&^w) & highs
}

// text reads a string; the scanner stands on its first quote.
func (s *Scanner) text() (Value, error) {
	v := Value{Kind: String, Start: s.pos + 1}
	data, i := s.data, s.pos+1
	escaped, beyond := false, uint64(0)
	for {
		for i+8 <= len(data) {
			w := binary.LittleEndian.Uint64(data[i:])
			found := special(w)
			if found == 0 {
				beyond |= w & highs
				i += 8
				continue
			}
			n := bits.TrailingZeros64(found)
			beyond |= w & highs & (1<<n - 1)
			i += n / 8
			break
		}
		if i >= len(data) {
			s.pos = len(data)
			return v, s.want("the end of the string")
		}
		switch c := data[i]; {
		case c == '"':
			v.End, v.Plain = i, !escaped && beyond == 0
			s.pos = i + 1
			return v, nil
		case c == '\\':
			escaped = true
			n := escape(data[i:])
			if n == 0 {
				s.pos = i
				if broken(data[i:]) {
					s.pos = len(data)
				}
				return v, s.want("an escape sequence")
			}
			i += n
		case c < ' ':
			s.pos = i
			return v, s.want("no control character")
		default:
			beyond |= uint64(c) & 0x80
			i++
		}
	}
}

// escape is the length of the escape sequence that b begins with, 0 if it is none.
func escape(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := unicode(b); ok {
			return 6
		}
	}
	return 0
}

// Escaped is the length of the character that text begins with, if it is written as an escape sequence, or as two that
// are a pair; 0: it is not.
func Escaped(text []byte) int {
	if len(text) == 0 || text[0] != '\\' {
		return 0
	}
	n := escape(text)
	if n == 6 {
		_, n = surrogates(text)
	}
	return n
}

// broken reports whether b ends within an escape sequence that it begins with.
func broken(b []byte) bool {
	if len(b) < 2 {
		return true
	}
	if len(b) >= 6 || b[1] != 'u' {
		return false
	}
	_, ok := unicode(append(append(make([]byte, 0, 6), b...), "0000"[:6-len(b)]...))
	return ok
}

// unicode reads the escape \uXXXX that b begins with.
func unicode(b []byte) (r rune, ok bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	for _, c := range b[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// Text is the text of a value in the bytes that are scanned, of a string what is between its quotes.
func (s *Scanner) Text(v Value) []byte { return s.data[v.Start:v.End] }

// Unquote is what a string says, and the text of any other value. It copies only a string with escapes, or beyond ASCII.
func (s *Scanner) Unquote(v Value) []byte {
	if v.Kind == String && !v.Plain {
		return AppendString(nil, s.Text(v))
	}
	return s.Text(v)
}

// AppendString appends the value of a string, given what is between its quotes.
func AppendString(dst, text []byte) []byte {
	dst = slices.Grow(dst, len(text)) // of which no escape sequence is shorter than what it says
	for len(text) > 0 {
		n := 0
		for n < len(text) && text[n] != '\\' {
			n++
		}
		dst = AppendValid(dst, text[:n])
		if text = text[n:]; len(text) == 0 {
			break
		}
		n = escape(text)
		if n == 6 {
			var r rune
			r, n = surrogates(text)
			dst = utf8.AppendRune(dst, r)
		} else {
			dst = append(dst, unescaped[text[1]])
		}
		text = text[n:]
	}
	return dst
}

var unescaped = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// surrogates reads one \uXXXX, or two that are a pair. A lone half is U+FFFD.
func surrogates(b []byte) (r rune, n int) {
	r, _ = unicode(b)
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	low, ok := unicode(b[6:])
	if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
		return r, 12
	}
	return utf8.RuneError, 6
}

// AppendQuoted appends valid text as a JSON string, with its quotes.
func AppendQuoted(dst []byte, text string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// AppendValid appends text with U+FFFD in place of every byte that is not UTF-8.
func AppendValid(dst, text []byte) []byte {
	if utf8.Valid(text) {
		return append(dst, text...)
	}
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		dst = utf8.AppendRune(dst, r)
		text = text[n:]
	}
	return dst
}
