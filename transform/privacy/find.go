package privacy

// How people are found in a text.
//
// A key is found in whatever spelling it is written and coded, as long as what is in front of it and behind it can be no
// part of it. A GUID or a pseudonym is one wherever its digits stand: it is nothing else by accident. An address ends where no
// character of addresses follows, and begins where none precedes. Names and numbers are told from others' by less, and what is
// left is better than what is lost: where a value is one thing of one person, all of it has to be the key; where it
// is a text, a name is whole words of which no other of the name follows, and a number has its country, or nine digits,
// and no further digits beside it; where it is neither, there are none.
//
// A text is looked at as it is, and then, as long as there are characters that are coded (%40, &#64;, @), once more
// with these decoded, each layer over the last one; every byte of a layer knows where in the text it comes from. What is in
// base64 or in hexadecimal digits is decoded and looked at like a text of its own, and is replaced as a whole.
//
// What this takes is the text's length times a constant: layers, the beginnings and ends of a key about one place, and how
// deep one coding lies in another are bounded. Hashing is the dear part. Only what is as long as some key of the kind is
// hashed, and what was met lately is not hashed again.

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"html"
	"iter"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"graphlake/internal/json"
)

const (
	mostLayers  = 4   // of codings of single characters, one over the other
	mostNested  = 2   // texts in base64 or hexadecimal digits, one in the other
	mostWords   = 8   // of a name
	mostStarts  = 8   // of an address, and as many ends
	longestPart = 254 // of an address, on either side of its "@" (RFC 5321, 4.5.3.1)
	shortestRun = 16  // in base64 or hexadecimal digits that is decoded
	markDigits  = 8
)

// finder finds people in texts. It belongs to one goroutine.
type finder struct {
	people *People
	mac    hash.Hash
	sum    []byte
	known  map[string]*entry                // of what was met lately; nil of what is nobody's key
	clean  [anyText + 1]map[string]struct{} // texts met lately that hold nobody, by where they stood
	where  where                            // the text stands
	hits   []hit                            // of the text, in their order; none overlaps another

	normal  []byte
	folded  []byte
	words   []word
	spans   []word // of addresses in the layer: what is in one is no name
	layers  [mostNested + 1][mostLayers]view
	decoded [mostNested + 1][]byte
	inner   [mostNested + 1][]hit
	first   view  // of a JSON string
	far     []hit // of a long text
	nested  int
}

// hit is where a person is in a text, and what stands there afterwards.
type hit struct {
	from, to int
	entry    *entry
	coded    bool // as a whole: the key is somewhere within
	by       []byte
}

// view is a layer of a text.
type view struct {
	text []byte
	at   []int // where in the text the bytes come from, and one more; nil: they are the text's own
}

func (v view) source(i int) int {
	if v.at == nil {
		return i
	}
	return v.at[i]
}

func newFinder(p *People) *finder {
	return &finder{people: p, mac: hmac.New(sha256.New, p.salt), known: map[string]*entry{}, clean: [anyText + 1]map[string]struct{}{{}, {}, {}, {}}}
}

func (f *finder) hash(normal []byte) (h keyHash) {
	f.mac.Reset()
	f.mac.Write(normal)
	f.sum = f.mac.Sum(f.sum[:0])
	copy(h[:], f.sum)
	return h
}

// mark are the digits by which a person, or an id that has one in it, is told from others.
func (f *finder) mark(normal []byte) string {
	h := f.hash(append([]byte("mark "), normal...))
	return hex.EncodeToString(h[:markDigits/2])
}

// find is the key that a normal form of one of some forms is.
func (f *finder) find(forms form, normal []byte) *entry {
	if f.people.forms[min(len(normal), len(f.people.forms)-1)]&forms == 0 {
		return nil
	}
	e, ok := f.known[string(normal)]
	if !ok {
		if len(f.known) >= mostKnown {
			clear(f.known)
		}
		e = f.people.entries[f.hash(normal)]
		f.known[string(normal)] = e
	}
	if e == nil || e.form&forms == 0 {
		return nil
	}
	return e
}

// whole is the key that a text is as a whole, in whatever spelling.
func (f *finder) whole(text []byte) *entry {
	whole, _ := f.text(view{text: text}, text, oneNumber)
	return whole
}

// text finds people in a text, whose first layer is given, and which stands somewhere. Whoever all of it is a key of is given; else what
// stands in the places of people are the hits, if it is there.
func (f *finder) text(first view, text []byte, at where) (whole *entry, found bool) {
	f.hits, f.where = f.hits[:0], at
	if e := f.alone(first.text, at.alone()); e != nil {
		return e, true
	}
	f.in(first)
	if len(f.hits) == 0 {
		return nil, false
	}
	f.settle()
	if f.hits[0].isWhole(text) {
		return f.hits[0].entry, true
	}
	f.fill(text)
	return nil, true
}

// alone is the key in some forms that all of a text is.
func (f *finder) alone(text []byte, forms form) *entry {
	if forms &= f.people.all; forms == 0 {
		return nil
	}
	f.normal = appendNormal(f.normal[:0], text)
	if e := f.find(forms&^(nameForm|numberForm|nationalForm|localForm), f.normal); e != nil {
		return e
	}
	if forms&(numberForm|nationalForm|localForm) != 0 && len(f.normal) <= longestNumber {
		if number, ok := bytes.CutPrefix(f.normal, []byte("+")); ok {
			return f.find(numberForm, number)
		}
		if digits := digitsOf(f.normal); len(digits) >= shortestNumber {
			if len(digits) < shortestNational && forms&localForm == 0 || isDate(f.normal) {
				return nil
			}
			return f.dialed(digits, forms)
		}
	}
	if forms&(nameForm|wholeForm) == 0 || len(f.normal) > longestName {
		return nil
	}
	normal := slices.Clone(f.normal)
	if f.folded, f.words = appendWords(f.folded[:0], f.words[:0], normal); !isName(normal, f.words) {
		return nil
	}
	return f.find(forms&(nameForm|wholeForm), f.folded)
}

// The longest texts that are looked at as one number or name.
const longestNumber, longestName = 64, 256

// dialed is the key in some forms of a number that digits dial.
func (f *finder) dialed(digits []byte, forms form) *entry {
	for _, before := range [...]string{"", "00", "011"} {
		if rest, ok := bytes.CutPrefix(digits, []byte(before)); ok && len(rest) >= shortestInText {
			if e := f.find(forms&numberForm, rest); e != nil {
				return e
			}
		}
	}
	return f.find(forms&(nationalForm|localForm), digits)
}

// appendNormal appends the normal form of a text, mostly without more ado.
func appendNormal(dst, text []byte) []byte {
	if isNumber(text) {
		return append(dst, normalize(text)...)
	}
	for _, c := range text {
		if classes[c]&(localClass|baseClass) == 0 {
			return append(dst, normalize(text)...)
		}
	}
	if isEncodedID(text) {
		return append(dst, text...)
	}
	for _, c := range text {
		dst = append(dst, lower(c))
	}
	return dst
}

// isWhole reports whether a hit is all of a text but for what says of which kind it is, as "tel:" in front.
func (h hit) isWhole(text []byte) bool {
	rest := bytes.TrimSpace(text[h.to:])
	if h.coded || len(rest) > 0 && bytes.IndexByte([]byte(";>})"), rest[0]) < 0 {
		return false
	}
	front := bytes.Trim(text[:h.from], " <{(+")
	for _, c := range front {
		if c != ':' && classes[c]&wordClass == 0 {
			return false
		}
	}
	return len(front) == 0 || front[len(front)-1] == ':' && len(front) <= longestScheme
}

// longestScheme is as long as "8:orgid:".
const longestScheme = 8

// in finds people in a text and in its further layers, as hits in no order.
func (f *finder) in(text view) {
	f.layer(text)
	for n := range mostLayers {
		peeled := peel(text, f.layers[f.nested][n])
		f.layers[f.nested][n] = peeled
		if len(peeled.text) == 0 {
			return
		}
		f.layer(peeled)
		text = peeled
	}
}

// settle puts hits in order and makes one of those that overlap.
func (f *finder) settle() {
	slices.SortFunc(f.hits, func(a, b hit) int { return cmp.Or(a.from-b.from, b.to-a.to) })
	n := 0
	for _, h := range f.hits[1:] {
		if last := &f.hits[n]; h.from < last.to {
			last.to, last.coded = max(last.to, h.to), last.coded || h.coded
			continue
		}
		n++
		f.hits[n] = h
	}
	f.hits = f.hits[:n+1]
}

// meet finds people in a text as text does, and remembers short ones that hold nobody: a record says the same again and again.
func (f *finder) meet(first view, text []byte, at where) (whole *entry, found bool) {
	clean := f.clean[at]
	if _, ok := clean[string(text)]; ok {
		return nil, false
	}
	whole, found = f.text(first, text, at)
	if !found && len(text) <= longestClean {
		if len(clean) >= mostKnown {
			clear(clean)
		}
		clean[string(text)] = struct{}{}
	}
	return whole, found
}

// longestClean is the length of texts that are worth remembering.
const longestClean = 64

// fill says what stands in the place of each hit: in an id, which has no blanks, the word and the person's mark, or that of
// what was coded, so that different ids stay different; in other texts the word.
func (f *finder) fill(text []byte) {
	prose := bytes.ContainsAny(text, " \n\t\u00a0")
	for i := range f.hits {
		h := &f.hits[i]
		h.by = append(h.by[:0:0], h.entry.person.word...)
		switch {
		case h.coded:
			h.by = append(append(h.by, '-'), f.mark(text[h.from:h.to])...)
		case !prose && h.entry.form != nameForm:
			h.by = append(append(h.by, '-'), h.entry.person.mark...)
		}
	}
}

func (f *finder) hit(v view, from, to int, e *entry) {
	f.hits = append(f.hits, hit{from: v.source(from), to: v.source(to), entry: e})
}

// layer finds what stands in a layer in clear, or in base64 or hexadecimal digits.
func (f *finder) layer(v view) {
	var has class
	at := false
	for _, c := range v.text {
		has |= classes[c]
		at = at || c == '@'
	}
	if all := f.people.all & f.where.scanned(); all != 0 {
		f.spans = f.spans[:0]
		if at && all&(addressForm|nameForm) != 0 {
			f.addresses(v)
		}
		if has&hexClass != 0 && all&hexForm != 0 {
			f.guids(v)
		}
		if all&(numberForm|nationalForm) != 0 && (has&digitClass != 0 || has&wideClass != 0) {
			f.numbers(v)
		}
		if all&nameForm != 0 && has&divideClass != 0 {
			f.names(v)
		}
		if len(v.text) >= shortestRun || all&(tokenForm|pathForm) != 0 {
			f.runs(v)
		}
	}
}

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
