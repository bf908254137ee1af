package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Speech is what can be counted of something that was said, as it was written down.
type Speech struct {
	Characters int  // code points
	Words      int  // as in Counts, if they can be told
	Divided    bool // into words: not in languages that write none apart, as Chinese, Japanese and Thai
	Questions  int  // 1 if it ends as a question does, else 0
}

// undivided are the scripts of languages that write no word apart from the next.
var undivided = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// asks are the signs that end a question. The Greek one is no semicolon.
const asks = "?？؟\u037e"

// closing is what may stand behind them.
const closing = " \t\r\n\u00a0\"'”’»)]"

// CountSpeech counts what was said.
func CountSpeech(text string) Speech {
	s := Speech{Characters: utf8.RuneCountInString(text), Divided: !strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, undivided...) })}
	if s.Divided {
		s.Words = words(text)
	}
	if last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, closing)); strings.ContainsRune(asks, last) {
		s.Questions = 1
	}
	return s
}
