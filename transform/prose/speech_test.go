package prose_test

import (
	"testing"
	"unicode/utf8"

	"graphlake/transform/prose"
)

func TestCountSpeech(t *testing.T) {
	for text, want := range map[string]prose.Speech{
		"":                       {Divided: true},
		"It's the ladder.":       {Words: 3, Divided: true},
		"Is it, at 10:15? ":      {Words: 5, Divided: true, Questions: 1},
		"She asked: “Is it?”":    {Words: 4, Divided: true, Questions: 1},
		"Is it? No.":             {Words: 3, Divided: true},
		"?":                      {Divided: true, Questions: 1},
		"γέφυρα ποτάμι\u037e":    {Words: 2, Divided: true, Questions: 1},
		"one; two;":              {Words: 2, Divided: true},
		"هل هذا سلم؟":            {Words: 3, Divided: true, Questions: 1},
		"बाज़ार किताब":           {Words: 2, Divided: true},
		"다리 창문?":                 {Words: 2, Divided: true, Questions: 1},
		"明日の計画ですか？":              {Questions: 1},
		"ノート":                    {},
		"สะพาน OK":               {},
		"a word with one Han: 橋": {},
		"\ufffd?":                {Divided: true, Questions: 1},
	} {
		want.Characters = utf8.RuneCountInString(text)
		if got := prose.CountSpeech(text); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}
