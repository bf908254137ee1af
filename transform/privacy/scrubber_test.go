package privacy_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

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

// pseudonym says what stands for a normal form, by the words of the documentation.
func pseudonym(form string) string {
	mac := hmac.New(sha256.New, pseudonymKey)
	mac.Write([]byte(form))
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

// scrub scrubs a record to the end.
func scrub(t testing.TB, s *privacy.Scrubber, r record.Record) record.Record {
	t.Helper()
	scrubbed, err := s.Scrub(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return scrubbed
}

// A record is never half scrubbed, nor is it one that cannot be read: whoever is stopped has none, soon.
func TestScrubberIsStopped(t *testing.T) {
	d, _ := schemas.BuiltIn().Find("chat_messages")
	for name, text := range map[string]string{
		"a body":       `{"id":"1","body":{"contentType":"html","content":"` + strings.Repeat("<b>a", 1<<20) + `"}}`,
		"many values":  `{"id":"1","reactions":[` + strings.Repeat(`{"user":{"user":{"id":"a"}}},`, 1<<17) + `{}]}`,
		"no end":       `{"id":"1","reactions":[` + strings.Repeat(`{"user":{"user":{"id":"a"}}},`, 1<<17),
		"a short body": `{"id":"1","body":{"contentType":"html","content":"a"}}`,
	} {
		s := scrubber(t, d, schemas.TextContent, pseudonymKey)
		start := time.Now()
		scrub(t, s, record.Record{JSON: []byte(text)})
		whole := time.Since(start)
		stopped, stop := context.WithCancel(t.Context())
		stop()
		start = time.Now()
		if got, err := s.Scrub(stopped, record.Record{JSON: []byte(text)}); !errors.Is(err, context.Canceled) || got.JSON != nil {
			t.Errorf("%s: %d bytes, %v", name, len(got.JSON), err)
		}
		if took := time.Since(start); len(text) > 1000 && took > whole/2 {
			t.Errorf("%s took %v of %v", name, took, whole)
		}
	}
}

func TestPseudonyms(t *testing.T) {
	for _, c := range []struct{ name, record, want string }{
		{"a member", `{"id":"1","from":{"user":{"id":"Ada","tenantId":"T"}}}`, `{"id":"1","from":{"user":{"id":"«ada»","tenantId":"T"}}}`},
		{"lower case first", `{"from":{"user":{"id":"ADA@Contoso.com"}}}`, `{"from":{"user":{"id":"«ada@contoso.com»"}}}`},
		{"another path", `{"from":{"bot":{"id":"Ada"}}}`, `{"from":{"bot":{"id":"«ada»"}}}`},
		{"an escaped value", `{"from":{"user":{"id":"\u00c4da\n"}}}`, `{"from":{"user":{"id":"«äda»"}}}`},
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
		{"structure", `{"@odata.type":"#microsoft.graph.t","@odata.etag":"Ada","@removed":{"reason":"deleted"},"from":{"@odata.type":"#microsoft.graph.f"}}`,
			`{"@odata.type":"#microsoft.graph.t","@removed":{"reason":"deleted"},"from":{"@odata.type":"#microsoft.graph.f"}}`},
		{"what is no structure", `{"@odata.type":"Ada","@removed":{"reason":"Ada left"},"from":{"@odata.type":"#microsoft.graph.Ada of Adatum","@removed":{"reason":"deleted","by":"Ada"}}}`,
			`{"@removed":{},"from":{"@removed":{}}}`},
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
			got := string(scrub(t, scrubber(t, letters, schemas.NoContent, pseudonymKey), record.Record{JSON: []byte(c.record)}).JSON)
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
			`{"preview":null,"reply":{"text":null},"cards":[{"content":null},{"content":null}]}`,
			`{"preview":"a<b","reply":{"text":"x&y"},"cards":[{"content":null},{"content":null}]}`,
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
			if got := string(scrub(t, scrubber(t, letters, content, nil), record.Record{JSON: []byte(c.record)}).JSON); got != want {
				t.Errorf("%s, content %s: %s\nbecame %s\nwant   %s", c.name, content, c.record, got, want)
			}
		}
	}
}

// notes is a dataset of our own with all that can be written or single somebody out.
var notes = schemas.Dataset{
	Name:   "notes",
	Bodies: []schemas.Body{{Path: "reply", Form: schemas.HTMLBody}},
	Tables: []schemas.Table{{Name: "notes", Key: []string{"note_id"}, Columns: []schemas.Column{
		{Name: "note_id", Path: "id", Type: schemas.String},
		{Name: "topic", Path: "topic", Type: schemas.String, Personal: true, Written: schemas.Title},
		{Name: "topic_characters", Path: "topic@graphlake.characters", Type: schemas.Int32},
		{Name: "reply", Path: "reply", Type: schemas.LongText, Personal: true, Written: schemas.Text},
		{Name: "reply_characters", Path: "reply@graphlake.characters", Type: schemas.Int32},
		{Name: "event", Path: "event", Type: schemas.JSON, Written: schemas.Text},
		{Name: "event_kind", Path: "event.kind", Type: schemas.Enum},
		{Name: "event_name", Path: "event.name", Type: schemas.String, Written: schemas.Title},
		{Name: "places", Path: "places", Type: schemas.JSON, Written: schemas.Text},
		{Name: "stamps", Path: "stamps", Type: schemas.JSON},
		{Name: "signature", Path: "stamps.signature", Type: schemas.String, Written: schemas.Text},
		{Name: "hired_time", Path: "hired", Type: schemas.Timestamp, Quasi: true},
		{Name: "office", Path: "office", Type: schemas.Enum, Quasi: true},
		{Name: "cores", Path: "cores", Type: schemas.Int32, Quasi: true},
		{Name: "device", Path: "device", Type: schemas.JSON, Quasi: true},
		{Name: "device_kind", Path: "device.kind", Type: schemas.Enum},
	}}},
}

// What is written goes with its mark, and leaves its length; what no column reads goes if it is text.
func TestWritten(t *testing.T) {
	for _, c := range []struct{ name, record, none, titles, text string }{
		{
			"a title", `{"topic":"Pl\u00e4ne","id":"1"}`,
			`{"topic":null,"topic@graphlake.characters":5,"id":"1"}`,
			`{"topic":"Pl\u00e4ne","topic@graphlake.characters":5,"id":"1"}`,
			`{"topic":"Pl\u00e4ne","topic@graphlake.characters":5,"id":"1"}`,
		},
		{
			"a body", `{"reply":"<p>Back <b>soon<\/b>"}`,
			`{"reply":null,"reply@graphlake.characters":9}`,
			`{"reply":null,"reply@graphlake.characters":9}`,
			`{"reply":"Back soon","reply@graphlake.characters":9}`,
		},
		{
			"no text", `{"topic":null,"reply":7,"topic@graphlake.characters":"Ada","x":""}`,
			`{"topic":null,"reply":null}`,
			`{"topic":null,"reply":null}`,
			`{"topic":null,"reply":null}`,
		},
		{
			"another kind", `{"topic":["Ada",{"a":"Ada"}],"event":"Ada","places":{"a":"Ada"}}`,
			`{"topic":null,"event":null,"places":null}`,
			`{"topic":[null,{}],"event":null,"places":null}`,
			`{"topic":[null,{}],"event":"Ada","places":{"a":"Ada"}}`,
		},
		{
			"columns in JSON", `{"event":{"@odata.type":"#microsoft.graph.e","kind":"renamed","name":"Ada","by":{"x":"Ada","n":1},"at":"2026-11-22T00:00:00Z"}}`,
			`{"event":{"@odata.type":"#microsoft.graph.e","kind":"renamed","name":null,"by":{"n":1},"at":"2026-11-22T00:00:00Z"}}`,
			`{"event":{"@odata.type":"#microsoft.graph.e","kind":"renamed","name":"Ada","by":{"n":1},"at":"2026-11-22T00:00:00Z"}}`,
			`{"event":{"@odata.type":"#microsoft.graph.e","kind":"renamed","name":"Ada","by":{"x":"Ada","n":1},"at":"2026-11-22T00:00:00Z"}}`,
		},
		{
			"in JSON that is not written", `{"stamps":{"color":"red","signature":"Ada","x":["y"]}}`,
			`{"stamps":{"color":"red","signature":null,"x":["y"]}}`,
			`{"stamps":{"color":"red","signature":null,"x":["y"]}}`,
			`{"stamps":{"color":"red","signature":"Ada","x":["y"]}}`,
		},
		{
			"no column", `{"x":"Ada","y":{"z":["Ada",1,true,"2026-11-22T00:00:00Z",{"a":"Ada"}]},"when":"2026-11-22T00:00:00Z","d":"2026-11-22","n":-1.50,"@odata.etag":"Ada","@removed":{"reason":"deleted"}}`,
			`{"y":{"z":[null,1,true,"2026-11-22T00:00:00Z",{}]},"when":"2026-11-22T00:00:00Z","n":-1.50,"@removed":{"reason":"deleted"}}`,
			`{"y":{"z":[null,1,true,"2026-11-22T00:00:00Z",{}]},"when":"2026-11-22T00:00:00Z","n":-1.50,"@removed":{"reason":"deleted"}}`,
			`{"y":{"z":[null,1,true,"2026-11-22T00:00:00Z",{}]},"when":"2026-11-22T00:00:00Z","n":-1.50,"@removed":{"reason":"deleted"}}`,
		},
		{
			"what columns cannot read", `{"cores":"Ada","hired":"Ada","id":7}`,
			`{"cores":"?","hired":"?","id":7}`,
			`{"cores":"?","hired":"?","id":7}`,
			`{"cores":"?","hired":"?","id":7}`,
		},
	} {
		for content, want := range map[schemas.Content]string{schemas.NoContent: c.none, schemas.TitlesContent: c.titles, schemas.TextContent: c.text} {
			got := string(scrub(t, scrubber(t, notes, content, nil), record.Record{JSON: []byte(c.record)}).JSON)
			if got != want {
				t.Errorf("%s, content %s: %s\nbecame %s\nwant   %s", c.name, content, c.record, got, want)
			}
			s, err := privacy.NewRescrubber(notes, privacy.Settings{Content: content})
			if err != nil {
				t.Fatal(err)
			}
			if again := string(scrub(t, s, record.Record{JSON: []byte(got)}).JSON); again != got {
				t.Errorf("%s, content %s: %s\nbecame %s when it was scrubbed again", c.name, content, got, again)
			}
		}
	}
}

// With coarse detail a lake has years, and nothing of what has none.
func TestCoarse(t *testing.T) {
	for _, c := range []struct{ record, want string }{
		{`{"hired":"2019-07-01T08:00:00Z","office":"B 4","cores":8}`, `{"hired":"2019-01-01T00:00:00Z","office":null,"cores":null}`},
		{`{"hired":"2019-01-01T00:30:00+02:00"}`, `{"hired":"2018-01-01T00:00:00Z"}`},
		{`{"hired":"0001-01-01T00:00:00Z","office":"","cores":null}`, `{"hired":"0001-01-01T00:00:00Z","office":null,"cores":null}`},
		{`{"hired":"in July","id":"1"}`, `{"hired":"?","id":"1"}`},
		{`{"device":{"kind":"phone","name":"Ada's"},"office":["B 4"]}`, `{"device":{"kind":"phone"},"office":null}`},
		{`{"device":[1,"Ada's"]}`, `{"device":null}`},
	} {
		for _, content := range schemas.Contents() {
			for _, key := range [][]byte{nil, pseudonymKey} {
				s, err := privacy.NewScrubber(notes, privacy.Settings{Content: content, Detail: schemas.CoarseDetail, Key: key})
				if err != nil {
					t.Fatal(err)
				}
				if got := string(scrub(t, s, record.Record{JSON: []byte(c.record)}).JSON); got != c.want {
					t.Errorf("content %s: %s\nbecame %s\nwant   %s", content, c.record, got, c.want)
				}
			}
		}
	}
}

// The rules of before kept what is written outside of bodies. What they have counted and turned into plain text stays.
func TestRescrub(t *testing.T) {
	before := `{"id":"1","x":"Ada","body":{"contentType":"html","content":"a < b"},"preview":"P","from":{"user":{"id":"Ada"}},"@graphlake":{"parent":"M","body":{"type":"html","words":7}}}`
	want := `{"id":"1","body":{"contentType":"html","content":"a < b"},"preview":"P","from":{"user":{"id":"Ada"}},"@graphlake":{"parent":"M","body":{"type":"html","words":7}}}`
	s, err := privacy.NewRescrubber(letters, privacy.Settings{Content: schemas.TextContent})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(scrub(t, s, record.Record{JSON: []byte(before)}).JSON); got != want {
		t.Errorf("%s\nbecame %s\nwant   %s", before, got, want)
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
			if got, want := string(scrub(t, s, record.Record{JSON: []byte(c[0])}).JSON), named(c[1]); got != want {
				t.Errorf("%s\nbecame %s\nwant   %s", c[0], got, want)
			}
		}
	}
}

// A number leaves its country and whether digits are hidden, in the place that graphlake has for it, and from nobody else.
func TestShapesOfNumbers(t *testing.T) {
	for _, c := range [][2]string{
		{`{"callerNumber":"+41440000001","calleeNumber":"+4930\u0030000***","id":"1"}`,
			`{"callerNumber":"«+41440000001»","callerNumber@graphlake.shape":"+CH","calleeNumber":"«+49300000***»","calleeNumber@graphlake.shape":"+DE*","id":"1"}`},
		{`{"calleeNumber@graphlake.shape":"Ada","callerNumber@graphlake.shape":"Ada","callerNumber":"anonymous"}`,
			`{"callerNumber":"«anonymous»","callerNumber@graphlake.shape":"*"}`},
		{`{"x":"+41","calleeNumber":"Ada","callerNumber":"erased","userId":"+41"}`, `{"calleeNumber":"«ada»","callerNumber":"erased","userId":"«+41»"}`},
		{`{"callerNumber":41440000001,"calleeNumber":["+41"]}`, `{"callerNumber":0,"calleeNumber":["?"]}`},
	} {
		s := scrubber(t, schemas.PSTNCalls, schemas.NoContent, pseudonymKey)
		if got, want := string(scrub(t, s, record.Record{JSON: []byte(c[0])}).JSON), named(c[1]); got != want {
			t.Errorf("%s\nbecame %s\nwant   %s", c[0], got, want)
		}
	}
	s := scrubber(t, schemas.PSTNCalls, schemas.NoContent, nil)
	const open = `{"callerNumber":"+41440000001","id":"1"}`
	if got := string(scrub(t, s, record.Record{JSON: []byte(`{"callerNumber":"+41440000001","callerNumber@graphlake.shape":"Ada","id":"1"}`)}).JSON); got != open {
		t.Errorf("without pseudonyms a number became %s", got)
	}
}

// Nothing to do costs nothing.
func TestRecordsStayAsTheyAre(t *testing.T) {
	text := []byte(`no JSON`)
	d, _ := schemas.BuiltIn().Find("users")
	if got := scrub(t, scrubber(t, d, schemas.FullContent, nil), record.Record{JSON: text}).JSON; &got[0] != &text[0] {
		t.Errorf("the record was copied, to %s", got)
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
}

// A fingerprint is what Python's hashlib.scrypt says, so slow to compute that it tells nobody a key, and computed once.
func TestFingerprints(t *testing.T) {
	const want = "0f7e8059c15922d5"
	start := time.Now()
	if got := privacy.Key(pseudonymKey).Fingerprint(); got != want {
		t.Errorf("the fingerprint is %s, want %s", got, want)
	}
	if first := time.Since(start); first < 20*time.Millisecond {
		t.Errorf("a fingerprint took %v", first)
	}
	for range 1000 {
		privacy.Key(pseudonymKey).Fingerprint()
	}
	if all := time.Since(start); all > time.Minute {
		t.Errorf("a thousand more took %v", all)
	}
	if other := privacy.Key(bytes.Repeat([]byte{8}, 32)).Fingerprint(); other == want {
		t.Errorf("two keys have the fingerprint %s", other)
	}
	if none := privacy.Key(nil).Fingerprint(); none != "" {
		t.Errorf("no key has the fingerprint %s", none)
	}
}
