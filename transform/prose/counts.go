package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Counts is what a text consists of.
type Counts struct {
	Characters  int // code points of the plain text
	Words       int // runs of letters and digits; each sign of Chinese and Japanese is one
	Links       int // to somewhere, with a tag or as an address in the text
	Mentions    int // of people, teams and so on
	Emoji       int // with a tag or as characters
	Images      int // in the text
	Attachments int // at their places in the text
}

// Count counts what can be told of plain text: no mentions, images or attachments.
func Count(text string) Counts {
	return Counts{Characters: utf8.RuneCountInString(text), Words: words(text), Links: addresses(text), Emoji: emoji(text)}
}

// words counts runs of letters, digits and marks. An apostrophe or a dot between two of them ends no
// word.
func words(text string) int {
	n := 0
	inside, joined := false, false
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana):
			n++
			inside = false
		case unicode.In(r, unicode.Letter, unicode.Number) || inside && unicode.Is(unicode.Mark, r):
			if !inside && !joined {
				n++
			}
			inside = true
		case inside && strings.ContainsRune("'’._", r):
			inside, joined = false, true
			continue
		default:
			inside = false
		}
		joined = false
	}
	return n
}

// addresses counts the web addresses that are written out.
func addresses(text string) int {
	n := 0
	for rest := text; ; {
		i := strings.Index(rest, "://")
		if i < 0 {
			return n
		}
		scheme := rest[max(0, i-len("https")):i]
		lower := strings.ToLower(scheme)
		rest = rest[i+len("://"):]
		if strings.HasSuffix(lower, "http") || lower == "https" {
			if r, _ := utf8.DecodeRuneInString(rest); rest != "" && !unicode.IsSpace(r) {
				n++
			}
		}
	}
}
