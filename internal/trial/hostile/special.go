package hostile

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"graphlake/internal/trial/command"
)

// stringsWithin fills an answer with rows of which each is as long as a row may be.
func stringsWithin(*graph) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
		between := page
		for i := range 2 {
			piece{between + object(i) + `,"unknown":"`, "A", `"}`}.write(z, 7*mebi+512*kibi)
			between = ","
		}
		_, _ = z.Write([]byte(end))
		_ = z.Close()
	}
}

// attributes answers with names of attributes, all different, that make what is before them and behind them as large as a row may be.
func attributes(open, end string) mode {
	return mode{serve: func(*graph) http.HandlerFunc {
		var names strings.Builder
		for i := 0; names.Len() < 7*mebi-len(open)-len(end); i++ {
			fmt.Fprintf(&names, " %s", strconv.FormatInt(int64(i), 36))
		}
		return short(200, open+names.String()+end)
	}}
}

// deepAndWell nests as deep as is read, in every row.
func deepAndWell(*graph) http.HandlerFunc {
	deep := strings.Repeat(`{"x":[`, 45) + strings.Repeat(`]}`, 45)
	return zipped(200, piece{page, object(1) + `,"x":` + deep + "},", "{}" + end}, 4*mebi)
}

// deepErrors has an error in an error, thousands of times, and the last is long.
func deepErrors(*graph) http.HandlerFunc {
	const depth = 9000
	return zipped(400, piece{
		`{"error":{"code":"x","message":"m","innerError":` + strings.Repeat(`{"innerError":`, depth) + `{"code":"`, "A", `"}` + strings.Repeat("}", depth) + `}}`,
	}, 200*mebi)
}

// linkWithin goes on at a link that is nearly too long, each time another one.
func linkWithin(g *graph) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if g.asked.Add(1) > 50 {
			answer(w, 200, page+end)
			return
		}
		answer(w, 200, fmt.Sprintf(`%s%s],"@odata.nextLink":"%s/v1.0/x?a=%s%d"}`, page, row(fmt.Sprint(g.asked.Load()), ""), g.url, strings.Repeat("A", 31*kibi), g.asked.Load()))
	}
}

// thousandsOfLinks has a record whose sessions are on pages without end, each of which has segments elsewhere.
func thousandsOfLinks(g *graph) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("segment") {
			answer(w, 200, page+`{"id":"s"}`+end)
			return
		}
		var all []string
		for range 60 {
			all = append(all, fmt.Sprintf(`{"id":"%d","segments":[],"segments@odata.nextLink":"%s/v1.0/communications/callRecords/%s/x?segment=%[1]d"}`, g.asked.Add(1), g.url, call))
		}
		list := "[" + strings.Join(all, ",") + "]"
		answer(w, 200, g.fill(`{"id":"`+call+`",`+listed+`,"sessions":`+list+`,"sessions@odata.nextLink":"NEXT","value":`+list+`,"@odata.nextLink":"NEXT"}`, r))
	}
}

// longVersions lists records of which each says its version at length, on pages without end, and answers for none.
func longVersions(g *graph) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/callRecords") {
			time.Sleep(time.Minute)
			return
		}
		n := g.asked.Add(1)
		zipped(200, piece{fmt.Sprintf(`{"@odata.nextLink":"%s%s?$skiptoken=%d",%s{"id":"%d","startDateTime":"2026-11-20T10:00:00Z","version":"`, g.url, r.URL.Path, n, page[1:], n), "9", `"}` + end}, 7*mebi)(w, r)
	}
}

// chatsAhead lists many chats on pages without end, and answers slowly for their members.
func chatsAhead(g *graph) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/members") {
			time.Sleep(time.Minute)
			return
		}
		n := g.asked.Add(1)
		chat := `{"id":"19:%d-%d@thread.v2","chatType":"group","lastUpdatedDateTime":"2026-11-20T10:00:00Z","topic":"` + strings.Repeat("A", 30*kibi) + `"}`
		var all []string
		for i := range 500 {
			all = append(all, fmt.Sprintf(chat, n, i))
		}
		answer(w, 200, g.fill(page+strings.Join(all, ",")+`],"@odata.nextLink":"NEXT"}`, r))
	}
}

// probe answers the question for the time by headers, and all else well.
func probe(g *graph) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.Header().Set("X", strings.Repeat("a", mebi))
		}
		well(g, w, r)
	}
}

// emptyGzips is compressed, and says nothing without end.
func emptyGzips(*graph) http.HandlerFunc {
	var empty bytes.Buffer
	_ = gzip.NewWriter(&empty).Close() // a buffer takes all
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		piece{again: empty.String()}.write(w, 64*mebi)
	}
}

// manyOf lists 30 elements where a path ends like one of some, and answers all else by another mode.
func manyOf(other func(g *graph) http.HandlerFunc, lists ...string) func(g *graph) http.HandlerFunc {
	return func(g *graph) http.HandlerFunc {
		then := other(g)
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead {
				return
			}
			if !slices.ContainsFunc(lists, func(end string) bool { return strings.HasSuffix(r.URL.Path, end) }) {
				then(w, r)
				return
			}
			var all []string
			for i := range 30 {
				all = append(all, fmt.Sprintf(`{"id":"00000000-0000-4000-8000-%012d",%s}`, i, listed))
			}
			answer(w, 200, page+strings.Join(all, ",")+end)
		}
	}
}

// asked is the last name of a path: the record that is asked for.
func asked(r *http.Request) string {
	_, id, _ := strings.Cut(r.URL.Path, "callRecords/")
	id, _, _ = strings.Cut(id, "/")
	return id
}

// largeRecord is a record, or a list of one, that is nearly as large as a value may be.
func largeRecord(*graph) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		open := `{"id":"` + asked(r) + `",` + listed + `,"value":[],"sessions":[],"participants_v2":[],"unknown":"`
		zipped(200, piece{open, "A", `"}`}, 7*mebi+512*kibi)(w, r)
	}
}

// manyParts is a record of so many further pages as one may have: four of 15 MiB.
func manyParts(g *graph) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		n := g.asked.Add(1)
		next := fmt.Sprintf(`"%s/v1.0/communications/callRecords/%s/sessions?$skiptoken=`, g.url, asked(r))
		at, _ := strconv.Atoi(r.URL.Query().Get("$skiptoken"))
		link := ""
		if at < 4 {
			link = next + strconv.Itoa(at+1) + `"`
		}
		if at == 0 {
			answer(w, 200, `{"id":"`+asked(r)+`",`+listed+`,"sessions":[],"participants_v2":[],"sessions@odata.nextLink":`+link+`,"value":[],"@odata.nextLink":`+link+`}`)
			return
		}
		open := page
		if link != "" {
			open = `{"@odata.nextLink":` + link + `,` + page[1:]
		}
		zipped(200, piece{fmt.Sprintf(`%s{"id":"%d","unknown":"%s"}`, open, n, strings.Repeat("A", 7*mebi)), fmt.Sprintf(`,{"id":"%d","unknown":"%s"}`, -n, strings.Repeat("A", 7*mebi)), end}, 15*mebi)(w, r)
	}
}

// declared is a mode against a dataset that a user has declared.
func declared(m mode) mode {
	m.dataset = "x_things"
	m.client = func(_ *graph, c *command.Client) {
		c.Jobs = `datasets:
  - name: x_things
    doc: Things.
    mode: snapshot
    source: {api: v1.0, path: /things, budget: {family: identity, cost: 1}}
    permissions: [Directory.Read.All]
    tables:
      - {name: x_things, doc: A thing., key: [thing_id], columns: [{name: thing_id, path: id, type: string, doc: Its id.}, {name: text, path: text, type: string, doc: What it says.}]}
      - {name: x_parts, doc: A part., each: "list[]", key: [thing_id, n], columns: [{name: thing_id, path: /id, type: string, doc: The thing.}, {name: n, path: n, type: int64, doc: A number.}]}
`
	}
	return m
}

// What the command proves itself with to the endpoint of a machine's identity, and to Blob Storage.
const (
	identityHeader = "c4n4ry-header"
	storageKey     = "YzRuNHJ5LWtleS1vZi1hbi1hY2NvdW50" // of Base64
)

// identity is a mode of the endpoint that gives tokens to the machine.
func identity(m mode) mode {
	m = m.of("", "/identity")
	m.client = func(g *graph, c *command.Client) {
		c.Auth = "method: managed_identity"
		c.Environment = append(c.Environment, "IDENTITY_ENDPOINT="+g.url+"/identity", "IDENTITY_HEADER="+identityHeader)
	}
	return m
}

const (
	blobs = `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>`
	blob  = `<Blob><Name>x/a</Name><Properties><Etag>0x1</Etag><Content-Length>1</Content-Length></Properties></Blob>`
)

// storage is a mode of Blob Storage, in which the lake lies: of the questions whose path, or the list's prefix, has a text. The
// others are answered as in an empty container, and every write is accepted.
func storage(bad http.HandlerFunc, asks string) mode {
	const account = "/account"
	return mode{
		args: []string{"--lake", "az://container/x"},
		client: func(g *graph, c *command.Client) {
			c.Jobs = "azure: {connection_string_env: STORAGE}\n"
			c.Environment = append(c.Environment, "STORAGE=DefaultEndpointsProtocol=http;AccountName=account;AccountKey="+storageKey+";BlobEndpoint="+g.url+account)
		},
		serve: func(g *graph) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				list := r.URL.Query().Get("comp") == "list"
				switch {
				case !strings.HasPrefix(r.URL.Path, account):
					well(g, w, r)
				case r.Method == http.MethodHead && asks != "":
					w.Header().Set("Etag", `"0x1"`)
					w.Header().Set("Content-Length", "2000000000")
				case list == (asks == "") && strings.Contains(r.URL.Path, asks):
					bad(w, r)
				case list:
					answer(w, 200, blobs+"</Blobs></EnumerationResults>")
				case r.Method == http.MethodGet, r.Method == http.MethodHead:
					w.Header().Set("X-Ms-Error-Code", "BlobNotFound")
					w.WriteHeader(404)
				default:
					w.Header().Set("Etag", `"0x1"`)
					w.Header().Set("Last-Modified", "Fri, 27 Nov 2026 00:00:00 GMT")
					w.Header().Set("X-Ms-Lease-Id", "11111111-1111-4111-8111-111111111111")
					w.WriteHeader(201)
				}
			}
		},
	}
}

func short(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { answer(w, status, body) }
}

// plainly is zipped, but not compressed.
func plainly(status int, p piece, size int64) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		p.write(w, size)
	}
}
