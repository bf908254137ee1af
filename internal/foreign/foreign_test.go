package foreign

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2dyYXBoIn0.c2lnbmF0dXJl"
	guid  = "5ec2e7aa-93b5-4c08-8d6f-2f5a7c1e9b30"
	chat  = "19:5ec2e7aa-93b5-4c08-8d6f-2f5a7c1e9b30_7b0a4f1e-2d31-4a55-9c6e-1f0b3d5e7a92@unq.gbl.spaces"
	owner = "AAMkADVlYzJlN2FhLTkzYjUtNGMwOC04ZDZmLTJmNWE3YzFlOWIzMABGAAAAAAC"
)

func TestNew(t *testing.T) {
	for in, want := range map[string]string{
		"Caller is\n not  allowed.":                                                                              "Caller is not allowed.",
		"Resource not found for the segment 'callRecord'.":                                                       "Resource not found for the segment '…'.",
		"Could not find a property named '" + guid + "' on '$filter'.":                                           "Could not find a property named '…' on '$filter'.",
		"User " + guid + " has no mailbox":                                                                       "User … has no mailbox",
		"User 5EC2E7AA93B54C088D6F2F5A7C1E9B30 has none":                                                         "User … has none",
		"Mailbox of ines@fabrikam.example (/o=x/cn=ines) is off":                                                 "Mailbox of … (…) is off",
		"ines%40fabrikam.example is off":                                                                         "… is off",
		"@odata.nextLink and attendees@odata.count are missing":                                                  "@odata.nextLink and attendees@odata.count are missing",
		"No thread " + chat + ", 7":                                                                              "No thread … 7",
		"No thread 19:meeting_MzJhN2YxZGUtNGI1Yw and 8:orgid:" + guid:                                            "No thread … and 8:orgid:…",
		"Item " + owner + "= is gone":                                                                            "Item …= is gone",
		"Callee +1 (425) 555-0100 or 4255550100 or 425.555.0100 is busy":                                         "Callee … or … or … is busy",
		"Callee tel:+14255550100.":                                                                               "Callee tel:….",
		"at most 999 of 15000 in 30 days from 2026-11-20T10:00:00Z on":                                           "at most 999 of 15000 in 30 days from 2026-11-20T10:00:00Z on",
		"AADSTS7000215: Invalid client secret provided.":                                                         "AADSTS7000215: Invalid client secret provided.",
		"AADSTS14255550100 is none":                                                                              "AADSTS… is none",
		"from 203.0.113.9 or 10.0.0.1 or 2001:db8::1 or 00:1b:63:84:45:e6":                                       "from … or … or … or …",
		"token Bearer SECRET-TOKEN, and a Bearer token is needed":                                                "token Bearer [redacted], and a Bearer token is needed",
		"got " + token + " instead":                                                                              "got [redacted] instead",
		"Authorization: Basic aW5lczpodW50ZXIy, of ours":                                                         "Authorization: Basic [redacted], of ours",
		"url https://x.example/" + guid + "/y?sig=abc&se=1 is":                                                   "url https://x.example/…/y?… is",
		"https://ines:hunter2@x.example/y":                                                                       "https://x.example/y",
		"sv=2024-11-04&sr=c&sig=aGVsbG8%3D or client_secret=hunter2":                                             "sv=…&sr=…&sig=[redacted] or client_secret=[redacted]",
		"AccountKey=aGVsbG8=;EndpointSuffix=core.windows.net":                                                    "AccountKey=[redacted];EndpointSuffix=core.windows.net",
		"-----BEGIN PRIVATE KEY----- MIIE":                                                                       "[redacted]",
		`{"displayName":"Ines Kluge"}`:                                                                           `{"…":"…"}`,
		"don't say what Ines' calendar isn't":                                                                    "don't say what Ines' calendar isn't",
		"he said 'the merger is on":                                                                              "he said '…'",
		"“Ines” and «Ada» and `x`":                                                                               "“…” and «…» and `…`",
		"a\x1b]0;owned\x07\x1b[2J\u202eb\u0085c\u009b31md\u2066e\u200ff\u061cg\u2028h":                           "a ]0;owned [2Jb c 31mdefg h",
		"Bea\u200brer hunter22 and eyJ\u200bhbGciOiJSUzI1":                                                       "Bearer [redacted] and [redacted]",
		"+1 (425) 55 or +４４７７００, not 447700 at 10:00+05 30":                                                      "… or …, not 447700 at 10:00+05 30",
		"guest ada_lovelace#EXT# or ada_fabrikam.example%23EXT%23 or ada_fabrikam.example#ext#@contoso.example.": "guest … or … or …",
		"sip:ada.lovelace is not SIP:ada;x=1, sip or sip%3Aada, im:ada":                                          "sip:… is not SIP:… sip or sip%3A… im:…",
		"mailto:ada and SMTP:ada.lovelace, not SMTP: none, and live:ada or callto:ada":                           "mailto:… and SMTP:… not SMTP: none, and live:… or callto:…",
		`FABRIKAM\ada.lovelace is no C:\x`:                                                                       `… is no C:\x`,
		"+４４７７００９００１２３ or ４４ ７７００ ９００１２３ or ٠١٢٣٤٥٦٧٨٩ or 𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖 or ²³⁴⁵⁶⁷⁸⁹": "… or … or … or … or …",
		"ａｄａ＠ｆａｂｒｉｋａｍ．ｅｘａｍｐｌｅ or ada﹫fabrikam.example, ｓｉｐ：ada":                  "… or … sip:…",
		"５ｅｃ２ｅ７ａａ－９３ｂ５－４ｃ０８－８ｄ６ｆ－２ｆ５ａ７ｃ１ｅ９ｂ３０ and ４２ of ７００":                     "… and 42 of 700",
		"A\xff\xfe\xc3(": "A\ufffd(",
		"":               "",
	} {
		if got := New(in).String(); got != want {
			t.Errorf("%q became\n%q, want\n%q", in, got, want)
		}
	}
}

// The words by which errors are told apart, and that lead to a cure, stay.
func TestCodesStay(t *testing.T) {
	for _, code := range []string{
		"Authentication_RequestFromNonPremiumTenantOrB2CTenant", "AadPremiumLicenseRequired", "GraphAccessToTranscriptsDisabled", "invalid_client",
		"AADSTS7000215", "AADSTS50076", "Directory_ExpiredPageToken", "syncStateNotFound", "500121", "ErrorItemNotFound", "MailboxNotEnabledForRESTAPI",
		"Tenant does not have a SPO license.", "Request not applicable to target tenant.", "AuthorizationPermissionMismatch", "m",
	} {
		if got := New(code).String(); got != code {
			t.Errorf("%s became %s", code, got)
		}
	}
}

func TestLong(t *testing.T) {
	long := strings.Repeat("wörter ", 10_000)
	if got := New(long).String(); utf8.RuneCountInString(got) > Most || !strings.HasSuffix(got, "wörter…") {
		t.Errorf("%d characters, which end in %q", utf8.RuneCountInString(got), got[len(got)-20:])
	}
	if got := New(strings.Repeat("ö", 3000)).String(); utf8.RuneCountInString(got) != Most || !strings.HasSuffix(got, "ö…") {
		t.Errorf("%q", got)
	}
	// What is cut through may be half of what would be known whole.
	for at := mostRead - 80; at < mostRead; at++ {
		text := strings.Repeat(" ", 0) + strings.Repeat("'x' ", at/4) + strings.Repeat("-", at%4) + " ines.kluge@fabrikam.example said"
		if got := New(text).String(); strings.Contains(got, "ines") {
			t.Fatalf("cut at %d: %s", at, got)
		}
	}
}

// What is large, and made so that much of it is looked at again and again, takes a time that grows with it and no faster, and comes
// out short.
func TestLarge(t *testing.T) {
	const small, large = 1 << 13, 1 << 16
	const grows = large / small
	for _, piece := range []string{"a", "a.", "'", "\" 'x", "a@", "1 ", "1", "\x1b", "/a", "%25", "Bearer ", "eyJ", "h://", "19:", "a:", "token=", "-----BEGIN X-----", "ö‘", "&a=b", "a1 "} {
		for name, c := range map[string]struct {
			most  int // characters; 0: as many as there are
			clean func(string) string
		}{
			"New":       {Most, func(s string) string { return New(s).String() }},
			"Error":     {Most, func(s string) string { return Error(errors.New(s)).Error() }},
			"ID":        {64, func(s string) string { return ID(s).String() }},
			"Host":      {Most, func(s string) string { return Host(&url.URL{Scheme: "https", Host: s}) }},
			"URL":       {mostSegments*(mostOfSegment+1) + mostParameters*(Most+mostOfValue+3) + 3, func(s string) string { return URL(&url.URL{Scheme: "https", Host: s, Path: "/" + s, RawQuery: s}) }},
			"Shown":     {21, func(s string) string { return Shown("19:" + s + "@thread") }},
			"Printable": {0, Printable},
		} {
			clean := func(size int) (took time.Duration, got string) {
				text := strings.Repeat(piece, size/len(piece))
				start := time.Now()
				got = c.clean(text)
				return time.Since(start), got
			}
			short, long, got := time.Hour, time.Hour, ""
			slow := func() bool { return long > grows*grows/2*short+50*time.Millisecond } // the square of it would be twice that
			for try := 0; try < 20 && (try == 0 || slow()); try++ {                       // the quickest of each, for the machine may be busy
				took, _ := clean(small)
				short = min(short, took)
				took, got = clean(large)
				long = min(long, took)
			}
			if slow() {
				t.Errorf("%s of %q takes %v of %d bytes, and %v of %d", name, piece, short, small, long, large)
			}
			if n := utf8.RuneCountInString(got); c.most > 0 && n > c.most {
				t.Errorf("%s of %q, 64 KiB of it: %d characters", name, piece, n)
			}
		}
	}
}

func TestID(t *testing.T) {
	for in, want := range map[string]string{
		"8d1f2e3c-1111-4222-8333-444455556666": "8d1f2e3c-1111-4222-8333-444455556666", "5f2c": "5f2c", "7f1e22d0-0001": "7f1e22d0-0001",
		"a b": "", "\x1b[2J": "", token: "", strings.Repeat("a", 65): "", "ines@fabrikam.example": "", "eyJhbGciOiJSUzI1": "",
	} {
		if got := ID(in).String(); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestShown(t *testing.T) {
	for _, id := range []string{guid, "", "host-1", "ines@fabrikam.example", Shown(chat), "19:no chat"} {
		if got := Shown(id); got != id {
			t.Errorf("%s became %s", id, got)
		}
	}
	if a, b := Shown(chat), Shown("19:b@thread.v2"); a == b || len(a) != len("chat-")+16 || strings.Contains(a, "5ec2e7aa") {
		t.Errorf("%s and %s", a, b)
	}
}

func TestError(t *testing.T) {
	if Error(nil) != nil {
		t.Error("no error has become one")
	}
	inner := &fs.PathError{Op: "open", Path: "/run/x", Err: fs.ErrPermission}
	for _, c := range []struct {
		err  error
		want string
	}{
		{&url.Error{Op: "Get", URL: "https://acct.blob.core.windows.net/lake/raw?sv=1&sig=hunter2", Err: errors.New("dial tcp 203.0.113.10:443: connect: connection refused")},
			`Get "https://acct.blob.core.windows.net/lake/raw?…": dial tcp 203.0.113.10:443: connect: connection refused`},
		{errors.New("lookup acct.blob.core.windows.net on 127.0.0.53:53: no such host"), "lookup acct.blob.core.windows.net on 127.0.0.53:53: no such host"},
		{errors.New("malformed HTTP status code \"\u009b31m ines\""), `malformed HTTP status code "…"`},
		{errors.New("Forbidden \x1b[2J by proxy of ines@fabrikam.example"), "Forbidden [2J by proxy of …"},
		{fmt.Errorf("it: %w", inner), "it: open /run/x: permission denied"},
	} {
		got := Error(c.err)
		if got.Error() != c.want || !errors.Is(got, c.err) || !errors.Is(Error(got), got) || Error(got).Error() != c.want {
			t.Errorf("%v became\n%v, want\n%s", c.err, got, c.want)
		}
	}
	if got := Error(inner); !errors.Is(got, fs.ErrPermission) {
		t.Errorf("%v is no longer a refusal", got)
	}
}

func TestURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://graph.example/v1.0/users/" + guid + "/events?$filter=a%20eq%20'b'&$skiptoken=hunter2":                             "/v1.0/users/…/events?$filter=a eq 'b'&$skiptoken=…",
		"https://graph.example/v1.0/chats/" + chat + "/messages":                                                                   "/v1.0/chats/…/messages",
		"https://graph.example/v1.0/chats/19:meeting_MzJhN2YxZGUtNGI1Yw==@thread.v2/members":                                       "/v1.0/chats/…/members",
		"https://graph.example/v1.0/users/ines@fabrikam.example":                                                                   "/v1.0/users/…",
		"https://graph.example/v1.0/users/" + owner:                                                                                "/v1.0/users/…",
		"https://graph.example/v1.0/users('" + guid + "')/chats":                                                                   "/v1.0/users('…')/chats",
		"https://graph.example/v1.0/communications/callRecords/getPstnCalls(fromDateTime=2026-11-20,toDateTime=2026-11-21)":        "/v1.0/communications/callRecords/getPstnCalls(fromDateTime=2026-11-20,toDateTime=2026-11-21)",
		"https://graph.example/v1.0/users/7b/x?%24select=a,b&$filter=userId%20eq%20'" + guid + "'":                                 "/v1.0/users/7b/x?$select=a,b&$filter=userId eq '…'",
		"https://graph.example/v1.0/x?$filter=startDateTime%20ge%202026-11-20T00:00:00Z":                                           "/v1.0/x?$filter=startDateTime ge 2026-11-20T00:00:00Z",
		"https://graph.example/v1.0/" + strings.Repeat("x", 201) + strings.Repeat("/y", 20) + "?" + strings.Repeat("&a=b", 20)[1:]: "/v1.0/…" + strings.Repeat("/y", 13) + "/…?" + strings.Repeat("a=b&", 12) + "…",
		"https://graph.example/v1.0/x?a=%1b[2J%0a%e2%80%ae&sig=hunter2&sv=1":                                                       "/v1.0/x?a=[2J&sig=…&sv=…",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := URL(u); got != want {
			t.Errorf("%s became\n%s, want\n%s", in, got, want)
		}
	}
}

func TestTextIsShownClean(t *testing.T) {
	text := New("a\u202e " + guid)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).InfoContext(t.Context(), "x", "text", text)
	encoded, err := json.Marshal(struct{ Text Text }{text})
	if err != nil || string(encoded) != `{"Text":"a …"}` || fmt.Sprintf("%v %s", text, text) != "a … a …" || !strings.Contains(log.String(), `"text":"a …"`) {
		t.Errorf("%s, %v, %s, %v", encoded, text, log.String(), err)
	}
}

func TestPrintable(t *testing.T) {
	in := "graphlake.yaml:3: key: want\n\tdt=2026-11-20 of 'x' \x1b[2J\u202e\U000e0041\u009b " + token + " Bearer hunter2 https://x/?sig=hunter2&a=1"
	want := "graphlake.yaml:3: key: want\n\tdt=2026-11-20 of 'x' \\u001b[2J\\u202e\\udb40\\udc41\\u009b [redacted] Bearer [redacted] https://x/?sig=[redacted]&a=1"
	if got := Printable(in); got != want {
		t.Errorf("%q, want\n%q", got, want)
	}
}

// Written in pieces of any size, a text comes out the same, and JSON has the values that it had.
func TestWriter(t *testing.T) {
	value := "Adä \U0001f469\u200d\U0001f680 \x1b[2J\x7f\u202e\u0085\u009b\u2028\ufeff\U000e0041\r\n\t\"\\"
	var encoded bytes.Buffer
	e := json.NewEncoder(&encoded)
	e.SetEscapeHTML(false)
	if err := e.Encode(map[string]string{value: value}); err != nil {
		t.Fatal(err)
	}
	for size := 1; size < 40; size++ {
		var out bytes.Buffer
		w := NewWriter(&out)
		for rest := encoded.Bytes(); len(rest) > 0; rest = rest[min(size, len(rest)):] {
			if n, err := w.Write(rest[:min(size, len(rest))]); err != nil || n != min(size, len(rest)) {
				t.Fatal(n, err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		var back map[string]string
		if err := json.Unmarshal(out.Bytes(), &back); err != nil || back[value] != value {
			t.Fatalf("in pieces of %d: %q, %v", size, out.String(), err)
		}
		if strings.IndexFunc(strings.TrimRight(out.String(), "\n"), func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
			t.Fatalf("printed %q", out.String())
		}
	}
	var out bytes.Buffer
	w := NewWriter(&out)
	fmt.Fprint(w, "a\x9bb\xe2\x80")
	if err := w.Close(); err != nil || out.String() != "a\ufffdb\ufffd\ufffd" {
		t.Errorf("what is no UTF-8 became %q, %v", out.String(), err)
	}
}

// FuzzNew: whatever is put in, what comes out is one line of valid text that prints, not longer than it may be, the same when it
// is cleaned again, and without what was planted.
func FuzzNew(f *testing.F) {
	for _, s := range []string{"m", "'", "\"x", "Bearer ", "sig=", "https://x/?", "a@", "+1 ", "\u202e", "\x9b", "…", "[redacted]", "-----BEGIN X-----", "AADSTS1 ", "2026-11-2", "/o=", "19:", "::"} {
		f.Add(s, " said")
	}
	f.Add(token, guid)
	f.Add("https://ines:hunter2@x.example/"+guid+"?a", chat)
	f.Fuzz(func(t *testing.T, before, after string) {
		wellFormed(t, before+after, func(s string) string { return New(s).String() })
		wellFormed(t, before+after, func(s string) string { return Error(errors.New(s)).Error() })
		if u, err := url.Parse(before); err == nil {
			if got := URL(u); !utf8.ValidString(got) || strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 || len(got) > 16<<10 {
				t.Errorf("URL of %q is %q", before, got)
			}
		}
		// Planted between blanks, so that it is whole.
		secret := base64.RawURLEncoding.EncodeToString([]byte("planted"))
		for _, plant := range []string{
			"Bearer " + secret, "eyJ" + secret + ".x", "client_secret=" + secret, "https://h/?sig=" + secret, "?sv=1&sig=" + secret,
			secret + "@fabrikam.example", "'" + secret + "'",
		} {
			for name, got := range map[string]string{"New": New(before + " " + plant + " " + after).String(), "Error": Error(errors.New(before + " " + plant + " " + after)).Error()} {
				if strings.Contains(got, secret) && !strings.Contains(before+after, secret) {
					t.Errorf("%s: %q shows what was planted: %q", name, before+" "+plant+" "+after, got)
				}
			}
		}
	})
}

func wellFormed(t *testing.T, in string, clean func(string) string) {
	t.Helper()
	got := clean(in)
	if !utf8.ValidString(got) || utf8.RuneCountInString(got) > Most || strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		t.Errorf("%q became %q, no line of text", in, got)
	}
	if guids.MatchString(got) || jwt.MatchString(got) {
		t.Errorf("%q became %q, which names somebody", in, got)
	}
	if again := clean(got); again != got {
		t.Errorf("%q became %q, and cleaned again %q", in, got, again)
	}
}
