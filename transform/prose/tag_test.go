package prose

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// FuzzShortTag: a tag that was made shorter reads as the whole one, and ends where it did.
func FuzzShortTag(f *testing.F) {
	for _, rest := range []string{
		`>`, `/>`, ` / >`, ` href>`, ` href=>`, ` href = x/ >`, ` HREF='a>b'/>`, ` alt="&lt;&amp" alt=2 x=y/>`, `/alt/itemtype=a"b=>`, ` =href=x alt ="`, ` ==x alt='`,
		` href="a"alt="b"c>`, "\x00 alt\x00=x>", "\nalt\r=\f'\r\n'\t>", ` "alt"='x' 'alt>`, ` alt=/>`, ` alt=x//>`, ` alt/ x>`, ` x alt/>`, ` alt=é itemtype=İ>`, ` alt= / >`, ` a/=b alt>`, ``,
	} {
		f.Add("a"+rest, "rest")
	}
	f.Fuzz(func(t *testing.T, tag, behind string) {
		source := "<" + tag + behind
		if !startsTag(source) {
			return
		}
		whole := html.NewTokenizer(strings.NewReader(source))
		length, _, _ := eachAttribute(source, func(string, string) {})
		if whole.Next() == html.ErrorToken {
			if length != 0 {
				t.Fatalf("%q has no end, but %d bytes", source, length)
			}
			return
		}
		if length != len(whole.Raw()) {
			t.Fatalf("%q has %d bytes, want %d", source, length, len(whole.Raw()))
		}
		short := shortTag(source[:length])
		of := html.NewTokenizer(strings.NewReader(short))
		if of.Next(); len(of.Raw()) != len(short) {
			t.Fatalf("%q became %q, of which %q is the tag", source, short, of.Raw())
		}
		is, want := of.Token(), whole.Token()
		if is.Data != want.Data || is.Type != want.Type && !twice(want, source[:length]) {
			t.Errorf("%q became %q", source, short)
		}
		for _, name := range []string{"href", "alt", "itemtype"} {
			if attribute(is, name) != attribute(want, name) {
				t.Errorf("%q became %q, with %s=%q, want %q", source, short, name, attribute(is, name), attribute(want, name))
			}
		}
	})
}

// twice reports whether a tag has an attribute twice: of these the tokenizer may take a solidus at the end of the last for one of the tag.
func twice(read html.Token, tag string) bool {
	n := 0
	eachAttribute(tag, func(key, _ string) {
		if key != "" {
			n++
		}
	})
	return n > len(read.Attr)
}

// large are sources of a size that are made so that much is kept of little, or looked at again and again.
func large(size int) map[string]string {
	names := func(n int) string { // different ones
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			b.WriteString(" " + string([]byte{'a' + byte(i%26), 'a' + byte(i/26%26), 'a' + byte(i/676%26), 'a' + byte(i/17576%26)}))
		}
		return b.String()
	}
	return map[string]string{
		"attributes":             "<x" + names(size) + ">",
		"attributes, then tags":  "<x" + names(size/2) + ">" + strings.Repeat("<b a>", size/10),
		"some, then tags":        "<x" + names(118) + ">" + strings.Repeat("<b a>", size/5),
		"tags of some":           strings.Repeat("<x"+names(118)+">", size/128),
		"tags of more":           strings.Repeat("<x"+names(138)+">", size/128),
		"equal attributes":       "<x" + strings.Repeat(" a", size/2) + ">",
		"read attributes":        "<x" + strings.Repeat(" alt=1 href=2", size/13) + ">",
		"an end with attributes": "</x" + names(size) + ">",
		"an attribute":           "<img alt='" + strings.Repeat("a", size) + "' itemtype=/Emoji>",
		"a name":                 "<" + strings.Repeat("a", size) + ">",
		"a name of an attribute": "<x " + strings.Repeat("a", size) + ">",
		"slashes":                "<x" + strings.Repeat("/", size) + ">",
		"open tags":              strings.Repeat("<b ", size/3),
		"an open quotation":      strings.Repeat("<a href='", size/9),
		"quotations":             strings.Repeat("<a href='>", size/10),
		"depth":                  strings.Repeat("<div>", size/5),
		"depth of code":          strings.Repeat("<pre>\n", size/6),
		"links":                  strings.Repeat("<a href=x>", size/10),
		"ends":                   strings.Repeat("</p>", size/4),
		"ends of nothing":        strings.Repeat("</>", size/3),
		"lines":                  strings.Repeat("<br>", size/4),
		"lines, then text":       strings.Repeat("<br>", size/4) + "a",
		"smaller than":           strings.Repeat("<", size),
		"open comments":          strings.Repeat("<!--", size/4),
		"comments":               strings.Repeat("<!---->", size/7),
		"dashes":                 "<!--" + strings.Repeat("--!", size/3),
		"declarations":           strings.Repeat("<!DOCTYP", size/8),
		"scripts":                strings.Repeat("<script>", size/8),
		"scripts in comments":    "<script><!--" + strings.Repeat("<script></", size/10),
		"styles":                 strings.Repeat("<style></style>", size/15),
		"an open style":          "<style>" + strings.Repeat("</styl", size/6),
		"titles":                 "<title>" + strings.Repeat("<x a>", size/5),
		"ampersands":             strings.Repeat("&", size),
		"entities":               strings.Repeat("&amp;", size/5),
		"names of entities":      strings.Repeat("&CounterClockwiseContourIntegral", size/32),
		"a name of an entity":    "&" + strings.Repeat("a", size),
		"a number":               "&#" + strings.Repeat("9", size),
		"entities of two":        strings.Repeat("&nGt;", size/5),
		"entities in attributes": "<img alt='" + strings.Repeat("&amp", size/4) + "'>",
		"zeros":                  "<style>" + strings.Repeat("\x00", size),
		"zeros in names":         "<" + "a" + strings.Repeat("\x00", size) + ">",
		"returns":                strings.Repeat("\r\n", size/2),
		"signs":                  strings.Repeat("会", size/3),
		"marks":                  strings.Repeat("a\u0301", size/3),
		"families":               strings.Repeat("👨‍👩‍👧", size/18),
		"addresses":              strings.Repeat("http://a ", size/9),
		"colons":                 strings.Repeat("://", size/3),
		"no UTF-8":               strings.Repeat("\xff", size),
	}
}

// What is large takes a small multiple of its bytes, and a time that grows with them and no faster.
func TestLarge(t *testing.T) {
	const few, many = 1 << 16, 1 << 19
	const grows = many / few
	quickest := func(source string) (quickest time.Duration, allocated uint64) {
		var before, after runtime.MemStats
		for i := range 3 { // of a busy machine, too
			runtime.ReadMemStats(&before)
			start := time.Now()
			if _, _, err := FromHTML(t.Context(), source); err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			if i == 0 || took < quickest {
				quickest = took
			}
			runtime.ReadMemStats(&after)
		}
		return quickest, after.TotalAlloc - before.TotalAlloc
	}
	small := large(few)
	for name, source := range large(many) {
		short, _ := quickest(small[name])
		long, allocated := quickest(source)
		if long > grows*grows/2*short+250*time.Millisecond { // the square of it would be twice that
			t.Errorf("%s take %v of %d bytes, and %v of %d", name, short, few, long, many)
		}
		if allocated > 48*many { // not held at once
			t.Errorf("%s take %d bytes a byte", name, allocated/many)
		}
	}
}
