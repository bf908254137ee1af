package graph

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// What a page may have at most is read, and what has one more is refused.
func TestBounds(t *testing.T) {
	within := func(s string) string { return `{"value":[{"x":` + s + `}]}` }
	list := func(element string, n int) string { return strings.Repeat(element+",", n-1) + element }
	members := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"%d":0`, i)
		}
		return b.String()
	}
	collections := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"%d@odata.count":0`, i)
		}
		return b.String()
	}
	for _, test := range []struct {
		name string
		at   func(n int) string
		most int
		want string
	}{
		{"elements of a page", func(n int) string { return `{"value":[` + list("1", n) + `]}` }, mostElements, "more than 10000 elements on one page"},
		{"elements in a value", func(n int) string { return within("[" + list("1", n) + "]") }, mostInside, "more than 50000 elements of arrays in one value"},
		{"elements of many arrays", func(n int) string {
			return within("[" + list("[1,2,3]", n/4) + "]" + `,"y":[` + list("1", n%4+1) + "]")
		}, mostInside - 1, "more than 50000 elements"},
		{"members", func(n int) string { return within("0" + members(n-1)) }, mostMembers, "more than 20000 members"},
		{"depth of arrays", func(n int) string { return within(strings.Repeat("[", n-1) + strings.Repeat("]", n-1)) }, mostDepth, "nested more than 100 deep"},
		{"depth of objects", func(n int) string { return within(strings.Repeat(`{"x":`, n-1) + "0" + strings.Repeat("}", n-1)) }, mostDepth, "nested more than 100 deep"},
		{"a name", func(n int) string { return within(`0,"` + strings.Repeat("a", n) + `":0`) }, mostName, "a name of more than 1024 bytes"},
		{"a name in escapes", func(n int) string { return within(`0,"` + strings.Repeat("a", n-6) + `\u0061":0`) }, mostName, "a name of more than 1024 bytes"},
		{"annotations", func(n int) string { return within("[" + list(`{"@odata.context":0}`, n) + "]") }, mostAnnotations, "more than 10000 annotations"},
		{"annotated collections", func(n int) string { return within("0" + collections(n)) }, mostCollections, "more than 64 collections"},
		{"the next link", func(n int) string { return `{"value":[],"@odata.nextLink":"` + strings.Repeat("a", n) + `"}` }, mostLink, "a link of more than 32 KiB"},
		{"the link of a collection", func(n int) string { return within(`[],"x@odata.nextLink":"` + strings.Repeat("a", n) + `"`) }, mostLink, "a link of more than 32 KiB"},
		{"a value", func(n int) string { return within(`"` + strings.Repeat("a", n-len(`{"x":""}`)) + `"`) }, mostValue, "one value of more than 8 MiB"},
		{"bytes that are no UTF-8", func(n int) string { return within(`"` + strings.Repeat("\xff", n) + `"`) }, (mostValue - len(`{"x":""}`)) / 3, "one value of more than 8 MiB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := decodePage([]byte(test.at(test.most)), nil); err != nil {
				t.Errorf("%d: %v", test.most, err)
			}
			_, err := decodePage([]byte(test.at(test.most+1)), nil)
			if _, ok := errors.AsType[*limitError](err); !ok || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%d: error = %v, want %q", test.most+1, err, test.want)
			}
		})
	}
	if _, err := decodePage(bytes.Repeat([]byte{0xff}, mostAnswer/2), nil); err == nil || !strings.Contains(err.Error(), "once it is UTF-8") {
		t.Errorf("of bytes that are no UTF-8: %v", err)
	}
	if _, err := decodePage([]byte(`{"x":`+strings.Repeat("[", 20_000)), nil); !errors.Is(err, errDeep) {
		t.Errorf("beside the collection: %v", err)
	}
}

// An id that is too long is none, and its element stays.
func TestLongID(t *testing.T) {
	for n, want := range map[int]int{MostID: MostID, MostID + 1: 0} {
		p, err := decodePage([]byte(`{"value":[{"id":"`+strings.Repeat("a", n)+`"},{"id":"b"}]}`), nil)
		if err != nil || len(p.Values) != 2 || len(p.Values[0].ID) != want || string(p.Values[1].ID) != "b" {
			t.Errorf("an id of %d bytes: %v, %v", n, p.Values, err)
		}
	}
}

// Whatever is in an answer, reading it allocates its bytes times a small factor, in all, and not for long.
func TestCostOfAnAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads 8 MiB of each kind")
	}
	const size = 8 << 20
	fill := func(open, piece, end string) []byte {
		return []byte(open + strings.Repeat(piece, (size-len(open)-len(end))/len(piece)) + end)
	}
	var fields Fields
	fields.Add("id")
	fields.Add("a", "b")
	for name, body := range map[string][]byte{
		"white space":         fill(`{"value":[`, " ", `]}`),
		"numbers":             fill(`{"value":[`, "1,", `1]}`),
		"empty objects":       fill(`{"value":[`, "{},", `{}]}`),
		"objects of ids":      fill(`{"value":[`, `{"id":"1"},`, `{}]}`),
		"arrays":              fill(`{"value":[[`, "1,", `1]]}`),
		"arrays in arrays":    fill(`{"value":[[`, "[],", `1]]}`),
		"open arrays":         fill(`{"value":[`, "[", ``),
		"open objects":        fill(`{"value":[`, `{"a":`, ``),
		"members":             fill(`{"value":[{`, `"":1,`, `"":1}]}`),
		"members of the page": fill(`{`, `"":1,`, `"value":[]}`),
		"collections":         fill(`{`, `"value":[1,1],`, `"value":[]}`),
		"links of the page":   fill(`{"value":[]`, `,"@odata.nextLink":"a"`, `}`),
		"errors":              fill(`{"value":[]`, `,"error":{"code":"a"}`, `}`),
		"errors of elements":  fill(`{"value":[`, `{"error":{"innerError":{"innerError":{"code":"c"}}}},`, `1]}`),
		"annotations":         fill(`{"value":[{`, `"@count":1,`, `"a":1}]}`),
		"escaped annotations": fill(`{"value":[{`, `"\u0061@count":1,`, `"a":1}]}`),
		"links":               fill(`{"value":[{"a":[]`, `,"a@nextLink":"b"`, `}]}`),
		"a string":            fill(`{"value":[{"a":"`, `a`, `"}]}`),
		"escapes":             fill(`{"value":[{"id":"`, `\u0000`, `"}]}`),
		"lone surrogates":     fill(`{"value":[{"id":"`, `\ud800`, `"}]}`),
		"an escaped name":     fill(`{"value":[{"`, `\u0061`, `":1}]}`),
		"no UTF-8":            fill(`{"value":["`, "\xff", `"]}`),
		"a number":            fill(`{"value":[`, "9", `]}`),
		"the count":           fill(`{"@odata.count":`, "9", `,"value":[]}`),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := decodePage(body, &fields)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > 3*size {
				t.Errorf("%d MiB were allocated (%v)", n>>20, err)
			}
			if took > time.Minute { // it is tenths of a second, and what is looked at again and again takes hours
				t.Errorf("it took %v", took)
			}
			_, _ = decodeObject(body, &fields)
		})
	}
}

// Of an answer that says what went wrong only so much is taken off the connection, and it is read once.
func TestCostOfAnError(t *testing.T) {
	const depth = 9000
	deep := `{"error":{"code":"x","message":"m","innerError":` + strings.Repeat(`{"innerError":`, depth) +
		`{"code":"` + strings.Repeat("A", 1<<20) + `"}` + strings.Repeat("}", depth) + `}}`
	nested := `{"error":{"code":"x","message":"m","innerError":` + strings.Repeat(`{"a":`, 5000) + `1` + strings.Repeat("}", 5000) + `}}`
	for name, body := range map[string]string{"deep": deep, "nested": nested, "a message": `{"error":{"code":"x","message":"` + strings.Repeat("a@b ", 1<<20)} {
		t.Run(name, func(t *testing.T) {
			read := 0
			graph := roundTrip(func(*http.Request) (*http.Response, error) {
				var zipped bytes.Buffer
				z := gzip.NewWriter(&zipped)
				_, _ = io.WriteString(z, body)
				_ = z.Close()
				header := http.Header{"Content-Encoding": {"gzip"}}
				return &http.Response{StatusCode: 400, Header: header, Body: io.NopCloser(&counting{&zipped, &read})}, nil
			})
			c, err := New(Options{Endpoint: endpoint, Token: StaticToken{"t0ken"}, Transport: graph})
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			_, err = c.Get(t.Context(), users)
			if took := time.Since(start); took > 30*time.Second { // it is hundredths of one
				t.Errorf("it took %v", took)
			}
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Kind != Rejected || len(err.Error()) > 2000 {
				t.Errorf("error = %.300v", err)
			}
			if n := c.Stats().BytesRead.Load(); n > mostErrorBody {
				t.Errorf("%d bytes were read", n)
			}
		})
	}
}

// raw answers with a head, and then with a text over and over.
func raw(head, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n"+head+strings.Repeat(text, 1000))
	}
}

type counting struct {
	io.Reader
	n *int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	*c.n += n
	return n, err
}

// An answer beyond a bound is no passing fault.
func TestBeyondIsNotAskedAgain(t *testing.T) {
	for name, graph := range map[string]http.HandlerFunc{
		"elements":    answer(200, `{"value":[`+strings.Repeat("1,", mostElements)+`1]}`),
		"bytes":       answer(200, strings.Repeat(" ", mostAnswer+1)),
		"an encoding": answer(200, wholePage, "Content-Encoding", "gzip, gzip"),
		"headers":     func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", mostHeader)) },
		"trailers":    raw("Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n1\r\n \r\n0\r\n", "X: "+strings.Repeat("x", 4000)+"\r\n"),
		"chunks":      raw("Transfer-Encoding: chunked\r\n\r\n", "1;"+strings.Repeat("x", 4000)+"\r\n \r\n"),
		"early hints": func(w http.ResponseWriter, _ *http.Request) {
			for range 10_000 {
				w.Header().Set("Link", strings.Repeat("x", 100))
				w.WriteHeader(http.StatusEarlyHints)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
				_, err := values(t.Context(), c, users)
				if KindOf(err) != Malformed || c.Stats().Requests.Load() != 1 || !strings.Contains(err.Error(), "beyond a bound") {
					t.Errorf("after %d requests: %v", c.Stats().Requests.Load(), err)
				}
			})
		})
	}
}
