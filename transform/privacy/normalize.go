package privacy

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The normal form of a value is what all spellings of it have in common; it is what a pseudonym is made of, and what
// people are found by. Two values are one person's, or one thing's, if their normal forms are equal, and only then. It
// holds that
//   - Normalize(Normalize(v)) == Normalize(v), for any bytes,
//   - nothing is guessed: a number without its country stays the text that it is, and so does one that Graph has masked,
//   - what is told by capitals, as an id in base64, keeps them: Outlook gives ids that differ in nothing else.
//
// docs/privacy.md has the rules in words, for whoever makes pseudonyms elsewhere. They are not to be changed but with the
// rules of privacy in lake.json, for the pseudonyms of all lakes change with them.

// Normalize is the normal form of a value: of an address without its scheme, of a telephone number as E.164 has it, of a
// link without percent-encoding, of all of them without regard to case, spaces and composed characters.
func Normalize(value string) string { return string(normalize([]byte(value))) }

// normalize may return the value itself.
func normalize(value []byte) []byte {
	if isPlain(value) {
		return value
	}
	for {
		next := normalizeOnce(value)
		if bytes.Equal(next, value) {
			return next
		}
		value = next
	}
}

// isPlain reports that a value is its normal form, as most ids are: letters and digits that none of the rules changes.
func isPlain(value []byte) bool {
	for _, c := range value {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// normalizeOnce applies each rule. A scheme may be in front of anything, so what is behind it is looked at anew.
func normalizeOnce(value []byte) []byte {
	value = bytes.TrimFunc(value, isMargin)
	if isEncodedID(value) {
		return value
	}
	if hasScheme(value, "http://") || hasScheme(value, "https://") {
		value = percentDecode(value)
	}
	value = joinSpaces(fold(value))
	if rest, ok := address(value); ok {
		return rest
	}
	if number, ok := e164(value); ok {
		return number
	}
	return value
}

// isMargin reports whether a character around a value is no part of it: spaces, and the invisible ones that come along
// when a number is copied.
func isMargin(r rune) bool { return unicode.IsSpace(r) || isInvisible(r) }

// isInvisible reports a control or a mark of direction, a joiner, or a byte order mark.
func isInvisible(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }

// leastEncoded is the length from which on a word in capitals and small letters is an id in base64. Those of Outlook
// have 120 characters and more, those of memberships no fewer; longer names than this have spaces.
const leastEncoded = 60

// isEncodedID reports an id in base64 or base64url.
func isEncodedID(value []byte) bool {
	if len(value) < leastEncoded {
		return false
	}
	upper, lower := false, false
	for _, c := range bytes.TrimRight(value, "=") {
		switch {
		case c >= 'A' && c <= 'Z':
			upper = true
		case c >= 'a' && c <= 'z':
			lower = true
		case c >= '0' && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_':
		default:
			return false
		}
	}
	return upper && lower
}

// fold puts a text in composed characters (NFC) without regard to case: Unicode's simple case folding.
func fold(value []byte) []byte {
	if isASCII(value) {
		return bytes.ToLower(value)
	}
	value = norm.NFD.Bytes(value) // for capitals that have no small letter of one character
	folded := make([]byte, 0, len(value))
	for len(value) > 0 {
		r, n := utf8.DecodeRune(value)
		if r == utf8.RuneError && n == 1 {
			folded = append(folded, value[0])
		} else {
			folded = utf8.AppendRune(folded, foldRune(r))
		}
		value = value[n:]
	}
	return norm.NFC.Bytes(folded)
}

func isASCII(value []byte) bool {
	for _, c := range value {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func foldRune(r rune) rune {
	if unicode.SimpleFold(r) == r {
		return r
	}
	return unicode.ToLower(unicode.ToUpper(r)) // the final sigma is one with the other
}

// joinSpaces makes one space of each run of white space.
func joinSpaces(value []byte) []byte {
	joined, space := value[:0:0], false
	for len(value) > 0 {
		r, n := utf8.DecodeRune(value)
		if unicode.IsSpace(r) {
			space = true
		} else {
			if space {
				joined = append(joined, ' ')
			}
			joined, space = append(joined, value[:n]...), false
		}
		value = value[n:]
	}
	if space {
		joined = append(joined, ' ')
	}
	return joined
}

func hasScheme(value []byte, scheme string) bool {
	return len(value) > len(scheme) && strings.EqualFold(string(value[:len(scheme)]), scheme)
}

// percentDecode replaces %XX until there is none, also where the decoded text makes one.
func percentDecode(value []byte) []byte {
	if bytes.IndexByte(value, '%') < 0 {
		return value
	}
	decoded := make([]byte, 0, len(value))
	for _, c := range value {
		decoded = append(decoded, c)
		for n := len(decoded); n >= 3 && decoded[n-3] == '%'; n = len(decoded) {
			high, low := hexDigit(decoded[n-2]), hexDigit(decoded[n-1])
			if high > 15 || low > 15 {
				break
			}
			decoded = append(decoded[:n-3], high<<4|low)
		}
	}
	return decoded
}

// hexDigit is above 15 for what is none.
func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// schemes are those of addresses of people, as proxyAddresses, links and identities of Teams have them. What follows
// the mark, if a scheme has one, is not of the address.
var schemes = []struct {
	name string
	mark string
}{
	{"tel:", ""}, {"sip:", ";?"}, {"sips:", ";?"}, {"smtp:", ""}, {"mailto:", "?"}, {"8:orgid:", ""}, {"4:+", ""},
}

// longestAddress bounds the work that a value can make, which may be scheme upon scheme.
const longestAddress = 1024

// address is an address without its scheme, of which something has to be left.
func address(folded []byte) ([]byte, bool) {
	if len(folded) > longestAddress {
		return folded, false
	}
	for _, s := range schemes {
		rest, ok := bytes.CutPrefix(folded, []byte(s.name))
		if !ok {
			continue
		}
		if strings.HasSuffix(s.name, "+") {
			rest = folded[len(s.name)-1:]
		}
		if s.mark != "" {
			before := rest
			if at := bytes.IndexAny(rest, s.mark); at >= 0 {
				before = rest[:at]
			}
			if user, _, ok := bytes.Cut(before, []byte("@")); ok && bytes.Contains(rest[len(before):], []byte("user=phone")) {
				if _, is := e164(user); is {
					before = user // a number, at the gateway that leads to it
				}
			}
			rest = before
		}
		if rest = bytes.TrimFunc(rest, isMargin); len(rest) > 0 {
			return rest, true
		}
	}
	return folded, false
}

// A number of E.164 has fifteen digits at most; the shortest with their country have seven.
const leastDigits, mostDigits = 7, 15

// e164 reads a telephone number with its country, in whichever spelling, and with its extension, by which people who
// share a number are told apart: "+14255550100", "+14255550100;ext=12".
func e164(folded []byte) ([]byte, bool) {
	text := strings.Map(narrow, string(folded))
	text, ok := strings.CutPrefix(text, "+")
	if !ok {
		return nil, false
	}
	text, parameters, _ := strings.Cut(text, ";")
	extension, ok := extensionOf(parameters)
	if !ok {
		return nil, false
	}
	if extension == "" {
		text, extension = cutExtension(text)
	}
	number := make([]byte, 1, 32)
	number[0] = '+'
	for len(text) > 0 {
		if rest, ok := strings.CutPrefix(text, "(0)"); ok && !keepsZero(number[1:]) {
			text = rest // which is dialled within the country only
			continue
		}
		switch c := text[0]; {
		case c >= '0' && c <= '9':
			number = append(number, c)
		case strings.IndexByte(" -.()/", c) < 0:
			return nil, false
		}
		text = text[1:]
	}
	if n := len(number) - 1; n < leastDigits || n > mostDigits {
		return nil, false
	}
	if extension != "" {
		number = append(append(number, ";ext="...), extension...)
	}
	return number, true
}

// narrow turns what separates groups of digits into ASCII, wide digits too; what is invisible goes.
func narrow(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case unicode.IsSpace(r):
		return ' '
	case isInvisible(r):
		return -1
	case r > unicode.MaxASCII && unicode.Is(unicode.Pd, r) || r == '−':
		return '-'
	}
	return r
}

// keepsZero reports whether numbers of a country have a zero in front, so that one in brackets is part of them:
// Italy's, San Marino's, the Vatican's, Ivory Coast's, Gabon's and Congo's.
func keepsZero(digits []byte) bool {
	switch string(digits) {
	case "39", "378", "379", "225", "241", "242":
		return true
	}
	return len(digits) == 0
}

// extensionOf finds the extension among the parameters of a tel URI (RFC 3966); others say nothing about a number with
// its country.
func extensionOf(parameters string) (extension string, ok bool) {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		if name != "ext" {
			continue
		}
		value = strings.NewReplacer("-", "", ".", "", "(", "", ")", "", " ", "").Replace(value)
		if !isDigits(value) {
			return "", false
		}
		extension = value
	}
	return extension, true
}

// cutExtension finds an extension behind a number, as "ext. 12" or "x12".
func cutExtension(text string) (number, extension string) {
	for _, mark := range []string{"extension", "ext.", "ext", "x", "#"} {
		before, after, ok := strings.Cut(text, mark)
		if after = strings.TrimLeft(after, " .:"); ok && isDigits(after) {
			return strings.TrimRight(before, " ,"), after
		}
	}
	return text, ""
}

func isDigits(text string) bool {
	return text != "" && len(text) <= mostDigits && strings.Trim(text, "0123456789") == ""
}
