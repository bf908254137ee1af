package erase

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
)

// needles are the bytes that would be something of the people, in whatever coding.
type needles struct {
	exact, folded map[[shortest]byte][]needle // folded are in lower case and found in any
	begins        []bool                      // the first three bytes of one, folded
}

// shortest is how many bytes a needle has at least.
const shortest = 6

type needle struct {
	text   []byte
	person int
	whole  bool // no letter and no digit precedes or follows
	coded  bool // it stands within a coding, of which nothing else can be left
}

func newNeedles(people []person) *needles {
	n := &needles{map[[shortest]byte][]needle{}, map[[shortest]byte][]needle{}, make([]bool, 1<<24)}
	for i, p := range people {
		for _, key := range p.keys {
			n.key(i, key)
		}
	}
	return n
}

func (n *needles) key(person int, key string) {
	short := len(key) <= 8 && !strings.Contains(key, " ") // as the number of an employee
	for _, text := range writings(key) {
		n.add(n.folded, needle{[]byte(lowered(text)), person, short, false})
		n.add(n.folded, needle{[]byte(hex.EncodeToString([]byte(text))), person, false, true})
		for _, wide := range [][]byte{utf16of(text, binary.LittleEndian), utf16of(text, binary.BigEndian)} {
			n.add(n.folded, needle{[]byte(lowered(string(wide))), person, false, false})
			n.base64(person, wide)
		}
		n.base64(person, []byte(text))
	}
	if digits, ok := strings.CutPrefix(key, "+"); ok {
		n.add(n.folded, needle{[]byte(digits), person, false, false})
		n.base64(person, []byte(digits))
	}
	if strings.Contains(key, "@") { // as SharePoint names somebody's site
		n.add(n.folded, needle{[]byte(strings.NewReplacer("@", "_", ".", "_").Replace(lowered(key))), person, false, false})
	}
	if id, err := hex.DecodeString(strings.ReplaceAll(key, "-", "")); err == nil && len(id) == 16 {
		n.add(n.folded, needle{[]byte(hex.EncodeToString(id)), person, false, false})
		n.base64(person, []byte(hex.EncodeToString(id)))
		windows := slices.Clone(id)
		slices.Reverse(windows[:4])
		slices.Reverse(windows[4:6])
		slices.Reverse(windows[6:8])
		for _, b := range [][]byte{id, windows} {
			n.add(n.exact, needle{b, person, false, true})
			n.base64(person, b)
		}
	}
}

// writings are a text as URLs, HTML and JSON write it, escaped once, twice or as far as can be, in small and capital letters.
func writings(key string) (all []string) {
	for _, text := range []string{key, strings.ToLower(key), strings.ToUpper(key)} {
		var hexadecimal, decimal, unicode strings.Builder
		for _, r := range text {
			if r < 0x80 && (r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z' || strings.ContainsRune(".-_", r)) {
				hexadecimal.WriteRune(r)
				decimal.WriteRune(r)
				unicode.WriteRune(r)
				continue
			}
			fmt.Fprintf(&hexadecimal, "&#x%x;", r)
			fmt.Fprintf(&decimal, "&#%d;", r)
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&unicode, `\u%04x`, unit)
			}
		}
		all = append(all, text, url.QueryEscape(text), url.PathEscape(text), url.QueryEscape(url.QueryEscape(text)),
			strings.NewReplacer("'", "&#39;", `"`, "&#34;").Replace(text), hexadecimal.String(), decimal.String(), unicode.String())
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func utf16of(text string, order binary.AppendByteOrder) (wide []byte) {
	for _, unit := range utf16.Encode([]rune(text)) {
		wide = order.AppendUint16(wide, unit)
	}
	return wide
}

// base64 adds what every coding of the bytes has in it, at each of the three places of a group where they can begin.
func (n *needles) base64(person int, text []byte) {
	for before := range 3 {
		for _, coding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			coded := coding.EncodeToString(append(make([]byte, before), text...))
			from := (before*8 + 5) / 6
			n.add(n.exact, needle{[]byte(coded[from : (before+len(text))*8/6]), person, false, true})
		}
	}
}

func (n *needles) add(to map[[shortest]byte][]needle, one needle) {
	if len(one.text) < shortest {
		return
	}
	at := [shortest]byte(one.text)
	to[at] = append(to[at], one)
	n.begins[beginning(one.text)] = true
}

func beginning(text []byte) int {
	return int(lower(text[0]))<<16 | int(lower(text[1]))<<8 | int(lower(text[2]))
}

// hit is where a needle is.
type hit struct {
	from, to int
	needle
}

// in are all needles in some bytes.
func (n *needles) in(text []byte) (all []hit) {
	small := []byte(lowered(string(text)))
	for i := 0; i+shortest <= len(text); i++ {
		if !n.begins[beginning(small[i:])] {
			continue
		}
		for _, look := range []struct {
			text []byte
			of   map[[shortest]byte][]needle
		}{{text, n.exact}, {small, n.folded}} {
			for _, one := range look.of[[shortest]byte(look.text[i:])] {
				end := i + len(one.text)
				if end > len(text) || string(look.text[i:end]) != string(one.text) {
					continue
				}
				if one.whole && (i > 0 && isWord(text[i-1]) || end < len(text) && isWord(text[end])) {
					continue
				}
				all = append(all, hit{i, end, one})
			}
		}
	}
	return all
}

func isWord(c byte) bool { return c >= '0' && c <= '9' || lower(c) >= 'a' && lower(c) <= 'z' }

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// lowered has letters of ASCII in lower case, and as many bytes as before.
func lowered(text string) string {
	all := []byte(text)
	for i, c := range all {
		all[i] = lower(c)
	}
	return string(all)
}
