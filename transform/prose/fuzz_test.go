package prose_test

import (
	"html"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"graphlake/transform/prose"
)

// FuzzFromHTML: text that was written as HTML comes back word by word, and no HTML breaks the reader.
func FuzzFromHTML(f *testing.F) {
	f.Add("plain words, 1 < 2 & more")
	f.Add("<p>a <b>b <at id=\"0\">c</at></p><style>x")
	f.Add("a\u00a0b\r\nc\td </title> 👍🏽 \x00")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		if plain, c, _ := prose.FromHTML(t.Context(), text); !utf8.ValidString(plain) || c.Characters != utf8.RuneCountInString(plain) {
			t.Errorf("%q became %q, with %+v", text, plain, c)
		}
		got, counts, _ := prose.FromHTML(t.Context(), "<div><p>"+html.EscapeString(text)+"</p></div>")
		if !slices.Equal(strings.Fields(got), strings.Fields(text)) {
			t.Errorf("%q became %q", text, got)
		}
		if want := prose.Count(text).Words; counts.Words != want {
			t.Errorf("%q has %d words, as text %d", text, counts.Words, want)
		}
	})
}
