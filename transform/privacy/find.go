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
	"encoding/hex"
	"hash"
	"slices"
)

const (
	mostLayers = 4 // of codings of single characters, one over the other
	mostNested = 2 // texts in base64 or hexadecimal digits, one in the other
	markDigits = 8
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
	return &finder{people: p, mac: hmac.New(sha256.New, p.salt), known: map[string]*entry{}, clean: [anyText + 1]map[string]struct{}{{}, {}, {}, {}, {}}}
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
	if e := f.name(normal, forms&(nameForm|wholeForm)); e != nil || f.where != oneSpeaker {
		return e
	}
	for forms &= nameForm; bytes.HasSuffix(normal, []byte(")")); { // of which somebody else may have another
		behind := bytes.LastIndexByte(normal, '(')
		if behind < 0 {
			return nil
		}
		normal = bytes.TrimSpace(normal[:behind])
		if e := f.name(normal, forms); e != nil {
			return e
		}
	}
	return nil
}

// name is the key in some forms that all of a text is, if it is a name.
func (f *finder) name(normal []byte, forms form) *entry {
	if f.folded, f.words = appendWords(f.folded[:0], f.words[:0], normal); !isName(normal, f.words) {
		return nil
	}
	return f.find(forms, f.folded)
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
