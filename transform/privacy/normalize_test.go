package privacy_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"graphlake/transform/privacy"
)

// One person or thing a line: the normal form, and spellings of it.
var spellings = []struct{ form, spelled string }{
	{"ada@contoso.com", "ada@contoso.com|Ada@Contoso.COM| ada@contoso.com |sip:ada@contoso.com|SIP:Ada@contoso.com|sips:ada@contoso.com" +
		"|SMTP:ada@contoso.com|smtp:ADA@CONTOSO.COM|mailto:ada@contoso.com|MailTo: ada@contoso.com|mailto:ada@contoso.com?subject=Hi" +
		"|sip:ada@contoso.com;transport=tls|sip:ada@contoso.com;gruu;opaque=app:conf|smtp:sip:ada@contoso.com|\ufeffada@contoso.com\u200b"},
	{"+14255550100", "+14255550100|tel:+14255550100|TEL:+1-425-555-0100|+1 425 555 0100|+1 (425) 555-0100|+1 (425) 555‑0100|+1.425.555.0100" +
		"|tel:+1(425)5550100| +1 425 5550100|\u202a+1 425 555 0100\u202c|+1 425/555-0100|＋１４２５５５５０１００" +
		"|tel:+14255550100;phone-context=contoso.com|sip:+14255550100@sbc.contoso.com;user=phone|SIP:+14255550100@10.0.0.1:5061;transport=tls;user=phone|4:+14255550100"},
	{"+14255550100;ext=12", "tel:+14255550100;ext=12|+1 425 555 0100 x12|+1 (425) 555-0100 ext. 12|+1 425 555 0100, ext 12|+14255550100;EXT=1-2|+1 425 555 0100 Extension: 12|+14255550100#12"},
	{"+14255550100;ext=13", "tel:+14255550100;ext=13"},
	{"+493012345678", "+49 30 12345678|+49 (0)30 12345678|+49 (0) 30 / 12345678|+49(0)3012345678"},
	{"+390612345678", "+39 06 12345678|+39 (0)6 12345678"},
	// Without a country, or masked, it is no number.
	{"00493012345678", "00493012345678|tel:00493012345678"},
	{"4255550100", "4255550100|tel:4255550100"},
	{"425-555-0100", "425-555-0100"},
	{"+14255***", "+14255***|tel:+14255***|+14255*** "},
	{"+1425555****", "+1425555****"},
	{"+1425", "+1425"},
	{"+1 425", "+1  425|+1\u00a0425"},
	{"+12345678901234567", "+12345678901234567"},
	{"+14255550100 or +14255550101", "+14255550100 or  +14255550101"},
	{"anonymous", "Anonymous|anonymous"},
	// Names.
	{"zoë søndergaard", "Zoë Søndergaard|Zoe\u0308 Søndergaard|ZOË SØNDERGAARD|ZOE\u0308  SØNDERGAARD| zoë\u00a0søndergaard\n"},
	{"małgorzata jovanović", "Małgorzata Jovanović|MAŁGORZATA JOVANOVIC\u0301"},
	{"γιωργοσ", "Γιωργος|ΓΙΩΡΓΟΣ|γιωργοσ"},
	{"i\u0307pek", "İpek|I\u0307pek|i\u0307pek"},
	{"ipek", "Ipek|IPEK|ipek"},
	{"yılmaz", "Yılmaz|yılmaz"},
	{"yilmaz", "Yilmaz|YILMAZ"},
	{"strauß", "Strauß|STRAUẞ"},
	{"strauss", "Strauss"},
	{"8f7a10f2-7f25-4f66-95c0-5d4f7a2e0c11", "8f7a10f2-7f25-4f66-95c0-5d4f7a2e0c11|8F7A10F2-7F25-4F66-95C0-5D4F7A2E0C11|8:orgid:8f7a10f2-7f25-4f66-95c0-5d4f7a2e0c11"},
	{"19:meeting_mdaw@thread.v2", "19:meeting_MDaw@thread.v2"},
	// Links to one meeting.
	{`https://teams.example/l/meetup-join/19:meeting_mdaw@thread.v2/0?context={"tid":"t","oid":"o"}`,
		`https://teams.example/l/meetup-join/19%3ameeting_MDaw%40thread.v2/0?context=%7b%22Tid%22%3a%22T%22%2c%22Oid%22%3a%22O%22%7d` +
			`|https://teams.example/l/meetup-join/19%3Ameeting_MDaw%40thread.v2/0?context=%7B%22Tid%22%3A%22T%22%2C%22Oid%22%3A%22O%22%7D` +
			`|HTTPS://teams.example/l/meetup-join/19:meeting_MDaw@thread.v2/0?context={"Tid":"T","Oid":"O"}` +
			`|https://teams.example/l/meetup-join/19%253ameeting_MDaw%2540thread.v2/0?context={"Tid":"T","Oid":"O"}`},
	// Ids of Outlook that differ in a capital are two.
	{"AAMkAD" + strings.Repeat("Ab", 60) + "A=", "AAMkAD" + strings.Repeat("Ab", 60) + "A=| AAMkAD" + strings.Repeat("Ab", 60) + "A="},
	{"AAMkAD" + strings.Repeat("Ab", 60) + "a=", "AAMkAD" + strings.Repeat("Ab", 60) + "a="},
	// Hexadecimal digits are no base64.
	{"040000008200e00074c5b7101a82e00800000000d3d70b8a6a17d701", "040000008200E00074C5B7101A82E00800000000D3D70B8A6A17D701|040000008200e00074c5b7101a82e00800000000d3d70b8a6a17d701"},
	{strings.Repeat("040000008200e000", 7), strings.Repeat("040000008200E000", 7)},
	// What is nothing but a scheme stays.
	{"sip:", "sip:|SIP:"},
	{"tel:", "tel: "},
	{"", "| |\t"},
}

func TestNormalForms(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range spellings {
		if seen[c.form] {
			t.Fatalf("%q is there twice", c.form)
		}
		seen[c.form] = true
		for spelling := range strings.SplitSeq(c.spelled, "|") {
			if got := privacy.Normalize(spelling); got != c.form {
				t.Errorf("the normal form of %q is %q, want %q", spelling, got, c.form)
			}
		}
	}
}

// One person in two tables has one pseudonym, and two have two.
func TestPseudonymsOfSpellings(t *testing.T) {
	p := privacy.Settings{Key: pseudonymKey}
	made := map[string]string{}
	for _, c := range spellings {
		for spelling := range strings.SplitSeq(c.spelled, "|") {
			if spelling == "" {
				continue
			}
			got := p.Pseudonym(spelling)
			if got != pseudonym(c.form) {
				t.Errorf("the pseudonym of %q is %s, want that of %q", spelling, got, c.form)
			}
			if other, ok := made[got]; ok && other != c.form {
				t.Errorf("%q and %q have one pseudonym", other, c.form)
			}
			made[got] = c.form
		}
	}
}

// A value costs no more than its length: these are answered at once, or never.
func TestLongValuesAreNormalizedAtOnce(t *testing.T) {
	for _, part := range []string{"sip:", "%25", "8:orgid:", " ", "+1", "tel:+1;ext=", "e\u0301", "x1#1ext1", "\u202a"} {
		text := strings.Repeat(part, 1<<20/len(part))
		if form := privacy.Normalize(text); privacy.Normalize(form) != form {
			t.Errorf("the normal form of many %q has another", part)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	for _, c := range spellings {
		for spelling := range strings.SplitSeq(c.spelled, "|") {
			f.Add(spelling, c.form)
		}
	}
	f.Add("sip:sip:TEL:+1 425", "https://%2541%0a")
	f.Add("+1 4255550100 x1x2", "mailto:4:+14255550100?x")
	f.Fuzz(func(t *testing.T, a, b string) {
		form := privacy.Normalize(a)
		if again := privacy.Normalize(form); again != form {
			t.Errorf("the normal form of %q is %q, and of that %q", a, form, again)
		}
		if utf8.ValidString(a) && !strings.Contains(a, "%") && !utf8.ValidString(form) {
			t.Errorf("the normal form of %q is %q, which is no text", a, form)
		}
		p := privacy.Settings{Key: pseudonymKey}
		if a == "" || b == "" {
			return
		}
		if one, two := p.Pseudonym(a) == p.Pseudonym(b), form == privacy.Normalize(b); one != two {
			t.Errorf("of %q and %q the pseudonyms are equal: %t, the normal forms: %t", a, b, one, two)
		}
	})
}
