package prose_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"graphlake/transform/prose"
)

// starts are the starts of elements.
var starts = regexp.MustCompile(`<([A-Za-z]+)`)

func TestFromHTML(t *testing.T) {
	for _, c := range []struct {
		name, html, text string
		words            int
		rest             prose.Counts // but for characters and words
	}{
		{"nothing", "", "", 0, prose.Counts{}},
		{"plain", "Hello, world", "Hello, world", 2, prose.Counts{}},
		{"paragraphs", "<p>one</p>\n<p>two<br>three<br/></p><div>four</div>", "one\ntwo\nthree\nfour", 4, prose.Counts{}},
		{"an empty line", "<div>one</div><p>&nbsp;</p><div>two</div>", "one\n \ntwo", 2, prose.Counts{}},
		{"white space", "  a \n\t <b> b</b>  c&nbsp;&nbsp;d ", "a b c  d", 4, prose.Counts{}},
		{"entities", "1 &lt; 2 &amp;&amp; &#x41;&eacute;", "1 < 2 && Aé", 3, prose.Counts{}},
		{"a mention", `<p><at id="0">Ada Byron</at>, <at id="1">Bob</at>?</p>`, "Ada Byron, Bob?", 3, prose.Counts{Mentions: 2}},
		{"an attachment", `see<attachment id="9f"></attachment>`, "see", 1, prose.Counts{Attachments: 1}},
		{"emoji", `<p>ok <emoji id="like" alt="👍" title="Like"></emoji>🎉</p>`, "ok 👍🎉", 1, prose.Counts{Emoji: 2}},
		{"an emoji of old", `<img itemtype="http://schema.skype.com/Emoji" alt="😀">`, "😀", 0, prose.Counts{Emoji: 1}},
		{"an image", `a<img src="https://graph.microsoft.com/x" alt="cat">b`, "ab", 1, prose.Counts{Images: 1}},
		{"links", `<a href="https://contoso.com/a">https://contoso.com/a</a> and https://adatum.com <a name="x">x</a>`,
			"https://contoso.com/a and https://adatum.com x", 7, prose.Counts{Links: 2}},
		{"code", `<codeblock class="Go"><code>if x {<br>  y()<br>}</code></codeblock>then`, "if x {\n  y()\n}\nthen", 4, prose.Counts{}},
		{"a system event", "<systemEventMessage/>", "", 0, prose.Counts{}},
		{"a table", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a\tb\nc\td", 4, prose.Counts{}},
		{"a list", "<ul><li>a</li><li>b</li></ul>c", "a\nb\nc", 3, prose.Counts{}},
		{"what is not shown", "<style>p {color: red}</style><script>x</script><title>t</title>a<!-- b -->", "a", 1, prose.Counts{}},
		{"links that are closed", `<a href="x"/><a href=y/>https://contoso.com</a><a href='z' / >`, "https://contoso.com", 2, prose.Counts{Links: 2}},
		{"a tag without an end", `a<b>b</b> c <img alt="x"`, "ab c", 2, prose.Counts{}},
		{"left open", `<p>a <b>b <at id="0">c`, "a b c", 3, prose.Counts{Mentions: 1}},
		{"no tag", "a < b, c<", "a < b, c<", 3, prose.Counts{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := c.rest
			want.Words, want.Characters = c.words, utf8.RuneCountInString(c.text)
			text, counts, _ := prose.FromHTML(t.Context(), c.html)
			if text != c.text || counts != want {
				t.Errorf("%s\nis   %q %+v\nwant %q %+v", c.html, text, counts, c.text, want)
			}
			long := starts.ReplaceAllString(c.html, `<$1 data-x="`+strings.Repeat("a>", 200)+`"`)
			if text, counts, _ := prose.FromHTML(t.Context(), long); text != c.text || counts != want {
				t.Errorf("%s with long tags\nis   %q %+v\nwant %q %+v", c.html, text, counts, c.text, want)
			}
		})
	}
}

// What is no tag is text, however long, and what is not shown is none.
func TestNoTags(t *testing.T) {
	long := "<p x=" + strings.Repeat("a", 500) + ">"
	for source, want := range map[string]string{
		"<xmp>" + long + "</xmp>b":                long + "b",
		"<textarea>" + long + "</textarea>b":      long + "b",
		"<title>" + long + "</title>b":            "b",
		"<script/>" + long + "</script>b":         "b",
		"<!-- " + long + "-->b":                   "b",
		"< " + long[1:] + "b":                     "< " + long[1:] + "b",
		"<STYLE " + long[3:] + long + "</style>b": "b",
	} {
		if text, _, _ := prose.FromHTML(t.Context(), source); text != want {
			t.Errorf("%s\nis %q, want %q", source, text, want)
		}
	}
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		text string
		want prose.Counts
	}{
		{"it's 3.14 o'clock, isn't it?", prose.Counts{Characters: 28, Words: 5}},
		{"Übergrößenträger naïve", prose.Counts{Characters: 22, Words: 2}},
		{"cafe\u0301 re\u0301sume\u0301", prose.Counts{Characters: 14, Words: 2}},
		{"会議は三時", prose.Counts{Characters: 5, Words: 5}},
		{"see HTTPS://contoso.com and http://adatum.com, not ftp://x or http:// alone", prose.Counts{Characters: 75, Words: 12, Links: 2}},
		{"👍👍🏽", prose.Counts{Characters: 3, Emoji: 2}},
		{"👨‍👩‍👧 ❤️ ☀ 🇩🇪🇫🇷 1️⃣ 🧑‍⚕️", prose.Counts{Characters: 24, Words: 1, Emoji: 6}},
		{"© 2026", prose.Counts{Characters: 6, Words: 1}},
	} {
		if got := prose.Count(c.text); got != c.want {
			t.Errorf("%q has %+v, want %+v", c.text, got, c.want)
		}
	}
}
