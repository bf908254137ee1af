package hostile

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"graphlake/internal/trial/command"
)

// mode is one way in which a Graph is hostile.
type mode struct {
	dataset string                          // that is read; empty: pstn_calls
	serve   func(g *graph) http.HandlerFunc // its answers
	frames  frames                          // instead of them: what it sends over HTTP/2
	endless bool                            // it goes on until it is told to stop, by SIGTERM
	many    bool                            // its answers are many at once, and each within the bounds of one

	from   string                            // the first day that is asked for; empty: the day before the last
	client func(g *graph, c *command.Client) // what else is configured; nil: nothing
	args   []string                          // further arguments
}

// of is the mode with another dataset, of whose questions only those that contain a text are answered like it; the others
// are answered well.
func (m mode) of(dataset, asks string) mode {
	hostile := m.serve
	m.dataset = dataset
	m.serve = func(g *graph) http.HandlerFunc {
		bad := hostile(g)
		return func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, asks) {
				bad(w, r)
				return
			}
			well(g, w, r)
		}
	}
	return m
}

// stopped is the mode, which does not end by itself.
func (m mode) stopped() mode {
	m.endless = true
	return m
}

// since is the mode over more days, of which several are asked for at once.
func (m mode) since(day string) mode {
	m.from = day
	return m
}

// well answers what has nothing hostile in it: two users, one call record, and otherwise nothing.
func well(g *graph, w http.ResponseWriter, r *http.Request) {
	const one, two = `{"id":"00000000-0000-4000-8000-000000000001"}`, `{"id":"00000000-0000-4000-8000-000000000002"}`
	switch path := r.URL.Path; {
	case r.Method == http.MethodHead:
	case strings.HasSuffix(path, "/users"):
		answer(w, 200, `{"value":[`+one+`,`+two+`]}`)
	case strings.HasSuffix(path, "/callRecords"):
		answer(w, 200, `{"value":[{"id":"`+call+`","version":1,"startDateTime":"2026-11-20T10:00:00Z","endDateTime":"2026-11-20T10:30:00Z","lastModifiedDateTime":"2026-11-20T11:00:00Z"}]}`)
	case strings.HasSuffix(path, "/delta"):
		answer(w, 200, g.fill(`{"value":[`+one+`],"@odata.deltaLink":"DELTA"}`, r))
	default:
		answer(w, 200, `{"value":[]}`)
	}
}

const call = "e523d2ed-2966-4b6b-925b-754a88034cc5"

// What a person could read out of a terminal or a file, were it let through: it must not be found where it does not belong.
const (
	control = "\x1b]0;owned\x07\x1b[2J\u202e\u0085\u009b31m"
	name    = "Canary Byron"
	address = "canary@adatum.example"
	number  = "+14255550142"
	sign    = "sig=c4n4ry"
)

// row is a call over the telephone network, with more members.
func row(id, more string) string {
	return fmt.Sprintf(`{"callId":"c","userId":"00000000-0000-4000-8000-000000000001","userPrincipalName":%q,"startDateTime":"2026-11-20T10:00:00Z",`+
		`"endDateTime":"2026-11-20T10:01:00Z","duration":60,"callType":"user_out","calleeNumber":%q%s,"id":"%s"}`, address, number, more, id)
}

// object is the open end of a row, to which a member is added.
func object(i int) string { return strings.TrimSuffix(row(fmt.Sprint(i), ""), "}") }

const (
	page       = `{"value":[`
	end        = `]}`
	kibi       = 1 << 10
	mebi       = 1 << 20
	annotation = `"@odata.context":0,`
	body       = page + `{"id":"1","createdDateTime":"2026-11-20T10:00:00Z","lastModifiedDateTime":"2026-11-20T10:00:00Z","chatId":"19:x@thread.v2","messageType":"message","etag":"1","body":{"contentType":"html","content":"`
	bodyEnd    = `"}}` + end
	listed     = `"version":1,"startDateTime":"2026-11-20T10:00:00Z","endDateTime":"2026-11-20T10:30:00Z"`
)

// modes are all of them, by name.
var modes = map[string]mode{
	// Many bytes of little.
	"white space":          large(page, " ", end),
	"small elements":       large(page, "1,", "1"+end),
	"empty objects":        large(page, "{},", "{}"+end),
	"empty strings":        large(page, `"",`, `""`+end),
	"nulls":                large(page, "null,", "null"+end),
	"many rows":            sized(15*mebi, page, row("COUNT", "")+",", row("last", "")+end),
	"elements within":      sized(15*mebi, page+object(1)+`,"x":[`, "1,", "1]}"+end),
	"arrays within arrays": sized(15*mebi, page+object(1)+`,"x":[`, "[],", "1]}"+end),
	"half the elements":    sized(60*kibi, page+object(1)+`,"x":[`, "{},", "{}]}"+end),
	"small members":        sized(15*mebi, page+object(1), `,"":1`, "}"+end),
	"members of the page":  sized(15*mebi, `{`, `"":1,`, `"value":[]}`),
	"many open objects":    sized(15*mebi, page, `{"x":[`, ``),
	"members of rows":      sized(15*mebi, page, `{"id":"1"`+strings.Repeat(`,"":1`, 2000)+"},", "{}"+end),

	// Much of one thing.
	"a long id":               large(page+object(1)+`,"id":"`, "A", `"}`+end),
	"an id within bounds":     sized(7*mebi, page+strings.TrimSuffix(row("", ""), `"}`), "A", `"}`+end),
	"a long string":           large(page+object(1)+`,"userDisplayName":"`, "A", `"}`+end),
	"a string within":         sized(7*mebi, page+object(1)+`,"userDisplayName":"`, "A", `"}`+end),
	"a long unknown member":   large(page+object(1)+`,"unknown":"`, "A", `"}`+end),
	"an unknown within":       sized(7*mebi, page+object(1)+`,"unknown":"`, "A", `"}`+end),
	"strings within":          {serve: stringsWithin},
	"a long name":             sized(15*mebi, page+object(1)+`,"`, "A", `":1}`+end),
	"a long escaped name":     sized(15*mebi, page+object(1)+`,"`, `\u0041`, `":1}`+end),
	"a huge number":           sized(7*mebi, page+object(1)+`,"charge":`, "9", `}`+end),
	"a huge exponent":         sized(7*mebi, page+object(1)+`,"charge":1e`, "9", `}`+end),
	"a huge fraction":         sized(7*mebi, page+object(1)+`,"charge":0.`, "9", `}`+end),
	"a long time":             sized(7*mebi, page+object(1)+`,"inviteDateTime":"2026-11-20T10:00:00.`, "9", `Z"}`+end),
	"escapes":                 sized(15*mebi, page+object(1)+`,"unknown":"`, `\u0000`, `"}`+end),
	"lone surrogates":         sized(15*mebi, page+object(1)+`,"userDisplayName":"`, `\ud800`, `"}`+end),
	"no UTF-8":                sized(15*mebi, page+object(1)+`,"unknown":"`, "\xff", `"}`+end),
	"no UTF-8 within":         sized(2*mebi, page+object(1)+`,"unknown":"`, "\xff", `"}`+end),
	"a text of HTML":          sized(7*mebi, body, `<a b=c><!--`, bodyEnd).of("chat_messages", "getAllMessages"),
	"attributes of HTML":      attributes(body+"<x", ">"+bodyEnd).of("chat_messages", "getAllMessages"),
	"attributes before tags":  attributes(body+"<x", ">"+strings.Repeat("<b a>", 700_000)+bodyEnd).of("chat_messages", "getAllMessages"),
	"an attribute of HTML":    sized(7*mebi, body+"<img alt='", "a", "'>"+bodyEnd).of("chat_messages", "getAllMessages"),
	"depth of HTML":           sized(7*mebi, body, "<div>", bodyEnd).of("chat_messages", "getAllMessages"),
	"open tags of HTML":       sized(7*mebi, body, "<b ", bodyEnd).of("chat_messages", "getAllMessages"),
	"entities of HTML":        sized(7*mebi, body, "&nGt;", bodyEnd).of("chat_messages", "getAllMessages"),
	"small elements of HTML":  sized(7*mebi, body, "<a href=x>", bodyEnd).of("chat_messages", "getAllMessages"),
	"a text of smaller signs": sized(7*mebi, body, "<", bodyEnd).of("chat_messages", "getAllMessages"),

	// Deep.
	"deep":          sized(2*mebi, page+object(1)+`,"x":`, "[", ``),
	"deep objects":  sized(2*mebi, page+object(1)+`,"x":`, `{"x":`, ``),
	"deep and well": {serve: deepAndWell},
	"deep errors":   {serve: deepErrors},

	// Twice.
	"ids twice":         sized(7*mebi, page+object(1), `,"id":"1"`, `}`+end),
	"collections twice": sized(15*mebi, `{`, `"value":[1,1],`, `"value":[]}`),
	"errors twice":      sized(15*mebi, `{"value":[]`, `,"error":{"code":"a"}`, `}`).stopped(),

	// Annotations and links.
	"annotations":          sized(15*mebi, page+object(1)+",", annotation, `"x":1}`+end),
	"links of collections": sized(7*mebi, page+`{"id":"1","x":[]`, `,"x@odata.nextLink":"x"`, `}`+end),
	"a long link":          sized(15*mebi, `{"value":[],"@odata.nextLink":"http://127.0.0.1/`, "A", `"}`),
	"a link within":        {serve: linkWithin},
	"a changes link":       sized(30*kibi, `{"value":[],"@odata.deltaLink":"http://127.0.0.1/`, "A", `"}`).of("users", "/delta"),
	"pages":                plain(200, page+row("COUNT", "")+`],"@odata.nextLink":"NEXT"}`).stopped(),
	"empty pages":          plain(200, page+`],"@odata.nextLink":"NEXT"}`),
	"changes without end":  plain(200, page+`{"id":"00000000-0000-4000-8000-COUNT"}],"@odata.nextLink":"NEXT"}`).of("users", "/delta").stopped(),
	"a page after itself":  plain(200, page+row("1", "")+`],"@odata.nextLink":"GRAPH/v1.0/x"}`),
	"nested links": plain(200, page+`{"id":"COUNT","segments":[],"segments@odata.nextLink":"NEXT"}`+end).of("call_records", "skip").
		of("call_records", "callRecords/"+call),
	"links in links":        plain(200, `{"id":"`+call+`","version":1,"startDateTime":"2026-11-20T10:00:00Z","value":[{"id":"COUNT","segments":[],"segments@odata.nextLink":"NEXT"}],"sessions":[],"sessions@odata.nextLink":"NEXT"}`).of("call_records", "callRecords/"+call),
	"a session without end": plain(200, `{"id":"`+call+`","version":1,"startDateTime":"2026-11-20T10:00:00Z","value":[{"id":"COUNT"}],"@odata.nextLink":"NEXT","sessions":[],"sessions@odata.nextLink":"NEXT"}`).of("call_records", "callRecords/"+call).stopped(),
	"thousands of links":    mode{serve: thousandsOfLinks}.of("call_records", "callRecords/"+call).stopped(),
	"rows of a long text": sized(7*mebi, `{"id":"`+call+`","version":1,"startDateTime":"2026-11-20T10:00:00Z","endDateTime":"2026-11-20T10:30:00Z","joinWebUrl":"`+strings.Repeat("a", 60*kibi)+`","sessions":[`,
		`{"id":"x","startDateTime":"2026-11-20T10:00:00Z","endDateTime":"2026-11-20T10:30:00Z","segments":[{"id":"y"}],"unknown":"`+strings.Repeat("a", 200)+`"},`, `{}]}`).of("call_records", "callRecords/"+call),

	// Ids where others are asked by them.
	"long ids of users":    sized(15*mebi, page, `{"id":"`+strings.Repeat("A", mebi)+`"},`, "{}"+end).of("presence", "/users"),
	"long ids of parents":  sized(15*mebi, page, `{"id":"`+strings.Repeat("A", mebi)+`"},`, "{}"+end).of("chat_messages", "/users"),
	"long ids of records":  sized(15*mebi, page, `{"id":"`+strings.Repeat("A", mebi)+`","version":1,"startDateTime":"2026-11-20T10:00:00Z"},`, "{}"+end).of("call_records", "/callRecords"),
	"long versions":        mode{serve: longVersions}.of("call_records", "/callRecords").stopped(),
	"chats listed ahead":   mode{serve: chatsAhead}.of("chats", "/chats").stopped(),
	"a large record":       sized(7*mebi, `{"id":"`+call+`","version":1,"startDateTime":"2026-11-20T10:00:00Z","unknown":"`, "A", `"}`).of("call_records", "callRecords/"+call),
	"a record too large":   sized(15*mebi, `{"id":"`+call+`","version":1,"startDateTime":"2026-11-20T10:00:00Z","unknown":"`, "A", `"}`).of("call_records", "callRecords/"+call),
	"a parent too large":   large(page, "1,", "1"+end).of("chat_messages", "getAllMessages"),
	"presences too many":   large(page, "1,", "1"+end).of("presence", "getPresences"),
	"users too many":       sized(15*mebi, page, `{"id":"x"},`, `{"id":"y"}`+end).of("presence", "/users"),
	"equal ids":            sized(mebi, page, `{"id":"x","a":[1]},`, `{"id":"x"}],"@odata.nextLink":"http://127.0.0.1/v1.0/x"}`).of("users", "/delta"),
	"an answer of a probe": {serve: probe},

	// Much at once, each within the bounds of one answer.
	"windows at once":    mode{serve: stringsWithin, many: true}.since("2026-10-01"),
	"windows of rows":    sized(15*mebi, page, row("COUNT", `,"unknown":"`+strings.Repeat("A", 2*kibi)+`"`)+",", row("last", "")+end).since("2026-10-01"),
	"windows of changes": mode{serve: stringsWithin, many: true}.of("chats", "/chats"),
	"parents at once":    mode{many: true, serve: manyOf(stringsWithin, "/users")}.of("chat_messages", ""),
	"calendars at once":  mode{many: true, serve: manyOf(stringsWithin, "/users")}.of("calendar_events", ""),
	"presences at once":  mode{many: true, serve: manyOf(stringsWithin, "/users")}.of("presence", ""),
	"records at once":    mode{many: true, serve: manyOf(largeRecord, "/callRecords")}.of("call_records", ""),
	"parts at once":      mode{many: true, serve: manyOf(manyParts, "/callRecords")}.of("call_records", ""),
	"all at once":        mode{many: true, serve: manyOf(stringsWithin, "/users", "/callRecords"), args: []string{"--dataset", "chat_messages", "--dataset", "calendar_events", "--dataset", "call_records", "--dataset", "direct_routing_calls"}}.since("2026-11-01"),

	// What a user has declared.
	"a declared list":   declared(large(page, `{"id":"1","a":[`, `1]}`+end)),
	"declared rows":     declared(sized(7*mebi, page+`{"id":"1","list":[`, `{"n":1},`, `{"n":2}]}`+end)),
	"a declared column": declared(sized(7*mebi, page+`{"id":"1","text":"`, "A", `"}`+end)),
	"declared words":    declared(plain(400, `{"error":{"code":"Bad`+escaped+`","message":"`+address+` `+number+` BEARER"}}`)),

	// Sign-in.
	"a large token":         identity(sized(15*mebi, `{"access_token":"`, "A", `"}`)).stopped(),
	"a deep token":          identity(sized(200*kibi, `{"access_token":`, "[", "")).stopped(),
	"a token elsewhere":     identity(plain(307, "", "Location", "OTHER/token")),
	"a token of words":      identity(plain(200, `{"access_token":"`+escaped+`","expires_on":"9999999999","resource":"r"}`)).stopped(),
	"a token without end":   identity(plain(200, `{"access_token":"`+token+`","expires_on":"-1","expires_in":"-1"}`)).stopped(),
	"a refusal of words":    identity(plain(400, `{"error":"x`+escaped+`","error_description":"AADSTS1: `+address+` `+number+` `+escaped+`"}`)),
	"a large refusal":       identity(large(`{"error":"x","error_description":"`, "a@b ", `"}`)).stopped(),
	"slow tokens":           identity(raw(func(w *bufio.Writer) { slowly(w, "HTTP/1.1 200 OK\r\nX:"[:17]) })).stopped(),
	"headers for a token":   identity(plain(200, `{}`, "X", strings.Repeat("a", mebi))).stopped(),
	"a redirect of a token": identity(plain(302, "", "Location", "OTHER/token")),

	// Blob Storage.
	"a large refusal of storage": storage(zipped(403, piece{`<Error><Code>x</Code><Message>`, "a", `</Message></Error>`}, 200*mebi), ""),
	"a plain refusal of storage": storage(plainly(403, piece{`<Error><Code>x</Code><Message>`, "a", `</Message></Error>`}, 200*mebi), ""),
	"words of storage":           storage(short(403, `<Error><Code>x`+control+`</Code><Message>`+address+` `+sign+control+`</Message></Error>`), ""),
	"a large list":               storage(plainly(200, piece{blobs, blob, `</Blobs></EnumerationResults>`}, 200*mebi), ""),
	"a list of nothing":          storage(plainly(200, piece{blobs, "<Blob/>", `</Blobs></EnumerationResults>`}, 15*mebi), ""),
	"a deep list":                storage(plainly(200, piece{blobs, "<Blob>", ``}, 15*mebi), ""),
	"a blob of nothing":          storage(short(200, blobs+`<Blob></Blob></Blobs></EnumerationResults>`), ""),
	"a list without blobs":       storage(short(200, `<?xml version="1.0"?><EnumerationResults/>`), "").stopped(),
	"no list":                    storage(short(200, `{"value":[]}`), ""),
	"a long document":            storage(plainly(200, piece{"{", " ", "}"}, 200*mebi), "/x/").stopped(),
	"a refusal of a document":    storage(plainly(403, piece{"<Error>", " ", "</Error>"}, 200*mebi), "/x/"),

	// HTTP.
	"headers": raw(func(w *bufio.Writer) {
		_, _ = w.WriteString("HTTP/1.1 200 OK\r\n")
		forever(w, func(i int) string { return fmt.Sprintf("X-H-%d: %s\r\n", i, strings.Repeat("a", 4000)) })
	}),
	"one long header": raw(func(w *bufio.Writer) {
		_, _ = w.WriteString("HTTP/1.1 200 OK\r\nX: ")
		forever(w, func(int) string { return strings.Repeat("a", 4000) })
	}),
	"early hints": raw(func(w *bufio.Writer) {
		forever(w, func(int) string { return "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" })
	}),
	"trailers": raw(func(w *bufio.Writer) {
		_, _ = w.WriteString("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\nc\r\n" + `{"value":[]}` + "\r\n0\r\n")
		forever(w, func(i int) string { return fmt.Sprintf("X-%d: %s\r\n", i, strings.Repeat("a", 4000)) })
	}),
	"extended chunks": raw(func(w *bufio.Writer) {
		_, _ = w.WriteString("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		forever(w, func(int) string { return "1;" + strings.Repeat("a", 4000) + "\r\n \r\n" })
	}),
	"chunks of a byte": raw(func(w *bufio.Writer) {
		_, _ = w.WriteString("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		forever(w, func(int) string { return "1\r\n \r\n" })
	}),
	"no length": raw(func(w *bufio.Writer) {
		_, _ = w.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
		forever(w, func(int) string { return strings.Repeat(" ", 4000) })
	}),
	"a length too large": raw(func(w *bufio.Writer) {
		_, _ = w.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\n" + `{"value":[]}`)
	}).stopped(),
	"a length too small": raw(func(w *bufio.Writer) {
		_, _ = w.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + `{"value":[]}` + strings.Repeat(" ", 1000))
	}),
	"two lengths": raw(func(w *bufio.Writer) {
		_, _ = w.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Length: 13\r\n\r\n" + `{"value":[]}`)
	}).stopped(),
	"slow headers": raw(func(w *bufio.Writer) { slowly(w, "HTTP/1.1 200 OK\r\nX:"[:17]) }).stopped(),
	"a slow body": raw(func(w *bufio.Writer) {
		_, _ = w.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
		slowly(w, " ")
	}).stopped(),
	"silence": raw(func(*bufio.Writer) { time.Sleep(longestRun) }).stopped(),
	"gzip in gzip": {serve: func(*graph) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip, gzip")
			outer := gzip.NewWriter(w)
			inner := gzip.NewWriter(outer)
			piece{page, " ", end}.write(inner, 100*mebi)
			_, _ = inner.Close(), outer.Close()
		}
	}},
	"gzip as JSON": {serve: func(*graph) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			outer := gzip.NewWriter(w)
			inner := gzip.NewWriter(outer)
			piece{page, " ", end}.write(inner, 10*mebi)
			_, _ = inner.Close(), outer.Close()
		}
	}, endless: true},
	"empty gzips":         {serve: emptyGzips},
	"an unknown encoding": plain(200, "x", "Content-Encoding", "br\x9b31m"),
	"a foreign type":      plain(200, "<html>", "Content-Type", "text/html\x9b31m").stopped(),
	"years to wait":       plain(429, `{"error":{"code":"TooManyRequests","message":"m"}}`, "Retry-After", "99999999999"),
	"years out of order":  plain(503, `{"error":{"code":"x","message":"m"}}`, "Retry-After", "99999999999999999999999"),
	"a list of waits":     plain(429, `{}`, "Retry-After", strings.Repeat("1,", 50_000)).stopped(),
	"a date of its own":   plain(200, page+row("1", "")+end, "Date", "Fri, 31 Dec 9999 23:59:59 GMT"),

	// Elsewhere.
	"another host":           plain(200, page+`],"@odata.nextLink":"OTHER/v1.0/x"}`),
	"another host's changes": plain(200, page+`{"id":"00000000-0000-4000-8000-000000000001"}],"@odata.deltaLink":"OTHER/v1.0/users/delta?$deltatoken=1"}`).of("users", "/delta"),
	"another host's part":    plain(200, `{"id":"`+call+`","version":1,"startDateTime":"2026-11-20T10:00:00Z","sessions":[],"sessions@odata.nextLink":"OTHER/v1.0/x"}`).of("call_records", "callRecords/"+call),
	"a user in the link":     plain(200, page+`],"@odata.nextLink":"http://a:b@127.0.0.1/v1.0/x"}`),
	"a host in the path":     plain(200, page+`],"@odata.nextLink":"GRAPH@OTHER/v1.0/x"}`),
	"no scheme":              plain(200, page+`],"@odata.nextLink":"//127.0.0.1:1/v1.0/x"}`),
	"a file":                 plain(200, page+`],"@odata.nextLink":"file:///etc/passwd"}`),
	"a redirect":             plain(302, "", "Location", "OTHER/v1.0/x"),
	"a redirect with all":    plain(307, "", "Location", "OTHER/v1.0/x"),

	// Words.
	"control characters": plain(200, page+row(escaped+"1", `,"userDisplayName":"`+escaped+`","currency":"`+escaped+`"`)+`,{"id":"`+escaped+`"}`+end),
	"words in times":     plain(200, page+row("1", `,"inviteDateTime":"`+escaped+name+`","charge":"`+name+`"`)+end),
	"an error":           plain(400, `{"error":{"code":"Bad`+escaped+`","message":"User `+address+` `+number+` `+escaped+` said so BEARER https://x/?`+sign+`","innerError":{"code":"`+escaped+`","request-id":"`+escaped+`"}}}`),
	"a raw error":        plain(400, `{"error":{"code":"Bad`+control+`","message":"`+control+address+` BEARER"}}`),
	"an error of text":   plain(400, control+"User "+address+" BEARER").stopped(),
	"an error within":    plain(200, page+`{"error":{"code":"x`+escaped+`","message":"`+address+` BEARER"}}`+end).stopped(),
	"a forbidden user":   plain(403, `{"error":{"code":"x`+escaped+`","message":"`+address+` `+number+` BEARER"}}`).of("chat_messages", "getAllMessages"),
	"a path as an id":    plain(200, page+row("../../../../tmp/pwned", "")+","+row(`..\\..\\x`, "")+","+row("a/b?c#d%2e", "")+end),
	"a path as a user":   plain(200, page+`{"id":"../../../x"},{"id":"a/b?c#d"},{"id":"`+escaped+`"},{"id":"x' or '1'='1"}`+end).of("chat_messages", "/users"),
	"odd years":          plain(200, page+strings.ReplaceAll(row("1", ""), "2026-11-20T10:00", "9999-12-31T23:59")+","+strings.ReplaceAll(row("2", ""), "2026-11", "0001-01")+","+strings.ReplaceAll(row("3", ""), "2026-11", "-5000-01")+end),
	"zeros":              plain(200, page+row(`a\u0000b`, `,"userDisplayName":"\u0000","charge":1e300`)+end),

	// HTTP/2.
	"continuations":  {frames: continuations, endless: true},
	"pings":          {frames: pings, endless: true},
	"settings":       {frames: settings, endless: true},
	"empty frames":   {frames: emptyFrames, endless: true},
	"packed headers": {frames: packedHeaders},
}

// escaped is control between the quotes of a JSON string.
var escaped = func() string {
	text, _ := json.Marshal(control) // of a string there is no error
	return string(text[1 : len(text)-1])
}()
