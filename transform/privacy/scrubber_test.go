package privacy_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

var pseudonymKey = bytes.Repeat([]byte{7}, 32)

// letters is a dataset of our own with all that the vocabulary of privacy has.
var letters = schemas.Dataset{
	Name: "letters",
	Time: []schemas.Path{"sent"}, Version: "etag",
	Bodies: []schemas.Body{
		{Path: "body"},
		{Path: "preview", Form: schemas.PlainBody},
		{Path: "reply.text", Form: schemas.HTMLBody},
		{Path: "cards[].content", Form: schemas.Payload},
	},
	Tables: []schemas.Table{
		{Name: "letters", Key: []string{"letter_id"}, Columns: []schemas.Column{
			{Name: "letter_id", Path: "id", Type: schemas.String, Required: true},
			{Name: "mailbox_id", Path: "@graphlake.parent", Type: schemas.String, Personal: true},
			{Name: "words", Path: "@graphlake.body.words", Type: schemas.Int32},
			{Name: "sender_id", Path: "from.user.id", Else: []schemas.Path{"from.bot.id"}, Type: schemas.String, Personal: true},
			{Name: "sender_tenant_id", Path: "from.user.tenantId", Type: schemas.String},
			{Name: "sender_kind", Path: "from", Type: schemas.Member},
			{Name: "details", Path: "details", Type: schemas.JSON, Personal: true},
			{Name: "color", Path: "details.color", Type: schemas.Enum},
			{Name: "stamps", Path: "stamps", Type: schemas.JSON},
			{Name: "opened", Path: "opened", Type: schemas.Present},
			{Name: "pages", Path: "pages", Type: schemas.Int32},
		}},
		{Name: "letter_cards", Each: "cards[]", Key: []string{"letter_id", "card_index"}, Columns: []schemas.Column{
			{Name: "letter_id", Path: "/id", Type: schemas.String, Required: true},
			{Name: "card_index", Path: "#", Type: schemas.Int32, Required: true},
			{Name: "signer", Path: "signers[0]", Type: schemas.String, Personal: true},
		}},
		{Name: "letter_covers", Each: "cover{}", Key: []string{"letter_id"}, Columns: []schemas.Column{
			{Name: "letter_id", Path: "/id", Type: schemas.String, Required: true},
			{Name: "size", Path: "size", Type: schemas.Enum},
			{Name: "cover", Path: "", Type: schemas.JSON, Personal: true},
		}},
	},
}

func scrubber(t testing.TB, d schemas.Dataset, content schemas.Content, key []byte) *privacy.Scrubber {
	t.Helper()
	s, err := privacy.NewScrubber(d, privacy.Settings{Content: content, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pseudonym says what stands for a value, by the words of the documentation.
func pseudonym(value string) string {
	mac := hmac.New(sha256.New, pseudonymKey)
	mac.Write([]byte(strings.ToLower(value)))
	return hex.EncodeToString(mac.Sum(nil))[:32]
}

// named puts pseudonyms in the place of «values».
func named(text string) string {
	for {
		before, rest, found := strings.Cut(text, "«")
		if !found {
			return text
		}
		value, after, _ := strings.Cut(rest, "»")
		text = before + pseudonym(value) + after
	}
}

func TestPseudonyms(t *testing.T) {
	for _, c := range []struct{ name, record, want string }{
		{"a member", `{"id":"1","from":{"user":{"id":"Ada","tenantId":"T"}}}`, `{"id":"1","from":{"user":{"id":"«ada»","tenantId":"T"}}}`},
		{"lower case first", `{"from":{"user":{"id":"ADA@Contoso.com"}}}`, `{"from":{"user":{"id":"«ada@contoso.com»"}}}`},
		{"another path", `{"from":{"bot":{"id":"Ada"}}}`, `{"from":{"bot":{"id":"«ada»"}}}`},
		{"an escaped value", `{"from":{"user":{"id":"\u00c4da\n"}}}`, "{\"from\":{\"user\":{\"id\":\"«äda\n»\"}}}"},
		{"an escaped name", `{"from":{"user":{"\u0069d":"Ada"}}}`, `{"from":{"user":{"\u0069d":"«ada»"}}}`},
		{"a number", `{"from":{"user":{"id":1234}}}`, `{"from":{"user":{"id":0}}}`},
		{"nothing to hide", `{"from":{"user":{"id":null,"tenantId":""}}}`, `{"from":{"user":{"id":null,"tenantId":""}}}`},
		{"an empty id", `{"from":{"user":{"id":""}}}`, `{"from":{"user":{"id":""}}}`},
		{"the wrong kind", `{"from":{"user":{"id":{"a":"Ada"}}},"id":["Ada",1]}`, `{"from":{"user":{"id":{}}},"id":["?",0]}`},
		{"an object that is a row", `{"cover":{"@odata.type":"#Box","size":"A4","to":"Ada"}}`, `{"cover":{"@odata.type":"«#box»","size":"A4","to":"«ada»"}}`},
		{"text where none belongs", `{"pages":"Ada","details":{"color":7},"sent":"at Ada's","etag":"Ada"}`, `{"pages":"?","details":{"color":0},"sent":"?","etag":"?"}`},
		{"a number where text belongs", `{"id":4255550,"from":{"user":{"tenantId":7}}}`, `{"id":0,"from":{"user":{"tenantId":0}}}`},
		{"a number out of range", `{"pages":99999999999}`, `{"pages":99999999999}`},
		{"all in JSON", `{"details":{"a":"Ada","b":[1,true,null,"B"],"color":"red"}}`, `{"details":{"a":"«ada»","b":["«1»",true,null,"«b»"],"color":"red"}}`},
		{"JSON of nobody", `{"stamps":[ {"a" : "Ada"} ]}`, `{"stamps":[ {"a" : "Ada"} ]}`},
		{"no column", `{"x":"Ada","id":"1","y":{"z":["Ada"]},"pages":2,"z":"Ada"}`, `{"id":"1","pages":2}`},
		{"no column but spaces", ` { "x" : "Ada" , "id" : "1" , "y" : 0 , "pages" : 2 , "z" : 1 } `, ` { "id" : "1","pages" : 2} `},
		{"nothing left", `{"x":"Ada"}`, `{}`},
		{"empty", `{ }`, `{ }`},
		{"the name of a member", `{"from":{"robot":{"id":"Ada"},"x":"Ada","user":null}}`, `{"from":{"robot":{},"user":null}}`},
		{"presence", `{"opened":{"by":"Ada"}}`, `{"opened":{}}`},
		{"presence of text", `{"opened":"Ada"}`, `{"opened":"?"}`},
		{"structure", `{"@odata.type":"#t","@odata.etag":"Ada","@removed":{"reason":"deleted"},"from":{"@odata.type":"#f"}}`,
			`{"@odata.type":"#t","@removed":{"reason":"deleted"},"from":{"@odata.type":"#f"}}`},
		{"our own, elsewhere", `{"from":{"@graphlake":"Ada","user":{"@graphlake":{"x":"Ada"}}}}`, `{"from":{"user":{}}}`},
		{"time and version", `{"sent":"2026-11-22T00:00:00Z","etag":"7"}`, `{"sent":"2026-11-22T00:00:00Z","etag":"7"}`},
		{"arrays", `{"cards":[{"signers":["Ada","Bob"],"x":1},null,"Ada",{}]}`, `{"cards":[{"signers":["«ada»","«bob»"]},null,"?",{}]}`},
		{"our own", `{"@graphlake":{"parent":"Ada","x":"Ada"},"id":"1"}`, `{"id":"1","@graphlake":{"parent":"«ada»"}}`},
		{"our own, twice said", `{"id":"1","@graphlake":{"body":{"words":7}}}`, `{"id":"1"}`},
		{"no object", `"Ada"`, ``},
		{"cut off", `{"id":"Ada"`, ``},
		{"too much", `{"id":"Ada"} x`, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := string(scrubber(t, letters, schemas.NoContent, pseudonymKey).Scrub(record.Record{JSON: []byte(c.record)}).JSON)
			want := named(c.want)
			if c.want == "" {
				mac := hmac.New(sha256.New, pseudonymKey)
				mac.Write([]byte(c.record))
				want = fmt.Sprintf(`{"@graphlake":{"unreadable":true,"sha256":"%x"}}`, mac.Sum(nil))
			}
			if got != want {
				t.Errorf("%s\nbecame %s\nwant   %s", c.record, got, want)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	const html = `{"type":"html","characters":12,"words":3,"links":0,"mentions":1,"emoji":1,"images":0,"attachments":0}`
	const text = `{"type":"text","characters":5,"words":3,"links":0,"mentions":0,"emoji":0,"images":0,"attachments":0}`
	for _, c := range []struct{ name, record, none, text, full string }{
		{
			"HTML", `{"id":"1","body":{"contentType":"html","content":"<p>Hi <at id=\"0\">Ada<\/at>!<\/p>So 😀"},"x": 1}`,
			`{"id":"1","body":{"contentType":"html","content":null},"x": 1,"@graphlake":{"body":` + html + `}}`,
			`{"id":"1","body":{"contentType":"html","content":"Hi Ada!\nSo 😀"},"x": 1,"@graphlake":{"body":` + html + `}}`,
			`{"id":"1","body":{"contentType":"html","content":"<p>Hi <at id=\"0\">Ada<\/at>!<\/p>So 😀"},"x": 1,"@graphlake":{"body":` + html + `}}`,
		},
		{
			"text, the other way round", `{"body":{"content":"a\"b\t\u0063","contentType":"text"}}`,
			`{"body":{"content":null,"contentType":"text"},"@graphlake":{"body":` + text + `}}`,
			`{"body":{"content":"a\"b\u0009c","contentType":"text"},"@graphlake":{"body":` + text + `}}`,
			`{"body":{"content":"a\"b\t\u0063","contentType":"text"},"@graphlake":{"body":` + text + `}}`,
		},
		{
			"escaped names", `{"body":{"\u0063ontent":"<p>Hi <at id=\"0\">Ada<\/at>!<\/p>So 😀","content\u0054ype":"html"}}`,
			`{"body":{"\u0063ontent":null,"content\u0054ype":"html"},"@graphlake":{"body":` + html + `}}`,
			`{"body":{"\u0063ontent":"Hi Ada!\nSo 😀","content\u0054ype":"html"},"@graphlake":{"body":` + html + `}}`,
			`{"body":{"\u0063ontent":"<p>Hi <at id=\"0\">Ada<\/at>!<\/p>So 😀","content\u0054ype":"html"},"@graphlake":{"body":` + html + `}}`,
		},
		{
			"with our own", `{"@graphlake":{"parent":"P"},"body":{"contentType":"text","content":"a b c"}}`,
			`{"body":{"contentType":"text","content":null},"@graphlake":{"parent":"P","body":` + text + `}}`,
			`{"body":{"contentType":"text","content":"a b c"},"@graphlake":{"parent":"P","body":` + text + `}}`,
			`{"body":{"contentType":"text","content":"a b c"},"@graphlake":{"parent":"P","body":` + text + `}}`,
		},
		{
			"other forms", `{"preview":"a<b","reply":{"text":"<b>x<\/b>&amp;y"},"cards":[{"content":"{}","name":"n"},{"content":{"a":1}}]}`,
			`{"preview":null,"reply":{"text":null},"cards":[{"content":null,"name":"n"},{"content":null}]}`,
			`{"preview":"a<b","reply":{"text":"x&y"},"cards":[{"content":null,"name":"n"},{"content":null}]}`,
			`{"preview":"a<b","reply":{"text":"<b>x<\/b>&amp;y"},"cards":[{"content":"{}","name":"n"},{"content":{"a":1}}]}`,
		},
		{
			"nothing written", `{"body":{"contentType":"html","content":null},"preview":null,"cards":null,"reply":null}`,
			`{"body":{"contentType":"html","content":null},"preview":null,"cards":null,"reply":null}`,
			`{"body":{"contentType":"html","content":null},"preview":null,"cards":null,"reply":null}`,
			`{"body":{"contentType":"html","content":null},"preview":null,"cards":null,"reply":null}`,
		},
		{
			"the wrong kinds", `{"body":["Ada"],"preview":{"x":"Ada"},"cards":{"content":"Ada"},"reply":"Ada"}`,
			`{"body":["?"],"preview":null,"cards":{},"reply":"?"}`,
			`{"body":["?"],"preview":null,"cards":{},"reply":"?"}`,
			`{"body":["Ada"],"preview":{"x":"Ada"},"cards":{"content":"Ada"},"reply":"Ada"}`,
		},
		{
			"no JSON", `{"body":`,
			`{"@graphlake":{"unreadable":true,"sha256":"` + hash(`{"body":`) + `"}}`,
			`{"@graphlake":{"unreadable":true,"sha256":"` + hash(`{"body":`) + `"}}`,
			`{"body":`,
		},
	} {
		for content, want := range map[schemas.Content]string{schemas.NoContent: c.none, schemas.TextContent: c.text, schemas.FullContent: c.full} {
			if got := string(scrubber(t, letters, content, nil).Scrub(record.Record{JSON: []byte(c.record)}).JSON); got != want {
				t.Errorf("%s, content %s: %s\nbecame %s\nwant   %s", c.name, content, c.record, got, want)
			}
		}
	}
}

func hash(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// What a scrubber expects after one record may not bend how it reads the next.
func TestRecordsOfOtherOrder(t *testing.T) {
	s := scrubber(t, letters, schemas.NoContent, pseudonymKey)
	for range 2 {
		for _, c := range [][2]string{
			{`{"id":"1","from":{"user":{"id":"Ada","tenantId":"T"},"bot":{"id":"B"}},"pages":2}`, `{"id":"1","from":{"user":{"id":"«ada»","tenantId":"T"},"bot":{"id":"«b»"}},"pages":2}`},
			{`{"from":{"bot":{"tenantId":"Ada","id":"B"},"pages":{"id":"Ada"},"id":"Ada"},"pages":2,"id":"1"}`, `{"from":{"bot":{"id":"«b»"},"pages":{}},"pages":2,"id":"1"}`},
			{`{"from":{"user":{"id":"Ada","bot":{"id":"Ada"}}},"user":{"id":"Ada"},"id":"1"}`, `{"from":{"user":{"id":"«ada»"}},"id":"1"}`},
		} {
			if got, want := string(s.Scrub(record.Record{JSON: []byte(c[0])}).JSON), named(c[1]); got != want {
				t.Errorf("%s\nbecame %s\nwant   %s", c[0], got, want)
			}
		}
	}
}

// Nothing to do costs nothing.
func TestRecordsStayAsTheyAre(t *testing.T) {
	text := []byte(`no JSON`)
	for _, d := range schemas.BuiltIn() {
		if len(d.Bodies) > 0 {
			continue
		}
		if got := scrubber(t, d, schemas.NoContent, nil).Scrub(record.Record{JSON: text}).JSON; &got[0] != &text[0] {
			t.Errorf("%s: the record was copied, to %s", d.Name, got)
		}
	}
}

func TestKeyIsNotPrinted(t *testing.T) {
	p := privacy.Settings{Content: schemas.NoContent, Key: []byte("a key of a lake that is a secret")}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).InfoContext(t.Context(), "m", "key", p.Key, "privacy", p)
	all := fmt.Sprintf("%v %+v %#v %s %x %d", p, p, p.Key, p.Key, p.Key, p.Key) + log.String()
	if strings.Contains(all, "a key") || strings.Contains(all, "97 32") || strings.Contains(all, "61206b6579") {
		t.Errorf("the key is readable in %s", all)
	}
}

func TestPseudonymOfAValue(t *testing.T) {
	p := privacy.Settings{Key: pseudonymKey}
	if got, want := p.Pseudonym("Ada"), pseudonym("ada"); got != want {
		t.Errorf("Pseudonym is %s, want %s", got, want)
	}
	if got := (privacy.Settings{}).Pseudonym("Ada"); got != "Ada" {
		t.Errorf("without a key the pseudonym of Ada is %s", got)
	}
	other := privacy.Key(bytes.Repeat([]byte{8}, 32))
	if a, b := p.Key.Fingerprint(), other.Fingerprint(); len(a) != 16 || a == b {
		t.Errorf("fingerprints of two keys are %q and %q", a, b)
	}
}
