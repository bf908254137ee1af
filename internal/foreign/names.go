package foreign

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Whom a text may speak of.
var (
	addresses = regexp.MustCompile(`(?i)[^\s'"<>()]+(?:@|%40)[^\s'"<>()]+`)
	// guests are names that sign in guests, without the tenant's domain; accounts are those of Windows; the rest is whom one calls or writes to.
	guests   = regexp.MustCompile(`(?i)[^\s'"<>()]+(?:#|%23|&#35;)ext(?:#|%23|&#35;)[^\s'"<>()]*`)
	accounts = regexp.MustCompile(`\b[A-Z][A-Z0-9-]{1,14}\\[A-Za-z0-9._-]{3,}`)
	reached  = regexp.MustCompile(`(?i)\b(sips?|im|mailto|smtp|xmpp|skype|callto|live)(:|%3a)[^\s'"<>()]+`)
	// annotations are names of OData's, with a member before them or none.
	annotations = regexp.MustCompile(`^[A-Za-z]*@(?:odata|microsoft\.graph)\.[A-Za-z]+[.,;:]?$`)
	guids       = regexp.MustCompile(`(?i)[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}`)
	threads     = regexp.MustCompile(`\b\d{1,2}:[A-Za-z0-9_-]{8,}`) // of Teams, for chats and people
	directory   = regexp.MustCompile(`(?i)(?:/o=|\b(?:cn|ou|dc)=)[^,;"()]*`)
	machines    = regexp.MustCompile(`(?i)(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|[0-9a-f:]*::[0-9a-f:]+|(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}`)
	// digits are, in this order, what is none of the others: a code of Entra's, an instant or a date, an address of a machine
	// with its port, and a number that somebody might be called by.
	digits = regexp.MustCompile(`AADSTS\d{4,8}\b|\b` + date + `\b|\b` + ipv4 + `(?::\d{1,5})?\b|` + `\+?\d[\d\s().\-/\x{2010}-\x{2015}]{4,}\d`)
	dated  = regexp.MustCompile(`^\d{4}-\d\d-\d\d(?:T\d\d)?$`) // of which colons part the rest
	dates  = regexp.MustCompile(`^` + date + `$`)
	// technical is what may be quoted: names of Graph's.
	technical = regexp.MustCompile(`^(?:\$[a-z]+|(?i:microsoft\.graph\.)[A-Za-z.]+|\[redacted\]|…|)$`)
)

const (
	date = `\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?(?:Z|[+-]\d\d:?\d\d)?)?`
	ipv4 = `\d{1,3}(?:\.\d{1,3}){3}`
)

// What a number has that somebody is called by, and one with its country.
const (
	leastDigits = 7
	leastAbroad = 5
)

// withoutNames is a text without those that it speaks of.
func withoutNames(s string, m manner) string {
	if m != asked {
		s = unquoted(s, m)
	}
	s = addresses.ReplaceAllStringFunc(s, func(found string) string {
		if annotations.MatchString(found) {
			return found
		}
		return "…"
	})
	s = guests.ReplaceAllString(s, "…")
	s = accounts.ReplaceAllString(s, "…")
	s = reached.ReplaceAllString(s, "${1}${2}…")
	s = guids.ReplaceAllString(s, "…")
	if m != asked {
		s = directory.ReplaceAllString(s, "…")
	}
	if m != called {
		s = threads.ReplaceAllString(s, "…")
		s = machines.ReplaceAllString(s, "…")
	}
	s = digits.ReplaceAllStringFunc(s, func(found string) string {
		host, _, _ := strings.Cut(found, ":")
		numerals := strings.Count(strings.Map(asDigit, found), "0")
		_, err := netip.ParseAddr(host)
		switch isMachine := err == nil; {
		case strings.HasPrefix(found, "AADSTS"), dates.MatchString(found), isMachine && m == called:
			return found
		case isMachine, numerals >= leastDigits, found[0] == '+' && numerals >= leastAbroad:
			return "…"
		}
		return found
	})
	return withoutOpaque(s, m)
}

func asDigit(r rune) rune {
	if r >= '0' && r <= '9' {
		return '0'
	}
	return -1
}

// opaque reports whether a word is none that anybody would read: an id of Outlook's, a key, a hash.
func opaque(word string) bool {
	letters, numerals := 0, 0
	for _, r := range word {
		switch {
		case r >= '0' && r <= '9':
			numerals++
		case unicode.IsLetter(r):
			letters++
		}
	}
	n := len(word)
	return n >= 32 && numerals >= 2 && letters > 0 || n >= 20 && numerals >= 3 && letters > 0 || n >= 16 && numerals >= 6 || guids.MatchString(word)
}

// link is a URL, whose path is clean.
var link = regexp.MustCompile(`^[a-z]+://[^\s]*$`)

// hostname is what a machine may be called, and no secret.
var hostname = regexp.MustCompile(`^[a-z0-9-]+(?:\.[a-z0-9-]+)+\.?$`)

// withoutOpaque leaves out words that are opaque, or of which a part is.
func withoutOpaque(s string, m manner) string {
	all := strings.Split(s, " ")
	for i, word := range all {
		if strings.Contains(word, "://") || strings.HasPrefix(word, "/") { // their ids are out already
			continue
		}
		for _, part := range strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune(`"'<>()[]{},;:?&=/\|…`, r) }) {
			if m == called && hostname.MatchString(part) || strings.HasPrefix(part, "AADSTS") || dated.MatchString(part) {
				continue
			}
			if opaque(part) {
				all[i] = strings.ReplaceAll(all[i], part, "…")
			}
		}
	}
	return strings.Join(all, " ")
}

// quotes are pairs of marks around what is quoted. A straight one, and an apostrophe, only opens where a word begins and closes
// where one ends.
var quotes = map[rune]rune{'"': '"', '\'': '\'', '`': '`', '“': '”', '„': '“', '‘': '’', '«': '»', '‹': '›'}

// unquoted leaves out what is quoted. A quotation without an end is one to the end.
func unquoted(s string, m manner) string {
	var b strings.Builder
	before := ' '
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		end, opens := quotes[r]
		if !opens || r == '\'' && isWord(before) {
			b.WriteRune(r)
			before = r
			i += size
			continue
		}
		inside, after := quotation(s[i+size:], end)
		if !technical.MatchString(inside) && (m != called || !link.MatchString(inside)) {
			inside = "…"
		}
		b.WriteRune(r)
		b.WriteString(inside)
		b.WriteRune(end)
		before = end
		i = len(s) - len(after)
	}
	return b.String()
}

// quotation parts what follows an opening mark at its closing mark.
func quotation(s string, end rune) (inside, after string) {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		next, _ := utf8.DecodeRuneInString(s[i+size:])
		if r == end && (end != '\'' || i+size == len(s) || !isWord(next)) {
			return s[:i], s[i+size:]
		}
		i += size
	}
	return s, ""
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
