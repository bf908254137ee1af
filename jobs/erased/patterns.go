package erased

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf16"

	"graphlake/transform/privacy"
)

// patterns are the bytes by which keys are written, in all codings. Those that fold are in lower case and found in any.
//
// The left end of an address has to be one, or jan.lee@contoso.com would be an.lee@contoso.com; the right end
// has not, because the bytes of the next value may follow. Names and what is only a key as a whole value are no patterns.
type patterns struct {
	exact, folded map[[4]byte][]pattern
	begins        [1 << 16]bool // the first two bytes of one of them, folded
}

type pattern struct {
	text  []byte
	bound bool // nothing that can be part of a longer key may precede
	digit bool // nor a digit follow
}

func newPatterns(keys []privacy.PersonKey) *patterns {
	p := &patterns{exact: map[[4]byte][]pattern{}, folded: map[[4]byte][]pattern{}}
	for _, k := range keys {
		switch k.Kind {
		case privacy.IDKey:
			p.id(strings.ToLower(strings.TrimSpace(k.Value)))
		case privacy.AddressKey:
			p.address(privacy.Normalize(k.Value))
		case privacy.NumberKey:
			p.number(privacy.Normalize(k.Value))
		case privacy.NameKey, privacy.OtherKey:
		}
	}
	return p
}

// shortestPattern is how long a pattern is at least: shorter ones are found by accident.
const shortestPattern = 7

func (p *patterns) add(to map[[4]byte][]pattern, one pattern) {
	if len(one.text) < shortestPattern {
		return
	}
	key := [4]byte(one.text)
	to[key] = append(to[key], one)
	p.begins[uint16(lower(one.text[0]))<<8|uint16(lower(one.text[1]))] = true
}

func (p *patterns) id(id string) {
	p.everyCoding(id, false)
	digits := strings.ReplaceAll(id, "-", "")
	binary, err := hex.DecodeString(digits)
	if err != nil || len(binary) != 16 {
		return
	}
	p.everyCoding(digits, false)
	p.everyCoding(strings.ToUpper(id), false)
	turned := append([]byte{binary[3], binary[2], binary[1], binary[0], binary[5], binary[4], binary[7], binary[6]}, binary[8:]...)
	for _, b := range [][]byte{binary, turned} {
		p.add(p.exact, pattern{text: b})
		p.base64(b)
	}
}

func (p *patterns) address(address string) {
	p.everyCoding(address, true)
	p.add(p.folded, pattern{text: []byte(strings.ReplaceAll(address, "@", "_")), bound: true}) // of a guest
	p.add(p.folded, pattern{text: []byte(strings.NewReplacer("@", "_", ".", "_", "-", "_", "+", "_").Replace(address)), bound: true})
}

func (p *patterns) number(number string) {
	digits := strings.TrimPrefix(number, "+")
	if strings.Trim(digits, "0123456789") != "" {
		p.everyCoding(number, true)
		return
	}
	p.add(p.folded, pattern{text: []byte(digits), digit: true})
	p.add(p.folded, pattern{text: utf16of(digits, false), digit: true})
	p.base64([]byte(digits))
}

// everyCoding adds a text as it is written in various places.
func (p *patterns) everyCoding(text string, bound bool) {
	written := []string{text, url.QueryEscape(text), url.PathEscape(text)}
	var html, decimal, escaped strings.Builder
	for _, r := range text {
		if r < 0x80 && (r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '.' || r == '-' || r == '_') {
			html.WriteRune(r)
			decimal.WriteRune(r)
			escaped.WriteRune(r)
			continue
		}
		fmt.Fprintf(&html, "&#x%x;", r)
		fmt.Fprintf(&decimal, "&#%d;", r)
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&escaped, `\u%04x`, unit)
		}
	}
	for _, w := range append(written, html.String(), decimal.String(), escaped.String()) {
		p.add(p.folded, pattern{text: []byte(strings.ToLower(w)), bound: bound})
	}
	p.add(p.folded, pattern{text: utf16of(strings.ToLower(text), false)})
	p.add(p.folded, pattern{text: utf16of(strings.ToLower(text), true)})
	for _, w := range []string{text, strings.ToLower(text), strings.ToUpper(text)} {
		p.base64([]byte(w))
		p.base64(utf16of(w, false))
	}
}

func utf16of(text string, bigEndian bool) (all []byte) {
	for _, unit := range utf16.Encode([]rune(text)) {
		if bigEndian {
			all = append(all, byte(unit>>8), byte(unit))
		} else {
			all = append(all, byte(unit), byte(unit>>8))
		}
	}
	return all
}

// base64 adds what is sure of the coding of bytes, which begin at any of three places of a group.
func (p *patterns) base64(text []byte) {
	for before := range 3 {
		for _, coding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			coded := coding.EncodeToString(append(make([]byte, before), text...))
			from := []int{0, 2, 3}[before]
			to := (before + len(text)) * 8 / 6
			p.add(p.exact, pattern{text: []byte(coded[from:to])})
		}
	}
}

// in reports whether one of the patterns is in some bytes.
func (p *patterns) in(text []byte) bool {
	for i := 0; i+shortestPattern <= len(text); i++ {
		if !p.begins[uint16(lower(text[i]))<<8|uint16(lower(text[i+1]))] {
			continue
		}
		for _, one := range p.exact[[4]byte(text[i:i+4])] {
			if bytes.HasPrefix(text[i:], one.text) {
				return true
			}
		}
		folded := [4]byte{lower(text[i]), lower(text[i+1]), lower(text[i+2]), lower(text[i+3])}
		for _, one := range p.folded[folded] {
			if one.at(text, i) {
				return true
			}
		}
	}
	return false
}

// at reports whether a folded pattern is at a place.
func (o pattern) at(text []byte, at int) bool {
	end := at + len(o.text)
	if end > len(text) {
		return false
	}
	for i, c := range o.text {
		if lower(text[at+i]) != c {
			return false
		}
	}
	if o.digit && (end < len(text) && isDigit(text[end]) || at > 0 && isDigit(text[at-1])) {
		return false
	}
	return !o.bound || at == 0 || begins(text, at)
}

// begins reports whether a key may begin at a place: what precedes is no part of one, but may be the end of a coded
// character.
func begins(text []byte, at int) bool {
	for _, apostrophe := range []string{"'", `\u0027`, "%27", "&#39;", "&apos;"} { // as in o'neil@contoso.com
		if front, ok := bytes.CutSuffix(text[:at], []byte(apostrophe)); ok && len(front) > 0 && isWord(front[len(front)-1]) {
			return false
		}
	}
	c := text[at-1]
	if !isWord(c) && strings.IndexByte("._+-", c) < 0 {
		return true
	}
	coded := at >= 3 && text[at-3] == '%' || at >= 2 && text[at-2] == '\\' || at >= 6 && text[at-6] == '\\' && text[at-5] == 'u'
	return coded && isWord(c)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool { return isDigit(c) || lower(c) >= 'a' && lower(c) <= 'z' || c >= 0x80 }

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
