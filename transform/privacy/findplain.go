package privacy

// How keys are found that stand in a text in clear: GUIDs, addresses, numbers and names, each by what divides it.

import (
	"bytes"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	mostWords   = 8   // of a name
	mostStarts  = 8   // of an address, and as many ends
	longestPart = 254 // of an address, on either side of its "@" (RFC 5321, 4.5.3.1)
)

// guids finds GUIDs, by the dashes in them.
func (f *finder) guids(v view) {
	t := v.text
	for i := 8; i+28 <= len(t); i++ {
		next := bytes.IndexByte(t[i:len(t)-27], '-')
		if next < 0 {
			return
		}
		i += next
		if !isGUID(t[i-8:]) {
			continue
		}
		f.normal = appendGUID(f.normal[:0], t[i-8:])
		if e := f.find(hexForm, f.normal); e != nil {
			f.hit(v, i-8, i+28, e)
		}
		i += 27
	}
}

// addresses finds addresses, by their "@".
func (f *finder) addresses(v view) {
	t := v.text
	for i := 0; i < len(t); i++ {
		next := bytes.IndexByte(t[i:], '@')
		if next < 0 {
			return
		}
		i += next
		from, to := i, i+1
		for from > 0 && i-from < longestPart {
			n := 1
			if c := t[from-1]; c >= utf8.RuneSelf {
				var r rune
				if r, n = utf8.DecodeLastRune(t[:from]); !isLetter(r) {
					break
				}
			} else if classes[c]&localClass == 0 {
				break
			}
			from -= n
		}
		for to < len(t) && to-i < longestPart {
			n := 1
			if c := t[to]; c >= utf8.RuneSelf {
				var r rune
				if r, n = utf8.DecodeRune(t[to:]); !isLetter(r) {
					break
				}
			} else if classes[c]&domainClass == 0 {
				break
			}
			to += n
		}
		f.address(v, from, i, to)
		f.spans = append(f.spans, word{from: from, to: to})
	}
}

// address finds the address about an "@": from where one can begin to where one can end. Quotation marks may be in
// front of it; the mark that ends a sentence may be behind it, also where no blank follows.
func (f *finder) address(v view, from, at, to int) {
	t := v.text
	if f.compound(v, from, at, to) || isContinued(t, from) {
		return
	}
	var starts, ends [mostStarts]int
	n, m := 0, 0
	for s := from; s < at && n < mostStarts; s++ {
		if s == from || len(bytes.Trim(t[from:s], "._+-"+quotes)) == 0 {
			starts[n] = s
			n++
		}
	}
	for e := to; e > at+1 && m < mostStarts; e-- {
		if e == to || t[e] == '.' && (e+1 == to || 'A' <= t[e+1] && t[e+1] <= 'Z') || len(bytes.Trim(t[e:to], ".-")) == 0 {
			ends[m] = e
			m++
		}
	}
	for _, s := range starts[:n] {
		for _, e := range ends[:m] {
			if found := f.isAddress(t[s:e]); found != nil {
				f.hit(v, s, e, found)
				return
			}
		}
	}
}

// isAddress is the key that an address is.
func (f *finder) isAddress(text []byte) *entry {
	f.normal = append(f.normal[:0], text...)
	for i, c := range f.normal {
		if c >= utf8.RuneSelf {
			f.normal = append(f.normal[:0], fold(text)...)
			break
		}
		f.normal[i] = lower(c)
	}
	return f.find(addressForm, f.normal)
}

// isContinued reports whether what is in front of a place belongs to what begins there, although it is no part of addresses that
// people have: "o’neil", "a%b".
func isContinued(t []byte, from int) bool {
	if from > 0 && t[from-1] == '%' {
		return true
	}
	front, ok := bytes.CutSuffix(t[:from], []byte("’"))
	if !ok {
		return false
	}
	last, _ := utf8.DecodeLastRune(front)
	return isLetter(last)
}

// guestMark stands in the sign-in name of a guest behind their address at home, in which it has "_" for "@".
const guestMark = "#ext#"

// compound finds the sign-in name that the directory makes of another: of somebody deleted, with the id in front, and of a guest.
func (f *finder) compound(v view, from, at, to int) bool {
	t := v.text
	if local := t[from:at]; len(local) > 32 && isHex(local[:32]) {
		f.normal = bytes.ToLower(local[:32])
		if e := f.find(hexForm, f.normal); e != nil {
			f.hit(v, from, to, e)
			return true
		}
	}
	home := at - len(guestMark)
	if home <= from || !strings.EqualFold(string(t[home:at]), guestMark) {
		return false
	}
	mark := bytes.LastIndexByte(t[from:home], '_')
	if mark < 0 {
		return false
	}
	made := slices.Clone(t[from:home])
	made[mark] = '@'
	if e := f.isAddress(made); e != nil {
		f.hit(v, from, to, e)
		return true
	}
	return false
}

// numbers finds telephone numbers: all digits in a row, with nothing between them but what divides groups of them.
func (f *finder) numbers(v view) {
	t := v.text
	for i := 0; i < len(t); {
		c, n := narrowAt(t, i)
		if c < '0' || c > '9' {
			i += n
			continue
		}
		from, to, gap := i, i, 0
		for i < len(t) && gap <= longestGap {
			c, n = narrowAt(t, i)
			switch {
			case '0' <= c && c <= '9':
				to, gap = i+n, 0
			case c < 0 || c < utf8.RuneSelf && classes[c]&gapClass != 0:
				gap++
			default:
				gap = longestGap + 1
				continue
			}
			i += n
		}
		f.number(v, from, to)
	}
}

// narrowAt is the character at a place as one of ASCII, if it is a wide digit or divides digits, and its length; below zero: nobody sees it.
func narrowAt(t []byte, i int) (rune, int) {
	c, n := runeAt(t, i)
	if c >= utf8.RuneSelf && c != utf8.RuneError {
		c = narrow(c)
	}
	return c, n
}

// longestGap is how many characters may divide groups of digits.
const longestGap = 3

// number finds the number that digits in a row are.
func (f *finder) number(v view, from, to int) {
	t := v.text
	behind, _ := runeAt(t, to)
	if to-from < shortestInText || to-from > longestNumber || isLetter(behind) || behind == '_' || hasExtension(t[to:]) {
		return
	}
	front, n := utf8.DecodeLastRune(t[:from])
	international := narrow(front) == '+'
	if international {
		from -= n
		front, _ = utf8.DecodeLastRune(t[:from])
	}
	if isLetter(front) || !international && (isHyphen(front) || front < utf8.RuneSelf && strings.IndexByte("_.%:", byte(front)) >= 0) {
		return
	}
	if international {
		if n := bytes.IndexByte(t[from:to], ' '); n > shortestInText && isDigits(string(t[from+1:from+n])) { // what is written without blanks ends at one
			to = from + n
		}
		if number, ok := e164(t[from:to]); ok && len(number) > shortestInText {
			if e := f.find(numberForm, number[1:]); e != nil {
				f.hit(v, from, to, e)
			}
		}
		return
	}
	digits := digitsOf(t[from:to])
	if len(digits) < shortestNational || isDate(t[from:to]) || behind == ':' {
		return
	}
	forms := nationalForm
	if digits[0] == '0' {
		forms |= numberForm
	}
	if e := f.dialed(digits, forms); e != nil {
		f.hit(v, from, to, e)
	}
}

// isDate reports whether digits begin as a date does: 2026-11-27.
func isDate(t []byte) bool {
	return len(t) >= 10 && isDigits(string(t[:4])) && isDigits(string(t[5:7])) && isDigits(string(t[8:10])) && t[4] == t[7] && classes[t[4]]&gapClass != 0
}

// hasExtension reports whether behind a number another follows, by which it is one of many.
func hasExtension(t []byte) bool {
	t = bytes.ToLower(bytes.TrimLeft(t[:min(len(t), 16)], " ,;/("))
	for _, mark := range [...]string{"ext", "x", "#", "durchwahl"} {
		rest, ok := bytes.CutPrefix(t, []byte(mark))
		rest = bytes.TrimLeft(rest, "ension. :=")
		if ok && len(rest) > 0 && classes[rest[0]]&digitClass != 0 {
			return true
		}
	}
	return false
}

// names finds names: some words that follow each other, and that no other of the name follows.
func (f *finder) names(v view) {
	f.folded, f.words = appendWords(f.folded[:0], f.words[:0], v.text)
	for i, first := range f.words {
		for _, last := range f.words[i+1 : min(len(f.words), i+mostWords)] {
			if last.apart {
				break
			}
			name := f.folded[first.start:last.end]
			e := f.find(nameForm, name)
			if e == nil || i > 0 && !first.apart && bytes.IndexByte(name, ',') >= 0 { // a list of people
				continue
			}
			if !f.inAddress(first.from, first.to) && !f.inAddress(last.from, last.to) && !goesOn(v.text[last.to:]) && !cameBefore(v.text[:first.from]) {
				f.hit(v, first.from, last.to, e)
			}
		}
	}
}

// goesOn reports whether behind a name another word of it follows: one with a capital behind a blank, or what is coded and
// may be one, of which the next layer knows more.
func goesOn(t []byte) bool {
	blank := false
	for i := 0; i < len(t); {
		c, n := runeAt(t, i)
		switch {
		case c == '_' && !blank: // of one name, as of a file
			next, _ := runeAt(t, i+n)
			return isLetter(next)
		case c == ' ' || c == '\u00a0' || c == '+' || c == '\u202f' || c == '\u2009':
			blank = true
			i += n
			continue
		case (c == '\'' || c == '’') && !blank: // "Ada Byron's" has no other word of the name
			next, m := runeAt(t, i+n)
			after, _ := runeAt(t, i+n+m)
			return isLetter(next) && (next != 's' && next != 'S' || isLetter(after))
		case classes[t[i]]&codeClass != 0:
			_, n := coded(t[i:], nil)
			return n > 0
		}
		return blank && (unicode.IsUpper(c) || unicode.IsTitle(c))
	}
	return false
}

// cameBefore reports whether in front of a name stands what makes another of it, as "D'" does.
func cameBefore(t []byte) bool {
	last, n := utf8.DecodeLastRune(t)
	if isHyphen(last) || last == '%' {
		return true
	}
	if last != '\'' && last != '’' && last != '_' {
		return false
	}
	before, _ := utf8.DecodeLastRune(t[:len(t)-n])
	return isLetter(before)
}

// inAddress reports whether a part of the layer lies in an address.
func (f *finder) inAddress(from, to int) bool {
	i := sort.Search(len(f.spans), func(i int) bool { return f.spans[i].to >= to })
	return i < len(f.spans) && f.spans[i].from <= from
}
