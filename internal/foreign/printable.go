package foreign

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable is text of our own, of which a part may be foreign, fit to be printed or stored: nothing in it is certainly secret, and
// what does not print is escaped, but for line feeds and tabs. It may be as long as it is.
func Printable(s string) string { return escaped(withoutStrong(s)) }

// obeyed reports whether a terminal or an editor obeys a character instead of showing it: controls, those of C1, bidi
// controls and other formats, and separators of lines that are not line feeds.
func obeyed(r rune) bool {
	switch r {
	case '\n', '\t':
		return false
	case '\u2028', '\u2029':
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// escaped writes what is obeyed as JSON does, \u001b for one, in which a string of JSON has the same value as before.
func escaped(s string) string {
	if strings.IndexFunc(s, obeyed) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case !obeyed(r):
			b.WriteRune(r) // what is no UTF-8 has become U+FFFD
		case r > 0xffff:
			high, low := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// Writer writes text with all escaped that a terminal obeys; text of JSON stays that, with the same values. A character may come
// in several writes. It is not safe for concurrent use.
type Writer struct {
	to   io.Writer
	rest []byte // the begin of a character whose end has not come
}

// NewWriter writes to another.
func NewWriter(to io.Writer) *Writer { return &Writer{to: to} }

// Write implements [io.Writer]. A carriage return is escaped as all else.
func (w *Writer) Write(p []byte) (int, error) {
	text := slices.Concat(w.rest, p)
	whole := len(text)
	for back := 1; back <= min(utf8.UTFMax-1, len(text)); back++ {
		if b := text[len(text)-back]; utf8.RuneStart(b) {
			if !utf8.FullRune(text[len(text)-back:]) {
				whole -= back
			}
			break
		}
	}
	if _, err := io.WriteString(w.to, escaped(string(text[:whole]))); err != nil {
		return 0, err
	}
	w.rest = append([]byte(nil), text[whole:]...)
	return len(p), nil
}

// Close writes what is left of a character that has no end.
func (w *Writer) Close() error {
	_, err := io.WriteString(w.to, escaped(string(w.rest)))
	w.rest = nil
	return err
}
