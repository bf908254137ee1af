package privacy

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"graphlake/schemas"
)

// form is how a normal form is spelled, and so where it can be found. Together they are the forms that there are of a length.
type form uint16

const (
	hexForm      form = 1 << iota // 32 hexadecimal digits: a GUID, however it is written, or a pseudonym
	addressForm                   // a local part, "@", a domain
	numberForm                    // digits with the country and without what is dialed before it; with ";ext=" and more of them
	nationalForm                  // digits as they are dialed within the country, of a number with its country
	localForm                     // digits of a number without its country
	nameForm                      // two words or more, divided by a blank, or once by ", "
	tokenForm                     // any text, between others that are no letters and digits, in ids
	wholeForm                     // any text, alone
	pathForm                      // an address with "_" for all that is no letter and no digit
)

var formNames = map[form]string{
	hexForm: "id", addressForm: "address", numberForm: "number", nationalForm: "national", localForm: "local", nameForm: "name", tokenForm: "token",
	wholeForm: "whole", pathForm: "path",
}

// where is what a value may hold, and so in which forms people are looked for there. GUIDs, pseudonyms, addresses and other ids
// are by their looks nothing else, and are looked for everywhere.
type where uint8

const (
	noText     where = iota // an instant, a number, a word of a list, an id: neither names nor numbers
	oneThing                // of one person one thing: a name or a number only as a whole
	oneSpeaker              // the same, and a name with what Teams says of somebody in parentheses behind it, as "(Guest)"
	oneNumber               // the same, and telephone numbers without their country
	anyText                 // what people write, and what nobody knows: names and numbers that are in it
)

// scanned are the forms that are looked for within a value.
func (w where) scanned() form {
	if w == anyText {
		return hexForm | addressForm | tokenForm | pathForm | numberForm | nationalForm | nameForm
	}
	return hexForm | addressForm | tokenForm | pathForm
}

// alone are the forms that all of a value may be.
func (w where) alone() form {
	switch w {
	case oneNumber:
		return ^form(0)
	case noText:
		return hexForm | addressForm | tokenForm | pathForm
	case oneThing, oneSpeaker, anyText:
	}
	return ^localForm
}

// whereOf is what a column's values may hold; not: the column says nothing of what is in a value.
func whereOf(t schemas.Table, c schemas.Column) (w where, says bool) {
	path := strings.ToLower(string(c.Path))
	switch c.Type {
	case schemas.Present, schemas.Digest, schemas.Hash, schemas.Member:
		return noText, false
	case schemas.String, schemas.LongText, schemas.JSON, schemas.KeyText:
	default:
		return noText, true
	}
	_, described := t.Column("description")
	switch {
	case c.Written != 0, c.Type == schemas.LongText, c.Name == "display_name" && described: // whatever is described is nobody
		return anyText, true
	case c.Personal && (strings.Contains(path, "phone") || strings.Contains(path, "number")):
		return oneNumber, true
	case c.Personal && strings.HasPrefix(path, "speaker"):
		return oneSpeaker, true
	case c.Personal:
		return oneThing, true
	case c.Type == schemas.KeyText, strings.HasSuffix(c.Name, "_id"), strings.HasSuffix(c.Name, "_version"), strings.HasSuffix(c.Name, "etag"):
		return noText, true
	}
	return anyText, true
}

// normal is a key in the one spelling that is hashed.
type normal struct {
	form form
	text []byte
}

// The shortest keys that are looked for; shorter ones are too often something else.
const (
	shortestToken    = 8
	shortestNumber   = 7
	shortestInText   = 8 // of a number with its country that stands in a text
	shortestNational = 9 // of one without, where there may be anything
	shortestName     = 5
	shortestWhole    = 16 // of a text of no particular form
)

// normalForms are the spellings of a key that are hashed; none, if it is too short or too common a text to be anybody's.
func normalForms(k PersonKey) []normal {
	text := normalize([]byte(k.Value))
	switch k.Kind {
	case IDKey:
		if id := idOf(text); id != nil {
			return []normal{{hexForm, id}}
		}
		if len(text) >= shortestToken && bytes.ContainsAny(text, "0123456789") {
			return []normal{{tokenForm, text}}
		}
	case AddressKey:
		if at := bytes.IndexByte(text, '@'); at > 0 {
			return []normal{{addressForm, text}, {pathForm, appendPath(nil, text)}}
		}
		return append(numbersOf(text), wholeOf(text)...)
	case NumberKey:
		return numbersOf(text)
	case NameKey:
		return namesOf(text, nameForm)
	case FullNameKey:
		return namesOf(text, wholeForm)
	case OtherKey:
		return wholeOf(text)
	}
	return nil
}

// wholeOf is a text of no form that is too long to be anything else.
func wholeOf(text []byte) []normal {
	if len(text) < shortestWhole || isNumber(text) {
		return nil
	}
	return []normal{{wholeForm, text}}
}

func isNumber(text []byte) bool { return len(text) > 0 && text[0] == '+' }

// namesOf are the spellings of a name, in which the last name may come first; in a text "Byron, Ada" may be two people, unless one is
// known as that.
func namesOf(text []byte, of form) []normal {
	words, all := appendWords(nil, nil, text)
	divided := bytes.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == ',' })
	switch {
	case len(all) < 2 || len(words) < shortestName || !divided:
		return nil
	case !isName(text, all): // as one with brackets
		return []normal{{wholeForm, text}}
	}
	names := []normal{{of, words}}
	if last, first, ok := bytes.Cut(words, []byte(", ")); ok {
		if !bytes.Contains(first, []byte(",")) {
			names = append(names, normal{of, slices.Concat(first, []byte(" "), last)})
		}
	} else {
		last := bytes.LastIndexByte(words, ' ')
		names = append(names, normal{wholeForm, slices.Concat(words[last+1:], []byte(", "), words[:last])})
	}
	return names
}

// isName reports whether words are all of a text, and follow each other as those of a name do.
func isName(text []byte, words []word) bool {
	if len(words) == 0 || words[0].from > 0 || len(bytes.Trim(text[words[len(words)-1].to:], ".")) > 0 {
		return false
	}
	return !slices.ContainsFunc(words[1:], func(w word) bool { return w.apart })
}

// Spellings are those by which a key is told from others': what somebody else has in the same spelling is theirs too.
func (k PersonKey) Spellings() (all []string) {
	for _, n := range normalForms(k) {
		if n.form != pathForm {
			all = append(all, string(n.text))
		}
	}
	return all
}

// Names are the names in a name: of "Ada King Byron" also "Ada King" and "King Byron".
func Names(name string) (all []string) {
	words, of := appendWords(nil, nil, normalize([]byte(name)))
	of = of[:min(len(of), mostWords)]
	for i := range of {
		for _, last := range of[min(i+1, len(of)):] {
			all = append(all, string(words[of[i].start:last.end]))
		}
	}
	return all
}

// idOf is a GUID in one of its spellings, or a pseudonym, in 32 digits; nil: the text is neither.
func idOf(text []byte) []byte {
	text = bytes.Trim(text, "{}()")
	switch {
	case len(text) == 32 && isHex(text):
		return bytes.ToLower(text)
	case len(text) == 36 && isGUID(text):
		return appendGUID(nil, text)
	}
	return nil
}

// isGUID reports whether a text begins with 36 characters that are a GUID.
func isGUID(t []byte) bool {
	return len(t) >= 36 && t[8] == '-' && t[13] == '-' && t[18] == '-' && t[23] == '-' &&
		isHex(t[:8]) && isHex(t[9:13]) && isHex(t[14:18]) && isHex(t[19:23]) && isHex(t[24:36])
}

// appendGUID appends the digits of a GUID, in lower case.
func appendGUID(dst, t []byte) []byte {
	for _, c := range t[:36] {
		if c != '-' {
			dst = append(dst, lower(c))
		}
	}
	return dst
}

func isHex(t []byte) bool {
	for _, c := range t {
		if classes[c]&hexClass == 0 {
			return false
		}
	}
	return len(t) > 0
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// appendPath appends an address as SharePoint writes it in the path of somebody's own site.
func appendPath(dst, address []byte) []byte {
	for _, c := range address {
		if classes[c]&wordClass == 0 {
			c = '_'
		}
		dst = append(dst, c)
	}
	return dst
}

// numbersOf are the spellings of a telephone number: with its country and, with what is dialed before it, without. One
// with an extension has only the first: without that it is the number of many.
func numbersOf(text []byte) (all []normal) {
	digits, international := bytes.CutPrefix(text, []byte("+"))
	number, extension, _ := bytes.Cut(digits, []byte(";"))
	if !international {
		number, extension = digitsOf(text), nil
	}
	if len(number) < shortestNumber || len(number) > mostDigits || !isDigits(string(number)) {
		return nil
	}
	switch {
	case !international:
		return []normal{{localForm, number}}
	case number[0] == '0': // no country has it
		return nil
	case len(extension) > 0:
		return []normal{{numberForm, digits}}
	}
	all = []normal{{numberForm, digits}}
	if country := countryDigits(digits); len(digits)-country >= shortestNumber {
		national := slices.Clone(digits[country:])
		if digits[0] != '1' {
			national = append([]byte("0"), national...)
		}
		all = append(all, normal{nationalForm, national})
	}
	return all
}

// digitsOf are the digits of a telephone number without its country; nil: the text is none.
func digitsOf(text []byte) []byte {
	var digits []byte
	for _, c := range bytes.Map(narrow, text) {
		switch {
		case classes[c]&digitClass != 0:
			digits = append(digits, c)
		case classes[c]&gapClass == 0:
			return nil
		}
	}
	return digits
}

// countryDigits is how long the code of the country is that a number begins with (ITU-T E.164, list of assigned codes).
func countryDigits(digits []byte) int {
	const twoDigits = " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 "
	switch {
	case digits[0] == '1' || digits[0] == '7':
		return 1
	case bytes.Contains([]byte(twoDigits), append([]byte(" "), digits[:2]...)):
		return 2
	}
	return 3
}

// word is a word of a text: where it is, and where its letters are among the words that were appended.
type word struct {
	from, to, start, end int
	apart                bool // from the word before by what divides no words of a name
}

// appendWords appends the words of a text in lower case, divided by a blank, or by ", ". A word is letters, digits and marks, and
// hyphens between them; how they are divided otherwise does not count, so that "Ada_Byron" and "<b>Ada</b> Byron" are one.
func appendWords(dst []byte, words []word, text []byte) ([]byte, []word) {
	first := len(dst)
	comma, apart, blank := false, false, false // what there is since the last word
	for i := 0; i < len(text); {
		c, n := runeAt(text, i)
		if c == '<' { // a tag has no words; what is none is no longer than a tag
			if end := bytes.IndexByte(text[i:min(len(text), i+longestTag)], '>'); end > 0 {
				i += end + 1
				continue
			}
		}
		if !isLetter(c) {
			switch {
			case c == ',' && !comma && !blank:
				comma = true
			case unicode.IsSpace(c):
				blank = true
			case c == '_' || c == '+' || c == '\'' || c == '’':
			case c == '.' && len(words) > 0 && i-words[len(words)-1].from <= longestShort && i+1 < len(text) && text[i+1] == ' ': // "Ada K. Byron"
			default:
				apart = true
			}
			i += n
			continue
		}
		if len(dst) > first {
			if comma {
				dst = append(dst, ',')
			}
			dst = append(dst, ' ')
		}
		w := word{from: i, start: len(dst), apart: apart}
		comma, apart, blank = false, false, false
		ascii := true
		for isLetter(c) || isHyphen(c) {
			if isHyphen(c) {
				next, _ := runeAt(text, i+n)
				if !isLetter(next) {
					break
				}
				dst = append(dst, '-')
			} else {
				ascii = ascii && c < utf8.RuneSelf
				dst = append(dst, lower(text[i]))
				dst = append(dst, text[i+1:i+n]...)
			}
			if i += n; i >= len(text) {
				break
			}
			c, n = runeAt(text, i)
		}
		if !ascii {
			dst = append(dst[:w.start], fold(dst[w.start:])...)
		}
		w.to, w.end = i, len(dst)
		words = append(words, w)
	}
	return dst, words
}

// longestShort is how long a word is at most that a period belongs to.
const longestShort = 3

// runeAt is the character at a place, and its length; RuneError at the end.
func runeAt(text []byte, i int) (rune, int) {
	switch {
	case i >= len(text):
		return utf8.RuneError, 1
	case text[i] < utf8.RuneSelf:
		return rune(text[i]), 1
	}
	return utf8.DecodeRune(text[i:])
}

func isHyphen(c rune) bool { return c == '-' || c == '\u2010' || c == '\u2011' }

// longestTag is how far a tag is looked for.
const longestTag = 256

func isLetter(c rune) bool {
	if c < utf8.RuneSelf {
		return classes[byte(c)]&wordClass != 0
	}
	return c != utf8.RuneError && (unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c))
}

// quotes can be in an address, and in front of one.
const quotes = "#'!$*^~"

// class is what a byte can be part of.
type class uint16

const (
	hexClass    class = 1 << iota // of hexadecimal digits
	digitClass                    // of numbers
	wordClass                     // letters and digits of ASCII
	baseClass                     // of base64, in both alphabets
	localClass                    // of what is before the "@" of an address
	domainClass                   // of what is behind it
	gapClass                      // between the digits of a number
	codeClass                     // begins a character that is written otherwise
	divideClass                   // some of which is between two words of a name
	wideClass                     // of characters beyond ASCII
)

var classes = func() (all [256]class) {
	set := func(c class, of string) {
		for i := range len(of) {
			all[of[i]] |= c
		}
	}
	const digits, letters = "0123456789", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	set(hexClass, digits+"abcdefABCDEF")
	set(digitClass, digits)
	set(wordClass, digits+letters)
	set(baseClass, digits+letters+"+/-_")
	set(localClass, digits+letters+"._+-"+quotes)
	set(domainClass, digits+letters+".-")
	set(gapClass, " ()./-\u00a0")
	set(codeClass, `%&\`)
	set(divideClass, " +_.,<\t\n\r")
	for c := utf8.RuneSelf; c < len(all); c++ {
		all[c] |= divideClass | wideClass
	}
	return all
}()
